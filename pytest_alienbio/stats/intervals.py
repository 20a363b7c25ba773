"""How sure a pass rate is, and what an interval of a mean is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import exp, lgamma, log, log1p, pi, sqrt
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


@lru_cache(maxsize=4096)
def t_quantile(p: float, df: float) -> float:
    """Quantile of Student's t for any df from 1/2 on, infinity too, and 1e-30 <= p < 1; as exact as p tells, to about 1e-12.

    Every run ends with one, so it is no reason to import `scipy.special`, which takes as long as a small run does.
    From 2000 df on the expansion 26.7.5 of Abramowitz & Stegun (1964); below, Newton's steps from the normal quantile in log t,
    of which the logarithm of the tail is a concave function: so all but the first come from one side. Raises `ValueError` for
    any other p or df.
    """
    if not (1e-30 <= p < 1.0 and df >= 0.5):
        raise ValueError(f"a quantile of Student's t needs 1e-30 <= p < 1 and df >= 1/2, got p = {p} and df = {df}")
    if p < 0.5:
        return -_above(p, df)
    return _above(1.0 - p, df) if p > 0.5 else 0.0


def _above(tail: float, df: float) -> float:
    """What is exceeded with probability `tail` < 1/2."""
    z = -NormalDist().inv_cdf(tail)
    if df >= 2000.0:
        zz = z * z
        terms = (
            (zz + 1) / 4,
            ((5 * zz + 16) * zz + 3) / 96,
            (((3 * zz + 19) * zz + 17) * zz - 15) / 384,
            ((((79 * zz + 776) * zz + 1482) * zz - 1920) * zz - 945) / 92160,
        )
        return z + z * sum(term / df**power for power, term in enumerate(terms, 1))
    t, log_scale = z, lgamma((df + 1) / 2) - lgamma(df / 2)
    for _ in range(100):
        density = exp(log_scale - (df + 1) / 2 * log1p(t * t / df)) / sqrt(df * pi)
        now = _t_tail(t, df, log_scale)
        step = now * log(now / tail) / (density * t)
        t *= exp(step)
        if abs(step) < 1e-14:
            break
    return t


def _t_tail(t: float, df: float, log_scale: float) -> float:
    """P(T > t) for t > 0, by the incomplete beta function of Abramowitz & Stegun (1964), 26.5.2 and 26.7.1."""
    of_t = t * t / (df + t * t)
    x, a, b = df / (df + t * t), df / 2, 0.5
    front = exp(log_scale - df / 2 * log1p(t * t / df)) * sqrt(of_t / pi)
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a / 2
    return (1.0 - front * _fraction(of_t, b, a) / b) / 2


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, A&S 26.5.8, evaluated as Lentz (1976) does."""
    d = 1.0 / (1.0 - (a + b) * x / (a + 1))
    c, value = 1.0, d
    for m in range(1, 1000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / (1.0 + term * d)
            c = 1.0 + term / c
            value *= c * d
        if abs(c * d - 1.0) < 1e-16:
            break
    return value
