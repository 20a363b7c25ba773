"""All runs as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from ..model import inert
from ..model.run_listed import RunListed
from ..model.sighting import Life
from . import figures
from .document import Block, Document, Note, Notes, Section, Table, column, named


def runs_document(runs: Sequence[RunListed], total: int, root: str) -> Document:
    """The list of `runs`, the newest of `total`, below `root`: section `runs`, table `runs`."""
    table = Table(
        "runs",
        (
            named("run", "run", runs, lambda run: run.name),
            named("battery", "battery", runs, lambda run: run.battery or figures.MISSING),
            column(
                "began_at", "began (UTC)", runs, lambda run: run.began_at or None, lambda run: _when(run.began_at), left=True
            ),
            column("state", "state", runs, lambda run: run.life.value, state_of, left=True),
            column("recorded", "cells", runs, lambda run: run.recorded, _cells),
            column("by", "by", runs, lambda run: run.by, lambda run: inert(run.by), left=True, gives_way=2),
            column(
                "tags", "tags", runs, lambda run: list(run.tags), lambda run: inert(", ".join(run.tags)), left=True, gives_way=1
            ),
        ),
    )
    told = figures.many(total, "run") + f" below {inert(root, most=400, verbatim=True)}"
    told += f"; the newest {len(runs):,} are shown" if len(runs) < total else ""
    trouble = tuple(Note(inert(f"{run.name}: {run.trouble}", most=400), "note") for run in runs if run.trouble)
    blocks: tuple[Block, ...] = (Notes("told", (Note(told),)), *((table,) if runs else ()))
    return Document("Runs", (Section("runs", blocks=(*blocks, *((Notes("notes", trouble),) if trouble else ()))),))


def state_of(run: RunListed) -> str:
    """`passed`, `running`, `died`, `no verdict` (lost), `damaged`."""
    if run.trouble:
        return "damaged"
    if run.life is Life.FINISHED:
        return inert(run.verdict) or "no verdict"
    return {Life.RUNNING: "running", Life.DIED: "died", Life.UNKNOWN: "not closed", Life.GONE: "gone"}[run.life]


def _cells(run: RunListed) -> str:
    if run.recorded is None:
        return figures.MISSING
    some = run.planned is not None and run.planned != run.recorded
    return f"{run.recorded:,} of {run.planned:,}" if some else f"{run.recorded:,}"


def _when(at: float) -> str:
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M") if at else figures.MISSING
    except (OverflowError, OSError, ValueError):
        return figures.MISSING
