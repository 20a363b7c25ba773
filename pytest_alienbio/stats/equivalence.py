"""As good as, not worse than, and how small a difference some data could have shown."""

from __future__ import annotations

from math import exp, isfinite, lgamma, sqrt

from ..model import Equivalence, Estimate, Interval
from .intervals import t_quantile


def tost(delta: Estimate, margin: float, *, better: str = "higher", alpha: float = 0.05) -> Equivalence:
    """Whether the difference `delta` (A - B, with `stderr` and `df`) lies within +- `margin`, by two one-sided t tests.

    `not_worse`: one of the two, A not worse than B by `margin` or more. Where scores show no spread nothing can be told: that
    they are equal so far is no proof. Raises `ValueError` unless the margin is positive and 0 < alpha < 0.5.
    Schuirmann (1987), J. Pharmacokinet. Biopharm. 15, 657-680.
    """
    if not (margin > 0 and isfinite(margin)):
        raise ValueError(f"a margin is a positive number, declared before the scores are seen, got {margin!r}")
    if not 0.0 < alpha < 0.5:
        raise ValueError(f"alpha lies between 0 and 0.5, got {alpha!r}")
    if delta.value is None or not delta.stderr or not delta.df:
        return Equivalence(margin, None, None, None, None, delta.why or "how sure the difference is cannot be told")
    half = t_quantile(1 - alpha, delta.df) * delta.stderr
    interval = Interval(delta.value - half, delta.value + half, 1 - 2 * alpha)
    above, below = (_tail((margin + side * delta.value) / delta.stderr, delta.df) for side in (1.0, -1.0))
    worse = above if better == "higher" else below
    p = max(above, below)
    return Equivalence(margin, interval, p, equivalent=p < alpha, not_worse=worse < alpha)


def detectable(
    stderr: float | None, df: float | None = None, *, alpha: float = 0.05, tests: int = 1, power: float = 0.8
) -> float | None:
    """The smallest difference that a two-sided test at `alpha / tests` would have shown with a chance of `power`.

    `stderr` of the difference, `sd_diff / sqrt(scenarios n)` for paired scores alike everywhere; `df` its degrees of freedom,
    None for many: then `(z_{1 - alpha/(2 tests)} + z_power) stderr`, else by the noncentral t. None if stderr is None, 0 or no
    finite number. Raises `ValueError` unless 0 < alpha < 1, alpha < power < 1 and tests >= 1. Cohen (1988), Statistical Power
    Analysis.
    """
    if not (0.0 < alpha < 1.0 and alpha < power < 1.0 and tests >= 1):
        raise ValueError(f"expected 0 < alpha < power < 1 and at least one test, got {alpha!r}, {power!r} and {tests!r}")
    if not stderr or not isfinite(stderr):
        return None
    tail = alpha / (2 * tests)
    if df is None:
        from scipy.special import ndtri  # type: ignore[import-untyped, unused-ignore]

        return float((ndtri(1 - tail) + ndtri(power)) * stderr)
    from scipy.optimize import brentq  # type: ignore[import-untyped, unused-ignore]
    from scipy.special import nctdtr, nctdtrinc

    edge = t_quantile(1 - tail, df)
    shift = float(nctdtrinc(df, 1 - power, edge))
    if not (isfinite(shift) and shift > 0):
        return None
    # The inverse is good to eight digits; its own function says the rest.
    exact = brentq(lambda at: nctdtr(df, at, edge) - (1 - power), 0.99 * shift, 1.01 * shift, xtol=1e-13)
    return float(exact) * stderr


def hedges(mean: float, std: float, n: int) -> float | None:
    """Hedges' g_z of n paired differences, `J mean / std` with the exact small-sample factor J of n - 1 degrees of freedom.

    None for n < 3, or std 0. Hedges (1981), J. Educ. Stat. 6, 107-128.
    """
    if n < 3 or std == 0:
        return None
    df = n - 1
    return exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / sqrt(df / 2) * mean / std


def _tail(t: float, df: float) -> float:
    """P(T > t)."""
    from scipy.special import stdtr  # type: ignore[import-untyped, unused-ignore]

    return float(stdtr(df, -t))
