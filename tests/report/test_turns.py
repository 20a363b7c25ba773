"""Turns whole, and two cells beside each other, of traces that may hold anything."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import Trajectory, Turn
from pytest_alienbio.model.cell_diff import cell_diff
from pytest_alienbio.model.told import told, told_as_json
from pytest_alienbio.report.cell_diff import render_cell_diff
from pytest_alienbio.report.columns import width_of
from pytest_alienbio.report.turns import render_calls, render_turns

from .test_trace import HOSTILE, NASTY, cell, tame

ROWS = st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE), max_size=3)


def cells_of(rows: list[tuple[Any, ...]]) -> Trajectory:
    return Trajectory(
        tuple(
            Turn(3, str(action), params, False, str(reason), cost, seen, {"r": reason}, str(reason), state)
            for action, params, reason, cost, seen, state in rows
        ),
        budget=1.0,
    )


@settings(max_examples=30)
@given(ROWS, st.integers(1, 200), st.booleans())
def test_whatever_stands_in_a_trace_is_shown_harmlessly(rows: list[tuple[Any, ...]], width: int, ascii: bool) -> None:
    """Any JSON in any place neither crashes nor steers the terminal, and lines fit."""
    turns = told(cells_of(rows))
    json.dumps([told_as_json(one, whole=True) for one in turns])
    shown = render_turns(cell(id=NASTY), turns, width, total=len(turns), budget=1.0, ascii=ascii)
    shown += render_calls(cell(id="x"), turns, width, ascii=ascii)
    assert all(map(tame, shown))
    assert all(width_of(line) <= max(width, 12) for line in shown[1:])


@settings(max_examples=30)
@given(ROWS, ROWS, st.integers(20, 200), st.booleans())
def test_any_two_traces_can_be_held_against_each_other(
    one: list[tuple[Any, ...]], other: list[tuple[Any, ...]], width: int, ascii: bool
) -> None:
    """The same ones are the same, others part somewhere, and both are shown harmlessly."""
    a, b = cells_of(one), cells_of(other)
    found = cell_diff(a, b)
    assert cell_diff(a, cells_of(one)).first is None
    assert (found.first is None) == (cell_diff(b, a).first is None)
    shown = render_cell_diff(("A", cell(id="x"), a), ("B", cell(id="y"), b), found, width, ascii=ascii)
    assert all(map(tame, shown))
    assert all(width_of(line) <= width for line in shown)


def test_cells_of_two_worlds_are_said_to_be_so() -> None:
    """In what they differ, as far as both are known; cells of one world are not said to be of one."""
    played = cells_of([])
    found = cell_diff(played, played)

    def said(**other: Any) -> str:
        return "\n".join(render_cell_diff(("A", cell(), played), ("B", cell(**other), played), found, 100))

    assert "not of one world: they differ in difficulty, params, seed" in said(difficulty=5, params={"a": 1}, seed=9)
    assert "of one world" not in said(agent="another", difficulty=None, scenario_hash="")
