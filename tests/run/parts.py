"""A world that plays in microseconds, agents that do what a test needs, and batteries of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pytest_alienbio.errors import ProviderError
from pytest_alienbio.model import (
    Action,
    ActionResult,
    ActionSpec,
    AgentEntry,
    Battery,
    Briefing,
    Observation,
    Plan,
    Result,
    ScenarioEntry,
    Scores,
    Step,
)
from pytest_alienbio.play import AgentRegistry, Catalog, ScenarioRegistry, builtin_agents
from pytest_alienbio.run import Closed, Run, close_dat, new_run_id, open_dat
from pytest_alienbio.run.execute import execute
from pytest_alienbio.run.plan import plan


class Line:
    """Ten steps; each `right` is worth a tenth."""

    def __init__(self, difficulty: int = 1, bonus: float = 0.0) -> None:
        self.bonus = bonus
        self.steps = self.place = 0

    def reset(self, seed: int, /) -> Observation:
        """At the start."""
        self.steps = self.place = 0
        return self._seen()

    def briefing(self) -> Briefing:
        """Two ways to go."""
        return Briefing("go right", actions=(ActionSpec("right"), ActionSpec("left")), max_steps=10, budget=10.0)

    def step(self, action: Action, /) -> Step:
        """One step."""
        self.steps += 1
        self.place += action.name == "right"
        return Step(self._seen(), ActionResult(True), terminated=self.steps == 10)

    def score(self) -> Scores:
        """How far it came."""
        return Scores(min(1.0, self.place / 10 + self.bonus), {"place": float(self.place)})

    def _seen(self) -> Observation:
        return Observation(self.steps, {"place": float(self.place)}, max_steps=10, budget=10.0)


class Right:
    """Always right: score 1."""

    def start(self, briefing: Briefing, /) -> None:
        """Nothing to prepare."""

    def decide(self, observation: Observation, /) -> Action:
        """Right."""
        return Action("right")

    def end(self, scores: Scores, /) -> None:
        """Nothing to learn."""


class Half(Right):
    """Every other step: score 0.5."""

    def decide(self, observation: Observation, /) -> Action:
        return Action("right" if observation.step % 2 else "left")


class Crash(Right):
    """Breaks, with a text that tries to steer the terminal."""

    def decide(self, observation: Observation, /) -> Action:
        raise RuntimeError("boom \x1b[31mred")


class Outage(Right):
    """Its model is down."""

    def decide(self, observation: Observation, /) -> Action:
        raise ProviderError("429 too many requests")


class Interrupted(Right):
    """Somebody presses Ctrl-C while it plays."""

    def decide(self, observation: Observation, /) -> Action:
        raise KeyboardInterrupt


def register(agents: AgentRegistry, scenarios: ScenarioRegistry) -> None:
    """Adds the agents above by their names in lower case, and the line with and without levels."""
    for agent in (Right, Half, Crash, Outage, Interrupted):
        agents.add(agent.__name__.lower(), agent)
    agents.add("lazy", Half, role="floor")
    scenarios.add("walks/line", Line, levels=(1, 2, 3), default_level=2, tags=["walking"])
    scenarios.add("walks/plain", Line)


def make_catalog() -> Catalog:
    """The built-in agents and ours; our scenarios only."""
    agents, scenarios = AgentRegistry(builtin_agents()), ScenarioRegistry()
    register(agents, scenarios)
    return Catalog(scenarios.entries, agents.entries)


def make_battery(
    scenarios: Iterable[str | ScenarioEntry] = ("walks/plain",),
    agents: Iterable[str | AgentEntry] = ("right",),
    seeds: Sequence[int] = (0, 1),
    **more: Any,
) -> Battery:
    """A battery called `b`."""
    return Battery(
        "b",
        tuple(ScenarioEntry(each) if isinstance(each, str) else each for each in scenarios),
        tuple(AgentEntry(each) if isinstance(each, str) else each for each in agents),
        tuple(seeds),
        **more,
    )


def make_plan(*args: Any, **more: Any) -> Plan:
    """The plan of `make_battery(...)` with our catalog."""
    return plan(make_battery(*args, **more), make_catalog())


class Lab:
    """One plan in one DAT below a folder: open, play some of it, close."""

    def __init__(self, root: Path, made: Plan, run_id: str = "") -> None:
        self.plan, self.catalog, self.run_id = made, make_catalog(), run_id or new_run_id()
        self.dat_path = open_dat(root / "data", made, run_id=self.run_id, project=root, command=["test"])

    def run(self, worker: str = "main", **more: Any) -> Run:
        """A writer in the DAT."""
        return Run.of_plan(self.plan, self.dat_path, self.run_id, worker, **more)

    def play(self, *ids: str, worker: str = "main", **more: Any) -> list[Result]:
        """Plays the cells of these ids, all without any."""
        run = self.run(worker, **more)
        cells = [cell for cell in self.plan.cells if not ids or cell.id in ids]
        try:
            return execute(cells, run, self.catalog, limits=self.plan.battery.limits)
        finally:
            run.close()

    def close(
        self,
        *,
        selected: Iterable[str] | None = None,
        due: Iterable[str] | None = None,
        interrupted: bool = False,
        smoke: bool = False,
    ) -> Closed | None:
        """Closes the DAT; everything was selected unless `selected` says otherwise."""
        return close_dat(
            self.dat_path,
            self.plan,
            run_id=self.run_id,
            selected=frozenset(cell.id for cell in self.plan.cells) if selected is None else frozenset(selected),
            due=None if due is None else frozenset(due),
            interrupted=interrupted,
            command=lambda cell: f"again {cell.id}",
            smoke=smoke,
        )
