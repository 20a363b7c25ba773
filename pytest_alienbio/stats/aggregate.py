"""One agent over many scenarios, each weighing the same: on these scenarios, and on others of their kind."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import fsum, isfinite, sqrt

from ..model import Bracket, Estimate, Interval, OverScenarios
from ..model.estimate import FEW_CLUSTERS
from .intervals import Stratum, t_quantile
from .means import DEGENERATE, EXACT, POOLED, clustered_mean, plural
from .present import check_bounds, checked_level, clipped, counted


def exact_mean(means: Sequence[float]) -> float:
    """The mean, correctly rounded, whatever the order: equal agents must tie. Raises `ValueError` without any."""
    if not means:
        raise ValueError("a mean needs a value")
    return float(sum(map(Fraction, means)) / len(means))


def fixed_mean(
    strata: Sequence[Stratum],
    *,
    shares: Sequence[float] | None = None,
    bounds: tuple[float, float] | None = None,
    deterministic: bool = False,
    level: float = 0.95,
    missing: Mapping[str, int] | None = None,
) -> Estimate:
    """The mean over scenarios, one stratum each, and its interval on *these* scenarios: only worlds are drawn anew.

    `SE^2 = (1/m^2) sum_g s_g^2/n_g`, a t interval with Satterthwaite's degrees of freedom, cut at `bounds`. `n` counts strata;
    unequal numbers of worlds do not re-weight them. A stratum of one world takes the pooled variance of the others, and the
    estimate is marked `pooled variance`. No interval if no stratum has two worlds; if none has any spread neither, marked
    `degenerate`, but for an agent and scenarios declared `deterministic`: then the point, marked `exact`. `shares`: what each
    stratum counts in the sum, where that is not 1/m.
    `missing`: scenarios left out, by why. Satterthwaite (1946), Biometrics Bull. 2, 110-114.
    """
    checked_level(level)
    lost = counted(missing, 0)
    if not strata:
        return Estimate(None, missing=lost, method="strata t", why="no scenario has a score", unit="scenarios")
    m = len(strata)
    mean = exact_mean([stratum.mean for stratum in strata]) if shares is None else _weighted(strata, shares)
    found = Estimate(mean, n=m, missing=lost, method="strata t", unit="scenarios")
    if any(stratum.n > 1 and stratum.variance is None for stratum in strata):
        return replace(found, why="the spread is too large for a float")
    sizes = [1.0] * m if shares is None else [(share * m) ** 2 for share in shares]
    known = [
        (stratum.n, stratum.variance, size) for stratum, size in zip(strata, sizes, strict=True) if stratum.variance is not None
    ]
    if not known:
        return replace(found, why="one world alone has no spread" if m == 1 else "no scenario has two worlds")
    alone = m - len(known)
    borrowed = fsum(size for stratum, size in zip(strata, sizes, strict=True) if stratum.variance is None)
    freedom = sum(n - 1 for n, _, _ in known)
    # Lone strata borrow the pooled variance, so each known s^2 enters with its own 1/n and its share of the pool.
    parts = [(variance * (size / n + borrowed * (n - 1) / freedom), n - 1) for n, variance, size in known]
    total = fsum(part for part, _ in parts)
    if not isfinite(total):
        return replace(found, why="the spread is too large for a float")
    if total == 0:
        if deterministic and not alone:
            return replace(found, interval=Interval(mean, mean, level), stderr=0.0, method="point", mark=EXACT)
        return replace(found, mark=DEGENERATE, why="no spread between the worlds of any scenario: no proof of certainty")
    df = 1 / fsum((part / total) ** 2 / below for part, below in parts)
    stderr = sqrt(total) / m
    half = t_quantile((1 + level) / 2, df) * stderr
    interval, notes = clipped(mean - half, mean + half, level, bounds)
    if alone:
        notes = (f"{alone} of {m} scenarios have one world: they borrow the spread of the others", *notes)
    return replace(found, interval=interval, stderr=stderr, df=df, mark=POOLED if alone else "", notes=notes)


def _weighted(strata: Sequence[Stratum], shares: Sequence[float]) -> float:
    return fsum(share * stratum.mean for stratum, share in zip(strata, shares, strict=True))


def population_mean(
    means: Sequence[float | None],
    *,
    families: Sequence[Hashable] | None = None,
    bounds: tuple[float, float] | None = None,
    level: float = 0.95,
    missing: Mapping[str, int] | None = None,
) -> Estimate:
    """The mean of the leaf `means`, shape (scenarios,), and its interval on *new* scenarios of this kind.

    Scenarios are the sample: `SE = std(means)/sqrt(m)`, df = m - 1. `families`: the family or template that each scenario
    comes from, same length; then clustered on them (CR1, df = C - 1), since scenarios of one family are alike. None is
    missing. Fewer than two scenarios (families): no interval; fewer than 6: a note. Raises `ValueError` as `clustered_mean`.
    """
    unit = "scenario" if families is None else "family"
    found = clustered_mean(means, families, unit=unit, bounds=bounds, level=level, missing=missing)
    found = replace(found, method=f"{found.method} over scenarios")
    if found.interval is None or found.n >= FEW_CLUSTERS:
        return found
    few = f"{found.n} {plural(unit)} are few: the interval leans on their being alike"
    return replace(found, notes=(few, *found.notes))


def over_scenarios(
    leaves: Sequence[Stratum],
    *,
    families: Sequence[Hashable] | None = None,
    bounds: tuple[float, float] | None = None,
    deterministic: bool = False,
    level: float = 0.95,
    missing: Mapping[str, int] | None = None,
) -> OverScenarios:
    """`fixed_mean` and `population_mean` of one agent's `leaves`, one stratum a scenario. Print both where they `differ`."""
    return OverScenarios(
        fixed_mean(leaves, bounds=bounds, deterministic=deterministic, level=level, missing=missing),
        population_mean([leaf.mean for leaf in leaves], families=families, bounds=bounds, level=level, missing=missing),
    )


def bracket(
    leaves: Sequence[Sequence[float | None]],
    bounds: tuple[float, float],
    *,
    better: str = "higher",
    level: float = 0.95,
) -> Bracket:
    """The mean over scenarios if every missing score (None) had been the worst, and if every one had been the best.

    `leaves`: one sequence of scores a scenario, a None for each cell without one; `bounds`: (lowest, highest) score there can
    be. What a reader asked for on top of the mean of what is there, never instead of it. Both are `fixed_mean`s with a note
    of how many were filled in. A leaf without any cell is left out. Raises `ValueError` for scores outside `bounds`.
    """
    if better not in ("higher", "lower"):
        raise ValueError(f"better is higher or lower, got {better!r}")
    low, high = bounds
    worst, best = (low, high) if better == "higher" else (high, low)
    filled = sum(value is None for leaf in leaves for value in leaf)
    return Bracket(*(_filled(leaves, value, name, filled, bounds, level) for value, name in ((worst, "worst"), (best, "best"))))


def _filled(
    leaves: Sequence[Sequence[float | None]], fill: float, name: str, filled: int, bounds: tuple[float, float], level: float
) -> Estimate:
    strata = []
    for leaf in leaves:
        scores = [fill if value is None else value for value in leaf]
        check_bounds(scores, bounds)
        if scores:
            strata.append(Stratum.of(scores))
    found = fixed_mean(strata, bounds=bounds, level=level)
    return replace(found, notes=(f"{filled} missing taken as the {name}, {fill:g}", *found.notes))
