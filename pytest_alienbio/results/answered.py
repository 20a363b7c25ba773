"""Which models answered under the names that agents asked for, and where that changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..model import Query
from ..model.model_use import answered_by_several, changed_since
from ..store.fields import SCORED
from ..store.index import Index

Answered = dict[tuple[str, str], Counter[str]]
"""Agent and its hash -> what answered, in how many cells with a score."""


def answered(index: Index, query: Query) -> Answered:
    """What answered in the cells that `query` keeps. Cells without an answer tell nothing."""
    found: Answered = {}
    for agent, hashed, outcome, model in index.rows(query, ("agent", "agent_hash", "outcome", "model")):
        if model and outcome in SCORED:
            found.setdefault((agent, hashed), Counter()).update(model.split(", "))
    return found


def changes(index: Index, query: Query, dats: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """Sentences on agents of one and the same profile: several models in one run, or another one than in the run before it.

    `dats` in order of time, called by `names`.
    """
    last: dict[tuple[str, str], tuple[Counter[str], str]] = {}
    for dat, name in zip(dats, names, strict=True):
        for who, models in answered(index, replace(query, dats=(dat,))).items():
            if told := answered_by_several(f"{name}: {who[0]}", models):
                yield told
            if who in last and (told := changed_since(who[0], *_both(last[who][0], models), last[who][1], f"in {name}")):
                yield told
            last[who] = models, name


def _both(before: Counter[str], now: Counter[str]) -> tuple[set[str], set[str]]:
    return set(before), set(now)
