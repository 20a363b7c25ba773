"""The chance that one agent does better than another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import fsum, isfinite
from typing import TYPE_CHECKING
from zlib import crc32

from ..model import Estimate, Interval
from .means import DEGENERATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Single = NDArray[np.float32]
    Ints = NDArray[np.int64]

RESAMPLES = 2000
FEWEST = 10
"""Worlds in all below which nothing is resampled."""
SMALL = 5
"""Worlds of a scenario below which resampling them is known to be too sure."""
FLAT = "every resample gives the same, which is no proof of certainty"
ALONE = 250_000
"""Multiplications up to which BLAS uses one thread."""
SHARE = 4_000_000
"""Single-precision numbers held at a time: 16 MB."""
MATRIX = 500 * 500
"""Pairs of worlds up to which their wins are a matrix; of more, whose products would take longer than sorting, they are
counted along the sorted scores. Both ways are exact: to the last bit they give the same."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two agents on one scenario, or on one level of it: their cells' scores, and each cell's world."""

    scenario: str
    a: Floats
    b: Floats
    world_a: Ints
    world_b: Ints
    """From 0. If the match is paired, the same numbers are the same worlds, which are then drawn together."""
    level: int = 0
    """Of several of a scenario, each has its own draws."""
    weight: float = 1.0
    """In the mean over all matches of a contest; those of a scenario sum to 1."""


def probability_of_improvement(
    a: Sequence[Sequence[float]],
    b: Sequence[Sequence[float]],
    *,
    better: str = "higher",
    paired: bool = False,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """P(A better than B) within a scenario, U/(n_a n_b) with ties half, mean over scenarios.

    `a`, `b`: one sequence of scores a scenario, at least one each; unit i of both is the same world if `paired`. Interval:
    stratified percentile bootstrap, worlds drawn within their scenario (of both agents together if paired). None below ten
    worlds in all, where no scenario has two, or where every resample gives the same. `n` counts scenarios. Raises
    `ValueError` for sides that do not fit, or a value that is no finite number.
    Mann and Whitney (1947), Ann. Math. Stat. 18, 50-60; Agarwal et al. (2021), NeurIPS 34 (rliable).
    """
    import numpy as np

    if len(a) != len(b):
        raise ValueError(f"expected the same scenarios on both sides, got {len(a)} and {len(b)}")
    matches = []
    for place, (mine, other) in enumerate(zip(a, b, strict=True)):
        if not mine or not other or (paired and len(mine) != len(other)):
            raise ValueError(f"scenario {place} has {len(mine)} and {len(other)} scores; leave out what only one has")
        if bad := [value for value in (*mine, *other) if not isfinite(value)]:
            raise ValueError(f"a score must be a finite number, got {bad[0]!r}")
        first, second = np.array(mine, dtype=np.float64), np.array(other, dtype=np.float64)
        matches.append(Match(str(place), first, second, np.arange(len(first)), np.arange(len(second))))
    return improvements([matches], better=better, paired=paired, level=level, resamples=resamples, seed=seed)[0]


def improvements(
    contests: Sequence[Sequence[Match]], *, better: str, paired: bool, level: float, resamples: int, seed: int
) -> list[Estimate]:
    """`probability_of_improvement` of many contests at once: each a sequence of matches, one a scenario (a level of it)."""
    import numpy as np

    found, drawn = [], np.zeros((len(contests), resamples), dtype=np.float64)
    wanted = []
    # Two samples are drawn one after the other: always in the same order, so that both ways round give the same draws.
    turned = [not paired and [m.a.tolist() for m in one] > [m.b.tolist() for m in one] for one in contests]
    contests = [[_swapped(m) for m in one] if turn else one for one, turn in zip(contests, turned, strict=True)]
    for place, contest in enumerate(contests):
        chances = [match.weight * _chance(match.a, match.b) for match in contest]
        scenarios = round(fsum(match.weight for match in contest))  # over several agents each one's scenario counts
        value = sum(chances) / scenarios if chances else None
        estimate = Estimate(value, n=scenarios, method="stratified bootstrap", why="" if chances else "no pairs")
        sizes = [int(match.world_a.max()) + 1 for match in contest] + [int(match.world_b.max()) + 1 for match in contest]
        worlds = sum(sizes) // (2 if paired else 1)
        if value is None or resamples < 1:
            pass
        elif worlds < FEWEST:
            estimate = replace(estimate, why=f"too few worlds to resample: {worlds} of at least {FEWEST}")
        elif max(sizes) == 1:
            estimate = replace(estimate, why="no scenario has two worlds to resample")
        else:
            wanted.append(place)
            few = f"scenarios with fewer than {SMALL} worlds: the interval of P(better) is too narrow"
            estimate = replace(estimate, resamples=resamples, seed=seed, notes=(few,) if min(sizes) < SMALL else ())
        found.append(estimate)
    groups: dict[tuple[str, int, int, int], list[tuple[int, Match]]] = {}
    for place in wanted:
        for match in contests[place]:
            key = (match.scenario, match.level, int(match.world_a.max()) + 1, int(match.world_b.max()) + 1)
            groups.setdefault(key, []).append((place, match))
    for (scenario, stage, n_a, n_b), members in groups.items():
        # The draws hang on seed, scenario, level and size alone: a contest's interval does not depend on its company.
        name = f"{scenario}\0{stage}" if stage else scenario
        small = n_a * n_b <= MATRIX
        step = resamples if small else max(1, SHARE // (4 * max(len(m.a) + len(m.b) for _, m in members)))
        firsts = _counts(seed, name, n_a, 0, resamples, step)
        others = None if paired else _counts(seed, name, n_b, 1, resamples, step)
        for start, first in zip(range(0, resamples, step), firsts, strict=True):
            second = next(others) if others else first
            (_resample if small else _resample_sorted)(members, first, second, drawn[:, start : start + step])
    for place in wanted:
        chances = drawn[place] / found[place].n
        tail = (1 - level) / 2
        low, high = np.quantile(chances, (tail, 1 - tail)).tolist()
        if low == high:
            found[place] = replace(found[place], mark=DEGENERATE, why=FLAT, notes=())
        else:
            found[place] = replace(found[place], interval=Interval(low, high, level))
    return [
        _turned(estimate) if turn != (better == "lower") else estimate for estimate, turn in zip(found, turned, strict=True)
    ]


def _chance(a: Floats, b: Floats) -> float:
    """The mean of `_wins`, without making them."""
    import numpy as np

    ordered = np.sort(b)
    twice = np.searchsorted(ordered, a, "left").sum() + np.searchsorted(ordered, a, "right").sum()
    return float(twice) / 2 / (len(a) * len(b))


def _wins(a: Floats, b: Floats) -> Floats:
    """1 where the score of A (rows) is above that of B (columns), 1/2 where they are equal."""
    above, below = a[:, None] > b[None, :], a[:, None] < b[None, :]
    return (1.0 + above - below) / 2


def _counts(seed: int, scenario: str, n: int, side: int, resamples: int, step: int) -> Iterator[Single]:
    """How often each of n worlds is drawn, n at a time; shapes (some, n), `step` resamples at once and always the same ones.
    Small whole numbers, which float32 holds."""
    import numpy as np

    rng = np.random.default_rng([seed, crc32(scenario.encode("utf-8", "surrogatepass")), n, side])
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        drawn = rng.integers(n, size=(rows, n)) + np.arange(0, rows * n, n)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float32)


def _resample(members: Sequence[tuple[int, Match]], first: Single, second: Single, drawn: Floats) -> None:
    """Adds this scenario's chance in each resample to `drawn`, shape (contests, resamples)."""
    import numpy as np

    n_a, n_b, resamples = first.shape[1], second.shape[1], len(first)
    step = max(1, SHARE // (resamples * n_b))
    for start in range(0, len(members), step):
        some = members[start : start + step]
        # Of each two worlds the wins of A, and how many pairs of cells they are: then worlds are weighed, not cells.
        wins = np.stack([_by_world(_wins(match.a, match.b), match, n_a, n_b) for _, match in some], axis=1)
        seen = _product(first, wins.reshape(n_a, -1)).reshape(resamples, len(some), n_b)
        won = np.matmul(seen, second[:, :, None])[:, :, 0].astype(np.float64)
        for (place, match), mine in zip(some, won.T, strict=True):
            drawn[place] += match.weight * mine / (_cells(first, match.world_a) * _cells(second, match.world_b))


def _resample_sorted(members: Sequence[tuple[int, Match]], first: Single, second: Single, drawn: Floats) -> None:
    """What `_resample` does, cell by cell of A: how many drawn cells of B lie below its score, and how many at it."""
    import numpy as np

    for place, match in members:
        order = np.argsort(match.b, kind="stable")
        ordered = match.b[order]
        below = np.zeros((len(first), len(order) + 1))
        np.cumsum(second[:, match.world_b[order]], axis=1, dtype=np.float64, out=below[:, 1:])
        twice = below[:, np.searchsorted(ordered, match.a, "left")]
        twice += below[:, np.searchsorted(ordered, match.a, "right")]
        won = np.einsum("rc,rc->r", first[:, match.world_a], twice) / 2
        drawn[place] += match.weight * won / (_cells(first, match.world_a) * _cells(second, match.world_b))


def _product(left: Single, right: Single) -> Single:
    """`left @ right`; a small one in slices that BLAS does alone, where waking its threads would cost more than the work."""
    import numpy as np

    rows = ALONE // max(1, right.size)
    if rows < FEWEST or len(left) <= rows:
        return left @ right
    return np.concatenate([left[start : start + rows] @ right for start in range(0, len(left), rows)])


def _cells(counts: Single, world: Ints) -> Floats | int:
    """How many cells each resample holds: as many as there are worlds, where each has one."""
    import numpy as np

    if len(world) == counts.shape[1]:
        return len(world)
    found: Floats = np.einsum("rw,w->r", counts, np.bincount(world), dtype=np.float64)
    return found


def _by_world(wins: Floats, match: Match, n_a: int, n_b: int) -> Single:
    import numpy as np

    if wins.shape == (n_a, n_b):
        return wins.astype(np.float32)
    found = np.zeros((n_a, n_b))
    np.add.at(found, (match.world_a[:, None], match.world_b[None, :]), wins)
    return found.astype(np.float32)


def _swapped(match: Match) -> Match:
    return replace(match, a=match.b, b=match.a, world_a=match.world_b, world_b=match.world_a)


def _turned(estimate: Estimate) -> Estimate:
    """The chance of a lower score."""
    value, interval = estimate.value, estimate.interval
    turned = None if interval is None else Interval(1 - interval.high, 1 - interval.low, interval.level)
    return replace(estimate, value=None if value is None else 1 - value, interval=turned)
