"""The records that count: one a cell."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from ..model import Outcome, Query, Result, Usage, canonical
from ..model.brief import Brief, Told
from ..store.fields import OUTCOMES
from ..store.index import Index

_CELL = ("scenario", "agent", "difficulty", "params", "seed", "variant")
_RANK = ("outcome", "ended_at", "attempt")
_RECORD = ("dat", "key", "id")
_BRIEF = (
    "record", "task", "outcome", "tokens", "usd", "requests",
    "id", "scenario", "difficulty", "agent", "role", "seed",
    "score", "better", "passed", "passing_score", "reason", "run",
    "key", "battery", "params", "duration_s", "origin", "dat",
)  # fmt: skip
"""The columns that a `Brief` is made of: beside the others those before its outcome, those before its usage, and the rest."""
_AT_ONCE = 500
"""Records looked at before those of them that are wanted whole are read."""


def counted(index: Index, query: Query) -> Iterator[Result]:
    """The results that `query` keeps, of each agent in each world the latest scored one, else the latest.

    So of an agent or a scenario that was changed between runs (and whose cells have other keys since) the newest version
    counts, as on a leaderboard. Streams.
    """
    latest = replace(query, latest=True)
    losers = _superseded(index, latest) if query.dats is None or len(query.dats) > 1 else frozenset()
    for result in index.results(latest):
        if (result.dat_path, result.key, result.id) not in losers:
            yield result


def counted_rows(index: Index, query: Query, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """`columns` of the same records in the same order, straight from the index: no journal is read. Streams."""
    latest = replace(query, latest=True)
    losers = _superseded(index, latest) if query.dats is None or len(query.dats) > 1 else frozenset()
    if not losers:
        yield from index.rows(latest, columns)
        return
    width = len(_RECORD)
    for row in index.rows(latest, (*_RECORD, *columns)):
        if row[:width] not in losers:
            yield row[width:]


def counted_briefly(index: Index, query: Query, whole: Callable[[Brief], bool]) -> Iterator[Told]:
    """What `counted` gives, in brief straight from the index, but for trials of tasks and those that are wanted `whole`:
    these are read from their journals. Streams."""
    rows = counted_rows(index, query, _BRIEF)
    while some := list(islice(rows, _AT_ONCE)):
        told: dict[tuple[str, str, str], Told] = {}
        wanted: list[int] = []
        for record, task, outcome, tokens, usd, requests, *rest in some:
            usage = Usage(tokens, usd, requests)
            brief = Brief._make((*rest[:6], OUTCOMES[outcome], *rest[6:12], usage, *rest[12:]))
            told[brief.dat_path, brief.key, brief.id] = brief
            # Of results in memory a score that is no finite number is missing here, and an error there.
            if task or (brief.score is None and brief.outcome.scored) or whole(brief):
                wanted.append(record)
        for result in index.at(wanted):
            told[result.dat_path, result.key, result.id] = result
        yield from told.values()


def other_attempts(index: Index, query: Query) -> dict[tuple[str, str, str], list[Result]]:
    """Attempts that do not count in their DAT since another one does, by (DAT, key, id) of their cell."""
    best = replace(query, latest=False, outcomes=frozenset(), passed=None, min_score=None, max_score=None)
    every = replace(best, attempts=True)
    if index.count(every) == index.count(best):
        return {}
    counting = {record for (record,) in index.rows(best, ("record",))}
    others: dict[tuple[str, str, str], list[Result]] = {}
    for each in index.at([record for (record,) in index.rows(every, ("record",)) if record not in counting]):
        others.setdefault((each.dat_path, each.key, each.id), []).append(each)
    return others


def _superseded(index: Index, query: Query) -> frozenset[tuple[str, str, str]]:
    best: dict[Hashable, tuple[tuple[bool, float, int], tuple[str, str, str]]] = {}
    losers: set[tuple[str, str, str]] = set()
    for scenario, agent, difficulty, params, seed, variant, *more in index.rows(query, (*_CELL, *_RANK, *_RECORD)):
        outcome, ended, attempt, *record = more
        cell = (scenario, agent, difficulty, canonical(params) if params else "", seed, variant)
        this = (Outcome(outcome).scored, ended or 0.0, attempt), (record[0], record[1], record[2])
        known = best.get(cell)
        if known is not None:
            losers.add((this if this[0] <= known[0] else known)[1])
        if known is None or this[0] > known[0]:
            best[cell] = this
    return frozenset(losers)
