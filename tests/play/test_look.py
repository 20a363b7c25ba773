"""What an agent would be shown."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_alienbio.errors import AlienBioError, SpecError, UnknownNameError
from pytest_alienbio.model import Action, AgentProfile, Briefing, Case, Cell, Observation, Scores, Step
from pytest_alienbio.play import AgentInfo, Catalog, ScenarioRegistry, look, run_cell
from pytest_alienbio.run import build_catalog, case_of

WORLD = "mutualism/competition"


class Listener:
    """Keeps what it is handed."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def start(self, briefing: Briefing, /) -> None:
        self.told.append(briefing)

    def decide(self, observation: Observation, /) -> Action:
        self.told.append(observation)
        return Action("done")

    def end(self, scores: Scores, /) -> None:
        """Not of interest."""


class Bare:
    """An environment that offers nothing but the least."""

    def __init__(self, *, broken: str = "") -> None:
        self.broken = broken

    def reset(self, seed: int, /) -> Observation:
        if self.broken:
            raise RuntimeError(self.broken)
        return Observation(0, {"a": 1.0}, max_steps=3, budget=2.0)

    def step(self, action: Action, /) -> Step:
        raise NotImplementedError

    def score(self) -> Scores:
        raise NotImplementedError


def catalog_of(**params: object) -> Catalog:
    """One scenario, `bare`."""
    registry = ScenarioRegistry()
    registry.add("bare", lambda: Bare(**params))  # type: ignore[arg-type]
    return Catalog(registry.entries)


def test_it_is_what_agents_are_handed() -> None:
    """Briefing (but for the seed of the agent's dice) and first observation, bit for bit."""
    catalog = build_catalog()
    case = case_of(catalog, WORLD, 3)
    listener = Listener()
    cell = Cell("b", case, AgentProfile("listener", "listener"), 7, "id")
    run_cell(cell, Catalog(catalog.scenarios, {"listener": AgentInfo("listener", Listener)}), agent=listener)
    briefing, observation = listener.told
    view = look(case, catalog, 7)
    assert view.observation == observation
    assert {**as_fields(view.briefing), "seed": None} == {**as_fields(briefing), "seed": None}
    assert view.briefing.seed == 0
    assert view.solution
    assert set(view.state) > set(observation.state)
    assert view.properties["size"] == len(view.state)


def as_fields(briefing: Briefing) -> dict[str, Any]:
    """A briefing's fields by name."""
    return {name: getattr(briefing, name) for name in Briefing.__slots__}


def test_an_environment_that_tells_nothing_more_is_shown_as_it_is() -> None:
    view = look(Case("bare"), catalog_of(), 0)
    assert view.briefing == Briefing("", max_steps=3, budget=2.0)
    assert (view.observation.state, view.solution, view.state, view.properties) == ({"a": 1.0}, None, {}, {})


def test_whatever_a_scenario_raises_is_one_of_our_errors() -> None:
    with pytest.raises(AlienBioError, match="bare: it cannot be shown: RuntimeError: no water"):
        look(Case("bare"), catalog_of(broken="no water"), 0)
    with pytest.raises(UnknownNameError):
        look(Case("bear"), catalog_of(), 0)
    catalog = build_catalog()
    with pytest.raises(SpecError, match="was given no difficulty"):
        look(Case(WORLD), catalog, 0)
