"""`bio config`: each setting, and who said it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.cli.config import _seeds
from pytest_alienbio.spec import SETTINGS, parse_seeds

from .conftest import Desk

BATTERY = "experiment.x:\n  scenarios: [mutualism/competition]\n"


@pytest.fixture
def user(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's file, not written yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(desk.path / "home"))
    path = desk.path / "home" / "alienbio" / "config.yaml"
    path.parent.mkdir(parents=True)
    return path


def found(desk: Desk, *argv: str) -> dict[str, Any]:
    """What `bio config --json` prints."""
    said = desk.bio("config", "--json", *argv)
    assert (said.code, said.err) == (0, "")
    loaded: dict[str, Any] = json.loads(said.out)
    return loaded


Say = Callable[[str], object]


@pytest.mark.parametrize(
    ("name", "key", "texts", "values"),
    [
        ("traces", "run.traces", ("none", "failed", "all", "none", "failed", "none"), None),
        ("timeout", "limits.per_cell.wall_clock_s", ("1", "2", "3", "4", "5", "6"), (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, None)),
        ("seeds", "seeds", ("1", "2", "3", "4", "5", "6"), (*([*range(count)] for count in range(1, 7)), None)),
        ("data", "data", ("a", "b", "", "c", "d", "e"), ("a", "b", "", "c", "d", "home/alienbio/e", "data")),
    ],
)  # fmt: skip
def test_the_whole_precedence_as_people_see_it(
    desk: Desk, user: Path, monkeypatch: pytest.MonkeyPatch, name: str, key: str, texts: tuple[str, ...], values: Any
) -> None:
    """Six places and the built-in value, written as people write them; then one after the other is silent."""
    variable, battery = f"ALIENBIO_{name.upper()}", desk.battery("")
    sections = key.split(".")
    depth = len(sections)

    def yaml(text: str, indent: int = 0) -> str:
        lines = [f"{'  ' * (indent + level)}{section}:" for level, section in enumerate(sections)]
        return "\n".join(lines) + f" {text}\n" if text else ""

    argv = ["--data", texts[0]] if name == "data" else ["--set", f"{key}={texts[0]}"]
    steps: list[tuple[str, Callable[[str], object], Callable[[], object]]] = [
        ("--data" if name == "data" else f"--set {name}", lambda text: None, argv.clear),
        (variable, lambda text: monkeypatch.setenv(variable, text), lambda: monkeypatch.delenv(variable)),
        (
            f"a.battery.yaml:{2 + depth}",
            lambda t: battery.write_text(BATTERY + yaml(t, 1)),
            lambda: battery.write_text(BATTERY),
        ),
        (
            f"pytest.ini: bio_{name}",
            lambda text: (desk.path / "pytest.ini").write_text(f"[pytest]\nbio_{name} = {text}\n"),
            lambda: (desk.path / "pytest.ini").unlink(),
        ),
        (
            f"bio.yaml:{depth}:{2 * depth - 1}",
            lambda text: (desk.path / "bio.yaml").write_text(yaml(text)),
            lambda: (desk.path / "bio.yaml").write_text(""),
        ),
        (f"{user}:{depth}:{2 * depth - 1}", lambda text: user.write_text(yaml(text)), user.unlink),
    ]
    for (_, say, _), text in zip(steps, texts, strict=True):
        say(text)
    wanted = values or (*texts, "all")
    for index, (source, _, silence) in enumerate([*steps, ("built-in", None, None)]):
        if index == 2 and name == "data":
            continue
        value = str(desk.path / wanted[index]) if name == "data" else wanted[index]
        shown = found(desk, "a.battery.yaml", *argv)["settings"][name]
        assert shown == {"key": key, "value": value, "source": source}
        if silence:
            silence()


def test_every_setting_is_there_with_its_key(desk: Desk) -> None:
    """Nothing said: all built-in."""
    shown = found(desk)["settings"]
    assert {name: given["key"] for name, given in shown.items()} == {name: s.key for name, s in SETTINGS.items()}
    assert {given["source"] for given in shown.values()} == {"built-in"}
    assert shown["data"]["value"] == str(desk.path / "data")


def test_with_a_battery_its_own_words_and_who_plays_are_shown(desk: Desk, user: Path) -> None:
    """By its label; without agents of its own the default ones."""
    user.write_text("default_agents: [oracle]\n")
    desk.battery(f"{BATTERY}  agents: [noop, {{name: greedy, as: eager}}]\n  cells: record\n  sets: {{mine: [mutualism/*]}}\n")
    desk.battery(BATTERY, "silent.battery.yaml")
    shown = found(desk, "a.battery.yaml")
    assert shown["battery"] == "a.battery.yaml::x"
    assert shown["settings"]["agents"] == {"key": "agents", "value": ["noop", "eager"], "source": "a.battery.yaml:3"}
    assert shown["settings"]["cells"] == {"key": "cells", "value": "record", "source": "a.battery.yaml:4"}
    assert shown["sets"]["mine"] == {"scenarios": ["mutualism/*"], "source": "a.battery.yaml:5:17"}
    assert found(desk, "silent.battery.yaml")["settings"]["agents"]["source"] == f"{user}:1:1"


def test_agents_and_sets_have_their_source_too(desk: Desk, user: Path) -> None:
    """The project's win over the user's, those over the built-in."""
    user.write_text("agents: {calm: {kind: noop}, mine: {kind: noop}}\nsets: {smoke: [mutualism/competition]}\n")
    (desk.path / "bio.yaml").write_text("agents:\n  mine: {kind: greedy, params: {x: 1}, role: floor}\n")
    shown = found(desk)
    assert shown["agents"] == {
        "calm": {"kind": "noop", "params": {}, "role": None, "source": f"{user}:1:10"},
        "mine": {"kind": "greedy", "params": {"x": 1}, "role": "floor", "source": "bio.yaml:2:3"},
    }
    assert shown["sets"]["smoke"] == {"scenarios": ["mutualism/competition"], "source": f"{user}:2:16"}
    families = ("mutualism", "regulation", "population", "stewardship")
    assert shown["sets"]["standard"] == {"scenarios": [f"{family}/* at all" for family in families], "source": "built-in"}


def test_files_that_were_read_and_those_that_are_not_there(desk: Desk, user: Path) -> None:
    """So that nobody edits the wrong one."""
    assert found(desk)["files"] == [
        {"what": "ini", "path": str(desk.path / "pytest.ini"), "read": True},
        {"what": "project", "path": str(desk.path / "bio.yaml"), "read": True},
        {"what": "user", "path": str(user), "read": False},
    ]
    (desk.path / "bio.yaml").unlink()
    assert desk.bio("config").lines[-2:] == [f"absent  project  {desk.path / 'bio.yaml'}", f"absent  user     {user}"]


PAGE = """\
settings of a.battery.yaml::x

setting        value                           source
data           /d                              --data
out            results/{battery}/{date}_{seq}  built-in
aggregate      -                               built-in
seeds          100-119                         ALIENBIO_SEEDS
cells          assert                          built-in
passing_score  each scenario's own             built-in
traces         failed                          --set traces
trace_files    auto                            built-in
engine         -                               built-in
live           no                              built-in
concurrency    -                               built-in
retries        -                               built-in
checkpoint     0                               built-in
report         terminal                        built-in
max_usd        -                               built-in
max_tokens     -                               built-in
max_cells      -                               built-in
max_time       -                               built-in
rate           openai=500/20000                bio.yaml:4:1
limits_at      files                           built-in
steps          -                               built-in
timeout        2.5                             bio.yaml:3:5
cell_usd       -                               built-in
cell_tokens    -                               built-in
memory_mb      -                               built-in
baseline       -                               built-in
no_gates       no                              built-in
alpha          0.05                            built-in
confirm        0                               built-in
strict         no                              built-in
agents         -                               built-in
tag            nightly, fast                   ALIENBIO_TAG

agent  built from               source
mine   greedy {"x": 1} (floor)  bio.yaml:5:10

set          scenarios                                                  source
mutualism    mutualism/*                                                built-in
regulation   regulation/*                                               built-in
population   population/*                                               built-in
stewardship  stewardship/*                                              built-in
smoke        mutualism/* at 1,3,5, regula…,3,5, stewardship/* at 1,3,5  built-in
standard     mutualism/* at all, regulati…at all, stewardship/* at all  built-in

read    battery  a.battery.yaml
"""


def test_the_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person sees at 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("ALIENBIO_SEEDS", "100-119")
    monkeypatch.setenv("ALIENBIO_TAG", "nightly,fast")
    (desk.path / "bio.yaml").write_text(
        "limits:\n  per_cell:\n    wall_clock_s: 2.5\nrate: {openai: 500/20000}\n"
        "agents: {mine: {kind: greedy, params: {x: 1}, role: floor}}\n"
    )
    desk.battery(BATTERY)
    out = desk.bio("config", "a.battery.yaml", "--set", "run.traces=failed", "--data", "/d").out
    assert out[: len(PAGE)] == PAGE


@pytest.mark.parametrize("columns", [20, 30, 44, 80, 200])
def test_no_line_but_a_files_path_is_wider_than_the_terminal(desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """Nor than 80 columns what was cut at 80; with names and values as long as they come."""
    monkeypatch.setenv("COLUMNS", str(columns))
    long = "a" * 150
    (desk.path / "bio.yaml").write_text(
        f"agents: {{{long}: {{kind: {long}}}}}\noutput_path: {long}\nsets: {{s: [{long}, {long}]}}\n"
    )
    lines = desk.bio("config").lines
    assert max(len(line) for line in lines if not line.startswith(("read", "absent"))) <= columns
    assert any(long in line for line in lines) == (columns == 200)


def test_a_stream_that_knows_ascii_only_and_names_that_are_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """`LANG=C`; a name with an escape sequence in it does nothing to the terminal."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    (desk.path / "bio.yaml").write_text(
        'agents: {"ag\\u00ebnt": {kind: noop, params: {x: "\\e[31mred"}}}\n' + f"output_path: {'x' * 99}\n"
    )
    said = desk.process("config")
    assert said.code == 0
    assert said.out.isascii()
    assert "\x1b" not in said.out
    assert "ag\\xebnt" in said.out
    assert "..." in said.out


def test_a_folder_whose_name_is_not_utf8(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown escaped, and in JSON as it is."""
    folder = desk.path / "caf\udce9"
    folder.mkdir()
    (folder / "bio.yaml").touch()
    monkeypatch.chdir(folder)
    assert desk.bio("config").lines[0] == f"settings of {desk.path}/caf\\udce9"
    assert found(desk)["project"] == str(folder)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["y"], "there is no battery and no scenario 'y'"),
        (["mutualism/competition"], "no battery 'mutualism/competition'; expected a *.battery.yaml file"),
        (["nowhere.battery.yaml"], "nowhere.battery.yaml: there is no such file"),
        (["--set", "tracez=all"], "--set: unknown setting 'tracez'; did you mean 'traces'?"),
        (["--set", "traces"], "--set: 'traces' is no assignment; expected KEY=VALUE"),
        (["--set", "tag=x"], "`tag` selects cells and is no setting"),
        (["--data", "x", "--set", "data=y"], "--set data: `data` is given twice and differently, here and by --data"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(desk: Desk, argv: list[str], said: str) -> None:
    """With what was meant, perhaps."""
    assert said in desk.refused("config", *argv)


def test_a_variable_that_means_nothing_is_refused_by_every_command_that_needs_settings(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typo in a CI file would silently play something else."""
    monkeypatch.setenv("ALIENBIO_TRACEZ", "none")
    for argv in (["config"], ["results"], ["run", "mutualism/competition"], ["batch", "--scenarios", "x", "--agents", "y"]):
        assert "ALIENBIO_TRACEZ: this environment variable means nothing here; did you mean" in desk.refused(*argv)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=20, unique=True))
def test_seeds_are_shown_as_they_can_be_typed(seeds: list[int]) -> None:
    """And mean the same then."""
    assert parse_seeds(_seeds(list(seeds))) == tuple(seeds)


def test_what_a_python_battery_prints_is_no_part_of_the_answer(desk: Desk) -> None:
    """Its standard output is for programs to read."""
    desk.battery(
        "from pytest_alienbio import Battery\nprint('hello')\n"
        "x = Battery('x', scenarios=['mutualism/competition'], agents=['noop'], seeds=1)\n",
        "x_battery.py",
    )
    said = desk.bio("config", "x_battery.py", "--json")
    assert json.loads(said.out)["battery"] == "x_battery.py::x"
    assert said.err == "hello\n"


def test_an_empty_battery_is_refused(desk: Desk) -> None:
    assert "there is no battery and no scenario ''" in desk.refused("config", "")
