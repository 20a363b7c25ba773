"""When cells were played, and by whom: each worker's time in cells, and what lay between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from ..model import Json, Timeline, Worker
from . import figures
from .cost import took
from .document import Fact, Facts, Field, Note, Notes, Section, Table, column, named, silent

MOST = 40
"""Workers that a screen shows."""


def timeline_section(found: Timeline, more: str = "--all") -> Section | None:
    """The section `timeline`: from when to when, how many cells at once, and a row a worker. None if no cell tells its time."""
    if not found.workers:
        return None
    workers = found.workers
    retried = any(worker.retries is not None for worker in workers)
    left_out = len(workers) - MOST
    runs = len({worker.run for worker in workers}) > 1
    table = Table(
        "workers",
        (
            named("run", "run", workers, lambda row: row.run, once=True, gives_way=9)
            if runs
            else silent("run", workers, lambda row: row.run),
            named("worker", "worker", workers, lambda row: row.name or figures.MISSING),
            column("cells", "cells", workers, lambda row: row.cells, lambda row: f"{row.cells:,}"),
            column("start", "from (UTC)", workers, lambda row: row.start, lambda row: clock(row.start), gives_way=8),
            column("end", "to", workers, lambda row: row.end, lambda row: clock(row.end), gives_way=9),
            column("busy_s", "busy", workers, lambda row: row.busy_s, lambda row: took(row.busy_s)),
            column("busy", "share", workers, share, lambda row: figures.percent(share(row)), gives_way=1),
            column(
                "longest_pause_s",
                "longest pause",
                workers,
                lambda row: row.longest_pause_s,
                lambda row: took(row.longest_pause_s),
                gives_way=2,
            ),
            column("errors", "errors", workers, lambda row: row.errors, lambda row: f"{row.errors:,}", gives_way=3),
            column("again", "again", workers, lambda row: row.again, lambda row: f"{row.again:,}", gives_way=5),
            column(
                "retries",
                "retries",
                workers,
                lambda row: row.retries,
                lambda row: figures.MISSING if row.retries is None else f"{row.retries:,}",
                gives_way=4,
            )
            if retried
            else silent("retries", workers, lambda row: row.retries),
            *_spent(workers),
        ),
        screen=tuple(range(min(len(workers), MOST))),
        more=f"… and {figures.many(left_out, 'more worker')}: {more}" if left_out > 0 else "",
    )
    about = "a worker is busy while a cell of it runs; its share is of the time from its first cell to its last"
    return Section("timeline", "execution", about, (Facts("facts", tuple(_facts(found))), table, _remarks(found)))


def clock(at: float) -> str:
    """`2026-11-27 04:21:36`, UTC; `-` for no time."""
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}" if at else figures.MISSING
    except (OverflowError, OSError, ValueError):
        return figures.MISSING


def share(worker: Worker) -> float | None:
    """Of the time from its first cell to its last, the part in cells; None if that is no time."""
    return worker.busy_s / worker.span_s if worker.span_s > 0 else None


def _spent(workers: Sequence[Worker]) -> Iterator[Field]:
    """What cells took for their worlds, and for leave of limits, where any tells."""
    kinds: tuple[tuple[str, str, Callable[[Worker], float | None]], ...] = (
        ("generation_s", "making worlds", lambda row: row.generation_s),
        ("waiting_s", "waiting for them", lambda row: row.waiting_s),
        ("limit_wait_s", "waiting for limits", lambda row: row.limit_wait_s),
    )
    for key, header, of in kinds:
        if any(of(worker) is not None for worker in workers):
            yield column(key, header, workers, of, _spelled(of), gives_way=6)
        else:
            yield silent(key, workers, of)


def _spelled(of: Callable[[Worker], float | None]) -> Callable[[Worker], str]:
    return lambda row: took(of(row))


def _facts(found: Timeline) -> Iterator[Fact]:
    runs, span = len({worker.run for worker in found.workers}), found.span_s
    yield Fact("start", "from", found.start, f"{clock(found.start)} UTC")
    yield Fact("end", "to", found.end, f"{clock(found.end)} UTC")
    yield Fact("span_s", "in all", span, took(span) + (f" in {runs:,} runs" if runs > 1 else ""))
    yield Fact("workers", "workers", len(found.workers), f"{len(found.workers):,}")
    yield Fact("busy_s", "in cells", found.busy_s, f"{took(found.busy_s)} of all workers together")
    if span > 0:
        at_once = found.busy_s / span
        yield Fact("at_once", "workers busy at once", at_once, f"{at_once:.1f} on average")


def _remarks(found: Timeline) -> Notes:
    notes = []
    pauses = [pause.end - pause.start for pause in found.pauses]
    if pauses and max(pauses) >= 1:
        notes.append(
            Note("a pause is time between two cells of a worker: starting up, waiting for work or before a retry, reporting")
        )
    if any(worker.limit_wait_s for worker in found.workers):
        notes.append(
            Note("waiting for limits is time in cells: for a provider's rate, a pause it asked for, or room under a cap")
        )
    if found.untold:
        values: dict[str, Json] = {"untold": found.untold}
        many = figures.many(found.untold, "cell")
        notes.append(Note(f"{many} {'does' if found.untold == 1 else 'do'} not say when, and are in none of it", values=values))
    return Notes("remarks", tuple(notes))
