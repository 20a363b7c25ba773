"""A scenario as the environment of `model.turn`."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import AlienBioError
from pytest_alienbio.model import Action, Environment, canonical
from pytest_alienbio.scenarios.environment import AlienEnvironment

from .parts import SMALL, Memory, small, template_of


@pytest.fixture
def memory() -> Memory:
    """A cache that has the small instance already."""
    filled = Memory()
    AlienEnvironment(template_of(SMALL), 3, filled).reset(0)
    return filled


def test_it_is_an_environment(memory: Memory) -> None:
    """Reset, step, score, as the protocol says; the observation is that of step 0."""
    environment: Environment = AlienEnvironment(template_of(SMALL), 3, memory)
    first = environment.reset(0)
    assert (first.step, first.spent, first.last, first.max_steps, first.budget) == (0, 0.0, None, 10, 10.0)
    step = environment.step(Action("done"))
    assert step.terminated
    assert environment.score().score == 0.0


def test_a_second_reset_starts_afresh(memory: Memory) -> None:
    """Nothing of the first episode is left, with or without a cache."""
    environment = AlienEnvironment(template_of(SMALL), 3, memory)
    first, briefing = environment.reset(0), environment.briefing()
    environment.step(Action("wait", {"steps": 3}))
    assert environment.reset(0) == first
    other = environment.reset(1)
    assert set(other.state) != set(first.state)
    assert environment.reset(0) == first
    assert environment.briefing() == briefing


def test_the_cache_saves_the_search(memory: Memory) -> None:
    """A second environment of the same seed generates nothing."""
    AlienEnvironment(template_of(SMALL), 3, memory).reset(0)
    assert memory.made == 1


def test_before_reset_there_is_nothing() -> None:
    """An error says what to call first."""
    environment = AlienEnvironment(template_of(SMALL), 3)
    for ask in (environment.briefing, environment.score, environment.solution, environment.snapshot, environment.properties):
        with pytest.raises(AlienBioError, match=r"call reset\(seed\) first"):
            ask()


def test_a_difficulty_the_file_does_not_have_is_refused() -> None:
    """When it is built, not when it is played."""
    with pytest.raises(ValueError, match="tests/small has no difficulty 2; it has 1, 3"):
        AlienEnvironment(template_of(SMALL), 2)


def test_properties_are_figures_about_the_instance(memory: Memory) -> None:
    """JSON values only."""
    environment = AlienEnvironment(template_of(SMALL), 3, memory)
    environment.reset(0)
    of, properties = small(), environment.properties()
    assert canonical(properties)
    assert properties == {
        "size": 4,
        "levers": 2,
        "documented": 1,
        "hidden_fraction": 0.25,
        "noise": 0.1,
        "budget": 10.0,
        "max_steps": 10,
        "substeps": of.dynamics.substeps,
        "attempts": of.attempt + 1,
        "rejected": dict(of.rejected),
        "utility_waiting": of.floor,
        "utility_oracle": of.top,
    }


def test_playing_the_solution_through_the_environment_scores_1(memory: Memory) -> None:
    """As an oracle does: names and params, one action a step."""
    environment = AlienEnvironment(template_of(SMALL), 3, memory)
    environment.reset(0)
    solution = environment.solution()
    assert isinstance(solution, list)
    steps = [environment.step(Action(each["name"], each["params"])) for each in solution]
    assert [step.terminated for step in steps] == [False] * 9 + [True]
    assert environment.score().score == 1.0
    assert environment.score().parts["raw_score"] == 1.0
