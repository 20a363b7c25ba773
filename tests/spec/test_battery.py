"""Batteries: what every key of the format becomes."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import AgentEntry, Battery, CellLimits, Sanity, ScenarioEntry, Selection, Source
from pytest_alienbio.spec import read
from pytest_alienbio.spec.battery import batteries

FULL = """\
# everything this version reads
experiment.full-1.0:
  description: |
    Two lines
    of text.
  scenarios:
    - mutualism/hidden_dependency
    - "mutualism/*"
    - {set: mine}
    - {name: "regulation/*", difficulty: [1, 3], params: {temperature: 0.5, list: [1, null]}, variants: 2}
    - {name: own/world.yaml, difficulty: all}
    - {name: b, difficulty: 2}
  sets: {mine: [mutualism/competition, {name: a, difficulty: 1}]}
  agents: [oracle, {name: calm, kind: random, params: {p: 0}, as: calm-0, role: candidate}]
  seeds: {start: 100, count: 3}
  output_path: results/{battery}
  passing_score: 1
  cells: record
  sanity: {oracle_min: 0.9, noop_max: 0}
  limits: {per_cell: {steps: 50, wall_clock_s: 120}}
  run: {traces: none, trace_files: packed}
  tags: [nightly, v1.0]
  select: {tags: [big, wide], type: task, difficulty: "<=3", name: "mutualism/*", exclude: [b]}
  params: {threshold: [0.1, 2, yes, null], other: ["a b"]}
  mode: sample
  samples: 3
experiment.second:
  scenarios: [a]
  agents: [b]
  seeds: [3, 1]
"""


def head(text: str) -> Battery:
    """The one battery whose keys are `text`."""
    [battery] = batteries(read("experiment.x:\n" + text, "f.yaml"))
    return battery


def test_every_key() -> None:
    """Each value of the file stands where the noun says."""
    first, second = batteries(read(FULL, "f.yaml"))
    assert replace(first, places={}) == Battery(
        name="full-1.0",
        description="Two lines\nof text.\n",
        scenarios=(
            ScenarioEntry("mutualism/hidden_dependency", line=7, column=7),
            ScenarioEntry("mutualism/*", line=8, column=7),
            ScenarioEntry(set="mine", line=9, column=7),
            ScenarioEntry("regulation/*", "", (1, 3), {"temperature": 0.5, "list": [1, None]}, 2, 10, 7),
            ScenarioEntry("own/world.yaml", "", "all", line=11, column=7),
            ScenarioEntry("b", "", (2,), line=12, column=7),
        ),
        sets={
            "mine": (
                ScenarioEntry("mutualism/competition", line=13, column=17),
                ScenarioEntry("a", "", (1,), line=13, column=40),
            )
        },
        agents=(
            AgentEntry("oracle", line=14, column=12),
            AgentEntry("calm", "random", {"p": 0}, "calm-0", "candidate", 14, 20),
        ),
        seeds=(100, 101, 102),
        source="f.yaml",
        line=2,
        output_path="results/{battery}",
        passing_score=1.0,
        cells="record",
        sanity=Sanity(0.9, 0.0, 0.5),
        limits=CellLimits(50, 120.0),
        traces="none",
        trace_files="packed",
        tags=("nightly", "v1.0"),
        select=Selection(("mutualism/*",), ("b",), ("big", "wide"), "task", ((0, 3),)),
        params={"threshold": (0.1, 2, "yes", None), "other": ("a b",)},
        mode="sample",
        samples=3,
        seed_digits=3,
        said=first.said,
    )
    assert second == Battery(
        "second",
        (ScenarioEntry("a", line=28, column=15),),
        (AgentEntry("b", line=29, column=12),),
        (3, 1),
        source="f.yaml",
        line=27,
        seed_digits=1,
        said=frozenset({"agents", "seeds"}),
        places={"scenarios": (28, 3), "agents": (29, 3), "seeds": (30, 3)},
    )


def test_defaults_are_the_nouns_own() -> None:
    """A minimal head differs from `Battery(...)` in nothing."""
    battery = head("  {scenarios: [a], agents: [b], seeds: 1}")
    given = {"scenarios", "agents", "seeds", "source", "line", "seed_digits", "said", "places"}
    default = Battery("x", (), (), ())
    assert {field.name for field in fields(Battery) if getattr(battery, field.name) != getattr(default, field.name)} == given


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("10", tuple(range(10))),
        ("[5, 3]", (5, 3)),
        ("{count: 2}", (0, 1)),
        ("{start: 7, count: 1}", (7,)),
        ("100000", tuple(range(100_000))),
    ],
)
def test_seeds(text: str, seeds: tuple[int, ...]) -> None:
    """A number counts from 0; a list keeps its order."""
    assert head(f"  {{scenarios: [a], agents: [b], seeds: {text}}}").seeds == seeds


def test_yaml_1_1_words_are_names() -> None:
    """A scenario called `no` is not false."""
    battery = head("  {scenarios: [no, off], agents: [on, y], seeds: 010}")
    assert [entry.name for entry in battery.scenarios] == ["no", "off"]
    assert [entry.name for entry in battery.agents] == ["on", "y"]
    assert len(battery.seeds) == 10


def test_anchors_and_merges() -> None:
    """Shared parts are shared, and a head's own keys win."""
    text = "experiment.a: &a\n  scenarios: [s]\n  agents: [g]\n  seeds: 2\nexperiment.b:\n  <<: *a\n  seeds: 3\n"
    first, second = batteries(read(text, "f.yaml"))
    assert first.scenarios == second.scenarios
    assert (len(first.seeds), len(second.seeds)) == (2, 3)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "f.yaml: the file is empty"),
        ("[]", "f.yaml:1:1: the file holds a list at its top"),
        ("just text", "f.yaml:1:1: the file holds 'just text' at its top"),
        ("{}", "f.yaml:1:1: the file holds no battery"),
        ("axes: {}", "f.yaml:1:1: `axes` is not built yet in this version"),
        ("other: {}", "f.yaml:1:1: unknown key 'other' at the top of the file"),
        ("experiments.a: {}", "f.yaml:1:1: unknown key 'experiments.a' at the top of the file"),
    ],
)
def test_file_without_a_battery(text: str, what: str) -> None:
    """Says what a battery file looks like."""
    with pytest.raises(SpecError) as caught:
        batteries(read(text, "f.yaml"))
    [complaint] = caught.value.complaints
    assert str(complaint).startswith(what)
    assert complaint.expected == "`experiment.<name>:` with scenarios, agents and seeds below it"


@pytest.mark.parametrize("name", ["", "a[1]", "a::b", "a b", "..", ".a", "-a", "a/b", "ä", "x" * 101])
def test_head_that_cannot_name_a_folder(name: str) -> None:
    """It becomes a folder's name and a part of pytest's ids."""
    with pytest.raises(SpecError, match="cannot name a battery"):
        batteries(read(f'"experiment.{name}": {{scenarios: [a], agents: [b], seeds: 1}}', "f.yaml"))


def test_two_thousand_entries() -> None:
    """A large file is read whole, places included."""
    text = "  agents: [a]\n  seeds: 1\n  scenarios:\n" + "".join(
        f"    - {{name: s/{i}, difficulty: [1, 3]}}\n" for i in range(2000)
    )
    battery = head(text)
    assert len(battery.scenarios) == 2000
    assert battery.scenarios[-1] == ScenarioEntry("s/1999", "", (1, 3), line=2004, column=7)


leaves = (
    st.none()
    | st.booleans()
    | st.integers(-2, 9)
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["a", "all", "{seq}", "<list>"])
)
KEYS = """scenarios agents seeds sets name set difficulty params as role kind start count min output_path passing_score cells
sanity oracle_min limits per_cell steps usd run traces engine tags description gates api_key <list> <all> 0
select type exclude mode samples variants timeout max until looks metric tol alpha against"""
keys = st.sampled_from(KEYS.split()) | st.text(max_size=3)
documents = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5), max_leaves=20
)
heads = st.fixed_dictionaries(
    {"scenarios": documents, "agents": documents, "seeds": documents},
    optional=dict.fromkeys(("sets", "run", "select", "params", "mode", "samples", "gates"), documents),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["experiment.a", "experiment.b", "x"]), heads | documents, max_size=2) | documents)
def test_any_document_is_batteries_or_a_spec_error(document: object) -> None:
    """Never another exception, never an empty refusal, never one without words of its own."""
    try:
        found = batteries(Source(document, "f.yaml"))
    except SpecError as error:
        said = [c.what for c in error.complaints]
    else:
        assert all(battery.scenarios for battery in found)
        return
    assert said
    assert not any(what.endswith("is not a battery") for what in said)


def test_said_are_the_settings_the_file_gives() -> None:
    """Dotted, also where the value is the default: it wins over every configuration file."""
    text = (
        "  {scenarios: [a], agents: [b], seeds: 1, output_path: x, cells: assert, passing_score: 0, description: d, tags: [],\n"
        "   run: {traces: all, trace_files: auto}, limits: {per_cell: {steps: 1, wall_clock_s: 2}}, sanity: {noop_max: 0.3}}"
    )
    assert head(text).said == {
        "agents",
        "cells",
        "limits.per_cell.steps",
        "limits.per_cell.wall_clock_s",
        "output_path",
        "passing_score",
        "run.trace_files",
        "run.traces",
        "seeds",
    }
    assert head("  {scenarios: [a], run: {}, limits: {per_cell: {steps: 3}}}").said == {"limits.per_cell.steps"}


def test_agents_and_seeds_may_come_from_elsewhere() -> None:
    """They are then empty, and not said."""
    battery = head("  scenarios: [a]")
    assert (battery.agents, battery.seeds, battery.said) == ((), (), frozenset())


@pytest.mark.parametrize(
    ("select", "difficulty"), [("{tags: big}", ""), ("{difficulty: '>=2'}", "all"), ("{difficulty: 0}", "all")]
)
def test_select_alone_is_about_every_scenario(select: str, difficulty: str) -> None:
    """At the default level, or, where levels are chosen, at every one; complaints about it point at `select`."""
    assert head(f"  select: {select}").scenarios == (ScenarioEntry("*", difficulty=difficulty, line=2, column=3),)


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        ("{tags: big}", Selection(tags=("big",))),
        ("{name: ['a*', b], exclude: 'ab'}", Selection(("a*", "b"), ("ab",))),
        ("{type: interactive}", Selection(type="interactive")),
        ("{difficulty: 2}", Selection(levels=((2, 2),))),
        ("{difficulty: [3, 1]}", Selection(levels=((3, 3), (1, 1)))),
        ("{difficulty: '2-4,<1'}", Selection(levels=((2, 4), (0, 0)))),
    ],
)
def test_select(text: str, selection: Selection) -> None:
    """One value may stand without its list; the lines of `scenarios` stay as they are."""
    battery = head(f"  {{scenarios: [a], select: {text}}}")
    assert battery.select == selection
    assert battery.scenarios == (ScenarioEntry("a", line=2, column=16),)


def test_places_of_what_a_plan_may_complain_about() -> None:
    """Keys of the head, and those inside its mappings, dotted."""
    battery = head("  scenarios: [a]\n  params:\n    t: [1, 2]\n  mode: sample\n  samples: 2\n  select: {tags: x}\n")
    assert battery.places == {
        "scenarios": (2, 3),
        "params": (3, 3),
        "params.t": (4, 5),
        "mode": (5, 3),
        "samples": (6, 3),
        "select": (7, 3),
        "select.tags": (7, 12),
    }
    assert battery.complain("no one takes it", "params.t").where == "f.yaml:4:5"


def test_what_a_dat_writes_beside_the_head_is_let_through_whole_only() -> None:
    """`_spec_.yaml` runs again as a battery; in any other file `run` at the top is a mistake."""
    head = "experiment.a: {scenarios: [x/y], agents: [noop], seeds: 1}\n"
    assert batteries(read(f"v: 1\nrun: r\n{head}resolved: {{}}\n"))[0].name == "a"
    with pytest.raises(SpecError, match="unknown key 'run' at the top"):
        batteries(read(f"run: r\n{head}"))


def test_a_record_leaves_nothing_to_configuration_files() -> None:
    """What nobody had said when it was played stays unsaid, whatever `bio.yaml` says today."""
    head = "experiment.a: {scenarios: [x], agents: [y], seeds: 1}\n"
    [written], [recorded] = batteries(read(head)), batteries(read(f"v: 1\nrun: r\n{head}resolved: {{}}\n"))
    assert written.said == {"agents", "seeds"}
    assert recorded.said >= {"passing_score", "limits.per_cell.steps", "run.traces", "output_path"}


def test_a_misspelled_head_is_met_with_itself_spelled_right() -> None:
    for word, near in (("Experiment.a", "experiment.a"), ("experimnt", "experiment"), ("experiments.b.c", "experiment.b.c")):
        with pytest.raises(SpecError) as caught:
            batteries(read(f"{word}: {{}}", "f.yaml"))
        assert caught.value.complaints[0].hint == f"did you mean {near!r}?"


@pytest.mark.parametrize(("seeds", "digits"), [("12", 2), ("[7, 3]", 1), ("{start: 100, count: 3}", 3), ("", 0)])
def test_a_files_own_seeds_say_how_wide_seeds_are_in_ids(seeds: str, digits: int) -> None:
    given = f", seeds: {seeds}" if seeds else ""
    [battery] = batteries(read(f"experiment.x: {{scenarios: [a], agents: [b]{given}}}", "f.yaml"))
    assert battery.seed_digits == digits


@pytest.mark.parametrize(
    ("resolved", "digits", "origin"),
    [
        ("{seed_digits: 3, source: e/x_battery.py}", 3, "e/x_battery.py"),
        ("{source: ''}", 1, ""),
        ("{seed_digits: 10}", 10, ""),
        ("{seed_digits: 11}", 1, ""),
        ("{seed_digits: 0}", 1, ""),
        ("{seed_digits: true, source: [a]}", 1, ""),
        ("{seed_digits: x}", 1, ""),
        ("[]", 1, ""),
    ],
)
def test_a_record_says_how_wide_its_seeds_were_and_where_it_came_from(resolved: str, digits: int, origin: str) -> None:
    """What is no such thing there is passed over; its own seeds count then."""
    text = f"v: 1\nrun: r\nexperiment.x: {{scenarios: [a], agents: [b], seeds: [0, 1]}}\nresolved: {resolved}\n"
    [battery] = batteries(read(text, "f.yaml"))
    assert (battery.seed_digits, battery.origin) == (digits, origin)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[terminal, htm]", "'htm' is no report; did you mean 'html'?"),
        ("[markdwon]", "'markdwon' is no report; did you mean 'markdown'?"),
        ("[json, json]", "a report is named twice"),
    ],
)
def test_a_report_that_is_none_is_refused_where_it_stands(written: str, said: str) -> None:
    text = f"experiment.x:\n  scenarios: [a]\n  agents: [b]\n  seeds: 1\n  report: {written}\n"
    with pytest.raises(SpecError) as caught:
        batteries(read(text, "f.yaml"))
    [complaint] = caught.value.complaints
    assert (complaint.what, complaint.line) == (said, 5)


def test_a_key_of_somebodys_own_file_is_named_by_a_runs_record_only() -> None:
    """A battery that somebody wrote could send it to a server of theirs."""
    agent = "{name: a, kind: openai, model: m, base_url: 'https://collector.example', api_key: {user: agents/mine}}"
    head = f"experiment.x: {{scenarios: [s], agents: [{agent}], seeds: [0]}}\n"
    with pytest.raises(SpecError, match="`user` means a key of somebody's own file"):
        batteries(read(head))
    [recorded] = batteries(read(f"v: 1\nrun: r\n{head}resolved: {{}}\n"))
    assert recorded.agents[0].key == "user:agents/mine"
