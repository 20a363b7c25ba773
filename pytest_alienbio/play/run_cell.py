"""A cell in, a result out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from os import getpid

from ..errors import SpecError
from ..model import (
    Agent,
    Cell,
    CellError,
    CellLimits,
    Environment,
    InstanceCache,
    Json,
    Keeper,
    MetricEvent,
    Outcome,
    Result,
    Task,
)
from .blank import result_of
from .catalog import Catalog
from .continuing import Continuing
from .episode import play_episode
from .fault import CellFault
from .forked import end_unless
from .frozen import MARGIN_S
from .limits import GRACE_S, CellClock, play_within
from .memory import Growth, can_be_watched
from .meter import CellMeter
from .outputs import Outputs
from .session import AgentSession
from .task_cell import TaskSession
from .usage import measured, use_of


def run_cell(
    cell: Cell,
    catalog: Catalog,
    *,
    limits: CellLimits = CellLimits(),  # noqa: B008 - frozen
    cache: InstanceCache | None = None,
    agent: Agent | None = None,
    environment: Environment | None = None,
    keeper: Keeper | None = None,
    on_stuck: Callable[[Result], None] | None = None,
    on_events: Callable[[Sequence[MetricEvent]], None] | None = None,
    meter: CellMeter | None = None,
    last_words: Callable[[Result], int] | None = None,
    clock: Callable[[], float] = time.time,
    grace_s: float = GRACE_S,
) -> Result:
    """Plays `cell` once. Never raises for what the cell did wrong: that is the result's outcome, reason and error.

    `agent` and `environment` (fresh ones) take the place of what the catalog would build. `limits.wall_clock_s` covers
    building too; a cell that goes on for `grace_s` more cannot be stopped: `on_stuck` then gets its `timed_out` result,
    in another thread, and should end the process. One that has let no other thread run by then ends the process at once:
    `last_words` is given, beforehand, the result that it has in that case, and gives the descriptor of a file to which is
    added where it stood; without, such a cell goes on for ever. `keeper` gets a checkpoint every so many turns, and is asked
    for the last one: the cell goes on from there if its agent and its environment (neither of them replaced) can do that. Its
    times are then those of all parts together, and so are its limits. `clock` gives Unix seconds, for the stamps alone. What
    the agent spends through `meter` (by default one that holds it to `limits` alone) is recorded; of one that makes no calls
    there, its `usage` (a `Usage`). `on_events` gets a task's metric events as they happen; its agent and environment cannot be
    replaced. Raises `SpecError` for a limit that is none; Ctrl-C and pytest's own control flow pass through.
    """
    _check(limits)
    home = getpid()
    meter = meter or CellMeter(limits)
    session = AgentSession(cell, catalog, cache, agent, environment, meter)
    task, replaced = _task_of(cell, catalog), agent is not None or environment is not None
    parts = Continuing(session, None if task or replaced else keeper, limits, clock())

    def stamps() -> dict[str, float]:
        return {"started_at": parts.started_at, "ended_at": clock(), "duration_s": parts.duration_s}

    def stamped(result: Result) -> Result:
        return result.with_(**stamps())

    if task:
        if replaced:
            what = "the agent" if agent is not None else "the scenario"
            return stamped(result_of(cell, Outcome.AGENT_ERROR, f"{cell.case.scenario} is a task: {what} cannot be replaced"))

        def gone(result: Result) -> None:
            if on_stuck is not None:
                on_stuck(stamped(result))

        played = TaskSession(cell, task, limits, on_events).play(grace_s, gone if on_stuck else None)
        end_unless(home)
        return stamped(played)

    def conclude(outcome: Outcome, reason: str, error: CellError | None = None) -> Result:
        result = _result(cell, session, meter, outcome, reason, error, stamps())
        return result.with_(metrics={**result.metrics, **parts.metrics}) if parts.metrics else result

    skip_reason = _skip_reason(cell, catalog, agent)
    if skip_reason:
        return conclude(Outcome.SKIPPED, skip_reason).with_(trajectory=None)

    too_long = f"cell ran longer than {limits.wall_clock_s or 0:g} s"

    def late(more: str = "") -> tuple[Outcome, str]:
        if growth and growth.grown:
            return _late(session, Outcome.OVER_LIMIT, growth.reason + more)
        return _late(session, Outcome.TIMED_OUT, too_long + more)

    def stuck() -> None:
        if on_stuck is not None:
            on_stuck(conclude(*late(", and could not be stopped")))

    def hung() -> None:
        if on_stuck is not None:
            on_stuck(conclude(Outcome.TIMED_OUT, "the scenario's close() does not end, and could not be stopped"))

    def say(alone: bool) -> int:
        assert last_words is not None
        outcome, whose = Outcome.TIMED_OUT, "a call"
        if not alone:  # which thread held the interpreter nobody can tell afterwards
            outcome, whose = Outcome.LOST, "a call, of this cell or of one that played beside it,"
        froze = result_of(cell, outcome, f"{too_long}, and {whose} let nothing else run in its process, which was ended")
        until_s, began = (limits.wall_clock_s or 0.0) + grace_s + MARGIN_S, parts.started_at
        return last_words(froze.with_(started_at=began, ended_at=began + until_s, duration_s=until_s))

    deadline, growth = None, Growth(limits.memory_mb) if limits.memory_mb is not None else None
    if limits.wall_clock_s is not None or growth:
        left_s = None if limits.wall_clock_s is None else limits.wall_clock_s - parts.before_s
        words = say if last_words and limits.wall_clock_s is not None else None
        deadline = CellClock(left_s, grace_s=grace_s, on_stuck=stuck, last_words=words, growth=growth)

    def play() -> None:
        before_s = parts.before_s
        parts.open()
        if deadline is not None and parts.before_s < before_s:
            deadline.give(before_s - parts.before_s)
        play_episode(session, limits, parts.after_turn)
        if deadline is None or not deadline.fired:
            session.close()

    fault: CellFault | None = None
    try:
        with Outputs():
            play_within(deadline, play)
    except CellFault as caught:
        fault = caught
    finally:
        end_unless(home)
        if session.holds:
            _release(session, grace_s, hung)
            end_unless(home)
    if deadline is not None and deadline.fired:
        return conclude(*late())
    if meter.refused is not None and not session.closed:  # also where the agent made another error of it
        return conclude(Outcome.OVER_LIMIT, str(meter.refused))
    if fault is not None:
        return conclude(fault.outcome, fault.reason, fault.error)
    return conclude(*_ended(session))


def _release(session: AgentSession, grace_s: float, on_stuck: Callable[[], None]) -> None:
    """Closes the environment, for which it has `grace_s` seconds, however the cell ended."""
    clock = CellClock(grace_s, grace_s=grace_s, on_stuck=on_stuck)
    play_within(clock, session.release)
    if clock.fired:
        session.close_error = f"it took longer than {grace_s:g} s"


def _ended(session: AgentSession) -> tuple[Outcome, str]:
    """How a session that was scored ended, and why."""
    if session.outcome is None:
        raise AssertionError("an episode ends with a score, a fault or a timeout")
    note = f"the agent's end() failed after scoring: {session.end_error}" if session.end_error else ""
    return session.outcome, "; ".join(part for part in (session.reason, note) if part)


def _late(session: AgentSession, outcome: Outcome, why: str) -> tuple[Outcome, str]:
    """How a session whose time (or memory) was up ended: with its score if that was only in the agent's `end`."""
    if not session.closed:
        return outcome, why
    session.end_error = session.end_error or why
    return _ended(session)


def _result(
    cell: Cell,
    session: AgentSession,
    meter: CellMeter,
    outcome: Outcome,
    reason: str,
    error: CellError | None,
    stamps: Mapping[str, float],
) -> Result:
    case, scores = cell.case, session.scores if outcome.scored else None
    score = None if scores is None else scores.score
    meter.end()
    usage, misspent = measured(session.agent, meter)
    if not meter.used:
        meter.take(usage)
    model, unnamed = use_of(session.agent)
    failed = {
        "agent_end_error": session.end_error,
        "agent_usage_error": misspent or meter.exceeded or unnamed,
        "environment_close_error": session.close_error,
    }
    metrics: dict[str, Json] = {name: said for name, said in failed.items() if said}
    if meter.unknown_calls:
        metrics |= unsettled(meter.unknown_calls, meter.unknown_tokens, meter.unknown_usd)
    passed = None
    if scores is not None and score is not None and case.passing_score is not None:
        passed = score <= case.passing_score if scores.better == "lower" else score >= case.passing_score
    if misspent:
        reason = "; ".join(filter(None, (reason, f"what the agent says it consumed is not recorded: {misspent}")))
    return result_of(
        cell,
        outcome,
        reason,
        error=error,
        score=score,
        scores={} if scores is None else scores.parts,
        better="higher" if scores is None else scores.better,
        passed=passed,
        metrics=metrics,
        properties=session.properties,
        usage=usage,
        model=model,
        trajectory=session.trajectory(),
        **stamps,
    )


def unsettled(calls: int, tokens: int, usd: float) -> dict[str, Json]:
    """Calls of which nobody knows what they took, as metrics: how many, and their worst case, which is in no usage."""
    return {"unsettled_calls": calls, "unsettled_tokens": tokens, "unsettled_usd": usd}


def _task_of(cell: Cell, catalog: Catalog) -> Task | None:
    info = catalog.scenarios.get(cell.case.scenario)
    return info.task if info else None


def _skip_reason(cell: Cell, catalog: Catalog, agent: Agent | None) -> str:
    info = catalog.agents.get(cell.agent.kind)
    return cell.agent.skip_reason or (info.skip_reason if info and agent is None else "")


def _check(limits: CellLimits) -> None:
    for name in ("steps", "tokens"):
        count = getattr(limits, name)
        if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
            raise SpecError(f"limits.per_cell.{name} cannot be {count!r}; expected a whole number from 0")
    seconds, usd = limits.wall_clock_s, limits.usd
    if seconds is not None and not (_is_number(seconds) and seconds > 0):
        raise SpecError(f"limits.per_cell.wall_clock_s cannot be {seconds!r}; expected seconds above 0")
    if limits.memory_mb is not None and not can_be_watched():
        raise SpecError("limits.per_cell.memory_mb: this system does not tell how much memory a process holds")
    if usd is not None and not (_is_number(usd) and usd >= 0):
        raise SpecError(f"limits.per_cell.usd cannot be {usd!r}; expected dollars from 0")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
