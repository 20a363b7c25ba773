"""The mean of agents on the scenarios that all of them played."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import fsum

from ..model import Estimate
from ..stats import Stratum, fixed_mean, leaf_mean
from .estimates import World, stratum_of, unit_bounds
from .fields import CONSUMED, Field

Scenarios = Mapping[str, Mapping[World, Sequence[float]]]
"""One agent's numbers by scenario and world."""


def mean_of(agents: Sequence[Scenarios], field: Field, missing: Mapping[str, int]) -> Estimate:
    """The mean over agents of their means over scenarios, each weighing the same, with its interval on these scenarios.

    Of one agent it is `estimates.mean`. Agents meet in the same worlds, so a world's cells of all of them are one unit: what an
    agent has lost does not make the others weigh more. Every agent has a number on every scenario.
    """
    numbers = [value for mine in agents for worlds in mine.values() for cells in worlds.values() for value in cells]
    bounds = unit_bounds(numbers) if field.is_score or field.column == "passed" else None
    scenarios = list(dict.fromkeys(name for mine in agents for name in mine))
    if len(agents) == len(scenarios) == 1:
        told_by = [world for world, cells in agents[0][scenarios[0]].items() for _ in cells]
        told = leaf_mean(numbers, worlds=told_by, bounds=bounds, missing=missing)
    elif len(agents) == 1:
        told = fixed_mean(
            [stratum_of([*map(list, agents[0][name].values())]) for name in scenarios], bounds=bounds, missing=missing
        )
    else:
        told = fixed_mean([stratum([mine[name] for mine in agents]) for name in scenarios], bounds=bounds, missing=missing)
    worlds = sum(len({world for mine in agents for world in mine[name]}) for name in scenarios)
    told = replace(told, n=worlds, unit="worlds")
    if field.column in CONSUMED and told.interval is not None:
        return replace(told, interval=None, stderr=None, df=None, why="a long tail has no mean +- t")
    return told


def stratum(agents: Sequence[Mapping[World, Sequence[float]]]) -> Stratum:
    """Several agents on one scenario as one stratum: the mean of their means, a unit being a world.

    A world moves that mean by `sum_a sum_i (x_i - mean_a) / n_a`; the mean's variance is CR1 over worlds, as in `stats.means`.
    """
    means, pulls = [], dict[World, float]()
    for worlds in agents:
        count = sum(map(len, worlds.values()))
        mean = fsum(value for cells in worlds.values() for value in cells) / count
        means.append(mean)
        for world, cells in worlds.items():
            pulls[world] = pulls.get(world, 0.0) + fsum(value - mean for value in cells) / count
    units, middle = len(pulls), fsum(means) / len(means)
    if units < 2:
        return Stratum(units, middle)
    variance = fsum(pull * pull for pull in pulls.values()) / len(means) ** 2 * units / (units - 1)
    return Stratum(units, middle, variance * units)
