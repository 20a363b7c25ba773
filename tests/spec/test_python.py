"""Batteries written in Python: the same as those in YAML, and complaints at the lines of the calls that made them."""

from __future__ import annotations

import functools
import os
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio import Battery
from pytest_alienbio.errors import Complaint, SpecError
from pytest_alienbio.model import Battery as Checked
from pytest_alienbio.model import ScenarioEntry, Source
from pytest_alienbio.spec import player_name, read_battery, schema, written
from pytest_alienbio.spec.battery import batteries
from pytest_alienbio.spec.python import Keys

AGENT = """
class {}:
    def start(self, briefing): pass
    def decide(self, observation): return None
    def end(self, scores): pass
"""


@pytest.fixture(autouse=True)
def as_before(tmp_path: Path) -> Iterator[None]:
    """What these tests import is forgotten."""
    yield
    for name, module in [*sys.modules.items()]:
        if (getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


def put(folder: Path, text: str, name: str = "x_battery.py") -> Path:
    """A file with this text, `Battery` imported in its first line."""
    file = folder / name
    file.write_text(f"from pytest_alienbio import Battery\n{textwrap.dedent(text)}", "utf-8")
    return file


def complaints(file: Path) -> list[Complaint]:
    """Everything wrong with a file."""
    with pytest.raises(SpecError) as caught:
        read_battery(file)
    return list(caught.value.complaints)


def told(file: Path) -> list[tuple[int, int, str]]:
    """Places and sentences of everything wrong with a file."""
    assert all(complaint.file == str(file) for complaint in complaints(file))
    return [(complaint.line, complaint.column, complaint.what) for complaint in complaints(file)]


class Player:
    """No agent; only its name matters here."""

    def start(self) -> None:
        """Nothing."""


def make() -> Player:
    """A factory."""
    return Player()


def unplaced(battery: Checked) -> Checked:
    """A battery without lines and columns."""
    return replace(
        battery,
        source="",
        line=0,
        places={},
        scenarios=tuple(replace(entry, line=0, column=0) for entry in battery.scenarios),
        gates=tuple(replace(rule, line=0, column=0) for rule in battery.gates),
        agents=tuple(replace(entry, line=0, column=0) for entry in battery.agents),
        sets={name: tuple(replace(entry, line=0, column=0) for entry in group) for name, group in battery.sets.items()},
    )


HEAD: dict[str, Any] = {
    "scenarios": ["mutualism/*", {"name": "mutualism/competition", "difficulty": [1, 3], "params": {"p": None}}, {"set": "s"}],
    "agents": ["oracle", {"name": "greedy", "as": "choosy", "params": {"x": 1.5}, "role": "floor"}],
    "seeds": {"start": 3, "count": 2},
    "description": "words",
    "sets": {"s": ["mutualism/competition"]},
    "output_path": "results/{battery}/{seq}",
    "aggregate": "aggregates/{battery}",
    "passing_score": 0.5,
    "cells": "record",
    "gates": ["score", {"metric": "usd", "as": "cost", "tol": 0.5}],
    "report": ["terminal", "markdown"],
    "sanity": {"oracle_min": 0.9},
    "limits": {"per_cell": {"steps": 5, "wall_clock_s": 2}},
    "run": {"traces": "failed"},
    "tags": ["nightly"],
}


def test_a_battery_is_the_same_in_yaml_and_in_python() -> None:
    """Every key, through the same checks."""
    (same,) = batteries(Source({"experiment.mine": HEAD}))
    assert written(Battery("mine", **HEAD)) == unplaced(same)


def test_its_keywords_are_the_schemas_keys() -> None:
    """A key added to the file format is one of Python's, too."""
    fields = schema.Head.model_fields
    assert Keys.__annotations__.keys() == {field.alias or name for name, field in fields.items()}


def test_a_file_may_hold_several_in_its_order_each_once(tmp_path: Path) -> None:
    """Bound to names or in a list; a second name for the same one changes nothing."""
    file = put(
        tmp_path,
        """
        common = dict(scenarios=["*"], agents=["noop"])
        b = Battery("b", seeds=1, **common)
        more = [Battery(f"c{n}", seeds=n, **common) for n in (1, 2)]
        a = again = Battery(name="a", seeds=1, **common)
        also = b
        """,
    )
    found = read_battery(file)
    assert [(battery.name, battery.line) for battery in found] == [("b", 4), ("c1", 5), ("c2", 5), ("a", 6)]
    assert {battery.source for battery in found} == {str(file)}
    assert found == read_battery(file)


def test_entries_stand_where_they_are_written(tmp_path: Path) -> None:
    """As far as they are written out in the call; else where the call is."""
    file = put(
        tmp_path,
        """
        who = ["noop", "random"]
        b = Battery(
            "b",
            scenarios=["x", {"name": "y"}],
            agents=who,
            seeds=1,
        )
        """,
    )
    (found,) = read_battery(file)
    assert [(entry.line, entry.column) for entry in found.scenarios] == [(6, 16), (6, 21)]
    assert [(entry.line, entry.column) for entry in found.agents] == [(7, 12), (7, 12)]
    assert found.line == 4


def test_classes_and_functions_are_players(tmp_path: Path) -> None:
    """By name, alone or as a line's `name` or `kind`; never taken for a profile of the same name."""
    file = put(
        tmp_path,
        AGENT.format("Mine")
        + """
def fresh(): return Mine()

b = Battery("b", scenarios=["*"], seeds=1, agents=[
    "noop", Mine, fresh,
    {"name": Mine, "as": "other", "params": {"x": 1}}, {"name": "third", "kind": Mine}, {"kind": fresh, "as": "f"},
])
""",
    )
    (found,) = read_battery(file)
    assert [(entry.name, entry.kind, entry.label) for entry in found.agents] == [
        ("noop", "", ""),
        ("Mine", "Mine", ""),
        ("fresh", "fresh", ""),
        ("Mine", "Mine", "other"),
        ("third", "Mine", ""),
        ("fresh", "fresh", "f"),
    ]
    assert {name: player.__name__ for name, player in found.players.items()} == {"Mine": "Mine", "fresh": "fresh"}
    assert found.agents[3].params == {"x": 1}


def test_two_players_of_one_name_are_told_apart_by_as() -> None:
    """The first keeps its name; without `as` the second is refused."""
    first: Any = lambda: Player()  # noqa: E731 - two of one name
    second: Any = lambda: Player()  # noqa: E731
    found = written(Battery("x", scenarios=["*"], seeds=1, agents=[first, {"name": second, "as": "b"}]))
    assert found.players == {"lambda": first, "b": second}
    with pytest.raises(SpecError, match="two different agents are called 'lambda'; tell them apart"):
        written(Battery("x", scenarios=["*"], seeds=1, agents=[first, second]))
    with pytest.raises(SpecError, match="the agent 'Player' is given twice"):
        written(Battery("x", scenarios=["*"], seeds=1, agents=[Player, Player]))  # type: ignore[list-item]
    with pytest.raises(SpecError, match="`kind` cannot stand beside an agent's class"):
        written(Battery("x", scenarios=["*"], seeds=1, agents=[{"name": Player, "kind": "noop"}]))


@pytest.mark.parametrize(
    ("player", "name"),
    [
        (Player, "Player"),
        (make, "make"),
        (lambda: 1, "lambda"),
        (functools.partial(functools.partial(make)), "make"),
        (Player().start, "start"),
    ],
)
def test_a_player_is_called_as_its_definition(player: Any, name: str) -> None:
    assert player_name(player) == name


def test_everything_wrong_is_said_at_once_where_it_stands(tmp_path: Path) -> None:
    """At the argument if it is written out, with the key's name; near matches as in YAML."""
    file = put(
        tmp_path,
        """
        a = Battery(
            "a",
            sceanrios=["x"],
            agents=["noop", {"name": "greedy", "rloe": "floor"}],
            seeds=[1, -1],
            passing_score=float("nan"),
            tags={"t"},
        )
        b = Battery("a b", scenarios=["*"], agents=[print, 3], seeds=True)
        c = Battery(7)
        """,
    )
    assert [(line, column, what) for line, column, what in told(file) if "missing" not in what] == [
        (5, 5, "unknown key 'sceanrios'"),
        (6, 40, "unknown key 'rloe' in `agents[1]`"),
        (7, 15, "`seeds[1]` is -1"),
        (8, 19, "`passing_score` is nan, no number that can be stored"),
        (9, 10, "`tags` holds a set"),
        (11, 5, "'a b' cannot name a battery"),
        (11, 52, "`agents[1]` is 3"),
        (11, 62, "`seeds` is true"),
        (12, 5, "a battery's name cannot be an int"),
    ]
    hints = {complaint.hint for complaint in complaints(file)}
    assert {"did you mean 'scenarios'?", "did you mean 'role'?", "give a list: a set has no order"} <= hints


def test_two_batteries_of_one_name(tmp_path: Path) -> None:
    """Both lines are told."""
    file = put(tmp_path, "a = Battery('x', scenarios=['*'], agents=['noop'], seeds=1)\nb = Battery('x', **a.keys)\n")
    (found,) = complaints(file)
    assert (found.line, found.what, found.hint) == (3, "two batteries are called 'x'", "the first is made at line 2")


def test_one_made_by_a_function_elsewhere_belongs_to_who_calls_it(tmp_path: Path) -> None:
    """Complaints stand at the call in the file, and say where the Battery itself is made."""
    put(
        tmp_path,
        "def make(name, seeds):\n    return Battery(name, scenarios=['*'], agents=['noop'], seeds=seeds)\n",
        "maker.py",
    )
    file = put(tmp_path, "from maker import make\n\nx = make('x', 2)\n")
    (found,) = read_battery(file)
    assert (found.name, found.line, found.source) == ("x", 4, str(file))
    put(tmp_path, "from maker import make\n\n\nx = make('x', -2)\n")
    (wrong,) = complaints(file)
    assert (wrong.file, wrong.line) == (str(file), 5)
    assert wrong.what == f"`seeds` is -2 (in the Battery made at {tmp_path / 'maker.py'}:3)"


def test_an_imported_one_belongs_to_the_file_that_makes_it(tmp_path: Path) -> None:
    """Else two files would play the same battery; a file that only imports says whose it is."""
    put(tmp_path, "battery = Battery('other', scenarios=['*'], agents=['noop'], seeds=1)\n", "other_battery.py")
    file = put(tmp_path, "from other_battery import battery\nx = Battery('x', **battery.keys)\n")
    assert [battery.name for battery in read_battery(file)] == ["x"]
    put(tmp_path, "from other_battery import battery\n")
    (wrong,) = complaints(file)
    assert wrong.what == "the file makes no battery of its own"
    assert wrong.hint.startswith(f"'battery' is Battery('other') made at {tmp_path / 'other_battery.py'}:2;")


@pytest.mark.parametrize("text", ["", "Battery('lost', scenarios=['*'], agents=['noop'], seeds=1)\n", "battery = 'x'\n"])
def test_a_file_without_any(tmp_path: Path, text: str) -> None:
    (found,) = complaints(put(tmp_path, text))
    assert found.what == "the file makes no battery"
    assert found.expected == "`battery = Battery(...)` at the top of the file"


def test_a_battery_file_that_reads_itself(tmp_path: Path) -> None:
    """Ends as any recursion does: with a complaint."""
    file = put(tmp_path, "from pytest_alienbio.spec import read_battery\nread_battery(__file__)\n")
    (found,) = complaints(file)
    assert (found.file, found.line) == (str(file), 3)


class Sneaky(str):
    """Text that is not quite."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("given_seeds", "seeds"),
    [
        (3, (0, 1, 2)),
        (range(5, 7), (5, 6)),
        ((4, 2), (4, 2)),
        (np.int64(2), (0, 1)),
        ([np.int32(7), True + 0], (7, 1)),
        ({"start": np.int64(3), "count": 1}, (3,)),
    ],
)
def test_pythons_own_kinds_of_numbers_and_lists(given_seeds: Any, seeds: tuple[int, ...]) -> None:
    assert written(Battery("x", scenarios=["*"], agents=["noop"], seeds=given_seeds)).seeds == seeds


def test_paths_texts_and_numbers_become_plain() -> None:
    """What the file format cannot tell apart is not told apart."""
    params = {"half": Fraction(1, 2), "f": np.float32(0.5), "text": Sneaky("x"), "inner": (1, [None, True])}
    found = written(Battery("x", scenarios=[Path("a/b.yaml"), {"name": "y", "params": params}], agents=["noop"], seeds=1))
    assert found.scenarios[0] == ScenarioEntry("a/b.yaml")
    plain = found.scenarios[1].params
    assert plain == {"half": 0.5, "f": 0.5, "text": "x", "inner": [1, [None, True]]}
    assert [type(value) for value in plain.values()] == [float, float, str, list]


def test_none_is_not_given() -> None:
    """As in a function's own defaults; inside values it is YAML's null, and complained about alike."""
    assert written(Battery("x", scenarios=["*"], agents=["noop"], seeds=1, passing_score=None)).passing_score is None  # type: ignore[arg-type]
    with pytest.raises(SpecError, match=r"`limits\.per_cell` is empty"):
        written(Battery("x", scenarios=["*"], agents=["noop"], seeds=1, limits={"per_cell": None}))  # type: ignore[dict-item]


circle: list[object] = []
circle.append(circle)
wide: list[object] = [0] * 10
for _ in range(8):
    wide = [wide] * 10


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (circle, "nested more than 50 deep"),
        (wide, "more than 300,000 values"),
        (range(10**12), "more than 300,000 values"),
        (iter([1]), "holds a list_iterator"),
        (Player, "holds the class Player"),
        (b"bytes", "holds a bytes"),
        (object(), "holds an object"),
        ("\ud800", "is no text that can be stored as UTF-8"),
        (Path("\udcff"), "is no text that can be stored as UTF-8"),
        (2**63, "is too large (beyond 64 bits)"),
        (float("inf"), "is inf, no number"),
        ({1: 2}, "has a key that is an int"),
        (np.zeros(3), "holds a ndarray"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else "value",
)
def test_what_yaml_could_not_hold_is_refused_without_more(value: object, said: str) -> None:
    """With one complaint, whatever it is, and wherever: nothing recurses for ever, nothing is half taken."""
    for key in ("scenarios", "agents", "seeds", "params"):
        head: dict[str, Any] = {"scenarios": ["*"], "agents": ["noop"], "seeds": 1, key: {"p": [value]}}
        with pytest.raises(SpecError) as caught:
            written(Battery("x", **head))
        (found,) = caught.value.complaints
        assert said in found.what
        assert key in found.what


def test_a_secret_is_never_shown() -> None:
    """Neither as a keyword nor inside; the keys are told."""
    agent = {"name": "noop", "params": {"api_key": "sk-123"}}
    head: dict[str, Any] = {"scenarios": ["*"], "seeds": 1, "agents": [agent], "api_key": "sk-123"}
    with pytest.raises(SpecError) as caught:
        written(Battery("x", **head))
    assert "sk-123" not in str(caught.value)
    assert "literal `api_key` is refused" in str(caught.value)


def test_it_says_what_it_is() -> None:
    line = sys._getframe().f_lineno + 1
    made = Battery("mine", scenarios=["*"])
    assert repr(made) == f"Battery('mine') made at {__file__}:{line}"


words = st.text("ab_ -{é\n", max_size=4) | st.sampled_from(["name", "set", "noop", "all", "p"])
json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*Keys.__annotations__, "other"]), json, max_size=5))
def test_any_keys_and_values_get_what_yaml_gets(head: dict[str, Any]) -> None:
    """The same battery, or the same complaints: there is one set of checks."""

    def outcome(make: Any) -> object:
        try:
            return unplaced(make())
        except SpecError as error:
            return sorted((complaint.what, complaint.expected, complaint.hint) for complaint in error.complaints)

    kept = {key: value for key, value in head.items() if value is not None}
    in_yaml = outcome(lambda: batteries(Source({"experiment.x": kept}))[0])
    assert outcome(lambda: written(Battery("x", **head))) == in_yaml


def test_a_name_of_bytes_the_system_took_as_they_came(tmp_path: Path) -> None:
    """Read, and named in complaints, like any other."""
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff_battery.py")
    try:
        Path(name).write_text(
            "from pytest_alienbio import Battery\nx = Battery('x', scenarios=['*'], agents=['noop'], seeds=0)\n"
        )
    except OSError:
        pytest.skip("this file system has no such names")
    with pytest.raises(SpecError) as caught:
        read_battery(name)
    assert caught.value.complaints[0].file == name


def test_batteries_made_in_a_loop_are_told_apart_by_name(tmp_path: Path) -> None:
    """They share their line; those that stand alone need no name."""
    text = (
        "many = [Battery(f'b{i}', scenarios=['a'], agents=['b'], seeds=sign * i) for i in (1, 2)]\n"
        "one = Battery('c', scenarios=['a'], agents=['b'], seeds=sign)\n"
    )
    whats = [complaint.what for complaint in complaints(put(tmp_path, "sign = -1\n" + text))]
    assert whats == ["b1: `seeds` is -1", "b2: `seeds` is -2", "`seeds` is -1"]
    fine = put(tmp_path, "sign = 1\n" + text, "y_battery.py")
    assert [battery.crowded for battery in read_battery(fine)] == [True, True, False]
