"""The one mutable thing of a cell."""

from __future__ import annotations

from os import getpid
from typing import Any

from ..model import (
    Agent,
    Briefing,
    Cell,
    Checkpoint,
    Environment,
    InstanceCache,
    Json,
    ModelCall,
    Observation,
    Outcome,
    Scores,
    Trajectory,
    Turn,
    Usage,
    offers_checkpoints,
)
from .catalog import Catalog
from .fault import Blame, CellFault, is_failure, one_line
from .forked import end_unless
from .handout import (
    again,
    agent_seed,
    hand_action,
    hand_briefing,
    hand_observation,
    hand_scores,
    hand_step,
    observation_again,
)
from .meter import CellMeter
from .plain import plain, plain_mapping, plain_numbers
from .usage import attach, too_much

_AGENT_BUILD = Blame(Outcome.AGENT_ERROR, "the agent could not be built", may_decline=True)
_AGENT_ATTACH = Blame(Outcome.AGENT_ERROR, "the agent's attach() failed", may_decline=True)
_AGENT_START = Blame(Outcome.AGENT_ERROR, "the agent's start() failed", may_decline=True)
_AGENT_DECIDE = Blame(Outcome.AGENT_ERROR, "the agent's decide() failed")
_BUILD = Blame(Outcome.ENVIRONMENT_ERROR, "the scenario could not be built", may_decline=True)
_RESET = Blame(Outcome.ENVIRONMENT_ERROR, "the scenario's reset() failed", may_decline=True)
_STEP = Blame(Outcome.ENVIRONMENT_ERROR, "the scenario's step() failed")
_SCORE = Blame(Outcome.SCORER_ERROR, "the scorer failed")


class AgentSession:
    """One agent in one environment, from building both to the score. Used once, by one thread.

    Each method raises `CellFault`, which knows whose fault it was. `turns` grows as the cell plays, so whatever ends
    it, what happened until then can be told (`trajectory`).
    """

    __slots__ = (
        "_agent",
        "_budget",
        "_cache",
        "_catalog",
        "_cell",
        "_environment",
        "_home",
        "_initial",
        "_meter",
        "_observation",
        "_turns",
        "close_error",
        "closed",
        "end_error",
        "outcome",
        "properties",
        "reason",
        "scores",
    )

    def __init__(
        self,
        cell: Cell,
        catalog: Catalog,
        cache: InstanceCache | None = None,
        agent: Agent | None = None,
        environment: Environment | None = None,
        meter: CellMeter | None = None,
    ) -> None:
        self._cell, self._catalog, self._cache = cell, catalog, cache
        self._agent, self._environment = agent, environment
        self._meter = meter or CellMeter()
        self._home = getpid()
        self._observation = Observation(0, {})
        self._turns: list[Turn] = []
        self._initial: dict[str, float] = {}
        self._budget = 0.0
        self.properties: dict[str, Json] = {}
        """What the environment tells about its world, once it is reset; never shown to the agent."""
        self.outcome: Outcome | None = None
        """How the episode ended; None while it goes on."""
        self.reason = ""
        self.scores: Scores | None = None
        self.closed = False
        """Whether the agent was told its score: from then on the score stands, whatever happens."""
        self.end_error = ""
        """What the agent's `end` raised, in one line; '' if it did not."""
        self.close_error = ""
        """What the environment's `close` raised, likewise."""

    @property
    def agent(self) -> Agent | None:
        """The agent, once it is built."""
        return self._agent

    @property
    def calls(self) -> int:
        """Calls the agent has made."""
        return len(self._turns)

    def trajectory(self) -> Trajectory:
        """What has happened so far."""
        asked = getattr(self._agent, "calls", ())
        calls = tuple(asked) if isinstance(asked, tuple | list) and all(isinstance(call, ModelCall) for call in asked) else ()
        return Trajectory(tuple(self._turns), dict(self._initial), self._budget, calls)

    def open(self) -> None:
        """Builds the world and resets it to the cell's seed, then builds the agent and briefs it."""
        cell = self._cell
        with _BUILD:
            if self._environment is None:
                self._environment = self._catalog.make_environment(cell.case, self._cache)
            environment = self._environment
        with _RESET:
            self._observation = hand_observation(environment.reset(cell.seed))
            tell = getattr(environment, "briefing", None)
            briefing = hand_briefing(
                tell() if tell else Briefing("", max_steps=self._observation.max_steps, budget=self._observation.budget),
                agent_seed(cell.case, cell.agent.kind, cell.seed),
            )
            self._budget = briefing.budget
            self._initial = self._snapshot()
            figures = getattr(environment, "properties", None)
            self.properties = plain_mapping(figures(), "properties") if figures else {}
        if self._agent is None:
            solution = self._solution()
            with _AGENT_BUILD:
                self._agent = self._catalog.make_agent(cell.agent, solution, cell)
        with _AGENT_ATTACH:
            attach(self._agent, self._meter)
        with _AGENT_START:
            self._agent.start(briefing)

    def take_turn(self) -> None:
        """One decision and what comes of it; sets `outcome` if that was the last."""
        agent, environment, seen = self._agent, self._environment, self._observation
        if agent is None or environment is None:
            raise RuntimeError("take_turn() was called before open()")
        with _AGENT_DECIDE:
            action = hand_action(agent.decide(observation_again(seen)))
        end_unless(self._home)
        try:
            with _STEP:
                step = hand_step(environment.step(again(action)))
                after = self._snapshot()
        except CellFault as fault:
            self._turns.append(
                Turn(seen.step, action.name, action.params, False, fault.reason, 0.0, seen.state, {}, action.reasoning)
            )
            raise
        result = step.result
        self._turns.append(
            Turn(
                step=seen.step,
                action=action.name,
                params=action.params,
                ok=result.ok,
                reason=result.reason,
                cost=result.cost,
                seen=seen.state,
                reading=result.reading,
                reasoning=action.reasoning,
                state=after,
            )
        )
        self._observation = step.observation
        if step.terminated or action.name == "done":
            self.outcome = Outcome.COMPLETED
        elif step.truncated:
            self.cut("the scenario's own limit of interactions was reached")

    @property
    def observation(self) -> Observation:
        """What the agent sees next."""
        return self._observation

    @property
    def spent(self) -> Usage:
        """What the agent's meter has counted."""
        return self._meter.usage if self._meter.used else Usage()

    def lacks_checkpoints(self) -> str:
        """Why no checkpoint of it can be made; '' if one can. To be asked once it is open."""
        case, agent = self._cell.case, self._cell.agent
        if not offers_checkpoints(self._environment, "step"):
            return f"scenario {case.scenario!r} offers no checkpoint() and restore()"
        return "" if offers_checkpoints(self._agent, "decide") else f"agent {agent.name!r} offers no checkpoint() and restore()"

    def checkpoint(self) -> tuple[Json, Json]:
        """The states of agent and environment, as each tells its own. Raises whatever they raise, `TypeError`, `ValueError`."""
        agent: Any = self._agent
        environment: Any = self._environment
        return plain(agent.checkpoint(), "the agent's checkpoint"), plain(environment.checkpoint(), "the scenario's checkpoint")

    def go_on(self, kept: Checkpoint) -> str:
        """Puts an open session where a checkpoint of the same cell was taken. If that fails: why, and it is as new again,
        to be opened anew."""
        why = self._put(kept)
        if why:
            if self.holds:
                self.release()
            self._agent = self._environment = None
        return why

    def _put(self, kept: Checkpoint) -> str:
        agent: Any = self._agent
        environment: Any = self._environment
        before = kept.trajectory
        if (dict(before.initial), before.budget) != (self._initial, self._budget):
            return "the checkpoint is of a world that starts elsewhere"
        try:
            environment.restore(kept.environment)
            agent.restore(kept.agent)
            here = self._snapshot()
        except BaseException as error:
            if not is_failure(error):
                raise
            return f"the checkpoint could not be restored: {one_line(error)}"
        if before.turns and here != before.turns[-1].state:
            return "the scenario's restore() leads to another state than its checkpoint() was taken in"
        self._turns, self._observation = list(before.turns), hand_observation(kept.observation)
        self._meter.carry(kept.usage)
        return ""

    def cut(self, reason: str) -> None:
        """Ends the episode here: it is truncated, and still scored."""
        self.outcome, self.reason = Outcome.TRUNCATED, reason

    def check_limits(self) -> None:
        """Ends the cell if its agent was refused a call, whatever it made of that, or says it has used too much."""
        if why := too_much(self._agent, self._meter):
            raise CellFault(Outcome.OVER_LIMIT, why)

    def settle(self) -> None:
        """Asks for the score."""
        if self._environment is None:
            raise RuntimeError("settle() was called before open()")
        with _SCORE:
            self.scores = hand_scores(self._environment.score())

    def close(self) -> None:
        """Tells the agent its score. What the agent does then cannot change it: a failure is only noted."""
        if self._agent is None or self.scores is None:
            raise RuntimeError("close() was called before settle()")
        self.closed = True
        try:
            self._agent.end(hand_scores(self.scores))
        except BaseException as error:
            if not is_failure(error):
                raise
            self.end_error = one_line(error)

    @property
    def holds(self) -> bool:
        """Whether there is an environment that has something to close."""
        return callable(getattr(self._environment, "close", None))

    def release(self) -> None:
        """Lets the environment close what it holds. A failure changes no outcome and no score: it is only noted."""
        try:
            self._environment.close()  # type: ignore[union-attr]
        except BaseException as error:
            if not is_failure(error):
                raise
            self.close_error = one_line(error)

    def _solution(self) -> Json:
        """What a privileged agent is handed; None for all the others, which is not asked for at all."""
        info = self._catalog.agents.get(self._cell.agent.kind)
        if info is None or not info.privileged:
            return None
        with _RESET:
            tell = getattr(self._environment, "solution", None)
            solution = plain(tell(), "solution") if tell else None
        if solution is None:
            what = f"agent {self._cell.agent.name!r} replays a solution, and scenario {self._cell.case.scenario!r} offers none"
            raise CellFault(Outcome.SKIPPED, what)
        return solution

    def _snapshot(self) -> dict[str, float]:
        tell = getattr(self._environment, "snapshot", None)
        return plain_numbers(tell(), "snapshot") if tell else {}
