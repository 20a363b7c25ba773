"""How sure a pass rate is, and what an interval of a mean is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from ..model import Interval
from .moments import Moments
from .present import checked_level


def wilson(k: float, n: float, level: float = 0.95) -> Interval:
    """The Wilson score interval of `k` passes in `n` units of *one* leaf; [0, 1] for n = 0, always inside [0, 1].

    `k` is no whole number where a unit (a world seen several times) passed in part. A rate pooled over scenarios is not
    k of n. Raises `ValueError` unless 0 <= k <= n and 0 < level < 1.
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; without continuity correction.
    """
    if not 0 <= k <= n:
        raise ValueError(f"passes must lie between 0 and n, got {k} of {n}")
    z = NormalDist().inv_cdf((1.0 + checked_level(level)) / 2.0)
    if n == 0:
        return Interval(0.0, 1.0, level)
    rate, zz = k / n, z * z
    middle = (rate + zz / (2 * n)) / (1 + zz / n)
    half = z / (1 + zz / n) * sqrt(rate * (1 - rate) / n + zz / (4 * n * n))
    # The ends are exact where the algebra says so: rounding must not turn 0 of n into a lower end of 1e-17.
    low = 0.0 if k == 0 else max(0.0, middle - half)
    high = 1.0 if k == n else min(1.0, middle + half)
    return Interval(low, high, level)


@dataclass(frozen=True, slots=True)
class Stratum:
    """What is known of one agent's scores on one scenario. `variance` (ddof = 1) is None for n = 1, or if unknown."""

    n: int
    mean: float
    variance: float | None = None

    @classmethod
    def of(cls, scores: Iterable[float]) -> Stratum:
        """The stratum of these scores. Raises `ValueError` if there are none, or one is not finite."""
        moments = Moments()
        for score in scores:
            moments.add(score)
        return cls.from_moments(moments)

    @classmethod
    def from_moments(cls, moments: Moments) -> Stratum:
        """The stratum of scores already summed. Raises `ValueError` if there are none."""
        if moments.mean is None:
            raise ValueError("a stratum without scores has no mean: leave it out")
        return cls(moments.n, moments.mean, moments.variance)


def t_quantile(p: float, df: float) -> float:
    """Quantile of Student's t. `scipy.special` alone: `scipy.stats` would cost half a second at start-up."""
    from scipy.special import stdtrit  # type: ignore[import-untyped, unused-ignore]

    return float(stdtrit(df, p))
