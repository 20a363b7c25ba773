"""Which scores are too high for chance, all of them asked at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .relabel import TIES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def strongest_first(scores: Sequence[float]) -> list[int]:
    """The places of `scores` in descending order; of scores that are equal but for rounding the earlier place comes first."""
    order = sorted(range(len(scores)), key=lambda at: -scores[at])
    found: list[int] = []
    equal: list[int] = []
    for at in order:
        if equal and scores[at] < _least(scores[equal[0]]):
            found += sorted(equal)
            equal = []
        equal.append(at)
    return found + sorted(equal)


def step_down(scores: Sequence[Floats]) -> tuple[list[int], list[float]]:
    """The order of some nodes, strongest first, and their adjusted p in that order (Westfall-Young step-down max-T, one pass).

    `scores`: of each node one row of shape (relabellings,), the first what was observed; of equal scores the node that comes
    first is taken for the stronger. A node is held against the largest score of all that are not stronger:
    `raw = #{largest >= observed} / relabellings`, and p is the running maximum. A node of -inf has p 1.
    Westfall and Young (1993), Resampling-Based Multiple Testing, algorithm 4.1.
    """
    import numpy as np

    observed = [float(row[0]) for row in scores]
    order = strongest_first(observed)
    largest = np.full_like(scores[0], -np.inf)
    raw = []
    for at in reversed(order):
        np.maximum(largest, scores[at], out=largest)
        raw.append(np.count_nonzero(largest >= _least(observed[at])) / len(largest))
    found, highest = [], 0.0
    for p in reversed(raw):
        highest = max(highest, p)
        found.append(highest)
    return order, found


def _least(score: float) -> float:
    return score - TIES * max(1.0, abs(score))
