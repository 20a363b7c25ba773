"""What an agent can reach."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pytest_alienbio.model import Action, ActionResult, AgentProfile, Briefing, Observation, Outcome, Scores, Step
from pytest_alienbio.play import AgentRegistry, Catalog
from pytest_alienbio.play.session import AgentSession
from pytest_alienbio.testing import Pond
from pytest_alienbio.testing.reach import reach

from .worlds import Counter, Says, make_catalog, make_cell, play


class Leaky(Pond):
    """Hands out live state and itself wherever it can."""

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[str, float] = {"fish": 1.0}

    def reset(self, seed: int, /) -> Observation:
        super().reset(seed)
        return LeakyObservation(self)

    def step(self, action: Action, /) -> Step:
        step = super().step(action)
        return Step(LeakyObservation(self), ActionResult(True, reading=self.live), step.terminated, step.truncated)

    def briefing(self) -> Briefing:
        return LeakyBriefing(self)


class LeakyObservation(Observation):
    def __init__(self, world: Leaky) -> None:
        super().__init__(0, world.live)
        object.__setattr__(self, "world", world)


class LeakyBriefing(Briefing):
    def __init__(self, world: Leaky) -> None:
        super().__init__("text", protected=world.live, seed=12345)
        object.__setattr__(self, "world", world)


class Spy:
    """Keeps everything it is given."""

    def __init__(self) -> None:
        self.given: list[object] = []

    def start(self, briefing: Briefing, /) -> None:
        self.given.append(briefing)

    def decide(self, observation: Observation, /) -> Action:
        self.given.append(observation)
        return Action("wait", {})

    def end(self, scores: Scores, /) -> None:
        self.given.append(scores)


def test_nothing_of_the_environment_can_be_reached_from_what_an_agent_is_given() -> None:
    """Every attribute and item, to the end: no environment, no live dict, no hidden name or value, no seed of the world."""
    spy, world = Spy(), Leaky()
    play(spy, world, cell=make_cell(seed=12345))
    reached = [item for given in spy.given for _, item in reach(given)]
    assert len(reached) > 50
    assert not [item for item in reached if item is world or item is world.live or isinstance(item, Pond)]
    names = [item for item in reached if isinstance(item, str)]
    assert "fish" in names
    assert not [name for name in names if "silt" in name]
    assert 12345 not in reached
    assert world.snapshot()["silt"] not in reached


def test_an_agent_that_changes_what_it_is_given_changes_nothing() -> None:
    """Neither the world nor the record."""

    class Vandal(Spy):
        def start(self, briefing: Briefing, /) -> None:
            briefing.protected.clear()  # type: ignore[attr-defined]

        def decide(self, observation: Observation, /) -> Action:
            observation.state.clear()  # type: ignore[attr-defined]
            return Action("wait")

    assert play(Vandal(), Pond()).trajectory == play(Spy(), Pond()).trajectory


def test_an_agent_that_keeps_its_params_cannot_change_the_record() -> None:
    """Nor can the environment."""
    mine: dict[str, float] = {"dose": 0.5}

    class Eats(Counter):
        def step(self, action: Action, /) -> Step:
            action.params.clear()  # type: ignore[attr-defined]
            mine["dose"] = 9.0
            return super().step(action)

    result = play(Says(lambda seen: Action("feed", mine)), Eats(length=1))
    assert result.trajectory is not None
    assert result.trajectory.turns[0].params == {"dose": 0.5}


def test_the_true_state_is_in_the_record_and_nowhere_else() -> None:
    """Before the first call and after each."""
    result = play(Spy(), Pond())
    assert result.trajectory is not None
    assert set(result.trajectory.initial) == {"algae", "fish", "silt"}
    assert all("silt" in turn.state and "silt" not in turn.seen for turn in result.trajectory.turns)
    assert result.trajectory.budget == 6.0


def test_the_agent_s_seed_is_neither_the_world_s_nor_the_briefing_s() -> None:
    """It depends on the cell alone."""
    seeds: list[int] = []
    for _ in range(2):
        agent = Says(lambda seen: Action("wait"))
        play(agent, Leaky(), cell=make_cell(seed=7))
        assert agent.briefing is not None
        seeds.append(agent.briefing.seed)
    assert seeds[0] == seeds[1]
    assert seeds[0] not in (7, 12345)


@pytest.mark.parametrize("method", ["take_turn", "settle", "close"])
def test_a_session_is_opened_first(method: str) -> None:
    """Out of order is a mistake of ours, and says so."""
    session = AgentSession(make_cell(), make_catalog())
    with pytest.raises(RuntimeError, match=f"{method}\\(\\) was called before"):
        getattr(session, method)()


def test_an_agent_from_a_registry_plays_by_its_name() -> None:
    """From `registry.add` to a score."""
    registry = AgentRegistry()
    registry.add("mine", lambda word: Says(lambda seen: Action(word)))
    catalog = Catalog(make_catalog().scenarios, registry.entries)
    cell = make_cell("mine", params={"word": "wait"})
    assert cell.agent == AgentProfile("mine", "mine", {"word": "wait"})
    assert play(cell=cell, catalog=catalog).score == 0.0


def test_what_can_be_reached_is_told_with_the_way_to_it() -> None:
    """Items, keys, attributes and closures; each object once."""

    class Box:
        def __init__(self, inside: object) -> None:
            self._inside = inside

        def look(self) -> object:
            return self._inside

    treasure: Mapping[str, object] = {"gold": [1.5]}
    found = dict(reach(Box(treasure), "box"))
    assert found["box._inside['gold'][0]"] == 1.5
    assert treasure in [item for _, item in reach(lambda: treasure, "call")]


class Told(Counter):
    """Tells figures about its world."""

    def __init__(self, figures: object) -> None:
        super().__init__()
        self.figures = figures

    def properties(self) -> object:
        return self.figures


def test_what_an_environment_tells_about_its_world_is_recorded_with_the_result() -> None:
    """To correlate scores with; the agent is told nothing of it."""
    figures = {"size": 9, "hidden_fraction": 0.25, "rejected": {}}
    result = play(environment=Told(figures))
    assert result.properties == figures
    assert result.properties is not figures
    assert play(environment=Counter()).properties == {}


def test_figures_that_json_cannot_hold_are_the_environments_error() -> None:
    """Before the agent acts: a cell that cannot be recorded is not paid for."""
    result = play(environment=Told({"size": object()}))
    assert result.outcome is Outcome.ENVIRONMENT_ERROR
    assert "properties['size'] is an object, which JSON cannot hold" in result.reason
    assert result.trajectory is not None
    assert not result.trajectory.turns
