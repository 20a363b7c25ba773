"""How often chance alone would do as well: signs flipped, labels exchanged. Every possibility where they can be counted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from math import comb, exp, fsum, isfinite, log, prod
from typing import TYPE_CHECKING

from ..model import PValue
from .present import magnitude

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

DRAWS = 9999
EXACT = 16
"""Units up to which all 2^n flips are counted; so many relabellings, too."""
TABLE = 20_000
"""Ways to split one level up to which they are listed once and drawn from."""
BLOCK = 64
"""Units whose signs are held at a time."""
TOGETHER = 128
"""Comparisons flipped at a time."""
FEW_ROWS = 8
"""Comparisons up to which sums of eight units are looked up; a product of matrices is faster for more."""
SLACK = 1e-9
"""Share of the largest possible statistic within which two are equal: sums in another order must not break a tie."""


def sign_flips(differences: ArrayLike, *, draws: int = DRAWS, seed: int = 0) -> PValue:
    """Whether the differences of paired units, shape (units,), are centred on zero: two-sided, statistic their sum.

    A unit that weighs more comes in multiplied by its weight. All 2^n flips are counted for up to 16 units that differ, else
    `draws` random ones with `p = (1 + #) / (draws + 1)`: valid at any number. All zero: p = 1. No units: missing.
    Raises `ValueError` for a value that is no finite number. Fisher (1935), The Design of Experiments, section 21;
    Phipson and Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9, 39, for the added one.
    """
    import numpy as np

    values = _finite(differences)
    values = values / magnitude(values.tolist())
    return flip_all(values[None, :], np.array([len(values)]), draws=draws, seed=seed)[0]


def flip_all(values: Floats, units: NDArray[np.int64], *, draws: int, seed: int) -> list[PValue]:
    """`sign_flips` of each row of `values`, shape (rows, most units), of which the first `units[row]` count and the rest is 0.

    The signs of unit i are the same in every row, whatever the other rows are: a row's p does not depend on its company.
    """
    import numpy as np

    known = np.count_nonzero(values, axis=1)
    found: dict[int, PValue] = {}
    drawn = []
    for row, (n, moved) in enumerate(zip(units.tolist(), known.tolist(), strict=True)):
        floor = min(1.0, 2.0 ** (1 - n)) if n else None
        if not n:
            found[row] = PValue(None, why="no pairs")
        elif not moved:
            found[row] = PValue(1.0, "all differences are zero", n, floor)
        elif moved <= EXACT:
            share = _enumerated(values[row][values[row] != 0])
            found[row] = PValue(share, f"sign flips, all {2**moved:,}", n, floor)
        else:
            drawn.append(row)
    for start in range(0, len(drawn), TOGETHER):
        rows = drawn[start : start + TOGETHER]
        for row, count in zip(rows, _drawn(values[rows], draws, seed), strict=True):
            n = int(units[row])
            floor = max(2.0 ** (1 - n), 1 / (draws + 1))
            found[row] = PValue((1 + count) / (draws + 1), f"sign flips, {draws:,} draws", n, floor, draws=draws, seed=seed)
    return [found[row] for row in range(len(values))]


def _enumerated(values: Floats) -> float:
    """The share of all flips that are at least as far from zero."""
    import numpy as np

    totals = np.zeros(1)
    for value in values:
        totals = np.concatenate([totals + value, totals - value])
    least = abs(float(values.sum())) - SLACK * float(np.abs(values).sum())
    return float(np.count_nonzero(np.abs(totals) >= least) / len(totals))


def _drawn(values: Floats, draws: int, seed: int) -> list[int]:
    """Of each row, how many random flips are at least as far from zero."""
    import numpy as np

    rng, width = np.random.default_rng(seed), 8 * -(-draws // 8)  # whole words of the generator
    subsets = np.unpackbits(np.arange(256, dtype=np.uint8)[None, :], axis=0).astype(np.float64)
    heads = np.zeros((len(values), draws))
    for start in range(0, values.shape[1], BLOCK):
        block = values[:, start : start + BLOCK]
        if short := -block.shape[1] % 8:
            block = np.pad(block, ((0, 0), (0, short)))
        # One byte a draw for eight units: which of them keep their sign.
        kept = np.frombuffer(rng.bytes(width * block.shape[1] // 8), np.uint8).reshape(-1, width)[:, :draws]
        if len(values) > FEW_ROWS:
            heads += block @ np.unpackbits(kept, axis=0).astype(np.float64)
        else:
            for eight, drawn in enumerate(kept):
                heads += (block[:, 8 * eight : 8 * eight + 8] @ subsets)[:, drawn]
    sums = values.sum(axis=1)
    least = np.abs(sums) - SLACK * np.abs(values).sum(axis=1)
    heads *= 2
    heads -= sums[:, None]
    found: list[int] = np.count_nonzero(np.abs(heads) >= least[:, None], axis=1).tolist()
    return found


def relabelling(
    levels: Sequence[tuple[Sequence[float], Sequence[float]]],
    weights: Sequence[float] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> PValue:
    """Whether A and B differ, two samples in each of some `levels`: two-sided, labels exchanged within each level.

    `levels`: (scores of A, scores of B), each at least one unit. Statistic: the sum over levels of weight x (mean of A - mean
    of B); weights None: all alike. Every relabelling is counted up to 2^16 of them, else `draws` random ones, `p = (1 + #) /
    (draws + 1)`. Swapping A and B changes nothing. Raises `ValueError` for an empty side, a value that is no finite number, or
    weights that do not fit. Pitman (1937), Suppl. J. R. Stat. Soc. 4, 119-130.
    """
    import numpy as np

    if not levels:
        return PValue(None, why="no level on which both have scores")
    shares = [1.0 / len(levels)] * len(levels) if weights is None else [float(weight) for weight in weights]
    if len(shares) != len(levels) or not all(isfinite(share) and share >= 0 for share in shares):
        raise ValueError(f"each level needs a weight, finite and not negative: got {shares!r} for {len(levels)} levels")
    sides = [(np.sort(_finite(a)), np.sort(_finite(b))) for a, b in levels]
    if any(not len(a) or not len(b) for a, b in sides):
        raise ValueError("a level needs scores of both sides: leave it out")
    unit = magnitude(end for side in sides for scores in side for end in (scores[0], scores[-1]))
    sides = [(a / unit, b / unit) for a, b in sides]
    if [side[0].tolist() for side in sides] > [side[1].tolist() for side in sides]:
        sides = [(b, a) for a, b in sides]  # one of the two ways round, so that both give the same draws
    n = sum(len(a) + len(b) for a, b in sides)
    ways = [comb(len(a) + len(b), len(a)) for a, b in sides]
    # Both ends count where the two sides of every level are of one size: then each split has its mirror.
    mirrored = all(len(a) == len(b) for a, b in sides)
    floor = min(1.0, exp(log(2.0 if mirrored else 1.0) - fsum(map(log, ways))))
    observed = sum(share * (float(a.mean()) - float(b.mean())) for share, (a, b) in zip(shares, sides, strict=True))
    scale = sum(share * float(max(a[-1], b[-1]) - min(a[0], b[0])) for share, (a, b) in zip(shares, sides, strict=True))
    least = abs(observed) - SLACK * scale
    if scale == 0:
        return PValue(1.0, "all scores are equal", n, floor)
    if prod(ways) <= 2**EXACT:
        totals = np.zeros(1)
        for share, (a, b) in zip(shares, sides, strict=True):
            totals = np.add.outer(totals, share * _splits(a, b)).ravel()
        return PValue(
            float(np.count_nonzero(np.abs(totals) >= least) / len(totals)), f"relabelling, all {len(totals):,}", n, floor
        )
    rng, totals = np.random.default_rng(seed), np.zeros(draws)
    for share, way, (a, b) in zip(shares, ways, sides, strict=True):
        if way <= TABLE:
            totals += share * _splits(a, b)[rng.integers(way, size=draws)]
        else:
            totals += share * _random_splits(a, b, rng, draws)
    count = int(np.count_nonzero(np.abs(totals) >= least))
    floor = max(floor, 1 / (draws + 1))
    return PValue((1 + count) / (draws + 1), f"relabelling, {draws:,} draws", n, floor, draws=draws, seed=seed)


def _splits(a: Floats, b: Floats) -> Floats:
    """Mean of A - mean of B for every way to split the scores of a level into sides of these sizes."""
    import numpy as np

    pooled = np.concatenate([a, b])
    small = min(len(a), len(b))
    sums = pooled[choices(len(pooled), small)].sum(axis=1)
    return _difference(sums if small == len(a) else pooled.sum() - sums, pooled, len(a))


@lru_cache(maxsize=8)
def choices(n: int, k: int) -> NDArray[np.int64]:
    """Every way to choose k of n; shape (ways, k)."""
    import numpy as np

    return np.array(list(combinations(range(n), k)), dtype=np.int64)


def _random_splits(a: Floats, b: Floats, rng: np.random.Generator, draws: int) -> Floats:
    import numpy as np

    pooled = np.concatenate([a, b])
    small, step = min(len(a), len(b)), max(1, 2_000_000 // len(pooled))
    sums = []
    for start in range(0, draws, step):
        keys = rng.random((min(step, draws - start), len(pooled)))
        sums.append(pooled[np.argpartition(keys, small - 1, axis=1)[:, :small]].sum(axis=1))
    drawn = np.concatenate(sums)
    return _difference(drawn if small == len(a) else pooled.sum() - drawn, pooled, len(a))


def _difference(sum_a: Floats, pooled: Floats, n_a: int) -> Floats:
    n_b = len(pooled) - n_a
    found: Floats = sum_a * (1 / n_a + 1 / n_b) - pooled.sum() / n_b
    return found


def _finite(values: ArrayLike) -> Floats:
    import numpy as np

    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1:
        raise ValueError(f"expected one row of numbers, got shape {found.shape}")
    if not np.isfinite(found).all():
        bad = next(value for value in found.tolist() if not isfinite(value))
        raise ValueError(f"a score must be a finite number, got {bad!r}")
    return found
