"""What the gate's test sees: of each leaf the numbers of both sides, world by world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """Worlds of one leaf that can stand for one another: of one difficulty, each seen with the same params and variants."""

    base: Floats
    """Shape (n_base,): of each world the mean over its cells; finite, oriented so that higher is better."""
    new: Floats
    """Shape (n,), likewise. In pairs the same worlds in the same order, so n = n_base."""
    share: float = 1.0
    """What its difference of means counts in the leaf's drop; over the levels of a leaf they sum to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """One agent on one scenario. Its drop is the sum over levels of share x (mean of base - mean of new)."""

    agent: str
    scenario: str
    levels: tuple[Level, ...]
    paired: bool = True
    """Each pair of a world may be swapped. Else the runs of a level are relabelled: which of all are the new ones."""

    @classmethod
    def of(cls, agent: str, scenario: str, base: ArrayLike, new: ArrayLike, *, paired: bool = True) -> Leaf:
        """A leaf of one level. Raises `ValueError` for an empty side, pairs that do not fit, or numbers that are not finite."""
        import numpy as np

        sides = np.asarray(base, dtype=np.float64), np.asarray(new, dtype=np.float64)
        for side in sides:
            if side.ndim != 1 or not len(side):
                raise ValueError(f"{agent} on {scenario}: a side is one row of numbers, at least one, got shape {side.shape}")
            if not np.isfinite(side).all():
                bad = next(value for value in side.tolist() if not isfinite(value))
                raise ValueError(f"{agent} on {scenario}: a score must be a finite number, got {bad!r}")
        if paired and len(sides[0]) != len(sides[1]):
            raise ValueError(f"{agent} on {scenario}: {len(sides[0])} and {len(sides[1])} numbers make no pairs")
        return cls(agent, scenario, (Level(*sides),), paired)

    @property
    def name(self) -> tuple[str, str]:
        """Agent and scenario."""
        return self.agent, self.scenario

    @property
    def n(self) -> int:
        """Worlds of the new run."""
        return sum(len(level.new) for level in self.levels)

    @property
    def n_base(self) -> int:
        """Worlds of the baseline."""
        return sum(len(level.base) for level in self.levels)

    @property
    def drop(self) -> float:
        """Baseline - new: positive is worse."""
        return sum(level.share * float(level.base.mean() - level.new.mean()) for level in self.levels)


def in_order(leaves: Sequence[Leaf]) -> tuple[Leaf, ...]:
    """By agent, then scenario: whatever order they came in, the same draws. Raises `ValueError` for one leaf twice."""
    found = tuple(sorted(leaves, key=lambda leaf: leaf.name))
    for one, other in pairwise(found):
        if one.name == other.name:
            raise ValueError(f"{one.agent} on {one.scenario} is there twice: a leaf is handed in once")
    return found


def scaled(leaves: Sequence[Leaf], tol: float) -> tuple[tuple[Leaf, ...], float]:
    """The leaves with `tol` added to every new number, and all divided by the scale, which is returned, too.

    The scale is a power of two near the largest number (1 if all are 0): the division is exact, dust of rounding is told from
    numbers whatever their unit is, and no square overflows.
    """
    import numpy as np

    ends = [float(np.abs(side).max()) for leaf in leaves for level in leaf.levels for side in (level.base, level.new)]
    largest = max(ends, default=0.0)
    scale = float(2.0 ** np.floor(np.log2(largest))) if largest > 0 else 1.0
    return tuple(
        Leaf(
            leaf.agent,
            leaf.scenario,
            tuple(Level(level.base / scale, level.new / scale + tol / scale, level.share) for level in leaf.levels),
            leaf.paired,
        )
        for leaf in leaves
    ), scale
