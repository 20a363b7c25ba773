"""Rules that other tools gate with, on the batches of `gate_power.py`: does any leaf look worse?

Each takes baseline and new scores, shapes (batches, groups, n_base) and (batches, groups, n), and says of each batch whether it
fails. Written from what the tools document and do, for whole arrays; `asv` is held against its own functions in
`tests/gate/test_level.py` by figures that were computed with them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

P_ASV, FACTOR_ASV = 0.002, 1.1


def mean_drop_5_percent(base: Floats, new: Floats) -> Bools:
    """pytest-benchmark's `--benchmark-compare-fail=mean:5%`: some mean is worse by more than 5 %."""
    before = base.mean(axis=2)
    return np.asarray((before - new.mean(axis=2) > 0.05 * before + 1e-12).any(axis=1))


def mean_drop_tenth(base: Floats, new: Floats) -> Bools:
    """Some mean is lower by more than 0.1."""
    return np.asarray((base.mean(axis=2) - new.mean(axis=2) > 0.1 + 1e-12).any(axis=1))


def t_test(base: Floats, new: Floats) -> Bools:
    """Welch's t of each leaf at 0.05, two-sided, and the mean is lower; not corrected for how many leaves there are."""
    return np.asarray((_welch(base, new) < 0.05).any(axis=1))


def t_bonferroni(base: Floats, new: Floats) -> Bools:
    """The same at 0.05 by the number of leaves."""
    return np.asarray((_welch(base, new) < 0.05 / base.shape[1]).any(axis=1))


def asv(base: Floats, new: Floats) -> Bools:
    """asv's `compare` with its default factor: Mann-Whitney p < 0.002 (with so few runs that it could never be, 99 % intervals
    that do not overlap), and the medians differ by more than 1.1."""
    n_base, n = base.shape[2], new.shape[2]
    if 1 / comb(n_base + n, min(n_base, n)) < P_ASV:
        differ = mann_whitney(base, new) < P_ASV
    else:
        (low, high), (low_new, high_new) = laplace_interval(base), laplace_interval(new)
        differ = (high < low_new) | (low > high_new)
    worse = np.median(base, axis=2) > FACTOR_ASV * np.median(new, axis=2)
    return np.asarray((differ & worse).any(axis=1))


def two_proportions(base: Floats, new: Floats) -> Bools:
    """The pooled z test of two pass rates in each leaf at 0.05, one-sided, not corrected. Of passes only."""
    n_base, n = base.shape[2], new.shape[2]
    before, after = base.mean(axis=2), new.mean(axis=2)
    rate = (base.sum(axis=2) + new.sum(axis=2)) / (n_base + n)
    spread = np.sqrt(rate * (1 - rate) * (1 / n_base + 1 / n))
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(spread > 0, (before - after) / spread, 0.0)
    return np.asarray((z > special.ndtri(0.95)).any(axis=1))


RULES: dict[str, Callable[[Floats, Floats], Bools]] = {
    "mean drop > 5 %": mean_drop_5_percent,
    "mean drop > 0.1": mean_drop_tenth,
    "t, p < 0.05": t_test,
    "t + Bonferroni": t_bonferroni,
    "asv": asv,
    "two proportions, z": two_proportions,
}


def _welch(base: Floats, new: Floats) -> Floats:
    """Two-sided p, 1 where the mean is not lower; 0 where two sides without spread differ."""
    n_base, n = base.shape[2], new.shape[2]
    a, b = base.var(axis=2, ddof=1) / n_base, new.var(axis=2, ddof=1) / n
    drop, spread = base.mean(axis=2) - new.mean(axis=2), a + b
    with np.errstate(invalid="ignore", divide="ignore"):
        df = spread**2 / (a**2 / (n_base - 1) + b**2 / (n - 1))
        p = 2 * special.stdtr(df, -np.abs(drop) / np.sqrt(spread))
    p = np.where(spread > 1e-24, p, np.where(np.abs(drop) > 1e-12, 0.0, 1.0))
    found: Floats = np.where(drop > 0, p, 1.0)
    return found


def mann_whitney(x: Floats, y: Floats) -> Floats:
    """asv's two-sided p of each leaf: ties are broken the way that says least; exact up to 20 runs a side, then normal."""
    m, n = x.shape[-1], y.shape[-1]
    above = (x[..., :, None] > y[..., None, :]).sum(axis=(-2, -1))
    ties = (x[..., :, None] == y[..., None, :]).sum(axis=(-2, -1))
    half = m * n // 2
    ties = np.where((above <= half) & (above + ties >= half), half - above, ties)
    least = np.maximum(np.minimum(above, m * n - above), np.minimum(above + ties, m * n - above - ties))
    if max(m, n) > 20:
        return np.asarray(2 * special.ndtr((least - m * n / 2) / np.sqrt(m * n * (m + n + 1) / 12)))
    below = _orderings(m, n)
    return np.asarray(below[least] + 1 - below[np.maximum(half, m * n - least - 1)])


@cache
def _orderings(m: int, n: int) -> Floats:
    """P(U <= u) of Mann and Whitney without ties, for u from 0 to m n."""
    # Gaussian binomial coefficient: multiply by (1 - q^(n+i)), divide by (1 - q^i).
    counts = np.zeros(m * n + 1, dtype=object)
    counts[0] = 1
    for at in range(1, m + 1):
        for u in range(m * n, n + at - 1, -1):
            counts[u] -= counts[u - n - at]
        for u in range(at, m * n + 1):
            counts[u] += counts[u - at]
    return np.cumsum(counts).astype(np.float64) / comb(m + n, m)


def laplace_interval(x: Floats) -> tuple[Floats, Floats]:
    """asv's 99 % interval of a median of few runs: of the posterior (sum |x - b|)^-n of b, at least as wide as the runs."""
    y = np.sort(x, axis=-1)
    n = y.shape[-1]
    middle = np.median(y, axis=-1)[..., None]
    scale = np.abs(y - middle).sum(axis=-1)[..., None]
    flat = scale[..., 0] == 0
    y = (y - middle) / np.where(scale == 0, 1, scale)
    total = y.sum(axis=-1)
    # Below the lowest the integral up to b is (total - n b)^(1-n) / (n (n-1)), above the highest likewise.
    with np.errstate(divide="ignore", invalid="ignore"):
        left = (total - n * y[..., 0]) ** (1.0 - n) / (n * (n - 1))
        right = (n * y[..., -1] - total) ** (1.0 - n) / (n * (n - 1))
        whole = left + right
        for k in range(1, n):
            slope = 2 * k - n
            rest = y[..., k:].sum(axis=-1) - y[..., :k].sum(axis=-1)
            a, b = y[..., k - 1], y[..., k]
            if slope == 0:
                part = (b - a) / rest**n
            else:
                part = ((a * slope + rest) ** (1.0 - n) - (b * slope + rest) ** (1.0 - n)) / ((n - 1) * slope)
            whole = whole + np.where(b > a, part, 0.0)
        reach = (0.005 * whole * n * (n - 1)) ** (-1.0 / (n - 1))
        low, high = np.minimum((total - reach) / n, y[..., 0]), np.maximum((total + reach) / n, y[..., -1])
    size, centre = scale[..., 0], middle[..., 0]
    return np.where(flat, centre, centre + size * low), np.where(flat, centre, centre + size * high)
