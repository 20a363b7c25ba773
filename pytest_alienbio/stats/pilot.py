"""What runs that were already played say of the spread that decides how many seeds a drop needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from ..model import SpreadSeen
from .intervals import Stratum
from .moments import Moments
from .pairing import SLACK, Grid
from .units import Unit


@dataclass(frozen=True, slots=True)
class PilotLeaf:
    """Of one agent on one scenario the variance of a difference of two runs of one cell."""

    scenario: str
    variance: float | None
    """None: no two numbers."""
    df: float
    drop: Stratum | None = None
    """The differences themselves, where two runs were paired; older - newer."""


def from_pairs(sides: Sequence[tuple[Sequence[Unit], Sequence[Unit]]]) -> tuple[PilotLeaf, ...]:
    """Leaves of one agent from runs of the same cells, side by side: `sides` are (newer, older), each of two other runs.

    The variance is that of the differences within a leaf (ddof 1: a drop of the whole leaf is no spread), over worlds, pooled
    over `sides`; the drop is that of the first that tells one.
    """
    found: dict[str, list[Stratum]] = {}
    for newer, older in sides:
        pairs = Grid.of([older, newer]).pairs(0, 1)
        for scenario, stratum in zip(pairs.scenarios, pairs.strata(), strict=True):
            found.setdefault(scenario, []).append(stratum)
    return tuple(_pooled(name, strata, strata[0]) for name, strata in sorted(found.items()))


def from_seeds(units: Sequence[Unit]) -> tuple[PilotLeaf, ...]:
    """Leaves of one agent from one run: twice the variance from seed to seed within a difficulty.

    As if two runs of one seed shared nothing; where they do, their difference varies less, and fewer seeds do. What a world
    was played with (params, variants) is one unit, each cell less the mean of its like.
    """
    cells: dict[str, dict[tuple[int, str, int], list[tuple[int, float]]]] = {}
    for unit in units:
        if unit.score is not None:
            level = -1 if unit.difficulty is None else unit.difficulty
            alike = cells.setdefault(unit.scenario, {}).setdefault((level, unit.params, unit.variant), [])
            alike.append((unit.seed, unit.score))
    found = []
    for name, strata in sorted(cells.items()):
        worlds: dict[tuple[int, int], list[float]] = {}
        for (level, _, _), alike in strata.items():
            middle = fsum(score for _, score in alike) / len(alike)
            for seed, score in alike:
                # 0.1 + 0.2 is no other score than 0.3.
                own = score - middle if abs(score - middle) > SLACK * abs(middle) else 0.0
                worlds.setdefault((level, seed), []).append(own)
        levels: dict[int, Moments] = {}
        for (level, _), own_scores in worlds.items():
            levels.setdefault(level, Moments()).add(fsum(own_scores) / len(own_scores))
        leaf = _pooled(name, [Stratum.from_moments(each) for each in levels.values()])
        found.append(PilotLeaf(name, None if leaf.variance is None else 2 * leaf.variance, leaf.df))
    return tuple(found)


def spread_of(leaves: Sequence[PilotLeaf]) -> SpreadSeen:
    """The spread of their mean, each weighing the same; degrees of freedom by Satterthwaite (1946).

    `between`: the variance of the leaves' drops less what chance alone gives them, not below 0.
    """
    known = [(leaf.variance, leaf.df) for leaf in leaves if leaf.variance is not None]
    if not known:
        return SpreadSeen(None)
    total = fsum(variance for variance, _ in known)
    df = fsum(df for _, df in known)
    if total > 0:
        df = 1 / fsum((variance / total) ** 2 / below for variance, below in known)
    drops = [leaf.drop for leaf in leaves if leaf.drop is not None]
    between = None
    if len(drops) > 1:
        moments = Moments()
        for drop in drops:
            moments.add(drop.mean)
        chance = fsum((leaf.variance or 0.0) / leaf.drop.n for leaf in leaves if leaf.drop is not None) / len(drops)
        between = sqrt(max(0.0, (moments.variance or 0.0) - chance))
    return SpreadSeen(sqrt(total / len(known)), df, between)


def _pooled(name: str, strata: Sequence[Stratum], drop: Stratum | None = None) -> PilotLeaf:
    known = [(stratum.variance, stratum.n - 1) for stratum in strata if stratum.variance is not None]
    df = sum(below for _, below in known)
    return PilotLeaf(name, fsum(variance * below for variance, below in known) / df if df else None, df, drop)
