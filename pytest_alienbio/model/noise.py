"""How much of what scores say is the scorer's own noise."""

from __future__ import annotations

from dataclasses import dataclass

from .estimate import UNKNOWN, Estimate


@dataclass(frozen=True, slots=True)
class Noise:
    """Of cells that a scorer scored several times each. In units of the score, but for shares."""

    cells: int
    """Scored at least once."""
    scores: int
    """Of all of them together."""
    sd: Estimate = UNKNOWN
    """Standard deviation of one score of a cell around what the scorer gives that cell on average."""
    half: float | None = None
    """Half-width of the 95 % interval of the cells' mean if noise were all: other replicates of the same cells."""
    share: Estimate = UNKNOWN
    """Noise's part of the variance of the cells' mean, 0..1. The rest is cells that differ."""
    reliability: Estimate = UNKNOWN
    """How well a cell's mean score would be found again by new replicates: 1 - share, ICC(1, k)."""
    single: float | None = None
    """The same of one score of a cell, ICC(1, 1), not below 0."""
    why: str = ""
    """Why there is no number."""
