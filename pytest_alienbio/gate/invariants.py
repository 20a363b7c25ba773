"""What of a leaf is the same for every relabelling: its noise, and what it weighs.

Whatever is done with such numbers, the level of a test by relabelling stays exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Any

from .leaves import Leaf

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DUST = 1e-24
"""A variance below this is none: 0.1 + 0.2 is no other score than 0.3."""
LAMBDA_LEAF = 3.5
"""Standard errors of the drop that a leaf's likelihood ratio is made for."""
ETA = 0.3
"""Share of the cumulant term that enters a leaf's evidence."""
KAPPA_PAIRS, KAPPA_SAMPLES, KAPPA_WEIGHT = 10.0, 40.0, 10.0
"""Degrees of freedom that a leaf's variance borrows from all leaves."""


@dataclass(frozen=True, slots=True, eq=False)
class Invariants:
    """Of each leaf, shape (leaves,)."""

    variance: Floats
    """V: of the drop under relabelling; exactly 0 where nothing can be told."""
    noise: Floats
    """v: of the drop, moderated. Unlike `variance` a drop of the whole leaf does not inflate it (in pairs)."""
    weight: Floats
    """w: inside an aggregate."""
    slope: Floats
    """c: what a drop of 1 adds to the leaf's own evidence."""
    offset: Floats
    """The rest of that evidence, but for the weight of its node."""


def invariants(leaves: Sequence[Leaf]) -> Invariants:
    """The invariants of these leaves, which have the tolerance added and are scaled. At least one leaf.

    With several levels a leaf's variances are pooled within levels, each with its own mean; with one they are
    V = sum (b - x)^2 / n^2 in pairs and s^2 N / (n_b n) in two samples.
    """
    import numpy as np

    m = len(leaves)
    levels = [level for leaf in leaves for level in leaf.levels]
    owner = np.repeat(np.arange(m), [len(leaf.levels) for leaf in leaves])
    paired = np.array([leaf.paired for leaf in leaves])
    n_base = np.array([len(level.base) for level in levels])
    n_new = np.array([len(level.new) for level in levels])
    share = np.array([level.share for level in levels])
    base, new = np.concatenate([level.base for level in levels]), np.concatenate([level.new for level in levels])
    of_base, of_new = np.repeat(np.arange(len(levels)), n_base), np.repeat(np.arange(len(levels)), n_new)

    def per_leaf(values: NDArray[Any]) -> Floats:
        return np.bincount(owner, values, m).astype(np.float64, copy=False)

    n_all = n_base + n_new
    mean = (np.bincount(of_base, base) + np.bincount(of_new, new)) / n_all
    squares = np.bincount(of_base, (base - mean[of_base]) ** 2) + np.bincount(of_new, (new - mean[of_new]) ** 2)
    df = per_leaf(n_all - 1.0)
    spread = clean(per_leaf(squares) / df)
    variance = per_leaf(share**2 * squares / (n_all - 1) * n_all / (n_base * n_new))
    level_pairs = np.where(paired[owner], n_new, 2.0 * n_base * n_new / n_all)
    scale, scale_df = 2 * spread, per_leaf(n_all - 2.0)
    if paired.any():
        inside = paired[owner]
        b, x, level = base[inside[of_base]], new[inside[of_new]], of_new[inside[of_new]]
        leaf, each = owner[level], (share / n_new)[level]
        moved = each * (b - x)
        variance = np.where(paired, np.bincount(leaf, moved**2, m), variance)
        sums = b + x
        centre = np.bincount(level, sums, len(levels)) / n_new
        sums_df = per_leaf(n_new - 1.0)
        around = np.bincount(leaf, (sums - centre[level]) ** 2, m)
        scale = np.where(paired, clean(around / np.maximum(sums_df, 1.0)), scale)
        scale_df = np.where(paired, sums_df, scale_df)
    variance = clean(variance)
    pairs = 1 / per_leaf(share**2 / level_pairs)
    t = pairs * variance
    noise = moderated(scale, scale_df, np.where(paired, KAPPA_PAIRS, KAPPA_SAMPLES), t, pairs)
    weight = np.zeros(m)
    slope = np.zeros(m)
    if noise.any():
        weight = 1 / moderated(spread, df, np.full(m, KAPPA_WEIGHT), t, pairs)
        slope = LAMBDA_LEAF / np.sqrt(noise)
    half = LAMBDA_LEAF**2 / 2
    cumulant = np.full(m, half)
    if paired.any():
        size = np.abs(slope[leaf] * moved)
        # log cosh y, which overflows nowhere.
        grown = np.bincount(leaf, size + np.log1p(np.exp(-2 * size)) - log(2.0), m)
        cumulant = np.where(paired, grown, cumulant)
    return Invariants(variance, noise, weight, slope, -half - ETA * (cumulant - half))


def moderated(own: Floats, df: Floats, kappa: Floats, t: Floats, pairs: Floats) -> Floats:
    """Each leaf's variance of its drop, moved towards what is common: `(df own + kappa t0) / ((df + kappa) pairs)`.

    `own`, of `df` degrees of freedom, is first brought to the size of `t` over all leaves that have any; t0 is the mean of `t`.
    All 0 where t0 is: then no relabelling changes anything.
    """
    common = t.mean()
    told = df > 0
    total = float(own[told].sum())
    brought = own * (float(t[told].sum()) / total) if total > 0 else own * 0 + common
    brought[~told] = common
    found: Floats = (df * brought + kappa * common) / ((df + kappa) * pairs)
    return found


def clean(variances: Floats) -> Floats:
    """0 for what is but rounding."""
    import numpy as np

    return np.where(variances < DUST, 0.0, variances)
