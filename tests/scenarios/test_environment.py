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
        "regions": 0,
        "reactions": 0,
        "pulses": 0,
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


def test_variants_show_one_world_under_other_surfaces() -> None:
    """Other names, orders and reading errors; the same plan, utilities and true state bit for bit, and so the same score."""
    cache = Memory()
    shown = [AlienEnvironment(template_of(SMALL), 3, cache, variant) for variant in (1, 2, 3)]
    readings = [environment.reset(0) for environment in shown]
    assert cache.made == 1
    assert len({tuple(sorted(seen.state)) for seen in readings}) == 3
    assert len({environment.briefing().text for environment in shown}) == 3
    assert len({canonical(environment.properties()) for environment in shown}) == 1
    worlds = [sorted(environment.snapshot().values()) for environment in shown]
    assert worlds[0] == worlds[1] == worlds[2]
    scores = []
    for environment in shown:
        solution = environment.solution()
        assert isinstance(solution, list)
        for each in solution:
            assert isinstance(each, dict)
            environment.step(Action(each["name"], each["params"]))
        scores.append(environment.score())
    assert scores[0] == scores[1] == scores[2]
    assert scores[0].score == 1.0


@pytest.mark.parametrize("cache", [None, Memory()])
def test_a_variant_is_the_same_generated_here_or_found(cache: Memory | None) -> None:
    """Without a cache, into a fresh one, out of one that another variant has filled, and out of its own."""
    expected = AlienEnvironment(template_of(SMALL), 3, Memory(), 2)
    first = expected.reset(0)
    for _ in range(2):
        environment = AlienEnvironment(template_of(SMALL), 3, cache, 2)
        assert environment.reset(0) == first
        assert environment.briefing() == expected.briefing()
        assert environment.solution() == expected.solution()


def test_the_first_variant_is_the_world_as_it_always_was(memory: Memory) -> None:
    """What stands in caches and baselines stays what it is."""
    instance = small()
    assert instance.shown_as(1).surface == instance.surface
    first, again = AlienEnvironment(instance.template, 3, memory, 1), AlienEnvironment(instance.template, 3, memory)
    assert first.reset(0) == again.reset(0)
    assert first.briefing() == again.briefing()


def test_variants_count_from_one() -> None:
    with pytest.raises(ValueError, match="variants count from 1, not 0"):
        AlienEnvironment(template_of(SMALL), 3, None, 0).reset(0)
