"""Two agents by pass and fail, and by signed ranks: the tests of the textbooks, on request."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, sqrt
from typing import Literal

from ..model import Estimate, Interval, PValue
from .intervals import wilson


def mcnemar(only_a: int, only_b: int) -> PValue:
    """Whether A and B pass equally often on the same worlds: `only_a` that A alone passed, `only_b` that B alone did.

    Exact and two-sided: the binomial test of `only_a` in `only_a + only_b` at 1/2. Worlds on which both agree tell nothing;
    p = 1 if there are only such. Raises `ValueError` for what is no count. McNemar (1947), Psychometrika 12, 153-157.
    """
    if min(only_a, only_b) < 0 or only_a % 1 or only_b % 1:
        raise ValueError(f"counts are whole and not negative, got {only_a} and {only_b}")
    n = only_a + only_b
    if not n:
        return PValue(1.0, "McNemar, exact", 0, 1.0)
    from scipy.special import bdtr  # type: ignore[import-untyped, unused-ignore]

    return PValue(min(1.0, 2 * float(bdtr(min(only_a, only_b), n, 0.5))), "McNemar, exact", n, min(1.0, 2.0 ** (1 - n)))


def newcombe(passed_a: float, n_a: float, passed_b: float, n_b: float, level: float = 0.95) -> Estimate:
    """The difference of two pass rates A - B on different worlds of one leaf, interval from the two Wilson intervals.

    n = 0 on either side: no difference. Raises `ValueError` unless 0 <= passed <= n on both sides and 0 < level < 1.
    Newcombe (1998), Stat. Med. 17, 873-890, method 10.
    """
    a, b = wilson(passed_a, n_a, level), wilson(passed_b, n_b, level)
    if not n_a or not n_b:
        return Estimate(None, n=round(n_a + n_b), method="Newcombe", why="one side has nothing that was judged", unit="worlds")
    rate_a, rate_b = passed_a / n_a, passed_b / n_b
    low = rate_a - rate_b - sqrt((rate_a - a.low) ** 2 + (b.high - rate_b) ** 2)
    high = rate_a - rate_b + sqrt((a.high - rate_a) ** 2 + (rate_b - b.low) ** 2)
    interval = Interval(max(-1.0, low), min(1.0, high), level)
    return Estimate(rate_a - rate_b, interval, round(n_a + n_b), method="Newcombe", unit="worlds")


def wilcoxon(differences: Sequence[float], alternative: Literal["two-sided", "greater", "less"] = "two-sided") -> PValue:
    """Wilcoxon's signed-rank test of paired differences, shape (units,): of their ranks, not of their mean. Never the default.

    Zeros are left out, as he did. The exact distribution for up to 50 units without ties, else the normal approximation. No
    unit, or nothing but zeros: missing. Raises `ValueError` for a value that is no finite number.
    Wilcoxon (1945), Biometrics Bull. 1, 80-83.
    """
    if wrong := [value for value in differences if not isfinite(value)]:
        raise ValueError(f"a score must be a finite number, got {wrong[0]!r}")
    moved = [value for value in differences if value]
    if not moved:
        return PValue(None, "Wilcoxon", why="all differences are zero" if differences else "no pairs")
    from scipy import stats  # type: ignore[import-untyped, unused-ignore]

    said = "Wilcoxon" if alternative == "two-sided" else f"Wilcoxon, one-sided ({alternative})"
    return PValue(float(stats.wilcoxon(moved, alternative=alternative).pvalue), said, len(moved))
