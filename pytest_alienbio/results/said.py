"""A query in words, as someone would type it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from ..model import Levels, Query, canonical, inert

_WORDS = {"agents": "agent", "scenarios": "scenario", "batteries": "battery", "roles": "role", "tags": "tag"}
_MOST = 300


def said(query: Query) -> str:
    """`agent=greedy, scenario=mutualism/*, score >= 0.5`: harmless, on one line; '' for a query that keeps all."""
    parts = [f"{word}={_list(getattr(query, name))}" for name, word in _WORDS.items() if getattr(query, name)]
    if query.levels:
        parts.append(f"difficulty={_levels(query.levels)}")
    if query.seeds is not None:
        parts.append(f"seed={numbers(query.seeds) or 'none'}")
    if query.outcomes:
        parts.append(f"outcome={_list(sorted(query.outcomes))}")
    if query.passed is not None:
        parts.append("passed" if query.passed else "failed")
    for bound, sign in ((query.min_score, ">="), (query.max_score, "<=")):
        if bound is not None:
            parts.append(f"score {sign} {bound:g}")
    for word, moment in (("since", query.since), ("until", query.until)):
        if moment is not None:
            parts.append(f"{word} {datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}")
    parts += [f"{name}={'|'.join(map(canonical, values))}" for name, values in query.params.items()]
    parts += [f"{word}={text}" for word, text in (("commit", query.commit), ("note", query.note)) if text]
    if query.imported is not None:
        parts.append("imported" if query.imported else "played here")
    if query.dats is not None:
        parts.append(_list(query.dats) if len(query.dats) < 3 else f"{len(query.dats)} DATs")
    if query.latest:
        parts.append("latest record of each cell")
    return inert(", ".join(parts), most=_MOST)


def _list(names: Iterable[str]) -> str:
    return "|".join(names)


def _levels(levels: Levels) -> str:
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in levels)


def numbers(numbers: Iterable[int]) -> str:
    """Whole numbers in short: `0-9,12`."""
    runs: list[list[int]] = []
    for each in sorted(numbers):
        if runs and each == runs[-1][1] + 1:
            runs[-1][1] = each
        else:
            runs.append([each, each])
    return _levels(tuple((low, high) for low, high in runs))
