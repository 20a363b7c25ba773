"""What the fixtures `agent` and `scenario` give when nobody overrides them, and how an override is recognised."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ..errors import SpecError
from ..model import Action, Agent, Briefing, Cell, Environment, Observation, Scores, Step, digest
from .loaded import Loaded
from .state import SessionState, state_of


class LateAgent:
    """The profile's agent, built when the cell starts it: so building it is timed and blamed like the rest of the cell."""

    def __init__(self, loaded: Loaded, cell: Cell) -> None:
        self._catalog, self._profile, self._cell = loaded.catalog, cell.agent, cell
        self._built: Agent | None = None

    def start(self, briefing: Briefing) -> None:
        if self._catalog.agent(self._profile.kind).privileged:
            raise SpecError(f"{self._profile.name} is handed the scenario's solution and cannot be wrapped by a fixture")
        self._built = self._catalog.make_agent(self._profile, cell=self._cell)
        self._built.start(briefing)

    def decide(self, observation: Observation) -> Action:
        assert self._built is not None
        return self._built.decide(observation)

    def end(self, scores: Scores) -> None:
        assert self._built is not None
        self._built.end(scores)


class LateEnvironment:
    """The cell's environment, built when it is first touched: by the cell, or by a fixture that changes it."""

    def __init__(self, loaded: Loaded, cell: Cell, state: SessionState) -> None:
        object.__setattr__(self, "_late", (loaded, cell, state))
        object.__setattr__(self, "_built", None)

    @property
    def touched(self) -> bool:
        """Whether anything has been asked of it."""
        return self._built is not None

    def _environment(self) -> Environment:
        if self._built is None:
            loaded, cell, state = self._late
            object.__setattr__(self, "_built", loaded.catalog.make_environment(cell.case, state.cache))
        built: Environment = self._built
        return built

    def reset(self, seed: int) -> Observation:
        return self._environment().reset(seed)

    def step(self, action: Action) -> Step:
        return self._environment().step(action)

    def score(self) -> Scores:
        return self._environment().score()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._environment(), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._environment(), name, value)


def default_agent(item: pytest.Item) -> Agent | None:
    """The profile's agent for a battery's item; None for a Python test, where `bio.play` builds its own."""
    from .collect import CellItem

    return LateAgent(item.loaded, item.cell) if isinstance(item, CellItem) else None


def default_environment(item: pytest.Item) -> Environment | None:
    """The cell's environment for a battery's item; None for a Python test, where `bio.play` builds its own."""
    from .collect import CellItem

    return LateEnvironment(item.loaded, item.cell, state_of(item.config)) if isinstance(item, CellItem) else None


def untouched(agent: Agent | None, environment: Environment | None) -> tuple[Agent | None, Environment | None]:
    """The two as playing wants them: None for a default that nobody wrapped or changed."""
    return (
        None if isinstance(agent, LateAgent) else agent,
        None if isinstance(environment, LateEnvironment) and not environment.touched else environment,
    )


def marked(cell: Cell, agent: Agent | None, environment: Environment | None) -> Cell:
    """`cell` with whoever took the place of its own agent or scenario written into it; the id stays.

    No score may be booked under a name that did not act; key and hashes must not claim what was not there.
    """
    case, profile = cell.case, cell.agent
    if agent is not None:
        name = f"{profile.name}+{type(agent).__name__}"
        params = {**profile.params, "played_by": _name(agent)}
        profile = replace(profile, name=name, params=params, role="candidate")
    if environment is not None:
        case = replace(case, content_hash=digest({"case": case.content_hash, "played_in": _name(environment)}))
    return cell if profile is cell.agent and case is cell.case else replace(cell, agent=profile, case=case)


def renamed(cell: Cell, agent: Agent) -> Cell:
    """`cell` under an id of its own, for a test that plays one cell with several agents."""
    return replace(cell, id=f"{cell.id[:-1]}-{type(agent).__name__}]")


def _name(thing: object) -> str:
    kind = type(thing)
    return f"{kind.__module__}.{kind.__qualname__}"
