"""The same numbers with other labels: what each leaf's drop would have been, had chance dealt them otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import comb, prod
from typing import TYPE_CHECKING

from ..stats.permutation import choices
from .leaves import Leaf, Level

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ENUMERATED = 20_000
"""Relabellings in total up to which all of them are counted."""
BLOCK = 500_000
"""Numbers that are held at a time while two samples are dealt."""
TIES = 1e-9
"""Share of a statistic (of 1, where it is smaller) within which two are equal."""
DUST = 1e-12
"""A difference of scaled numbers below this is rounding."""


def ways(leaf: Leaf) -> int:
    """How many relabellings the leaf has. Pairs without a difference, and levels without any, have one: none changes a drop."""
    return prod(_ways_of_level(leaf, level) for level in leaf.levels)


def relabelled(leaves: Sequence[Leaf], *, draws: int, seed: int, most: int = ENUMERATED) -> tuple[Floats, bool]:
    """The drops of these (scaled) leaves under relabelling, all leaves independently; and whether all relabellings are there.

    Shape (leaves, relabellings); the first column is what was observed. All of them where they are at most `most` in total,
    else `draws` random ones and the observed: it is one of them under the null, so that no p is below 1 / (draws + 1).
    In pairs each pair is swapped or not; in two samples n of the N runs of a level are the new ones, any n alike.
    """
    import numpy as np

    counts = [ways(leaf) for leaf in leaves]
    total = prod(counts)
    if total <= most:
        found = np.empty((len(leaves), total))
        inner = total
        for row, (leaf, count) in enumerate(zip(leaves, counts, strict=True)):
            inner //= count
            found[row] = np.tile(np.repeat(every_drop(leaf), inner), total // (count * inner))
        return found, True
    rng = np.random.default_rng(seed)
    found = np.empty((len(leaves), draws + 1))
    for row, leaf in enumerate(leaves):
        found[row, 0] = _observed(leaf)
        found[row, 1:] = _swapped(leaf, draws, rng) if leaf.paired else _dealt(leaf, draws, rng)
    return found, False


def every_drop(leaf: Leaf) -> Floats:
    """The leaf's drop under each of its relabellings, shape (`ways(leaf)`,); the first is the observed one."""
    import numpy as np

    found = np.zeros(1)
    for level in leaf.levels:
        own = _every_swap(level) if leaf.paired else _every_deal(level)
        found = np.add.outer(found, own).ravel()
    return found


def _observed(leaf: Leaf) -> float:
    """The drop as it is, without the dust that no relabelling moves."""
    if leaf.paired:
        return sum(float(_moves(level).sum()) for level in leaf.levels)
    return sum(level.share * float(level.base.mean() - level.new.mean()) for level in leaf.levels if _differs(level))


def alone(leaf: Leaf, *, draws: int, seed: int, most: int = ENUMERATED) -> float:
    """The one-sided p of a (scaled) leaf by itself: the share of its relabellings that drop as much; 1 if nothing varies."""
    import numpy as np

    drops = relabelled([leaf], draws=draws, seed=seed, most=most)[0][0]
    least = drops[0] - TIES * max(float(np.abs(drops).max()), DUST)
    return float(np.count_nonzero(drops >= least) / len(drops))


def _ways_of_level(leaf: Leaf, level: Level) -> int:
    if leaf.paired:
        return 1 << len(_moves(level))
    n, n_base = len(level.new), len(level.base)
    return comb(n + n_base, n) if _differs(level) else 1


def _moves(level: Level) -> Floats:
    """What each pair with a difference adds to the drop; shape (pairs that have one,)."""
    differences = level.base - level.new
    found: Floats = differences[abs(differences) >= DUST] * (level.share / len(level.new))
    return found


def _differs(level: Level) -> bool:
    ends = [(float(side.min()), float(side.max())) for side in (level.base, level.new)]
    return max(high for _, high in ends) - min(low for low, _ in ends) >= DUST


def _every_swap(level: Level) -> Floats:
    import numpy as np

    found = np.zeros(1)
    for move in _moves(level):
        found = np.concatenate([found + move, found - move])
    return found


def _every_deal(level: Level) -> Floats:
    import numpy as np

    if not _differs(level):
        return np.zeros(1)
    runs, n = np.concatenate([level.new, level.base]), len(level.new)
    return _drop_of(runs[choices(len(runs), n)].sum(axis=1), level, runs)


def _drop_of(new: Floats, level: Level, runs: Floats) -> Floats:
    """The level's part of the drop where the new runs sum to `new`."""
    n, n_base = len(level.new), len(level.base)
    found: Floats = level.share * ((runs.sum() - new) / n_base - new / n)
    return found


def _swapped(leaf: Leaf, draws: int, rng: np.random.Generator) -> Floats:
    """Random swaps. One random byte stands for eight pairs: the sums of all its 256 signs are made once and looked up."""
    import numpy as np

    own = [_moves(level) for level in leaf.levels]
    count = sum(map(len, own))
    moves = np.zeros(count + -count % 8)
    np.concatenate(own, out=moves[:count])
    sums = moves.reshape(-1, 8) @ _signs()
    drawn = np.frombuffer(rng.bytes(len(sums) * draws), np.uint8).reshape(len(sums), draws)
    found = np.zeros(draws)
    for eight, signs in zip(sums, drawn, strict=True):
        found += eight[signs]
    return found


@cache
def _signs() -> Floats:
    """The signs that each byte stands for; shape (8, 256)."""
    import numpy as np

    return 1.0 - 2.0 * np.unpackbits(np.arange(256, dtype=np.uint8)[None, :], axis=0).astype(np.float64)


def _dealt(leaf: Leaf, draws: int, rng: np.random.Generator) -> Floats:
    import numpy as np

    found = np.zeros(draws)
    for level in leaf.levels:
        if not _differs(level):
            continue
        n, n_base = len(level.new), len(level.base)
        if comb(n + n_base, n) <= ENUMERATED:
            every = _every_deal(level)
            found += every[rng.integers(len(every), size=draws)]
            continue
        runs = np.concatenate([level.new, level.base])
        few = min(n, n_base)
        taken = _sums_of(runs, few, draws, rng)
        found += _drop_of(taken if few == n else runs.sum() - taken, level, runs)
    return found


def _sums_of(runs: Floats, few: int, draws: int, rng: np.random.Generator) -> Floats:
    """The sums of `few` of the runs, drawn without replacement; shape (draws,). Fisher and Yates, many draws at once."""
    import numpy as np

    found = np.zeros(draws)
    step = max(1, BLOCK // len(runs))
    for start in range(0, draws, step):
        sums = found[start : start + step]
        left = np.repeat(runs[:, None], len(sums), axis=1)
        column = np.arange(len(sums))
        for taken in range(few):
            place = rng.integers(taken, len(runs), size=len(sums))
            sums += left[place, column]
            left[place, column] = left[taken]
    return found
