"""Scores as a falling (or rising) curve, assuming no shape."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Curve


def curve(
    scenarios: Sequence[str],
    x: Sequence[float | None],
    scores: Sequence[float | None],
    *,
    name: str = "difficulty",
    falling: bool = True,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Curve:
    """The isotonic curve of scores over x: three columns of one length, one row a cell, in any order.

    A scenario's cells at one level are one unit (their mean). Rows without an x or a score are missing, and counted.
    """
    raise NotImplementedError("curve")
