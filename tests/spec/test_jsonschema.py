"""The schemas that editors are given."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

import pytest_alienbio
from pytest_alienbio.errors import SpecError
from pytest_alienbio.spec import read, read_battery, read_project
from pytest_alienbio.spec.battery import batteries
from pytest_alienbio.spec.jsonschema import battery_schema, experiment_schema, project_schema, text_of
from pytest_alienbio.spec.project_schema import Project
from pytest_alienbio.spec.schema import SECTIONS

HERE = Path(pytest_alienbio.__file__).parent / "spec"
CHECKOUT = Path(__file__).parents[2]
SHIPPED = sorted((CHECKOUT / "experiments").rglob("*.battery.yaml"))
BATTERY = jsonschema.Draft7Validator(battery_schema())
EXPERIMENT = jsonschema.Draft7Validator(experiment_schema())
PROJECT = jsonschema.Draft7Validator(project_schema())


@pytest.mark.parametrize(
    ("name", "made"), [("battery", battery_schema), ("experiment", experiment_schema), ("project", project_schema)]
)
def test_the_shipped_file_is_what_the_models_say(name: str, made: object) -> None:
    """After a change of a model: write the file anew with `text_of`."""
    assert callable(made)
    assert (HERE / f"{name}.schema.json").read_text("utf-8") == text_of(made())


@pytest.mark.parametrize(
    "schema", [battery_schema(), experiment_schema(), project_schema()], ids=["battery", "experiment", "project"]
)
def test_it_is_a_valid_schema_in_which_every_key_is_explained(schema: dict[str, object]) -> None:
    """A sentence for each key: what an editor shows on hover."""
    jsonschema.Draft7Validator.check_schema(schema)
    definitions = schema["definitions"]
    assert isinstance(definitions, dict)
    for section in [schema, *definitions.values()]:
        for key, field in section.get("properties", {}).items():
            assert field.get("description", "").endswith("."), key


@pytest.mark.parametrize("file", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_battery_fits_and_tells_editors_where_the_schema_is(file: Path) -> None:
    text = file.read_text("utf-8")
    BATTERY.validate(yaml.safe_load(text))
    first = text.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (file.parent / first.partition("$schema=")[2]).resolve() == CHECKOUT / "pytest_alienbio/spec/battery.schema.json"


@pytest.mark.parametrize("file", sorted((CHECKOUT / "experiments").rglob("config.yaml*")), ids=lambda path: path.parent.name)
def test_a_shipped_experiment_fits(file: Path) -> None:
    EXPERIMENT.validate(yaml.safe_load(file.read_text("utf-8")))


@pytest.mark.parametrize(
    ("key", "value", "fits"),
    [
        ("random_seed", None, True),
        ("random_seed", 1.5, False),
        ("trials", 0, False),
        ("trails", 3, False),
        ("score", {"metric": "m", "better": "lower"}, True),
        ("score", {"metric": "m", "better": "less"}, False),
        ("environment", {"python_version": "3.13", "gpus": 2}, True),
        ("task", {"type": "t", "command": ["a", "b"]}, True),
        ("task", {"type": "t", "command": "a b"}, True),
        ("task", {"type": "t", "command": []}, False),
        ("task", {"type": "t", "data_path": None}, False),
    ],
)
def test_an_editor_refuses_in_an_experiment_what_we_refuse(key: str, value: object, fits: bool) -> None:
    file = {"experiment": {"id": "E"}, "task": {"type": "t"}, "variations": [{"name": "A"}], key: value}
    assert EXPERIMENT.is_valid(file) is fits
    source = read(yaml.safe_dump(file))
    if fits:
        assert batteries(source)
    else:
        with pytest.raises(SpecError):
            batteries(source)


HEADS = {
    "shortest": "{scenarios: [a/b], agents: [x], seeds: 1}",
    "select alone": "{select: {tags: mutualism, difficulty: '<=3', type: interactive, name: '*', exclude: [a]}}",
    "every scenario form": "{scenarios: [a, '*', {set: s}, {name: a, difficulty: all},"
    " {name: b, difficulty: [1, 2], variants: 2}]}",
    "set at other levels": "{scenarios: [{set: smoke, difficulty: 2}], sets: {s: [{set: t, difficulty: [1, 3]}], t: [a]}}",
    "every agent form": "{scenarios: [a], agents: [x, {name: y, kind: x, params: {a: 1}, as: z, role: floor}]}",
    "range of seeds": "{scenarios: [a], seeds: {start: 3, count: 4}}",
    "list of seeds": "{scenarios: [a], seeds: [3, 5]}",
    "axes": "{scenarios: [a], params: {t: [0, 0.5, x, true, null], u: [1, 2]}, mode: sample, samples: 3}",
    "the rest": "{scenarios: [a], sets: {s: [a]}, sanity: {oracle_min: 0.9}, limits: {per_cell: {steps: 3, wall_clock_s: 1.5}},"
    " run: {traces: failed, trace_files: packed}, cells: record, passing_score: 0, tags: [t], description: d,"
    " output_path: 'results/{battery}/{date}_{seq}'}",
    "seeds until decided": "{scenarios: [a], gates: [score], seeds: {min: 3, max: 10, until: decided}}",
    "seeds with looks": "{scenarios: [a], gates: [score], seeds: {start: 7, looks: [3, 5], until: decided}}",
    "seeds with neither": "{scenarios: [a], gates: [score], seeds: {start: 7, until: decided}}",
    "one look": "{scenarios: [a], gates: [score], seeds: {looks: [3], until: decided}}",
    "until sure": "{scenarios: [a], gates: [score], seeds: {min: 3, max: 10, until: sure}}",
    "gates": "{scenarios: [a], gates: [score, {metric: usd, as: cost, against: 'tag:v1', better: lower, tol: 0.1, alpha: 0.01,"
    " max_missing: 2, margin: 0.2, confirm: 10}]}",
    "no gate": "{scenarios: [a], gates: []}",
    "too much alpha": "{scenarios: [a], gates: [{alpha: 0.6}]}",
    "no alpha": "{scenarios: [a], gates: [{alpha: 0}]}",
    "unknown key of a gate": "{scenarios: [a], gates: [{metrik: score}]}",
    "set and name": "{scenarios: [{set: s, name: a}]}",
    "set and name with params": "{scenarios: [{set: s, name: a, params: {p: 1}}]}",
    "set with params": "{scenarios: [{set: s, params: {p: 1}}]}",
    "set with variants": "{scenarios: [a], sets: {t: [{set: s, variants: 2}]}}",
    "neither set nor name": "{scenarios: [{difficulty: 2}]}",
    "no scenarios": "{agents: [x], seeds: 1}",
    "unknown key": "{scenarios: [a], agentz: [x]}",
    "unknown key below": "{scenarios: [{name: a, dificulty: 1}]}",
    "wrong word": "{scenarios: [a], cells: maybe}",
    "no seed at all": "{scenarios: [a], seeds: 0}",
    "negative seed": "{scenarios: [a], seeds: [-1]}",
    "score too high": "{scenarios: [a], passing_score: 1.5}",
    "text for a number": "{scenarios: [a], limits: {per_cell: {steps: many}}}",
    "nested axis": "{scenarios: [a], params: {t: [[1]]}}",
    "empty axis": "{scenarios: [a], params: {t: []}}",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
def test_schema_and_reader_agree_on_a_battery(head: str, tmp_path: Path) -> None:
    """What an editor underlines is what reading refuses, and the other way round."""
    path = tmp_path / "a.battery.yaml"
    path.write_text(f"experiment.mine: {head}\n", "utf-8")
    try:
        read_battery(path)
        readable = True
    except SpecError:
        readable = False
    assert BATTERY.is_valid(yaml.safe_load(path.read_text("utf-8"))) == readable


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("agents: {mine: {kind: greedy, params: {a: 1}, role: candidate}}\ndefault_agents: [mine]\nseeds: 3\n", True),
        ("data: ../results\nrun: {traces: none}\nlimits: {per_cell: {steps: 3}}\nsets: {s: [a, {set: t}], t: [b]}\n", True),
        ("gates: [score]\nalpha: 0.01\nconfirm: 5\nstrict: true\nno_gates: false\nbaseline: tag:main\n", True),
        ("alpha: 0\n", False),
        ("seeds: {min: 3, max: 10, until: decided}\n", False),
        ("agents: {mine: {params: {}}}\n", False),
        ("trases: all\n", False),
    ],
)
def test_schema_and_reader_agree_on_a_project(text: str, fits: bool, tmp_path: Path) -> None:
    path = tmp_path / "bio.yaml"
    path.write_text(text, "utf-8")
    if fits:
        read_project(path)
    else:
        with pytest.raises(SpecError):
            read_project(path)
    assert PROJECT.is_valid(yaml.safe_load(text)) == fits


def test_every_section_has_a_definition() -> None:
    """Nothing that is checked is missing in the schema."""
    definitions = {**json.loads(text_of(battery_schema()))["definitions"]}
    assert {model.__name__ for name, model in SECTIONS.items() if name != "seeds"} | {
        "SeedRange",
        "SeedsUntil",
    } <= definitions.keys()
    assert Project.__name__ not in definitions
