"""Going on with a run: which DAT is meant, whether its spec still holds, and which of its cells are to be played now.

A DAT holds one spec. Where the battery has changed since, its cells are others, or the same ones under other rules: then the
run is not gone on with, and what changed is said. With `reuse` it is played into a new DAT instead, which takes over what is
still the same.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...errors import Complaint, SpecError
from ...model import Battery, Json, Outcome, Plan
from ...store import battery_of, dat, find_dats, source_of
from ...store.holding import Hold
from ...store.layout import IMPORTS
from ...store.recorded import Record, recorded
from ..opening import spec_of
from .asked import LAST, Again
from .changes import changes
from .start import Start


def meant(again: Again, battery: Battery, data_root: Path, source: str) -> Path | None:
    """The DAT that is to be gone on with; None if none is, or if there is no run of the battery yet that could be resumed.

    `source` is the battery's file as ids spell it. Raises `SpecError` for a DAT that is none or another battery's, and where
    there is nothing to retry.
    """
    if again.resume not in ("", LAST):
        return _named(again, battery, data_root)
    if not again.goes_on:
        return None
    for path in find_dats(data_root):
        imported = path.is_relative_to(data_root / IMPORTS)
        if not imported and battery_of(path) == battery.name and source_of(path) == (battery.origin or source):
            return path
    if again.resume:
        return None
    what = f"there is no run of {battery.name} below {data_root} yet"
    raise SpecError(Complaint(what, again.source("retry"), hint="play it first"))


def gone_on(path: Path, again: Again, plan: Plan, source: str, *, look: bool) -> Start | tuple[str, ...]:
    """The start in the DAT at `path`; or why there is none: what changed, if `again.reuse` allows that.

    The DAT is held then, until the start's `release`; with `look` it is only looked at. Raises `SpecError` for a battery that
    has changed, `StoreError` for a DAT that somebody else plays into.
    """
    hold = None if look else Hold(path)
    try:
        opened = dat.open(path)
        told = changes(opened.spec(), as_stored(spec_of(plan, source=source)))
        if told and not again.reuse:
            raise SpecError(_changed(path, plan.battery, told, again))
        if not told:
            return _start(opened, again, plan, hold)
    except BaseException:
        if hold:
            hold.release()
        raise
    if hold:
        hold.release()
    return told


def _start(opened: dat.Dat, again: Again, plan: Plan, hold: Hold | None) -> Start:
    records = recorded(opened.path)
    barred = _barred(opened.spec())
    play = frozenset(
        cell.id
        for cell in plan.cells
        if _is_due(records.get(cell.id), again, can_now=cell.agent.name in barred and not cell.agent.skip_reason)
    )
    left = (cell.id for cell in plan.cells if cell.id not in play)
    before = frozenset(name for name in left if name in records and records[name].outcome != Outcome.NOT_RUN)
    status = {} if play else opened.status()
    cells = status.get("cells")
    return Start(
        play,
        before,
        opened.path,
        attempts={name: records[name].attempts for name in play if name in records and records[name].attempts},
        outcomes=dict(Counter(records[name].outcome for name in sorted(play) if name in records)),
        retry=again.retry,
        whole=isinstance(cells, Mapping) and cells.get("selected") == cells.get("recorded") == len(plan) == len(before),
        hold=hold,
    )


def _named(again: Again, battery: Battery, data_root: Path) -> Path:
    where, found = again.source("resume"), find_dats(data_root, again.resume)
    if not found:
        what = f"{again.resume[:200]!r} is no result folder, and means none below {data_root}"
        hint = f"write {where}=DAT with `=`, or put {where} last: alone it means the last run"
        raise SpecError(Complaint(what, where, hint=hint))
    for path in found:
        if battery_of(path) == battery.name:
            return path
    what = f"{found[0]} is a run of {battery_of(found[0]) or 'another battery'}, and {battery.name} is to be played"
    raise SpecError(Complaint(what, where, hint="name the battery that it is a run of, alone"))


def _is_due(record: Record | None, again: Again, *, can_now: bool) -> bool:
    """`can_now`: its agent could not be played when the run began, or was not to cost money, and now it can: then a cell that
    was skipped is left to play, as one that was not begun."""
    if record is None or record.outcome == Outcome.NOT_RUN:
        return bool(again.resume)
    if record.outcome == Outcome.SKIPPED and can_now and again.resume:
        return True
    return record.outcome in again.retry


def _barred(spec: Mapping[str, Json]) -> frozenset[str]:
    """The agents of a recorded run that were not played when it began."""
    resolved = spec.get("resolved")
    agents = resolved.get("agents") if isinstance(resolved, Mapping) else None
    told = agents.items() if isinstance(agents, Mapping) else ()
    return frozenset(name for name, about in told if isinstance(about, Mapping) and about.get("skipped"))


def as_stored(spec: Mapping[str, Json]) -> dict[str, Json]:
    """A spec as it is when it was written and read again: lists for tuples."""
    value: dict[str, Json] = json.loads(json.dumps(spec, default=dict))
    return value


def _changed(path: Path, battery: Battery, told: Sequence[str], again: Again) -> Complaint:
    return Complaint(
        f"{path} cannot be gone on with: {battery.name} has changed since: {'; '.join(told)}",
        again.source("resume" if again.resume else "retry"),
        hint=f"with {again.flag('reuse')} as well it is played into a new folder, which takes over what is still the same",
    )
