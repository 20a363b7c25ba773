"""Small hand-written agents and environments for the tests of this room."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

from pytest_alienbio.agents import NoopAgent, ScriptedAgent
from pytest_alienbio.model import (
    Action,
    ActionResult,
    Agent,
    AgentProfile,
    Briefing,
    Case,
    Cell,
    CellLimits,
    Environment,
    Observation,
    Result,
    Scores,
    Step,
)
from pytest_alienbio.play import AgentInfo, Catalog, ScenarioInfo, run_cell
from pytest_alienbio.testing import Pond


class Counter:
    """A world of `length` steps whose score is what `scores` says. Offers nothing optional."""

    def __init__(self, length: int = 3, scores: Any = None) -> None:
        self.length = length
        self.scores = Scores(0.7, {"part": 0.1}) if scores is None else scores
        self.at = 0

    def reset(self, seed: int, /) -> Observation:
        self.at = 0
        return Observation(0, {"x": float(seed)})

    def step(self, action: Action, /) -> Step:
        self.at += 1
        return Step(
            Observation(self.at, {"x": float(self.at)}), ActionResult(True, cost=0.5), terminated=self.at >= self.length
        )

    def score(self) -> Scores:
        return self.scores


class Says:
    """An agent whose every decision is what `decide` gives."""

    def __init__(self, decide: Callable[[Observation], object]) -> None:
        self._decide = decide
        self.briefing: Briefing | None = None
        self.told: list[Scores] = []

    def start(self, briefing: Briefing, /) -> None:
        self.briefing = briefing

    def decide(self, observation: Observation, /) -> Action:
        return self._decide(observation)  # type: ignore[return-value]

    def end(self, scores: Scores, /) -> None:
        self.told.append(scores)


def raising(error: BaseException) -> Callable[..., Any]:
    """A callable that raises `error` whatever it is given."""

    def fail(*args: object, **kwargs: object) -> Any:
        raise error

    return fail


def in_another_process(code: str, **environment: str) -> str:
    """What `code` prints in a Python of its own that finds our modules."""
    paths = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60, env={**paths, **environment}
    )
    return done.stdout


def make_cell(
    agent: str = "noop",
    seed: int = 0,
    *,
    scenario: str = "pond/small",
    params: Mapping[str, Any] | None = None,
    case: Case | None = None,
    skip_reason: str = "",
) -> Cell:
    """A cell of the battery `b`."""
    profile = AgentProfile(agent, agent, params or {}, skip_reason=skip_reason)
    return Cell("b", case or Case(scenario, content_hash="c0"), profile, seed, f"{scenario}[{agent}-s{seed}]")


def make_catalog(
    environment: Callable[[], Environment] = Pond, agents: Mapping[str, Callable[..., Agent]] | None = None
) -> Catalog:
    """A catalog with one scenario, `pond/small`, the noop and the scripted agent, and `agents`."""
    made: dict[str, Callable[..., Agent]] = {"noop": NoopAgent, "scripted": ScriptedAgent, **(agents or {})}
    return Catalog(
        {"pond/small": ScenarioInfo("pond/small", lambda case, cache: environment())},
        {name: AgentInfo(name, factory) for name, factory in made.items()},
    )


def play(agent: Agent | None = None, environment: Environment | None = None, **more: Any) -> Result:
    """`run_cell` with an agent and an environment at hand, by default one that waits in a world of three steps."""
    limits = CellLimits(steps=more.pop("steps", None), wall_clock_s=more.pop("wall_clock_s", None))
    cell = more.pop("cell", None) or make_cell()
    catalog = more.pop("catalog", None) or make_catalog(Counter)
    return run_cell(cell, catalog, limits=limits, agent=agent, environment=environment, **more)
