"""Since when: a series of batches as levels that hold for a while."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from itertools import pairwise
from math import log

LEAST = 2
"""Batches of a level."""
LONGEST = 400
"""Batches that `robust_steps` looks at, the latest: its work grows with their square."""
MOST = 20
"""Levels that `robust_steps` tries."""
SLACK = 1e-9


def steps(values: Sequence[float], stderrs: Sequence[float], *, least: int = LEAST) -> list[int]:
    """Where a new level begins in `values`, shape (batches,), whose standard errors (> 0) are known; [] for one level.

    The levels, of at least `least` batches, make `sum((x - level)^2 / SE^2) + 2 ln(T) * changes` smallest, each being the mean
    weighted by 1/SE^2; T batches. Found exactly, by dynamic programming. Of quiet series of normal means about one in six
    shows a step at T = 10, one in ten at T = 30. Yao (1988), Stat. Probab. Lett. 6, 181-189, with a known variance.
    """
    count = len(values)
    if count < 2 * least:
        return []
    import numpy as np

    weights = 1 / np.square(np.asarray(stderrs, dtype=float))
    middle = float(np.average(values, weights=weights))
    centred = np.asarray(values, dtype=float) - middle
    weight = np.concatenate(([0.0], np.cumsum(weights)))
    total = np.concatenate(([0.0], np.cumsum(weights * centred)))
    penalty = 2 * log(count) + SLACK
    # The part of each cost that does not depend on where levels begin, sum(w x^2), is the same for all and left out.
    best = np.full(count + 1, np.inf)
    best[0] = -penalty
    begins = np.zeros(count + 1, dtype=int)
    for end in range(least, count + 1):
        starts = np.concatenate(([0], np.arange(least, end - least + 1)))
        costs = best[starts] - (total[end] - total[starts]) ** 2 / (weight[end] - weight[starts]) + penalty
        at = int(costs.argmin())
        best[end], begins[end] = costs[at], starts[at]
    return _back(begins.tolist(), count)


def robust_steps(values: Sequence[float], *, least: int = LEAST) -> list[int]:
    """Where a new level begins in `values`, shape (batches,) of at most 400, whose noise is unknown and has a long tail.

    Levels are medians. Their number J makes `4 ln(T)/T J + ln(s0 + sum |x - level|)` smallest: the penalty that asv
    (`asv.step_detect`, Virtanen) uses, here over the best levels for each J up to 20, found exactly, instead of a search over
    penalties. s0, the noise floor, is a tenth of the smallest step, with fewer than three levels a thousandth of the smallest.
    """
    count = len(values)
    most = min(count // least, MOST)
    if most < 2 or len(set(values)) < 2:
        return []
    import numpy as np

    cost = np.array(_distances(values))
    reach = np.full((most + 1, count + 1), np.inf)
    begins = np.zeros((most + 1, count + 1), dtype=int)
    reach[0, 0] = 0.0
    for levels in range(1, most + 1):
        for end in range(levels * least, count + 1):
            starts = np.arange((levels - 1) * least, end - least + 1)
            costs = reach[levels - 1, starts] + cost[starts, end]
            at = int(costs.argmin())
            reach[levels, end], begins[levels, end] = costs[at], starts[at]
    found: list[int] = []
    least_yet = float("inf")
    for levels in range(1, most + 1):
        changes, end = [], count
        for level in range(levels, 0, -1):
            end = int(begins[level, end])
            changes.append(end)
        changes = changes[-2::-1]
        objective = 4 * log(count) / count * levels + log(_floor(values, changes) + float(reach[levels, count]))
        if objective < least_yet - SLACK:
            found, least_yet = changes, objective
    return found


def _back(begins: Sequence[int], count: int) -> list[int]:
    """The beginnings of levels, from where the last one of each prefix begins."""
    found: list[int] = []
    end = begins[count]
    while end:
        found.append(end)
        end = begins[end]
    return found[::-1]


def _distances(values: Sequence[float]) -> list[list[float]]:
    """`[i][j]`: how far the values i, ..., j-1 are from their median, together."""
    count = len(values)
    made = [[0.0] * (count + 1) for _ in range(count)]
    for start in range(count):
        ordered: list[float] = []
        distance = 0.0
        for end in range(start + 1, count + 1):
            # The median of the others moves the sum of distances by nothing, so a value adds how far it is from it.
            value, half = values[end - 1], len(ordered) // 2
            if ordered:
                low, high = ordered[(len(ordered) - 1) // 2], ordered[half]
                distance += max(low - value, value - high, 0.0)
            insort(ordered, value)
            made[start][end] = distance
    return made


def _floor(values: Sequence[float], changes: Sequence[int]) -> float:
    """What noise there is at the least, so that a perfect fit does not win over everything."""
    ends = [0, *changes, len(values)]
    medians = []
    for start, end in pairwise(ends):
        ordered = sorted(values[start:end])
        medians.append((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)
    if len(medians) > 2:
        floor = 0.1 * min(abs(after - before) for before, after in pairwise(medians))
    else:
        floor = 0.001 * min(map(abs, medians))
    return max(floor, 1e-300)
