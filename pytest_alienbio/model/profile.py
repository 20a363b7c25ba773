"""A performance profile: how many runs score above each of many thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Profile:
    """Shares of runs that score above thresholds, each scenario weighing the same, with a pointwise band."""

    taus: tuple[float, ...]
    """Thresholds, ascending."""
    shares: tuple[float | None, ...]
    """One a threshold, within [0, 1], never rising; None without any score."""
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    """Pointwise band at `level`; None where none can be told, and `why` says why."""
    level: float = 0.95
    n: int = 0
    """Scores that entered."""
    missing: Mapping[str, int] = field(default_factory=dict)
    """Runs without a score, counted by why; in no share."""
    method: str = ""
    """How the band was made, and what was resampled."""
    why: str = ""
    notes: tuple[str, ...] = ()
    resamples: int | None = None
    seed: int | None = None
