"""How long a run still takes: what it is if all cells are alike, and what it says of those nobody knows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.run.opening import spec_of
from pytest_alienbio.run.watching.ahead import ahead, promised
from pytest_alienbio.run.watching.tally import ALL, Kind
from pytest_alienbio.stats import Past, Share

from ..parts import make_plan

X: Kind = ("s", "a", 1)
Y: Kind = ("s", "b", 1)


def pasts(**seconds: list[float]) -> dict[Kind, Past]:
    """Of agents `a` and `b` on one scenario: what their cells took."""
    found: dict[Kind, Past] = {}
    for agent, took in seconds.items():
        for kind in (("s", agent, 1), ("", agent, None), ALL):
            past = found.setdefault(kind, Past())
            for value in took:
                past.add(value)
    return found


@given(
    took=st.lists(st.floats(0.01, 100), min_size=1, max_size=30),
    left=st.integers(1, 1000),
    at_once=st.floats(0.2, 1),
)
def test_cells_of_one_kind_go_on_at_the_pace_so_far(took: list[float], left: int, at_once: float) -> None:
    """`elapsed / done * left`: what a live line says."""
    elapsed = sum(took) / at_once
    found = ahead(left, {X: left}, pasts(a=took), work_s=sum(took), elapsed_s=elapsed)
    assert found.value == pytest.approx(elapsed / len(took) * left, rel=1e-9)
    assert (found.known, found.cells) == (left, left)
    assert found.value is not None
    if found.low is not None and found.high is not None:
        assert found.low <= found.value <= found.high


def test_slow_cells_that_come_last_are_not_forgotten() -> None:
    """Ten fast ones have ended and one slow; nine slow ones are left."""
    found = ahead(9, {Y: 9}, pasts(a=[1.0] * 10, b=[30.0]), work_s=40.0, elapsed_s=20.0)
    assert found.value == pytest.approx(9 * 30.0 / 2)


def test_cells_nobody_knows_anything_about_are_not_in_the_value() -> None:
    found = ahead(8, {X: 2, ("s", "new", 1): 6}, pasts(a=[2.0, 3.0]), work_s=5.0, elapsed_s=5.0)
    assert found.value == pytest.approx(5.0)
    assert (found.known, found.cells) == (2, 8)
    assert ahead(6, {("s", "new", 1): 6}, pasts(a=[2.0]), work_s=2.0, elapsed_s=2.0).value is None


def test_a_new_level_is_taken_for_the_agents_others() -> None:
    found = ahead(4, {("s", "a", 5): 4}, pasts(a=[2.0]), work_s=2.0, elapsed_s=2.0)
    assert found.value == pytest.approx(8.0)
    assert found.known == 4


def test_worlds_that_nobody_met_have_to_be_made() -> None:
    """Four cells at 2 s on one worker, and two more worlds of some 3 s."""
    made = Past([3.0, 3.0])
    found = ahead(4, {X: 4}, pasts(a=[2.0, 2.0]), work_s=10.0, elapsed_s=10.0, worlds=[Share(2, made), Share(-1, made)])
    assert found.value == pytest.approx(4 * 2.0 + 2 * 3.0)


def test_no_more_cells_are_played_at_once_than_are_left() -> None:
    assert ahead(1, {X: 1}, pasts(a=[10.0] * 80), work_s=800.0, elapsed_s=100.0).value == pytest.approx(10.0)


@pytest.mark.parametrize(("left", "work", "elapsed"), [(0, 1.0, 1.0), (5, 0.0, 1.0), (5, 1.0, 0.0)])
def test_where_nothing_tells_nothing_is_said(left: int, work: float, elapsed: float) -> None:
    found = ahead(left, {X: left}, pasts(a=[1.0]), work_s=work, elapsed_s=elapsed)
    assert (found.value, found.low, found.cells) == (None, None, left)


def test_the_interval_holds_what_comes_about_as_often_as_it_says() -> None:
    """Log-normal times, two workers' worth at once, and all of what comes slower or faster by a fifth."""
    draw, hits = np.random.default_rng(5), 0
    for _ in range(300):
        seen = [float(value) for value in draw.lognormal(0, 0.8, 20)]
        comes = float(draw.lognormal(0, 0.8, 40).sum() * draw.lognormal(0, 0.2))
        found = ahead(40, {X: 40}, pasts(a=seen), work_s=sum(seen), elapsed_s=sum(seen) / 2)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= comes / 2 <= found.high
    assert hits / 300 >= 0.92


@pytest.mark.parametrize("axes", [{}, {"params": {"bonus": (0.1, 0.2)}}])
def test_a_spec_says_how_many_cells_of_each_kind_there_are(axes: dict[str, object]) -> None:
    """As the plan that it was made of; `cells` are the plan's, and anything that does not come to them is no promise."""
    plan = make_plan(("walks/line",), ("right", "half"), seeds=(0, 1, 2), **axes)
    found = promised(spec_of(plan, source="a.battery.yaml"))
    counted: dict[Kind, int] = {}
    for cell in plan.cells:
        kind = (cell.case.scenario, cell.agent.name, cell.case.difficulty)
        counted[kind] = counted.get(kind, 0) + 1
    assert (found.battery, found.source, found.cells, dict(found.kinds)) == ("b", "a.battery.yaml", len(plan), counted)
    spec = spec_of(plan)
    resolved = spec["resolved"]
    assert isinstance(resolved, dict)
    assert promised({**spec, "resolved": {**resolved, "cells": 999}}).kinds == {}
    assert promised({}).cells == 0
