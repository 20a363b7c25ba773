"""How surely an agent passes within k tries, or in all of k tries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import comb

from ..model import Estimate
from .aggregate import population_mean
from .present import counted

TOO_FEW = "fewer than {k} judged runs"


def pass_at_k(
    passes: Sequence[tuple[int, int]], k: int, *, level: float = 0.95, missing: Mapping[str, int] | None = None
) -> Estimate:
    """pass@k: the chance that at least one of `k` runs passes, per scenario, then the mean over scenarios.

    `passes`: (passed c, judged n) of each scenario, shape (scenarios, 2). `1 - C(n-c, k)/C(n, k)`, unbiased. A scenario with
    n < k cannot tell: it is missing, and counted. The interval takes scenarios as the sample (`population_mean`).
    Raises `ValueError` for k < 1, or unless 0 <= c <= n. Chen et al. (2021), arXiv 2107.03374.
    """
    return _over(
        [None if n < k else 1 - comb(n - c, k) / comb(n, k) for c, n in _checked(passes, k)], "pass@", k, level, missing
    )


def pass_all_k(
    passes: Sequence[tuple[int, int]], k: int, *, level: float = 0.95, missing: Mapping[str, int] | None = None
) -> Estimate:
    """pass^k: the chance that all of `k` runs pass, `C(c, k)/C(n, k)` per scenario, then the mean; else as `pass_at_k`.

    Yao et al. (2024), arXiv 2406.12045.
    """
    rates = [None if n < k else comb(c, k) / comb(n, k) for c, n in _checked(passes, k)]
    return _over(rates, "pass^", k, level, missing)


def _checked(passes: Sequence[tuple[int, int]], k: int) -> Sequence[tuple[int, int]]:
    if k < 1:
        raise ValueError(f"k is a number of runs, from 1, got {k!r}")
    for c, n in passes:
        if not 0 <= c <= n:
            raise ValueError(f"passes must lie between 0 and n, got {c} of {n}")
    return passes


def _over(rates: Sequence[float | None], name: str, k: int, level: float, missing: Mapping[str, int] | None) -> Estimate:
    told = [rate for rate in rates if rate is not None]
    lost = counted(missing, 0)
    if short := len(rates) - len(told):
        lost[TOO_FEW.format(k=k)] = short
    found = population_mean(told, bounds=(0.0, 1.0), level=level, missing=lost)
    why = f"no scenario has {k} judged runs" if not told else found.why
    return replace(found, method=f"{name}{k}; {found.method}", why=why)
