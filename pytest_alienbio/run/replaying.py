"""Cells played from what another run recorded: no network, no key, nothing spent; the same scores, or where they diverge."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..agents.llm.replaying import ReplayingWire
from ..agents.scripted import ScriptedAgent
from ..errors import SpecError, StoreError
from ..model import Action, Agent, Cell, Endpoint, Json, Outcome, Result, Trajectory, Wire
from ..model.parting import first_other_turn
from ..model.result import REPLAYED
from ..play import AgentInfo, Catalog
from ..store import battery_of, dat, find_dats, layout, trajectory_of
from ..store.calls import kept_request
from ..store.dat import Dat
from .again.asked import Again

_NOT_AGAIN = frozenset(
    {Outcome.TIMED_OUT, Outcome.OVER_LIMIT, Outcome.LOST, Outcome.NOT_RUN, Outcome.SKIPPED, Outcome.ENVIRONMENT_ERROR}
)
"""What ended these stands in no answer of a model."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The records of one DAT. Thread-safe: it only reads."""

    dat: Dat
    name: str
    by_key: Mapping[str, Result]
    by_id: Mapping[str, Result]

    def record(self, cell: Cell) -> Result | None:
        """That of the same content, else that of the same id: where its content has changed, it diverges."""
        own = self.by_id.get(cell.id)
        # two agents of one kind and params have the same content under two names
        return own if own and own.key == cell.key else self.by_key.get(cell.key) or own

    def refusal(self, cell: Cell) -> str:
        """Why `cell` cannot be replayed; '' if it can."""
        record = self.record(cell)
        if record is None:
            return f"{self.name} has no record of it to replay"
        if cell.case.type == "task":
            return "a task's trial has no answers of a model to replay"
        if record.outcome in _NOT_AGAIN:
            return f"{self.name} recorded it as {record.outcome.value}: what ended it cannot be replayed"
        if not record.outcome.scored and record.model is None and not cell.agent.deterministic:
            return f"{self.name} recorded it as {record.outcome.value}, and an agent's own error cannot be replayed"
        if record.trace is None or not record.trace.file:
            return f"{self.name} kept no trace of it (`run.traces`), so there is nothing to replay"
        return ""

    def connect(self, cell: Cell | None, endpoint: Endpoint) -> Wire:
        """What was recorded of `cell`. Raises `StoreError` for a trace that cannot be read."""
        calls = self.trajectory(cell).calls if cell else ()
        return ReplayingWire(endpoint.provider, calls, kept_request)

    def agent(self, cell: Cell | None, info: AgentInfo) -> Agent | None:
        """Who does again what was recorded, for an agent that might do something else; None: it plays itself."""
        if cell is None or info.deterministic or info.is_model:
            return None
        turns = self.trajectory(cell).turns
        return _Again([(turn.action, dict(turn.params), turn.reasoning) for turn in turns])

    def trajectory(self, cell: Cell) -> Trajectory:
        """The recorded one."""
        record = self.record(cell)
        trace = self.dat.trace(record) if record else None
        return Trajectory() if trace is None else trajectory_of(trace)

    def settled(self, cell: Cell, result: Result) -> Result:
        """`result` beside its record: with what the record says it took, and where it is from.

        One that is not what was recorded has no score: `environment_error` where the world answered otherwise, `scorer_error`
        where the same trajectory is scored otherwise.
        """
        record = self.record(cell)
        if record is None or result.outcome in (Outcome.SKIPPED, Outcome.NOT_RUN):
            return result
        origin = record.origin if record.origin.startswith(REPLAYED) else f"{REPLAYED}{self.name}#{record.run}"
        result = result.with_(origin=origin)
        if result.outcome is record.outcome:  # one that diverged has what it took until then
            result = result.with_(usage=record.usage, model=record.model)
        before, now = self.trajectory(cell), result.trajectory or Trajectory()
        if len(before.calls) == len(now.calls):
            now = replace(now, calls=before.calls)  # their times are those of the record
            result = result.with_(trajectory=now)
        if not result.outcome.scored:
            return result
        broke = _unlike(record, result, before, now)
        return result.with_(outcome=broke[0], reason=broke[1], score=None, scores={}, passed=None) if broke else result


def _unlike(record: Result, result: Result, before: Trajectory, now: Trajectory) -> tuple[Outcome, str] | None:
    if turn := first_other_turn(before, now):
        one, other = (_turn(each, turn) for each in (before, now))
        return Outcome.ENVIRONMENT_ERROR, f"diverged at turn {turn} | recorded: {one} | now: {other}"
    if len(before.calls) != len(now.calls):
        what = f"diverged: {len(now.calls)} calls of its model, {len(before.calls)} were recorded"
        return Outcome.ENVIRONMENT_ERROR, what
    if (record.outcome, record.score, dict(record.scores)) != (result.outcome, result.score, dict(result.scores)):
        what = f"the same trajectory scored {result.score}, and {record.score} was recorded"
        return Outcome.SCORER_ERROR, f"{what}: its scorer has changed (`bio rescore` scores stored cells anew)"
    return None


def _turn(trajectory: Trajectory, number: int) -> str:
    if number > len(trajectory.turns):
        return f"it ended after {len(trajectory.turns)}"
    turn = trajectory.turns[number - 1]
    params = ", ".join(f"{name}={value}" for name, value in turn.params.items())
    shown = ", ".join(f"{name} {value:.6g}" for name, value in list(turn.seen.items())[:4])
    return f"{turn.action}({params}) at step {turn.step}, cost {turn.cost:g}, saw {shown}"


class _Again(ScriptedAgent):
    """Carries out recorded calls, with what was said of each."""

    __slots__ = ()

    def __init__(self, turns: list[tuple[str, dict[str, Json], str]]) -> None:
        self._script = tuple(Action(name, params, reasoning) for name, params, reasoning in turns)
        self._next = 0


def record_asked(again: Again, data_root: Path) -> Replay | None:
    """The records of the DAT that `again` names: a folder, or a battery's latest that is finished; None: it names none.

    Raises `SpecError` if there is none, or if it kept no trace.
    """
    named, said = again.replay, again.source("replay")
    if not named:
        return None
    found = find_dats(data_root, named)
    if not found:
        raise SpecError(f"{said}: no DAT {named!r} below {data_root}; `bio results` lists what there is")
    return replay_of(_finished(named, found, data_root) or found[0], data_root, said)


def _finished(named: str, found: Sequence[Path], data_root: Path) -> Path | None:
    """The first of these that is closed; where a battery is named, the latest closed one of it: not what is being recorded."""
    if not any(map(_is_closed, found)) and (battery := battery_of(found[0])) and named.endswith(battery):
        found = [path for path in find_dats(data_root) if battery_of(path) == battery]
    return next(filter(_is_closed, found), None)


def _is_closed(path: Path) -> bool:
    return any(os.path.lexists(path / name) for name in layout.AT_CLOSE)


def with_replay(catalog: Catalog, replay: Replay | None, engine: str = "", said: str = "--bio-replay") -> Catalog:
    """`catalog` whose models are asked nothing, and whose cells are played from `replay`; as it is for None.

    Raises `SpecError` for an engine on other machines.
    """
    if replay is None:
        return catalog
    if engine.partition(":")[0] == "dask":
        raise SpecError(f"{said}: cells are not replayed on Dask, whose workers do not see the records; use threads")
    return replace(catalog, connect=replay.connect, offline=True, replay=replay)


def replay_of(path: str | Path, data_root: Path, said: str = "--bio-replay") -> Replay:
    """The records of the DAT at `path`, of each cell the attempt that counts. Raises `SpecError` if it kept no trace."""
    path = Path(path)
    try:
        opened = dat.open(path)
        results = [result.with_(trajectory=None) for result in opened.results()]
    except StoreError as error:
        raise SpecError(f"{said}: {error}") from error
    name = path.relative_to(data_root).as_posix() if path.is_relative_to(data_root) else str(path)
    if not any(result.trace and result.trace.file for result in results):
        raise SpecError(f"{said}: {name} kept no trace, so there is nothing to replay; record with `run: {{traces: all}}`")
    return Replay(opened, name, {r.key: r for r in results}, {r.id: r for r in results})
