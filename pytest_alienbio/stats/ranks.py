"""Statistics that go by ranks alone: does difficulty lower scores, and does one agent beat another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import atanh, fsum, sqrt, tanh

from ..model import Estimate, Interval, Lead, Trend
from .intervals import t_quantile
from .tables import wilcoxon

FEWEST = 3
"""Pairs from which a rank correlation says anything."""


def rank_trend(x: Sequence[float], y: Sequence[float]) -> Trend:
    """Spearman's rho of the pairs (ties get mean ranks), with its two-sided p by the t approximation.

    Nothing can be told of fewer than three pairs, or where one side is constant. Raises `ValueError` unless both have one
    length. Spearman (1904), Am. J. Psychol. 15, 72-101.
    """
    n = len(x)
    if len(y) != n:
        raise ValueError(f"pairs need two sides of one length, got {n} and {len(y)}")
    if n < FEWEST:
        return Trend(n, why=f"{n} of at least {FEWEST} pairs")
    if len(set(x)) == 1:
        return Trend(n, why="one level only")
    if len(set(y)) == 1:
        return Trend(n, why="all scores are equal")
    from scipy import stats  # type: ignore[import-untyped, unused-ignore]

    found = stats.spearmanr(x, y)
    return Trend(n, float(found.statistic), float(found.pvalue))


def signed_ranks(better: str, worse: str, pairs: Sequence[tuple[float, float]]) -> Lead:
    """Whether `better` scores higher than `worse` on (its score, the other's) of each world both played; one-sided.

    Wilcoxon's signed-rank test; worlds on which both score the same are left out of it, as he did, but not of `n` and the
    mean difference. The exact distribution for up to 50 pairs without ties, else the normal approximation.
    Wilcoxon (1945), Biometrics Bull. 1, 80-83.
    """
    n = len(pairs)
    if not pairs:
        return Lead(better, worse, 0, why="no world that both were scored on")
    differences = [a - b for a, b in pairs]
    mean = fsum(differences) / n
    if not any(differences):
        return Lead(better, worse, n, mean, why="they score the same on every world")
    return Lead(better, worse, n, mean, wilcoxon(differences, "greater").value)


def rank_interval(found: Estimate, level: float, *, given: int = 0) -> Estimate:
    """A rank correlation of `found.n` independent units, with its interval, symmetric on the scale of atanh.

    Spearman: variance (1 + r^2/2) / (n - 3 - given), where `given` variables are held constant. `found.method` kendall:
    0.437 / (n - 4), of Fieller, Hartley and Pearson (1957), Biometrika 44, 470-481. None where the order is perfect.
    Bonett and Wright (2000), Psychometrika 65, 23-28, for both.
    """
    r = found.value
    assert r is not None
    if abs(r) > 1 - 1e-12:
        return replace(found, mark="degenerate", why="one order exactly: how sure that is cannot be told")
    spread = sqrt(0.437 / (found.n - 4)) if found.method == "kendall" else sqrt((1 + r * r / 2) / (found.n - 3 - given))
    half = t_quantile((1 + level) / 2, float("inf")) * spread
    return replace(found, interval=Interval(tanh(atanh(r) - half), tanh(atanh(r) + half), level))
