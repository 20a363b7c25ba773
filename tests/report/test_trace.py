"""One cell step by step."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import CellError, Outcome, Result, Trajectory, Turn, Usage
from pytest_alienbio.report import render_cell
from pytest_alienbio.report.columns import width_of

SGR = re.compile(r"\x1b\[[0-9]*m")


def cell(**fields: Any) -> Result:
    """A result that passed."""
    base: dict[str, Any] = {"battery": "b", "key": "k", "id": "m/x[d2-greedy-s3]", "scenario": "m/x", "scenario_hash": ""}
    base |= {"difficulty": 2, "agent": "greedy", "agent_hash": "", "role": "candidate", "seed": 3, "outcome": Outcome.COMPLETED}
    base |= {"score": 0.75, "passed": True, "passing_score": 0.6, "dat_path": "/data/x", "worker": "main"}
    return Result(**{**base, **fields})


def turn(step: int, action: str = "wait", **fields: Any) -> Turn:
    """A call."""
    return Turn(step, action, **fields)


def steps(*turns: Turn, width: int = 100, **options: Any) -> list[str]:
    """The lines of the steps."""
    lines = render_cell(cell(), Trajectory(turns, budget=10.0), width, **options)
    return lines[next(n for n, line in enumerate(lines) if SGR.sub("", line).startswith("step ")) :]


def head(**fields: Any) -> list[str]:
    """The lines before the steps."""
    return render_cell(cell(**fields), None, 100)


def test_only_what_changed_is_followed_by_its_change() -> None:
    """An arrow for a tenth or more, a sign for less, nothing for nothing; and `new` and `gone`."""
    lines = steps(
        turn(0, seen={"A": 1.0, "B": 10.0, "C": 5.0, "D": 0.0, "E": 2.0}),
        turn(1, seen={"A": 1.5, "B": 10.2, "C": 5.0, "D": 0.001, "F": 7.0}),
        turn(2, seen={"A": 0.5, "B": 10.1, "C": 5.0, "D": 0.001, "F": 7.0}),
    )
    assert lines[0].split() == ["step", "0", "A", "1.00", "B", "10.00", "C", "5.00", "D", "0.00", "E", "2.00"]
    second = " ".join(" ".join(lines[2:4]).split())
    assert second == "step 1 A 1.50 ↑0.50 B 10.20 +0.20 C 5.00 D 0.001 ↑0.001 F 7.00 new E - gone"
    assert " ".join(lines[5].split()) == "step 2 A 0.50 ↓1.00 B 10.10 -0.10 C 5.00 D 0.001 F 7.00"


def test_quantities_stand_in_columns_that_stay() -> None:
    """However long a number becomes on the way."""
    turns = [turn(n, seen={"Long": 10.0**n, "B": 1.0, "C": float(n)}) for n in range(5)]
    rows = [line for line in steps(*turns, width=120) if line.startswith("step ")]
    for name in ("B ", "C "):
        assert len({row.index(f"  {name}") for row in rows}) == 1


def test_a_measurement_that_lets_no_time_pass_sees_the_same() -> None:
    lines = steps(turn(0, "assay", seen={"A": 1.0}, reading={"quantity": "A", "value": 1.25}), turn(0, seen={"A": 1.0}))
    assert lines == [
        "step 0    A 1.00",
        "  does    assay",
        "  reads   quantity A, value 1.25",
        "step 0    the same",
        "  does    wait",
    ]


def test_everything_a_call_said_and_got_is_shown() -> None:
    """What it did, what that cost of the budget, a refusal with its reason, a reading, the reasoning."""
    lines = steps(
        turn(0, "cull", params={"species": "K1", "dose": 0.5}, cost=1.5, reasoning="too many\nof them"),
        turn(1, "cull", params={"species": "K1"}, ok=False, reason="too little budget", cost=0.0),
        turn(1, "ask", reading={"needs": {"M": 0.5}, "list": [1, 2.0, None, True]}, cost=2.0),
    )
    assert lines == [
        "step 0",
        "  does    cull species=K1 dose=0.5; cost 1.5, 1.5 of 10 spent",
        "  because too many of them",
        "step 1",
        "  does    cull species=K1",
        "  refused too little budget",
        "step 1",
        "  does    ask; cost 2, 3.5 of 10 spent",
        "  reads   needs {M 0.5}, list [1, 2, -, true]",
    ]


def test_the_record_is_shown_as_far_as_there_is_one() -> None:
    lines = head(scores={"goal": 0.5}, params={"dose": 0.1}, variant=3, metrics={"thrift": 0.25}, usage=Usage(1200, None, 2))
    assert lines[:2] == ["m/x[d2-greedy-s3]", "outcome   completed"]
    for line in (
        "score     0.7500, bar 0.6: passed",
        "parts     goal 0.5000",
        "params    dose 0.1",
        "variant   3: the same world under other names",
        "metrics   thrift 0.25",
        "used      1,200 tokens, 2 requests",
        "battery   b",
        "DAT       /data/x",
    ):
        assert line in lines
    bare = head(score=None, passed=None)
    assert not any(line.split()[:1] in (["score"], ["params"], ["variant"], ["metrics"], ["used"], ["reason"]) for line in bare)
    assert "begun 2026-01-31 00:00:00 UTC" in "\n".join(head(started_at=1769817600.0))


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"score": 0.59999999, "passed": False}, "0.59999999, bar 0.6: not passed"),
        ({"score": 0.6}, "0.6000, bar 0.6: passed"),
        ({"score": 0.5, "better": "lower"}, "0.5000, bar 0.6 (lower is better): passed"),
        ({"score": 0.5, "passing_score": None, "passed": None}, "0.5000"),
    ],
)
def test_a_score_never_looks_like_the_bar_it_missed(fields: dict[str, Any], shown: str) -> None:
    assert f"score     {shown}" in head(**fields)


def test_a_traceback_that_only_repeats_the_error_is_left_out() -> None:
    """One line, which says the type with its module perhaps."""
    for lines in ("OSError: no disk", "os.OSError: no disk\n"):
        shown = render_cell(cell(outcome=Outcome.AGENT_ERROR, error=CellError("OSError", "no disk", lines)), None, 80)
        assert sum("no disk" in line for line in shown) == 1
    shown = render_cell(cell(outcome=Outcome.AGENT_ERROR, error=CellError("OSError", "no disk", "at x.py:3")), None, 80)
    assert "at x.py:3" in shown


def test_what_broke_is_shown_with_the_end_of_its_traceback() -> None:
    trace = "\n".join(f"line {n}" for n in range(100))
    lines = head(
        outcome=Outcome.AGENT_ERROR, score=None, passed=None, error=CellError("ValueError", "no", trace), reason="it broke"
    )
    assert "error     ValueError: no" in lines
    assert "reason    it broke" in lines
    assert ("line 99" in lines, "line 5" in lines) == (True, False)


def test_without_a_trace_or_a_call_that_is_said() -> None:
    assert "no trace was kept" in render_cell(cell(), None, 100)[-1]
    assert render_cell(cell(), Trajectory(), 100)[-1] == "the agent made no call"


def test_colour_adds_nothing_but_colour() -> None:
    """Changes bold, what is as before dim, a refusal red."""
    turns = (turn(0, seen={"A": 1.0, "B": 1.0}), turn(1, seen={"A": 2.0, "B": 1.0}, ok=False, reason="no"))
    plain, coloured = steps(*turns), steps(*turns, color=True)
    assert [SGR.sub("", line).rstrip() for line in coloured] == plain
    text = "\n".join(coloured)
    assert "\x1b[1mA 2.00 ↑1.00" in text
    assert "\x1b[2mB 1.00" in text
    assert "\x1b[31m  refused no" in text


def test_ascii_spells_the_arrows() -> None:
    text = "\n".join(
        render_cell(cell(id="é"), Trajectory((turn(0, seen={"ü": 1.0}), turn(1, seen={"ü": 2.0}))), 80, ascii=True)
    )
    assert text.isascii()
    assert "2.00 ^1.00" in text


def tame(line: str) -> bool:
    """Whether a line can do nothing to a terminal."""
    return not any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in line)


NASTY = "\x1b[2J\x07\u202e" + "x" * 500
HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.just(NASTY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE), max_size=4),
    st.integers(1, 200),
    st.booleans(),
)
def test_whatever_stands_in_a_trace_is_shown_harmlessly(rows: list[tuple[Any, ...]], width: int, ascii: bool) -> None:
    """A trace file is somebody's file: any JSON in any place neither crashes nor steers the terminal, and lines fit."""
    turns = tuple(
        Turn(step, action, params, False, str(reason), cost, seen, {"r": reason}, str(reason))
        for step, action, params, reason, cost, seen in rows
    )
    first, *lines = render_cell(cell(id=NASTY, agent=NASTY), Trajectory(turns, budget=1.0), width, ascii=ascii)
    assert tame(first)
    for line in lines:
        assert tame(line)
        assert width_of(line) <= max(width, 12) or line.startswith("DAT ")


def test_a_cell_that_was_only_scored_again_says_where_it_was_played() -> None:
    said = " ".join(render_cell(cell(dat_path="/data/run/rescored/harsh-001"), None, 400))
    assert "only scored again here; as it was played: /data/run::m/x[d2-greedy-s3]" in said
    assert "not played, or run.traces" in " ".join(head())
    assert "it was imported" in " ".join(head(origin="csv:a.csv:1"))
