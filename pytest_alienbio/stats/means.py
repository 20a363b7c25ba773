"""The mean of one agent's scores on one scenario, and of clustered values in general."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from math import isfinite, sqrt

from ..model import Estimate, Interval
from .intervals import t_quantile, wilson
from .moments import Moments, cluster_variance
from .present import check_bounds, checked_level, clipped, counted, present

EXACT = "exact"
DEGENERATE = "degenerate"
POOLED = "pooled variance"


def leaf_mean(
    values: Sequence[float | None],
    *,
    worlds: Sequence[Hashable] | None = None,
    bounds: tuple[float, float] | None = None,
    deterministic: bool = False,
    level: float = 0.95,
    missing: Mapping[str, int] | None = None,
) -> Estimate:
    """The mean of one leaf (one agent on one scenario), with its interval over worlds.

    `values`: one score a cell, shape (cells,); None is missing: counted, in no mean. `worlds`: which world (difficulty, seed)
    each cell saw, same length; without it each cell is a world of its own. Cells of one world are one unit of the interval.
    `bounds`: of the score, as declared; the interval is cut there.

    Two worlds or more and some spread: mean +- t * SE, clustered on worlds (CR1; with one cell a world the plain t interval).
    One world: no interval. No spread: Wilson if every score is 0 or every score is 1; the point itself, marked `exact`, if
    agent and scenario are declared `deterministic`; else no interval, marked `degenerate`: equal scores are no certainty.
    Raises `ValueError` for NaN or infinite values, values outside `bounds`, or lengths that differ.
    """
    found = clustered_mean(values, worlds, unit="world", bounds=bounds, level=level, missing=missing)
    return without_spread(found, constant=len(set(present(values))) == 1, deterministic=deterministic, level=level)


def without_spread(found: Estimate, *, constant: bool, deterministic: bool = False, level: float = 0.95) -> Estimate:
    """`found` as it is, but for a `degenerate` mean that has an interval after all: see `leaf_mean`.

    `constant`: whether all scores are equal (the means of all worlds may be, and the scores not).
    """
    if found.mark != DEGENERATE or found.value is None:
        return found
    if constant and found.value in (0.0, 1.0):
        return replace(found, interval=wilson(found.n * found.value, found.n, level), method="Wilson", why="", mark="")
    if deterministic:
        point = Interval(found.value, found.value, level)
        return replace(found, interval=point, stderr=0.0, method="point", why="", mark=EXACT)
    return found


def clustered_mean(
    values: Sequence[float | None],
    clusters: Sequence[Hashable] | None = None,
    *,
    unit: str = "cluster",
    bounds: tuple[float, float] | None = None,
    level: float = 0.95,
    missing: Mapping[str, int] | None = None,
) -> Estimate:
    """The mean of `values`, shape (N,), with a t interval that is robust to dependence within `clusters`, same length.

    `SE^2 = C/(C-1) * sum_c (sum_{i in c} (x_i - mean))^2 / N^2` (CR1), df = C - 1; without `clusters` each value is one, and it
    is the plain t interval of a mean. `n` counts clusters. None is missing. One cluster: no interval. No spread between
    clusters: no stderr, no interval, marked `degenerate`. `unit` is what a cluster is called in `why`.
    Raises `ValueError` for NaN or infinite values, values outside `bounds`, or lengths that differ.
    Liang and Zeger (1986), Biometrika 73, 13-22; the factor C/(C-1): Cameron and Miller (2015), J. Hum. Resour. 50, 317-372.
    """
    checked_level(level)
    if clusters is not None and len(clusters) != len(values):
        raise ValueError(f"each value needs its {unit}, got {len(values)} values and {len(clusters)}")
    numbers = present(values)
    check_bounds(numbers, bounds)
    lost = counted(missing, len(values) - len(numbers))
    if not numbers:
        return Estimate(None, missing=lost, method="t", why="no score", unit=plural(unit))
    moments = Moments.of(numbers)
    mean, variance, units, method = moments.mean, moments.variance, len(numbers), "t"
    if clusters is not None:
        groups: dict[Hashable, list[float]] = {}
        for cluster, value in zip(clusters, values, strict=True):
            if value is not None:
                groups.setdefault(cluster, []).append(float(value))
        if len(groups) < len(numbers):
            variance, units, method = cluster_variance(list(groups.values())), len(groups), "clustered t"
    assert mean is not None
    return t_mean(mean, variance, units, unit=unit, method=method, bounds=bounds, level=level, missing=lost)


def t_mean(
    mean: float,
    variance: float | None,
    units: int,
    *,
    unit: str,
    method: str = "t",
    bounds: tuple[float, float] | None = None,
    level: float = 0.95,
    missing: Mapping[str, int] | None = None,
) -> Estimate:
    """The t interval of a `mean` of `units` whose `variance` (ddof = 1; None: not known, or too large for a float) this is."""
    found = Estimate(mean, n=units, missing=dict(missing or {}), method=method, unit=plural(unit))
    if units < 2:
        return replace(found, why=f"one {unit} alone has no spread")
    if variance is None or not isfinite(variance):
        return replace(found, why="the spread is too large for a float")
    if variance == 0:
        return replace(found, mark=DEGENERATE, why=f"no spread between {units} {plural(unit)}, which is no proof of certainty")
    stderr, df = sqrt(variance / units), units - 1
    half = t_quantile((1 + level) / 2, df) * stderr
    interval, notes = clipped(mean - half, mean + half, level, bounds)
    return replace(found, interval=interval, stderr=stderr, df=df, notes=notes)


def plural(unit: str) -> str:
    """`unit`, many of it."""
    return f"{unit[:-1]}ies" if unit.endswith("y") else f"{unit}s"
