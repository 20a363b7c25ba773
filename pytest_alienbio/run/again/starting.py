"""The start of a run: its DAT is made or gone on with, and what earlier runs hold is taken over.

The one place for pytest, `bio batch` and `Bio.batch`. What is to be played is known, and held, before anything is written.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ...errors import Complaint, SpecError
from ...model import Json, Plan, Selection
from ...model.result import REUSER
from ...store import dat, log, provenance
from ...store.holding import Hold
from ..opening import open_dat
from ..run import Run
from ..selection import select
from ..sharding import recorded_shard, said_shard
from .asked import Again
from .resuming import gone_on, meant
from .reusing import reusable, take_over
from .start import Start


def foresee(
    again: Again, plan: Plan, *, data_root: Path, source: str, shard: tuple[int, int] | None = None, look: bool = False
) -> Start:
    """Where the run of `plan` begins, as `again` asks for it; `source` is the battery's file as ids spell it.

    Of a `shard` only its own cells are meant, and only a run of the same shard is gone on with.

    Writes nothing. A DAT that is gone on with is held, so that nobody else goes on with it, too; with `look` it is not.
    Raises `SpecError` and `StoreError`, see `resuming`.
    """
    every = frozenset(cell.id for cell in plan.cells)
    path = meant(again, plan.battery, data_root, source)
    if path:
        _check_shard(path, shard)
    found = gone_on(path, again, plan, source, look=look) if path else ()
    start = found if isinstance(found, Start) else Start(every, changed=found)
    start = start.only(frozenset(cell.id for cell in select(plan, Selection(shard=shard)))) if shard else start
    if not again.reuse:
        return start
    # What is retried is to be played, whatever others found.
    fresh = start.play - start.attempts.keys()
    try:
        taken = reusable(plan, fresh, data_root)
    except BaseException:
        start.release()
        raise
    return replace(start, play=start.play - taken.keys(), before=start.before | taken.keys(), reuse=taken)


def _check_shard(path: Path, shard: tuple[int, int] | None) -> None:
    """Raises `SpecError` if the run to go on with is not of this shard: its folder would hold cells of two."""
    theirs, ours = recorded_shard(dat.open(path).spec()), said_shard(shard) if shard else ""
    if theirs != ours:
        is_, asked = (f"shard {each}" if each else "no shard" for each in (theirs, ours))
        what = f"{path} is {is_}, and {asked} is asked for"
        hint = f"add --bio-shard {theirs} (bio batch: --shard), or name another run" if theirs else "name the run of that shard"
        raise SpecError(Complaint(what, hint=hint))


def begin(
    start: Start,
    plan: Plan,
    *,
    data_root: Path,
    run_id: str,
    project: Path,
    source: str = "",
    command: Sequence[str] | None = None,
    selection: Selection | None = None,
    said: Mapping[str, Json] | None = None,
    play: int | None = None,
    limits: str = "",
) -> tuple[Path, Hold | None]:
    """The DAT of `start`, made now or gone on with, which its log says, and the hold on it; what is taken over is in it then.

    The arguments are those of `open_dat`; `play`: how many cells are to be played, where a new one does not play all; `limits`:
    the session in whose ledger it is booked what they take, where that is not called as the run.
    No hold: another process of this session made it. Raises `StoreError`.
    """
    made: list[Hold] = []
    said = {**(said or {}), **({"limits": limits} if limits else {})}
    try:
        path = start.dat_path or open_dat(
            data_root,
            plan,
            run_id=run_id,
            project=project,
            source=source,
            command=command,
            selection=selection,
            said={**said, **_taken(start), **({} if play is None else {"cells": {"play": play}})},
            on_made=lambda folder: made.append(Hold(folder)),
        )
        if start.dat_path:  # also where nothing is left to play: it is closed anew
            argv = list(sys.argv if command is None else command)
            log.append(path, "resumed", _resumed(start, run_id, project, said), command=argv)
            from ..limits import left_behind  # late: most runs begin anew

            left_behind.tell(data_root, path, plan, source, run_id)
        if start.reuse:
            run = Run.of_plan(plan, path, run_id, REUSER)
            try:
                take_over(start.reuse, plan, run, data_root)
            finally:
                run.close()
    except BaseException:
        for hold in made:
            hold.release()
        raise
    return path, start.hold or (made[0] if made else None)


def _resumed(start: Start, run_id: str, project: Path, said: Mapping[str, Json] | None) -> dict[str, Json]:
    """What the log of a DAT says of who goes on with it, beside when and how."""
    again: dict[str, Json] = dict(start.outcomes)
    return {
        "run": run_id,
        "author": provenance.identity(project),
        "cells": {"before": len(start.before) - len(start.reuse), "play": len(start.play)},
        **({"again": again} if again else {}),
        **({"retry": sorted(start.retry)} if start.retry else {}),
        **_taken(start),
        "git": provenance.git_state(project),
        "packages": dict(provenance.versions(("pytest-alienbio",))),
        **(said or {}),
    }


def _taken(start: Start) -> dict[str, Json]:
    """Of what is taken over how many cells, from where, and what had changed since the run that was to be resumed."""
    found: dict[str, Json] = {}
    if start.reuse:
        found["reused"] = dict(Counter(Path(result.dat_path).name for result in start.reuse.values()))
    if start.changed:
        found["changed"] = list(start.changed)
    return found
