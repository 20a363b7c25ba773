"""Statistics that go by ranks alone: does difficulty lower scores, and does one agent beat another."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from ..model import Lead, Trend
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
