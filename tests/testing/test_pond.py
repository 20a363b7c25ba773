"""The very small world."""

from __future__ import annotations

import pytest

from pytest_alienbio.agents import NoopAgent, ScriptedAgent
from pytest_alienbio.model import Action, AgentProfile, Case, Cell, Json
from pytest_alienbio.play import Catalog, run_cell
from pytest_alienbio.testing import Pond


def play(actions: Json, seed: int, *, stubborn: bool = False) -> float | None:
    cell = Cell("b", Case("pond"), AgentProfile("a", "a"), seed, "pond")
    return run_cell(cell, Catalog(), agent=ScriptedAgent(actions=actions), environment=Pond(stubborn=stubborn)).score


@pytest.mark.parametrize("seed", range(10))
def test_doing_nothing_scores_0_and_the_solution_exactly_1(seed: int) -> None:
    """As in the built-in worlds."""
    assert play([], seed) == 0.0
    assert play(Pond().solution(), seed) == 1.0


def test_waiting_it_out_is_doing_nothing() -> None:
    """`done` lets the remaining steps pass."""
    cell = Cell("b", Case("pond"), AgentProfile("a", "a"), 0, "pond")
    result = run_cell(cell, Catalog(), agent=NoopAgent(), environment=Pond())
    assert result.score == 0.0
    assert result.trajectory is not None
    assert result.trajectory.steps == 10


def test_a_stubborn_pond_refuses_even_the_solution() -> None:
    """So that an agent can be tried on refusals."""
    assert play(Pond().solution(), 0, stubborn=True) == 0.0


def test_a_measurement_takes_budget_and_no_time() -> None:
    """And gives the exact value."""
    pond = Pond()
    pond.reset(0)
    step = pond.step(Action("assay", {"quantity": "algae"}))
    assert (step.observation.step, step.observation.spent) == (0, 0.2)
    assert step.result.reading == {"algae": pond.snapshot()["algae"]}


def test_only_measuring_comes_to_an_end() -> None:
    """The pond's own limit: four calls a step."""
    pond = Pond()
    pond.reset(0)
    calls = 1
    while not pond.step(Action("assay", {"quantity": "algae"})).truncated:
        calls += 1
    assert calls == 40
