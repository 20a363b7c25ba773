"""Sums over the records of one agent on one scenario in one DAT."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
