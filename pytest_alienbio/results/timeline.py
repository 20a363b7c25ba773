"""Who played what when: each worker's cells on its clock, and what lies between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import nlargest
from itertools import groupby
from typing import Any, NamedTuple

from ..model import Pause, Query, Stretch, Timeline, Worker, garbage
from ..model.result import GENERATION, LIMIT_WAIT, WAITING
from ..store.fields import OUTCOMES
from ..store.index import Index

MOST_STRETCHES = 2000
"""Of all workers together: about as many as a wide screen has columns."""
MOST_PAUSES = 200
_NEVER = ("skipped", "not_run")
"""Outcomes of cells that nobody played."""
_SPENT = (GENERATION, WAITING, LIMIT_WAIT)
"""Metrics that say what of a cell's time was no playing."""
_COLUMNS = ("run", "worker", "started_at", "ended_at", "duration_s", "outcome", "attempt", "retries", "id", "agent", "scenario")


class _Attempt(NamedTuple):
    """One attempt at a cell, as the index has it."""

    run: str
    worker: str
    start: float
    end: float
    outcome: str
    attempt: int
    retries: int | None
    id: str
    agent: str
    scenario: str
    generation_s: float | None
    waiting_s: float | None
    limit_wait_s: float | None


def timeline(index: Index, query: Query, *, most: int = MOST_STRETCHES) -> Timeline:
    """When the cells that `query` keeps were played, every attempt of them; `most` stretches, each of several cells if need be.

    Imported and reused cells were played elsewhere, and are left out. One pass over the index; no journal is read.
    """
    asked = replace(query, attempts=True, latest=False, imported=False)
    told = set(index.names("metrics", query))
    has = [name in told for name in _SPENT]
    metrics = [f"metrics.{name}" for name, there in zip(_SPENT, has, strict=True) if there]
    with garbage.kept():
        found: list[_Attempt] = []
        untold = 0
        for row in index.rows(asked, (*_COLUMNS, *metrics)):
            attempt = _attempt(row, has)
            if attempt is not None:
                found.append(attempt)
            elif row[5] not in _NEVER:
                untold += 1
        found.sort(key=lambda each: (each.run, each.worker, each.start, each.end, each.id))
        return _made(found, untold, most)


def _attempt(row: tuple[Any, ...], has: Sequence[bool]) -> _Attempt | None:
    """None for one that was never played, or does not say when."""
    run, worker, start, end, duration, outcome, attempt, retries, cell, agent, scenario, *metrics = row
    if outcome in _NEVER or not start:
        return None
    if not end or end < start:
        end = start + (duration or 0.0)
    values = iter(metrics)
    spent = [_number(next(values)) if there else None for there in has]
    return _Attempt(run, worker, start, end, outcome, attempt, retries, cell, agent, scenario, *spent)


def _made(found: Sequence[_Attempt], untold: int, most: int) -> Timeline:
    lanes = [list(group) for _, group in groupby(found, key=lambda each: (each.run, each.worker))]
    began: dict[str, float] = {}
    for lane in lanes:
        began[lane[0].run] = min(began.get(lane[0].run, lane[0].start), lane[0].start)
    lanes.sort(key=lambda lane: (began[lane[0].run], lane[0].run, lane[0].worker))
    pauses = [pause for at, lane in enumerate(lanes) for pause in _pauses(at, lane)]
    longest: dict[int, float] = {}
    for pause in pauses:
        longest[pause.worker] = max(longest.get(pause.worker, 0.0), pause.end - pause.start)
    workers = tuple(_worker(lane, longest.get(at, 0.0)) for at, lane in enumerate(lanes))
    merged = len(found) > most
    width = sum(worker.span_s for worker in workers) / most if merged else 0.0
    stretches = tuple(stretch for at, lane in enumerate(lanes) for stretch in _stretches(at, lane, width))
    kept = nlargest(MOST_PAUSES, pauses, key=lambda pause: pause.end - pause.start)
    return Timeline(workers, stretches, tuple(sorted(kept, key=lambda each: (each.worker, each.start))), merged, untold)


def _pauses(at: int, lane: Sequence[_Attempt]) -> Iterator[Pause]:
    end = lane[0].end
    for each in lane[1:]:
        if each.start > end:
            yield Pause(at, end, each.start)
        end = max(end, each.end)


def _worker(lane: Sequence[_Attempt], longest: float) -> Worker:
    end = max(each.end for each in lane)
    paused = sum(pause.end - pause.start for pause in _pauses(0, lane))
    retries = [each.retries for each in lane if each.retries is not None]
    return Worker(
        run=lane[0].run,
        name=lane[0].worker,
        cells=len(lane),
        start=lane[0].start,
        end=end,
        busy_s=max(0.0, end - lane[0].start - paused),
        longest_pause_s=longest,
        again=sum(each.attempt > 1 for each in lane),
        errors=sum(_is_error(each.outcome) for each in lane),
        retries=sum(retries) if retries else None,
        generation_s=_total(each.generation_s for each in lane),
        waiting_s=_total(each.waiting_s for each in lane),
        limit_wait_s=_total(each.limit_wait_s for each in lane),
    )


def _stretches(at: int, lane: Sequence[_Attempt], width: float) -> Iterator[Stretch]:
    """One for each cell; with a `width` in seconds one for each row of cells that is about as long."""
    if not width:
        yield from (_stretch(at, [each]) for each in lane)
        return
    row: list[_Attempt] = []
    for each in lane:
        if row and (each.end - row[0].start > width or each.start - row[-1].end > width):
            yield _stretch(at, row)
            row = []
        row.append(each)
    if row:
        yield _stretch(at, row)


def _stretch(at: int, row: Sequence[_Attempt]) -> Stretch:
    first, alone = row[0], len(row) == 1
    retries = [each.retries for each in row if each.retries is not None]
    return Stretch(
        worker=at,
        start=first.start,
        end=max(each.end for each in row),
        cells=len(row),
        id=first.id if alone else "",
        agent=first.agent if alone else "",
        scenario=first.scenario if alone else "",
        outcome=next((each.outcome for each in row if _is_error(each.outcome)), first.outcome),
        attempt=max(each.attempt for each in row),
        retries=sum(retries) if retries else None,
        limit_wait_s=_total(each.limit_wait_s for each in row),
    )


def _is_error(outcome: str) -> bool:
    return OUTCOMES[outcome].is_error


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _total(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
