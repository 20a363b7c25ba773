"""A property by itself, the others held constant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

from ..model import Correlation, Estimate, PValue
from .columns import NO_PROPERTY, NO_SCORE, Value
from .ranks import rank_interval
from .shuffle import shuffled
from .units import LARGEST, TOO_LARGE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SPARE = 5
"""Units there must be beyond the properties that are held constant."""


def partial_spearman(
    scenarios: Sequence[str],
    x: Sequence[Value],
    scores: Sequence[float | None],
    given: Mapping[str, Sequence[Value]],
    *,
    name: str = "difficulty",
    level: float = 0.95,
    draws: int = 9999,
    seed: int = 0,
) -> Correlation:
    """Spearman of scores with `x` where the properties `given` are held constant: of what linear fits of their ranks leave.

    Columns of one length, one row a cell; the unit is a scenario's mean at each combination of the properties. p by
    permutation of what is left of the scores (within scenarios that have several units; Freedman and Lane 1983, J. Bus. Econ.
    Stat. 1, 292-298). Interval, where each scenario is one unit: as Spearman's, k properties held constant taking k units
    off. Missing with fewer than 5 + k units, or where x or the score is told by the others. Rows with a gap are counted.
    Raises `ValueError` for columns of different length, categories, or numbers that are not finite.
    """
    import numpy as np
    from scipy import stats  # type: ignore[import-untyped, unused-ignore]

    columns = [x, *given.values()]
    if any(len(column) != len(scenarios) for column in (*columns, scores)):
        raise ValueError(f"expected columns of one length, got {[len(column) for column in (scenarios, *columns, scores)]}")
    units: dict[tuple[str, tuple[float, ...]], list[float]] = {}
    missing: dict[str, int] = {}
    for scenario, score, *levels in zip(scenarios, scores, *columns, strict=True):
        if any(isinstance(value, str | bool) for value in levels):
            raise ValueError(f"only numbers can be held constant or correlated by rank, got {levels!r}")
        if score is None or None in levels:
            why = NO_SCORE if score is None else NO_PROPERTY
            missing[why] = missing.get(why, 0) + 1
            continue
        numbers = tuple(float(value) for value in levels if value is not None)
        if wrong := [value for value in (score, *numbers) if not isfinite(value)]:
            raise ValueError(f"expected finite numbers or None, got {wrong[0]!r}")
        if max(map(abs, (score, *numbers))) > LARGEST:
            missing[TOO_LARGE] = missing.get(TOO_LARGE, 0) + 1
            continue
        units.setdefault((scenario, numbers), []).append(float(score))
    m, k = len(units), len(given)
    empty = Estimate(None, n=m, missing=missing, method="partial spearman", unit="units")

    def untold(why: str) -> Correlation:
        told = Estimate(None, n=m, missing=missing, method=empty.method, why=why, unit=empty.unit)
        return Correlation(name, "partial spearman", told, PValue(None, n=m, why=why), tuple(given))

    if m < SPARE + k:
        return untold(f"{m} of at least {SPARE + k} units")
    keys = sorted(units)
    ranks = np.column_stack([stats.rankdata(column) for column in np.array([levels for _, levels in keys]).T])
    y = stats.rankdata([sum(units[key]) / len(units[key]) for key in keys])
    basis, sizes, _ = np.linalg.svd(np.column_stack([np.ones(m), ranks[:, 1:]]), full_matrices=False)
    basis = basis[:, sizes > 1e-9 * sizes[0]]
    left_x, left_y = (side - basis @ (basis.T @ side) for side in (ranks[:, 0], y))
    size_x, size_y = float(np.linalg.norm(left_x)), float(np.linalg.norm(left_y))
    if size_x < 1e-9 * m or size_y < 1e-9 * m:
        return untold(f"{name if size_x < 1e-9 * m else 'the score'} is told by the others")

    def under(orders: Ints) -> Floats:
        moved = left_y[orders]
        rest = np.sqrt(np.maximum(size_y**2 - ((moved @ basis) ** 2).sum(axis=1), 1e-300))
        found: Floats = moved @ left_x / (size_x * rest)
        return found

    value = float(left_x @ left_y) / (size_x * size_y)
    places: dict[str, int] = {}
    blocks = [places.setdefault(scenario, len(places)) for scenario, _ in keys]
    alone = len(places) == m
    p = shuffled(under, value, [0] * m if alone else blocks, draws=draws, seed=seed, what="permutation")
    estimate = Estimate(value, None, m, missing, method=empty.method, unit="scenarios" if alone else "scenario levels")
    if alone:
        estimate = rank_interval(estimate, level, given=k)
    else:
        estimate = replace(estimate, why="units of one scenario are alike: no interval")
    return Correlation(name, "partial spearman", estimate, p, tuple(given))
