"""How large the drop of a node is, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import fsum

from ..model import Estimate, Interval
from ..stats import Stratum, fixed_mean, newcombe
from ..stats.intervals import t_quantile
from ..stats.means import DEGENERATE, EXACT
from .align import Aligned
from .leaves import Leaf

DUST = 1e-12
"""Share of the largest number within which differences are equal."""


def drop_of(node: Sequence[Aligned], level: float = 0.95) -> Estimate:
    """The mean over the leaves of a node of their drops, baseline - new with higher better; each leaf weighs the same.

    Strata t interval (Satterthwaite): in pairs a leaf is one stratum of its worlds' differences, in two samples each level has
    one a side. A leaf of nothing but 0 and 1: Newcombe's, which has no need of spread; a node of such leaves: Newcombe's of all
    its worlds where none shows any. Deterministic leaves have no spread. Cut at -1 and 1 where all numbers lie between 0 and 1.
    `n` counts worlds for one leaf, else leaves. At least one leaf.
    """
    m = len(node)
    loose = [leaf for leaf in node if not leaf.exact]
    fixed = fsum(leaf.compared.drop for leaf in node if leaf.exact) / m
    if not loose:
        return Estimate(fixed, Interval(fixed, fixed, level), m, stderr=0.0, method="seed by seed", mark=EXACT, unit="leaves")
    bounds = (-1.0, 1.0) if all(leaf.within for leaf in node) else None
    parts = [(share / m, stratum) for leaf in loose for share, stratum in strata(leaf.compared)]
    found = fixed_mean([stratum for _, stratum in parts], shares=[share for share, _ in parts], level=level)
    value = fsum(leaf.compared.drop for leaf in node) / m
    if found.interval is not None:
        found = replace(found, interval=Interval(found.interval.low + fixed, found.interval.high + fixed, level))
    found = replace(found, value=value, n=m, unit="leaves", why=found.why.replace("scenario", "leaf"), notes=())
    if m == 1:
        paired = node[0].compared.paired
        found = replace(found, n=node[0].compared.n, unit="worlds", method="t, pairs" if paired else "t, two samples")
    binary = all(leaf.binary for leaf in loose) and not fixed
    if binary and (found.mark == DEGENERATE or (m == 1 and _one_rate(node[0].compared))):
        found = _rates(found, loose, level)
    if found.interval is not None and bounds is not None:
        low, high = max(found.interval.low, bounds[0]), min(found.interval.high, bounds[1])
        found = replace(found, interval=Interval(low, high, level))
    return found


def at_level(found: Estimate, node: Sequence[Aligned], level: float) -> Interval | None:
    """The interval of `drop_of(node)` at another level."""
    if found.value is None or found.interval is None:
        return None
    if found.stderr and found.df:
        half = t_quantile((1 + level) / 2, found.df) * found.stderr
        return Interval(found.value - half, found.value + half, level)
    return drop_of(node, level).interval


def strata(leaf: Leaf) -> list[tuple[float, Stratum]]:
    """What a leaf's drop is a sum of, each with its share in it."""
    import numpy as np

    if not leaf.paired:
        return [
            part
            for level in leaf.levels
            for part in (
                (level.share, Stratum.of(level.base.tolist())),
                (-level.share, Stratum.of(level.new.tolist())),
            )
        ]
    n = leaf.n
    if n == 1:
        return [(1.0, Stratum(1, leaf.drop))]
    differences = np.concatenate([level.base - level.new for level in leaf.levels])
    each = np.repeat([level.share / len(level.new) for level in leaf.levels], [len(level.new) for level in leaf.levels])
    around = differences - leaf.drop
    size = max(float(np.abs(side).max()) for level in leaf.levels for side in (level.base, level.new))
    if float(np.abs(around).max()) <= DUST * size:
        return [(1.0, Stratum(n, leaf.drop, 0.0))]
    # CR1, as of clustered cells: with one cell a world the sample variance of the differences.
    return [(1.0, Stratum(n, leaf.drop, n * n / (n - 1) * float(((each * around) ** 2).sum())))]


def means(node: Sequence[Aligned], sign: float) -> tuple[float, float]:
    """Mean of the baseline and of the new run over the leaves of a node, as the metric is: `sign` undoes the orientation."""
    sides = [
        (
            fsum(level.share * float(level.base.mean()) for level in leaf.compared.levels),
            fsum(level.share * float(level.new.mean()) for level in leaf.compared.levels),
        )
        for leaf in node
    ]
    return sign * fsum(base for base, _ in sides) / len(node), sign * fsum(new for _, new in sides) / len(node)


def _one_rate(leaf: Leaf) -> bool:
    """Whether each side's passes are k of n: in pairs whatever the levels, else of one level."""
    return leaf.paired or len(leaf.levels) == 1


def _rates(found: Estimate, node: Sequence[Aligned], level: float) -> Estimate:
    """Newcombe's interval from the rates of all worlds of these leaves; without pairing, so rather too wide than too narrow."""
    if not all(_one_rate(leaf.compared) for leaf in node):
        return found
    base, new = (abs(mean) for mean in means(node, 1.0))
    n_base, n = sum(leaf.compared.n_base for leaf in node), sum(leaf.compared.n for leaf in node)
    # Less is better: then rates are negative here, and the drop is new - base.
    lower = any(float(level.base.min()) < 0 or float(level.new.min()) < 0 for leaf in node for level in leaf.compared.levels)
    sides = [(new * n, n), (base * n_base, n_base)] if lower else [(base * n_base, n_base), (new * n, n)]
    (k_a, n_a), (k_b, n_b) = ((min(max(k, 0.0), float(many)), many) for k, many in sides)
    told = newcombe(k_a, n_a, k_b, n_b, level)
    return replace(found, interval=told.interval, stderr=None, df=None, method="Newcombe", mark="", why="")
