"""A scorer's own noise, told apart from cells that differ: one-way analysis of variance with random effects.

Cell `i` of `m` is scored `k_i` times: `y_ij = mu + a_i + e_ij`, `a_i` from cell to cell, `e_ij` from score to score. With `k`
the harmonic mean of the `k_i` and cells weighing the same (unweighted means, Thomas & Hultquist 1978, Ann. Stat. 6, 582-587):

    within   s2_w = sum_ij (y_ij - y_i.)^2 / (N - m)             the noise of one score, squared
    between  s2_m = sum_i (y_i. - y..)^2 / (m - 1)               of cells' means: a's variance + s2_w / k
    share    q = (s2_w / k) / s2_m                               of the variance of the mean, s2_m / m

`q` times an F-distributed number: `(q F_{a/2}, q F_{1-a/2})` with (m - 1, N - m) degrees of freedom holds the true share with
chance `1 - a` for normal `a` and `e` and equal `k_i` (Searle, Casella & McCulloch 1992, Variance Components, 3.6), and so does
its mirror image the reliability ICC(1, k) = 1 - q (Shrout & Fleiss 1979, Psychol. Bull. 86, 420-428).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, sqrt

from ..model import Estimate, Interval
from ..model.noise import Noise
from .intervals import t_quantile
from .moments import Moments
from .present import checked_level


def scorer_noise(cells: Sequence[Sequence[float]], *, level: float = 0.95) -> Noise:
    """The noise in `cells`, the scores of each (shape (cells, replicates), ragged). Cells without any are left out.

    Raises `ValueError` for a score that is not finite.
    """
    checked_level(level)
    told = [list(map(float, cell)) for cell in cells if len(cell)]
    if not all(isfinite(score) for cell in told for score in cell):
        raise ValueError("a score must be a finite number")
    m, total = len(told), sum(map(len, told))
    df = total - m
    if df < 1:
        why = "no cell was scored twice" if m else "no cell was scored"
        return Noise(m, total, why=why)
    means = [_moments(cell).mean or 0.0 for cell in told]
    inside = sum(
        (len(cell) - 1) * (_moments(cell).variance or 0.0) for cell in sorted(told)
    )  # sorted: the same whatever the order of the cells
    within = inside / df
    k = m / sum(sorted(1.0 / len(cell) for cell in told))
    sd = Estimate(sqrt(within), _spread_interval(within, df, level), total, method="pooled within cells; chi-square interval")
    half = t_quantile((1.0 + level) / 2.0, df) * sqrt(within / (k * m))
    between = _moments(means).variance
    if between is None:
        return Noise(m, total, sd, half, why="one cell alone cannot tell noise from cells that differ")
    if between == 0.0:
        return Noise(m, total, sd, half, why="all cells have the same mean")
    share, ends = _share(within / k / between, m, df, level)
    rest = Interval(1.0 - ends.high, 1.0 - ends.low, level)
    real = max(0.0, between - within / k)
    return Noise(
        m,
        total,
        sd,
        half,
        Estimate(share, ends, m, method="F interval"),
        Estimate(1.0 - share, rest, m, method="ICC(1, k); F interval"),
        real / (real + within) if real + within > 0.0 else None,
    )


def _moments(values: Sequence[float]) -> Moments:
    found = Moments()
    for value in values:
        found.add(value)
    return found


def _spread_interval(variance: float, df: int, level: float) -> Interval:
    from scipy.special import chdtri  # type: ignore[import-untyped, unused-ignore]

    tail = (1.0 - level) / 2.0
    # `chdtri` inverts the upper tail.
    return Interval(sqrt(variance * df / float(chdtri(df, tail))), sqrt(variance * df / float(chdtri(df, 1.0 - tail))), level)


def _share(ratio: float, m: int, df: int, level: float) -> tuple[float, Interval]:
    from scipy.special import fdtri  # type: ignore[import-untyped, unused-ignore]

    tail = (1.0 - level) / 2.0
    low, high = (ratio * float(fdtri(m - 1, df, p)) for p in (tail, 1.0 - tail))
    return min(1.0, ratio), Interval(min(1.0, low), min(1.0, high), level)
