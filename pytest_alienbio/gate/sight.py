"""How small a drop a node's data could have shown, and how many seeds would settle what they did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, fsum, inf, lgamma, log, sqrt
from statistics import NormalDist, median

from ..model import Node, NodeKind, Power
from ..stats.required_seeds import upper_sd
from .align import Aligned
from .drops import strata
from .leaves import Leaf

CHANCE = 0.8
LEAF = 1.2
"""What a leaf takes more than its standard error says: its evidence stands below that of the nodes around it. Simulated: a drop
of the plain size is found in .56 to .76 of batches, one of 1.2 times that in .84 to .92."""
MOST = 1_000_000
"""More seeds than this nobody plays: then it cannot be told."""
UNSEEN = "no number differs from its baseline: how small a drop could have been seen cannot be told"
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Sight:
    """What the noise of a node's drop is made of, as the test takes it."""

    moving: float
    """Variance that shrinks as 1/n with the seeds of a leaf."""
    fixed: float
    """Variance of a stored baseline of other seeds, which stays."""
    n: int
    """Seeds of the leaf that has most."""
    leaves: int
    """That are tested."""
    floor: float
    """Logarithm of the smallest p that so many seeds can give."""

    @classmethod
    def of(cls, node: Sequence[Aligned], noise: Mapping[tuple[str, str], float]) -> Sight:
        """Of the leaves of a node; `noise`: the standard error of each tested leaf's drop."""
        tested = [leaf for leaf in node if leaf.name in noise]
        moving = fixed = 0.0
        for leaf in tested:
            own, data = (noise[leaf.name] / len(node)) ** 2, leaf.compared
            part = 1.0 if data.paired else data.n_base / (data.n + data.n_base)
            moving += own * part
            fixed += own * (1 - part)
        floor = -sum(_log_ways(leaf.compared) for leaf in tested)
        return cls(moving, fixed, max((leaf.compared.n for leaf in tested), default=0), len(tested), floor)

    def detectable(self, alpha: float, weight: float, tol: float) -> float | None:
        """The drop that would have been shown with a chance of 0.8: `tol + (z_{1 - alpha weight} + z_{0.8}) stderr`.

        A node has its weight's part of alpha for sure, and more where the others have little to say. A leaf among others takes
        `LEAF` times as much. None: nothing varies, or so few seeds can never show one.
        """
        if not self.moving or self.floor > log(alpha):
            return None
        return tol + self._reach(alpha, weight) * sqrt(self.moving + self.fixed)

    def seeds(self, alpha: float, weight: float, tol: float, margin: float, drop: float) -> int | None:
        """Seeds a leaf that would settle it.

        With so many a drop of `margin` beyond `tol`, or of what it looks like if that is more, is shown with a chance of 0.8;
        and if it is what it looks like, it is shown to be a drop (or a gain), or to be none. Never fewer than can reject.
        None: it cannot be told, or no number of seeds would: the stored baseline is too small.
        """
        if not self.moving:
            return None
        edge, size = _z(1 - alpha * weight), abs(drop)
        planned = max(margin, size - tol) / self._reach(alpha, weight)
        looks = max((margin - size) / _z(0.95), (size - tol) / edge if edge > 0 else inf)
        left = min(planned, max(looks, 0.0)) ** 2 - self.fixed
        if left <= 0 or (found := self.n * self.moving / left) > MOST:
            return None
        return max(ceil(found - 1e-9), self.n + 1, ceil(log(1 / alpha) / log(2) / self.leaves - 1e-9))

    def _reach(self, alpha: float, weight: float) -> float:
        """Standard errors of a drop that is shown with a chance of 0.8."""
        return (_z(1 - alpha * weight) + _z(CHANCE)) * (LEAF if self.leaves == 1 and weight < 1 else 1.0)


def rates_needed(leaves: int, n: int, margin: float) -> int:
    """Seeds a leaf after which passes (or failures) and nothing else are `unchanged`.

    The 90 % Newcombe interval of two rates of 1 is +- zz / (N + zz) over all N worlds.
    """
    zz = _z(0.95) ** 2
    return max(n + 1, ceil(zz * (1 / margin - 1) / leaves))


def within(leaves: Sequence[Leaf], noise: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """The standard errors of the test, `noise`, without what the leaves' own drops put into them.

    The test takes a drop for noise, since it asks how large one would be if there were none; what could be seen is a question
    about the noise alone. All are multiplied by one number, at most 1: the 80 % upper limit of what varies around the leaves'
    drops over what varies around none. As they are where no leaf shows a spread around its drop; 0 where none dropped either.
    """
    around = []
    for leaf in leaves:
        parts = strata(leaf)
        if all(part.variance is not None for _, part in parts):
            square = fsum(share**2 * (part.variance or 0.0) / part.n for share, part in parts)
            around.append((leaf.name, square, sum(part.n - 1 for _, part in parts)))
    total, seen = fsum(square for _, square, _ in around), fsum(noise[name] ** 2 for name, _, _ in around)
    if not total and not any(leaf.drop for leaf in leaves):
        return dict.fromkeys(noise, 0.0)  # what there is of it is the tolerance
    if not total or not seen:
        return dict(noise)
    df = total**2 / fsum(square**2 / many for _, square, many in around)
    share = min(1.0, upper_sd(sqrt(total / seen), df))
    return {name: share * own for name, own in noise.items()}


def power_of(nodes: Sequence[Node], noise: Mapping[tuple[str, str], float]) -> Power:
    """What the run could have seen: overall, and by the typical agent, scenario and leaf; or why that cannot be told.

    `noise`: of each leaf that was tested the standard error of its drop.
    """

    def typical(kind: NodeKind) -> float | None:
        found = [
            inf if node.detectable is None else node.detectable for node in nodes if node.kind is kind and node.p is not None
        ]
        middle = median(found) if found else inf
        return middle if middle < inf else None

    overall, agent, scenario, leaf = map(typical, NodeKind)
    certain = sum(node.design == "exact" for node in nodes)
    why = f"any change of the {certain:,} deterministic {'leaf' if certain == 1 else 'leaves'}" if certain else ""
    if certain and not noise:
        why = "deterministic: any change would have been seen"
    elif noise and {overall, agent, scenario, leaf} == {None}:
        few = "so few seeds can show no drop, however large" if any(noise.values()) else UNSEEN
        why = f"{few}; {why} would have been seen" if certain else few
    return Power(overall, agent, scenario, leaf, CHANCE, why)


def _log_ways(leaf: Leaf) -> float:
    if leaf.paired:
        return leaf.n * log(2)
    return sum(
        lgamma(len(level.base) + len(level.new) + 1) - lgamma(len(level.base) + 1) - lgamma(len(level.new) + 1)
        for level in leaf.levels
    )


def _z(p: float) -> float:
    return _NORMAL.inv_cdf(p)
