"""Scenarios that are found by their name."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError, UnknownNameError
from pytest_alienbio.model import AgentProfile, Case, Cell, CellLimits, Outcome
from pytest_alienbio.play import Catalog, builtin_agents, is_outside, run_cell

from ..scenarios.gym import gyms

gyms.register()

CATALOG = Catalog(agents=builtin_agents())


def result_of(name: str, agent: str = "random", **params: Any) -> Any:
    info = CATALOG.scenario(name)
    case = Case(name, None, params, info.content_hash, info.tags, info.bar(params) if info.bar else None)
    cell = Cell("b", case, AgentProfile(agent, agent), 0, f"{name}[{agent}-s0]")
    return run_cell(cell, CATALOG, limits=CellLimits(wall_clock_s=20))


def test_an_environment_is_in_no_list_and_found_all_the_same() -> None:
    assert is_outside("gym:CartPole-v1")
    assert not is_outside("mutualism/gym")
    info = CATALOG.scenario("gym:CartPole-v1")
    assert (info.levels, info.passing_score, info.tags, info.type) == ((), 475.0, ("gymnasium",), "interactive")
    assert CATALOG.match("gym:*") == ()
    with pytest.raises(UnknownNameError, match="did you mean 'gym:CartPole-v1'"):
        CATALOG.scenario("gym:CratPole-v1")


def test_the_bar_is_the_environments_own_on_the_scale_that_is_given() -> None:
    pole, pendulum = CATALOG.scenario("gym:CartPole-v1").bar, CATALOG.scenario("gym:Pendulum-v1").bar
    assert pole is not None
    assert pendulum is not None
    assert pole({}) == 475.0
    assert pole({"score": {"low": 0, "high": 500}}) == 0.95
    assert pendulum({}) is None
    assert pendulum({"score": {"low": -2000, "high": 0}}) == 0.6
    with pytest.raises(SpecError, match=r"takes no 'gravty'; known: g, render_mode"):
        CATALOG.scenario("gym:Pendulum-v1").bar({"kwargs": {"gravty": 9.8}})  # type: ignore[misc]


@pytest.mark.parametrize("agent", ["random", "noop", "greedy"])
@pytest.mark.parametrize("name", ["gym:FrozenLake-v1", "gym:Pendulum-v1", "gym:test/Walk-v0"])
def test_built_in_agents_play_to_a_score(name: str, agent: str) -> None:
    result = result_of(name, agent, max_steps=20)
    assert result.outcome in (Outcome.COMPLETED, Outcome.TRUNCATED)
    assert result.score == result.scores["return"]
    assert result.properties["environment"] == name.removeprefix("gym:")
    again = result_of(name, agent, max_steps=20)
    assert (again.score, again.trajectory) == (result.score, result.trajectory)


def test_terminated_and_truncated_are_told_apart() -> None:
    assert result_of("gym:test/Walk-v0", "random").outcome is Outcome.COMPLETED
    cut = result_of("gym:test/Endless-v0", "random", max_steps=5)
    assert (cut.outcome, cut.score) == (Outcome.TRUNCATED, -5.0)
    assert cut.reason == "the scenario's own limit of interactions was reached"


def test_the_oracle_has_nothing_to_replay() -> None:
    assert result_of("gym:CartPole-v1", "oracle").outcome is Outcome.SKIPPED


@pytest.mark.parametrize(
    ("name", "outcome", "said"),
    [
        ("Raises", Outcome.ENVIRONMENT_ERROR, "step() failed: RuntimeError: the floor gave way"),
        ("NanReward", Outcome.ENVIRONMENT_ERROR, "ValueError: the environment gave the reward nan at step 1"),
        ("NanSeen", Outcome.ENVIRONMENT_ERROR, "observation.state['wind[1]'] is nan, not a finite number"),
    ],
)
def test_an_environment_with_a_bad_habit_is_an_error_of_its_side(name: str, outcome: Outcome, said: str) -> None:
    result = result_of(f"gym:test/{name}-v0")
    assert result.outcome is outcome
    assert said in result.reason
    assert result.score is None


def test_a_kwarg_of_the_wrong_kind_is_an_error_of_its_side() -> None:
    """No signature can tell it beforehand."""
    result = result_of("gym:FrozenLake-v1", kwargs={"map_name": "9x9"})
    assert (result.outcome, result.score) == (Outcome.ENVIRONMENT_ERROR, None)


def test_without_gymnasium_its_cells_are_skipped_with_the_way_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    result = result_of("gym:NeverHeardOf-v1", max_steps=3)
    assert result.outcome is Outcome.SKIPPED
    assert result.reason == 'Gymnasium is not installed: pip install "pytest-alienbio[gym]"'
    with pytest.raises(SpecError, match="`max_steps` cannot be 0"):
        result_of("gym:NeverHeardOf-v1", max_steps=0)


def test_random_acts_uniformly_over_small_spaces_and_large_ones() -> None:
    """Whether it draws among the listed actions or lets the environment draw."""
    walked = result_of("gym:test/Endless-v0", max_steps=1000).trajectory
    swung = result_of("gym:Pendulum-v1", max_steps=1000).trajectory
    steps = [int(turn.reading.get("action", turn.params.get("action"))) for turn in walked.turns]
    assert {steps.count(value) > 430 for value in (1, 2)} == {True}
    torques = [turn.reading["action"][0] for turn in swung.turns]
    assert abs(sum(torques) / len(torques)) < 0.2
    assert sum(abs(torque) > 1.0 for torque in torques) == pytest.approx(500, abs=70)


def test_an_environment_is_closed_when_its_cell_is_over() -> None:
    before = gyms.Walk.closed
    result_of("gym:test/Walk-v0")
    result_of("gym:test/Raises-v0")
    assert gyms.Walk.closed == before + 2
    failed = result_of("gym:test/BadClose-v0")
    assert failed.score is not None
    assert failed.metrics["environment_close_error"] == "OSError: the door is stuck"
