"""Who played what when: each worker's cells on its clock, and what lies between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, NamedTuple

from ..model import Query, Timeline, Worker, garbage
from ..model.result import GENERATION, WAITING
from ..store.fields import OUTCOMES
from ..store.index import Index

_NEVER = ("skipped", "not_run")
"""Outcomes of cells that nobody played."""
_COLUMNS = ("run", "worker", "started_at", "ended_at", "duration_s", "outcome", "passed", "attempt", "retries", "id")


class Attempt(NamedTuple):
    """One attempt at a cell, as the index has it."""

    run: str
    worker: str
    start: float
    end: float
    outcome: str
    passed: bool | None
    attempt: int
    retries: int | None
    id: str
    generation_s: float | None
    waiting_s: float | None


def attempts(index: Index, query: Query) -> tuple[list[Attempt], int]:
    """Every attempt at the cells that `query` keeps, by run, worker and start; and how many do not say when they were played.

    Imported and reused cells were played elsewhere, and are left out. One pass over the index; no journal is read.
    """
    asked = replace(query, attempts=True, latest=False, imported=False)
    told = set(index.names("metrics", query))
    metrics = [f"metrics.{name}" for name in (GENERATION, WAITING) if name in told]
    with garbage.kept():
        found: list[Attempt] = []
        untold = 0
        for row in index.rows(asked, (*_COLUMNS, *metrics)):
            attempt = _attempt(row, [GENERATION in told, WAITING in told])
            if attempt is not None:
                found.append(attempt)
            elif row[5] not in _NEVER:
                untold += 1
        found.sort(key=lambda each: (each.run, each.worker, each.start, each.end, each.id))
    return found, untold


def timeline(found: Sequence[Attempt], untold: int = 0) -> Timeline:
    """What each worker did of these `attempts`."""
    lanes = [list(group) for _, group in groupby(found, key=lambda each: (each.run, each.worker))]
    began: dict[str, float] = {}
    for lane in lanes:
        began[lane[0].run] = min(began.get(lane[0].run, lane[0].start), lane[0].start)
    lanes.sort(key=lambda lane: (began[lane[0].run], lane[0].run, lane[0].worker))
    return Timeline(tuple(map(_worker, lanes)), untold)


def _attempt(row: tuple[Any, ...], has: Sequence[bool]) -> Attempt | None:
    """None for one that was never played, or does not say when."""
    run, worker, start, end, duration, outcome, passed, attempt, retries, cell, *metrics = row
    if outcome in _NEVER or not start:
        return None
    if not end or end < start:
        end = start + (duration or 0.0)
    values = iter(metrics)
    spent = [_number(next(values)) if there else None for there in has]
    return Attempt(run, worker, start, end, outcome, passed, attempt, retries, cell, *spent)


def _pauses(lane: Sequence[Attempt]) -> Iterator[float]:
    """Seconds between what one worker played."""
    end = lane[0].end
    for each in lane[1:]:
        if each.start > end:
            yield each.start - end
        end = max(end, each.end)


def _worker(lane: Sequence[Attempt]) -> Worker:
    end = max(each.end for each in lane)
    pauses = list(_pauses(lane))
    retries = [each.retries for each in lane if each.retries is not None]
    return Worker(
        run=lane[0].run,
        name=lane[0].worker,
        cells=len(lane),
        start=lane[0].start,
        end=end,
        busy_s=max(0.0, end - lane[0].start - sum(pauses)),
        longest_pause_s=max(pauses, default=0.0),
        again=sum(each.attempt > 1 for each in lane),
        errors=sum(_is_error(each.outcome) for each in lane),
        retries=sum(retries) if retries else None,
        generation_s=_total(each.generation_s for each in lane),
        waiting_s=_total(each.waiting_s for each in lane),
    )


def _is_error(outcome: str) -> bool:
    return OUTCOMES[outcome].is_error


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _total(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
