"""Sums over the records of one agent on one scenario in one DAT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any


@dataclass(frozen=True, slots=True)
class LeafSum:
    """What `n` scores and some counts add up to. Sums of leaves add up, too."""

    dat: str
    battery: str
    scenario: str
    agent: str
    role: str
    better: str
    outcomes: Mapping[str, int]
    """Records by how they ended; only outcomes that occur."""
    n: int
    """Records with a score."""
    total: float
    """Of the scores; 0.0 for n = 0."""
    passed: int
    judged: int
    """Records that passed or did not: those of which `passed` says something."""
    tokens: int
    tokens_n: int
    """Records that counted their tokens; the others are not in `tokens`."""
    usd: float
    usd_n: int
    duration_s: float


GROUPED = ("r.no >> 32", "r.battery", "r.scenario", "r.agent", "r.role", "r.better")
"""What makes a leaf: the first fields of `LeafSum`."""
SUMS = (
    f"SELECT {', '.join(GROUPED)}, r.outcome, count(*), count(r.score), total(r.score), total(r.passed), count(r.passed), "
    "total(r.tokens), count(r.tokens), total(r.usd), count(r.usd), total(r.duration) "
)
BY = f" GROUP BY {', '.join(GROUPED)}, r.outcome"


def leaf_sums(rows: Iterable[tuple[Any, ...]]) -> list[LeafSum]:
    """The leaves of rows as `SUMS` gives them, with names in place of numbers and one after the other by leaf."""
    leaves = []
    for (dat, battery, scenario, agent, role, better), parts in groupby(rows, key=lambda row: row[: len(GROUPED)]):
        each = [row[len(GROUPED) :] for row in parts]
        n, total, passed, judged, tokens, tokens_n, usd, usd_n, duration = map(sum, list(zip(*each, strict=True))[2:])
        leaves.append(
            LeafSum(
                dat, battery, scenario, agent, role, better, {outcome: count for outcome, count, *_ in each},
                n, total, int(passed), judged, int(tokens), tokens_n, usd, usd_n, duration,
            )
        )  # fmt: skip
    return leaves
