"""How often one agent passes on one scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ..model import Estimate, Interval
from .intervals import wilson
from .present import checked_level, counted

Method = Literal["wilson", "exact", "jeffreys"]


def clopper_pearson(k: float, n: float, level: float = 0.95) -> Interval:
    """The exact interval of `k` passes in `n` units of one leaf: never covers less than `level`; [0, 1] for n = 0.

    For a claim of the kind "at least p". Raises `ValueError` unless 0 <= k <= n and 0 < level < 1.
    Clopper and Pearson (1934), Biometrika 26, 404-413, by quantiles of the beta distribution.
    """
    tail = _tail(k, n, level)
    return Interval(
        0.0 if k == 0 else _beta_quantile(tail, k, n - k + 1),
        1.0 if k == n else _beta_quantile(1 - tail, k + 1, n - k),
        level,
    )


def jeffreys(k: float, n: float, level: float = 0.95) -> Interval:
    """Equal-tailed interval of the posterior under Jeffreys' prior, Beta(1/2, 1/2); [0, 1] for n = 0.

    Taken as it is: for k = 0 its low end lies above 0, and for k = n its high end below 1, so that the observed rate is
    outside. Raises `ValueError` unless 0 <= k <= n and 0 < level < 1. Brown, Cai, DasGupta (2001), Statist. Sci. 16, 101-133.
    """
    tail = _tail(k, n, level)
    if n == 0:
        return Interval(0.0, 1.0, level)
    low, high = (_beta_quantile(p, k + 0.5, n - k + 0.5) for p in (tail, 1 - tail))
    return Interval(low, high, level)


def pass_rate(
    k: float, n: float, *, method: Method = "wilson", level: float = 0.95, missing: Mapping[str, int] | None = None
) -> Estimate:
    """The rate of `k` passes in `n` units (worlds) of one leaf, with its interval by `method`.

    n = 0: no rate, and the interval [0, 1]. `missing` counts the units without a verdict by why; they are in no denominator.
    A rate pooled over scenarios is not k of n: take `fixed_mean` or `population_mean` of the leaves' rates.
    Raises `ValueError` as the interval does, and for an unknown method.
    """
    make = {"wilson": wilson, "exact": clopper_pearson, "jeffreys": jeffreys}.get(method)
    if make is None:
        raise ValueError(f"method is wilson, exact or jeffreys, got {method!r}")
    outside = f"the interval leaves the rate itself out, as Jeffreys' does at {'none' if k == 0 else 'all'} of n"
    return Estimate(
        value=k / n if n else None,
        interval=make(k, n, level),
        n=round(n),
        unit="worlds",
        missing=counted(missing, 0),
        method="Clopper-Pearson" if method == "exact" else method.capitalize(),
        why="" if n else "nothing was judged",
        notes=(outside,) if method == "jeffreys" and n and k in (0, n) else (),
    )


def _tail(k: float, n: float, level: float) -> float:
    if not 0 <= k <= n:
        raise ValueError(f"passes must lie between 0 and n, got {k} of {n}")
    return (1.0 - checked_level(level)) / 2.0


def _beta_quantile(p: float, a: float, b: float) -> float:
    """`scipy.special` alone: `scipy.stats` would cost half a second at start-up."""
    from scipy.special import betaincinv  # type: ignore[import-untyped, unused-ignore]

    return float(betaincinv(a, b, p))
