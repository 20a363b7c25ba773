"""One recorded cell played again from its record, offline: nothing is asked, spent or recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..agents.llm.replaying import ReplayingWire
from ..errors import SpecError, UnknownNameError
from ..model import Cell, Endpoint, InstanceCache, Json, Result, Trajectory, Wire
from ..model.cell_diff import CellDiff, Place, cell_diff
from ..model.parting import partings
from ..play import Catalog, run_cell
from ..store import Dat
from .limits.recorded import as_recorded
from .recorded_plan import recorded_plan
from .replaying import Replay, with_replay


@dataclass(frozen=True, slots=True)
class ReplayedCell:
    """A record, and what came of playing it again."""

    record: Result
    now: Result
    """As it was played now; nothing of it is held against the record yet."""
    before: Trajectory
    diff: CellDiff
    notes: tuple[str, ...] = ()
    """What is another than when it was recorded."""

    @property
    def scored_alike(self) -> bool:
        """Whether both ended in the same way, with the same score and parts."""
        one, other = ((r.outcome, r.score, dict(r.scores), r.passed) for r in (self.record, self.now))
        return one == other

    @property
    def identical(self) -> bool:
        """Whether every request, answer, turn and score is that of the record."""
        return self.diff.first is None and self.scored_alike


@dataclass(slots=True)
class _Kept:
    """The wire that a cell was connected to."""

    replay: Replay
    wire: ReplayingWire | None = field(default=None)

    def connect(self, cell: Cell | None, endpoint: Endpoint) -> Wire:
        made = self.replay.connect(cell, endpoint)
        self.wire = made if isinstance(made, ReplayingWire) else None
        return made


def replay_cell(of: Dat, record: Result, replay: Replay, catalog: Catalog, cache: InstanceCache | None = None) -> ReplayedCell:
    """Plays the cell of `record` again from `replay`, the records of `of`.

    Raises `SpecError` for a cell that cannot be replayed, or whose scenario or agent is not known here; `StoreError` for a
    folder that does not tell of its cells, or a trace that is damaged.
    """
    plan = recorded_plan(of.path)
    cell = next((each for each in plan.cells if each.id == record.id), None)
    if cell is None:
        raise SpecError(f"{record.id} is no cell of the battery that {of.path} records: was it imported, or added by a test?")
    notes = []
    try:
        info = catalog.scenario(cell.case.scenario)
        catalog.agent(cell.agent.kind)
    except UnknownNameError as error:
        what = "what a conftest.py registers is known to pytest alone: pytest --bio-replay DAT"
        raise SpecError(f"{record.id} cannot be played here: {error}; {what}") from error
    if info.content_hash != cell.case.content_hash:
        notes.append(f"{info.name} is not what it was when this was recorded: its content has changed")
    cell = replace(cell, case=replace(cell.case, type=info.type))
    if why := cell.agent.skip_reason or replay.refusal(cell):
        raise SpecError(f"{record.id} cannot be replayed: {why}")
    kept = _Kept(replay)
    offline = replace(with_replay(catalog, replay), connect=kept.connect)
    allowed = as_recorded(cell, replay, plan.battery.limits)
    now = run_cell(cell, offline, limits=allowed.limits, cache=cache, meter=allowed.meter)
    before, played = replay.trajectory(cell), now.trajectory or Trajectory()
    # as the record keeps them: each was asked in the recorded words, and answered from there
    played = replace(played, calls=before.calls[: len(played.calls)])
    now, diff = now.with_(trajectory=played), cell_diff(before, played)
    if kept.wire and (parted := kept.wire.parted):
        number, call, asked = parted
        found = tuple(partings(call.request, asked)) if call else ()
        turn = len(played.turns) + 1
        if found and (diff.first is None or diff.first.what == "end" or diff.first.turn >= turn):
            diff = replace(diff, first=Place("asked", turn, found, number))
    return ReplayedCell(record, now, before, diff, tuple(notes))


def replayed_as_json(found: ReplayedCell) -> dict[str, Json]:
    """What came of it, for machines."""

    def side(result: Result, trajectory: Trajectory) -> Mapping[str, Json]:
        return {
            "outcome": str(result.outcome),
            "reason": result.reason,
            "score": result.score,
            "scores": dict(result.scores),
            "passed": result.passed,
            "turns": len(trajectory.turns),
            "calls": len(trajectory.calls),
        }

    return {
        "id": found.record.id,
        "dat": found.record.dat_path,
        "identical": found.identical,
        "recorded": side(found.record, found.before),
        "now": side(found.now, found.now.trajectory or Trajectory()),
        "same_turns": found.diff.turns,
        "same_calls": found.diff.calls,
        "first": found.diff.first.as_json() if found.diff.first else None,
        "notes": list(found.notes),
    }
