"""Scores as a falling (or rising) curve, assuming no shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..model import Curve, Interval, Point
from .columns import clusters, dots

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST = 5
"""Scenarios below which there is no band."""
RESAMPLES = 2000


def curve(
    scenarios: Sequence[str],
    x: Sequence[float | None],
    scores: Sequence[float | None],
    *,
    name: str = "difficulty",
    falling: bool = True,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Curve:
    """The isotonic curve of scores over x: three columns of one length, one row a cell, in any order.

    A scenario's cells at one level are one unit (their mean); a level weighs as many units as it has. Band: pointwise
    percentiles of the curve over resampled scenarios, each with all its levels; none below five scenarios. A level that a
    resample does not have is read off its neighbours. Rows without an x or a score are missing, and counted. Raises
    `ValueError` for columns that do not fit, or numbers that are not finite. Barlow, Bartholomew, Bremner and Brunk (1972),
    Statistical Inference under Order Restrictions, by `scipy.optimize.isotonic_regression`.
    """
    import numpy as np

    found, missing = dots(scenarios, x, scores)
    if found and isinstance(found[0].x, str):
        raise ValueError(f"a curve goes over numbers, and {name} is made of categories")
    if not found:
        return Curve(name, falling, (), missing=missing, why="no cell has both")
    places = clusters(found)
    levels = sorted({float(dot.x) for dot in found})
    spot = {at: place for place, at in enumerate(levels)}
    sums, counts = np.zeros((places[-1] + 1, len(levels))), np.zeros((places[-1] + 1, len(levels)))
    for dot, place in zip(found, places, strict=True):
        sums[place, spot[float(dot.x)]] = dot.y
        counts[place, spot[float(dot.x)]] = 1.0
    units = counts.sum(axis=0)
    means = sums.sum(axis=0) / units
    fitted = _fit(means, units, falling)
    why = ""
    bands: list[Interval | None] = [None] * len(levels)
    if len(levels) == 1:
        why = "one level only"
    elif len(sums) < FEWEST:
        why = f"no band: {len(sums)} of at least {FEWEST} scenarios"
    else:
        bands = list(_band(np.array(levels), sums, counts, falling, level, resamples, seed))
    points = tuple(
        Point(at, int(n), mean, fit, band)
        for at, n, mean, fit, band in zip(levels, units.tolist(), means.tolist(), fitted.tolist(), bands, strict=True)
    )
    told = Curve(name, falling, points, len(sums), missing, why=why)
    return told if bands[0] is None else replace(told, resamples=resamples, seed=seed)


def _fit(means: Floats, weights: Floats, falling: bool) -> Floats:
    from scipy.optimize import isotonic_regression  # type: ignore[import-untyped, unused-ignore]

    fitted: Floats = isotonic_regression(means, weights=weights, increasing=not falling).x
    return fitted


def _band(
    levels: Floats, sums: Floats, counts: Floats, falling: bool, level: float, resamples: int, seed: int
) -> list[Interval]:
    import numpy as np

    m = len(sums)
    drawn = np.random.default_rng(seed).integers(m, size=(resamples, m))
    times = np.zeros((resamples, m))
    np.add.at(times, (np.arange(resamples)[:, None], drawn), 1.0)
    curves = np.empty((resamples, len(levels)))
    for row, (total, weight) in enumerate(zip(times @ sums, times @ counts, strict=True)):
        there = weight > 0
        fitted = _fit(total[there] / weight[there], weight[there], falling)
        curves[row] = fitted if there.all() else np.interp(levels, levels[there], fitted)
    tail = (1 - level) / 2
    lows, highs = np.quantile(curves, (tail, 1 - tail), axis=0)
    return [Interval(low, high, level) for low, high in zip(lows.tolist(), highs.tolist(), strict=True)]
