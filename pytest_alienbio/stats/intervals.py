"""How sure a pass rate or a mean over scenarios is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, isfinite, sqrt
from statistics import NormalDist

from ..model import Interval
from .moments import Moments


def _checked(level: float) -> float:
    if not 0.0 < level < 1.0:
        raise ValueError(f"a confidence level lies strictly between 0 and 1, got {level!r}")
    return level


def wilson(k: float, n: float, level: float = 0.95) -> Interval:
    """The Wilson score interval of `k` passes in `n` units of *one* leaf; [0, 1] for n = 0, always inside [0, 1].

    `k` is no whole number where a unit (a world seen several times) passed in part. A rate pooled over scenarios is not
    k of n. Raises `ValueError` unless 0 <= k <= n and 0 < level < 1.
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; without continuity correction.
    """
    if not 0 <= k <= n:
        raise ValueError(f"passes must lie between 0 and n, got {k} of {n}")
    z = NormalDist().inv_cdf((1.0 + _checked(level)) / 2.0)
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


def strata_mean(
    strata: Sequence[Stratum], *, level: float = 0.95, bounds: tuple[float, float] | None = None
) -> tuple[float | None, Interval | None]:
    """The mean over scenarios, each weighing the same, and its interval over seeds with the scenarios fixed.

    t interval, `SE^2 = (1/m^2) sum_g s_g^2/n_g`, degrees of freedom by Satterthwaite (1946), clipped to `bounds`. A stratum
    with n = 1 takes the pooled variance of the others. No interval (None) if every stratum has n = 1 or every variance is 0:
    equal scores are no proof of certainty. No strata: (None, None).
    """
    _checked(level)
    if not strata:
        return None, None
    m = len(strata)
    mean = float(sum(Fraction(stratum.mean) for stratum in strata) / m)  # exact: equal agents must tie
    if any(stratum.n > 1 and stratum.variance is None for stratum in strata):
        return mean, None
    known = [(stratum.n, stratum.variance) for stratum in strata if stratum.variance is not None]
    alone = m - len(known)
    freedom = sum(n - 1 for n, _ in known)
    if not known:
        return mean, None
    # Lone strata borrow the pooled variance, so each known s^2 enters with its own 1/n and its share of the pool.
    parts = [(variance * (1 / n + alone * (n - 1) / freedom), n - 1) for n, variance in known]
    total = fsum(part for part, _ in parts)
    if not (total > 0 and isfinite(total)):
        return mean, None
    df = 1 / fsum((part / total) ** 2 / below for part, below in parts)
    half = t_quantile((1 + level) / 2, df) * sqrt(total) / m
    low, high = mean - half, mean + half
    if bounds is not None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    return mean, Interval(low, high, level)


def t_quantile(p: float, df: float) -> float:
    """Quantile of Student's t. `scipy.special` alone: `scipy.stats` would cost half a second at start-up."""
    from scipy.special import stdtrit  # type: ignore[import-untyped, unused-ignore]

    return float(stdtrit(df, p))
