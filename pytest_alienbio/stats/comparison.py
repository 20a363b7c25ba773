"""Two agents, compared on what both of them played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..model import Comparison, Estimate, PValue
from .aggregate import fixed_mean, population_mean
from .equivalence import detectable, hedges, tost
from .improvement import Match, improvements
from .pairing import SLACK, Grid, Measure, Pairs
from .permutation import FEW_ROWS, flip_all
from .samples import Samples
from .terms import Terms
from .units import Unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ENOUGH = 0.5
"""Share of either side's cells that must have a partner."""


def compare(
    a: Sequence[Unit],
    b: Sequence[Unit],
    *,
    names: tuple[str, str] = ("A", "B"),
    better: str = "higher",
    measure: Measure = "score",
    unpaired: bool = False,
    margin: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    level: float = 0.95,
    draws: int = 9999,
    resamples: int = 2000,
    seed: int = 0,
) -> Comparison:
    """Agent A against agent B: A - B over the cells both have a score of, each scenario weighing the same.

    `a`, `b`: one unit a cell of each agent, in any order. Cells pair on scenario, difficulty, params, seed (`Unit.key`);
    those without a score or a partner are counted, by why. Cells of one world (difficulty x seed) are no units of their own.
    Where fewer than half of either side's cells have a partner there is no comparison (`why`), unless `unpaired` allows to
    take the sides as two samples, level by level. `margin`: also whether A is as good as B, up to it. `measure`: scores, or
    whether cells passed (1, 0; then higher is better). Scores in [0, 1] give differences cut at -1 and 1.
    Two-sided p by sign flips of worlds, and of whole scenarios (families) for the population; two samples by relabelling, or
    Welch's t where each side of every level has ten worlds. `seed` of all draws, which also depend on nothing else.
    Raises `ValueError` for two units of one key on one side, a scenario in two families, or options that make no sense.
    Miller (2024), arXiv 2411.00640, for pairs and clusters.
    """
    terms = Terms(better, measure, unpaired, margin, alpha, power, level, draws, resamples, seed)
    return compare_pairs(Grid.of((a, b), measure), names, [(0, 1)], terms)[0]


def compare_pairs(grid: Grid, names: Sequence[str], chosen: Sequence[tuple[int, int]], terms: Terms) -> list[Comparison]:
    """`compare` for these pairs of agents, by their place in the grid, all at once: nothing but time depends on the company."""
    bare: dict[tuple[int, int], Comparison] = {}
    paired: list[tuple[Comparison, Pairs]] = []
    for a, b in chosen:
        pairs = grid.pairs(a, b)
        start = Comparison(names[a], names[b], terms.better, alpha=terms.alpha, power=terms.power)
        lost_a, lost_b = grid.missing(a, len(pairs)), grid.missing(b, len(pairs))
        start = replace(start, missing_a=lost_a, missing_b=lost_b)
        if len(pairs) and len(pairs) >= ENOUGH * max(grid.cells[a], grid.cells[b]):
            paired.append((start, pairs))
        elif terms.unpaired:
            bare[a, b] = _two_samples(start, grid, a, b, terms)
        else:
            bare[a, b] = replace(start, pairs=len(pairs), why=_refusal(grid, names, a, b, len(pairs)))
    whole = iter(paired_all(paired, terms))
    return [bare[chose] if chose in bare else next(whole) for chose in chosen]


def _refusal(grid: Grid, names: Sequence[str], a: int, b: int, pairs: int) -> str:
    side = a if grid.cells[a] >= grid.cells[b] else b
    lost = grid.missing(side, pairs)
    reasons = ", ".join(f"{count:,} {why}" for why, count in lost.items())
    found = f"{pairs:,} of the {grid.cells[side]:,} cells of {names[side]} have a partner with a score"
    if not grid.cells[side]:
        return "neither has any cell"
    return f"only {found} ({reasons}); narrow the question to what both played, or allow `unpaired`"


def paired_all(contests: Sequence[tuple[Comparison, Pairs]], terms: Terms) -> list[Comparison]:
    """Each of these comparisons, of which only who and what is missing is told so far, by its pairs."""
    shares = [pairs.shares() for _, pairs in contests]
    families = [_by_family(pairs) for _, pairs in contests]
    within, across = flips(shares, terms), flips(families, terms)
    chances = _chances([_matches(pairs) for _, pairs in contests], terms, paired=True)
    found = []
    for (start, pairs), p, wide, chance in zip(contests, within, across, chances, strict=True):
        strata = pairs.strata()
        bounds = bounds_of(pairs.a, pairs.b)
        delta = fixed_mean(strata, bounds=bounds, level=terms.level)
        alone = len(set(pairs.families)) == len(pairs.scenarios)
        new = population_mean(
            [one.mean for one in strata], families=None if alone else pairs.families, bounds=bounds, level=terms.level
        )
        found.append(
            _finished(
                replace(
                    start,
                    pairs=len(pairs),
                    cells_b=len(pairs),
                    median=pairs.median(),
                    effect_size=_effect(pairs, delta.value),
                    notes=_ties(pairs),
                ),
                pairs.scenarios,
                pairs.families,
                (delta, new, p, wide, chance),
                terms,
            )
        )
    return found


def _two_samples(start: Comparison, grid: Grid, a: int, b: int, terms: Terms) -> Comparison:
    samples = Samples.of(grid, a, b)
    used_a, used_b = samples.used()
    lost_a, lost_b = grid.missing(a, used_a), grid.missing(b, used_b)
    start = replace(start, paired=False, pairs=used_a, cells_b=used_b, missing_a=lost_a, missing_b=lost_b)
    if not samples.levels:
        return replace(start, why="there is no scenario and level that both were scored on")
    bounds = bounds_of(grid.scores[[a, b]])
    fixed = samples.fixed(terms.level, bounds)
    new = samples.population(terms.level, bounds)
    [wide] = flips([_family_sums(samples.differences(), samples.families)], terms)
    [chance] = _chances([samples.matches()], terms, paired=False)
    p = samples.test(fixed, draws=terms.draws, seed=terms.seed)
    return _finished(start, samples.scenarios, samples.families, (fixed, new, p, wide, chance), terms)


def _finished(
    start: Comparison,
    scenarios: Sequence[str],
    families: Sequence[str],
    told: tuple[Estimate, Estimate, PValue, PValue, Estimate],
    terms: Terms,
) -> Comparison:
    delta, new, p, wide, chance = told
    possible = p.floor is None or p.floor * terms.tests <= terms.alpha
    size = detectable(delta.stderr, delta.df, alpha=terms.alpha, tests=terms.tests, power=terms.power)
    return replace(
        start,
        delta=replace(delta, unit="scenarios"),
        population=replace(new, unit="scenarios" if tuple(families) == tuple(scenarios) else "families"),
        p=p,
        p_population=wide,
        improvement=replace(chance, unit="scenarios"),
        detectable=size if possible else None,
        equivalence=None if terms.margin is None else tost(delta, terms.margin, better=terms.better, alpha=terms.alpha),
        scenarios=len(scenarios),
        families=len(set(families)),
    )


def flips(values: Sequence[Floats], terms: Terms) -> list[PValue]:
    """Sign flips of several rows of units, each of any length. A few rows at a time: so many are looked up, which takes less
    than the product of matrices that more would be, and no other core."""
    import numpy as np

    found: list[PValue] = []
    for start in range(0, len(values), FEW_ROWS):
        rows = values[start : start + FEW_ROWS]
        sizes = np.array([len(one) for one in rows], dtype=np.int64)
        table = np.zeros((len(rows), int(sizes.max())))
        for row, one in zip(table, rows, strict=True):
            row[: len(one)] = one
        found += flip_all(table, sizes, draws=terms.draws, seed=terms.seed)
    return found


def _chances(contests: Sequence[Sequence[Match]], terms: Terms, *, paired: bool) -> list[Estimate]:
    return improvements(
        contests, better=terms.better, paired=paired, level=terms.level, resamples=terms.resamples, seed=terms.seed
    )


def _matches(pairs: Pairs) -> list[Match]:
    found = []
    for name, first, last in zip(pairs.scenarios, pairs.starts, pairs.starts[1:], strict=False):
        world = pairs.world[first:last] - pairs.world[first]
        found.append(Match(name, pairs.a[first:last], pairs.b[first:last], world, world))
    return found


def _by_family(pairs: Pairs) -> Floats:
    import numpy as np

    means = np.add.reduceat(pairs.shares(), pairs.world_starts[:-1])
    return _family_sums(means.tolist(), pairs.families)


def _family_sums(values: Sequence[float], families: Sequence[str]) -> Floats:
    """In the order families are first met, which is that of the sorted scenarios."""
    import numpy as np

    sums: dict[str, float] = {}
    for family, value in zip(families, values, strict=True):
        sums[family] = sums.get(family, 0.0) + value
    return np.array(list(sums.values()))


def bounds_of(*scores: Floats) -> tuple[float, float] | None:
    """Differences of scores in [0, 1] lie in [-1, 1]."""
    import numpy as np

    return (-1.0, 1.0) if all(np.nanmin(some) >= 0.0 and np.nanmax(some) <= 1.0 for some in scores) else None


def _effect(pairs: Pairs, delta: float | None) -> float | None:
    import numpy as np

    units = np.bincount(pairs.world, pairs.a - pairs.b) / np.bincount(pairs.world)
    if delta is None or len(units) < 2 or np.ptp(units) <= SLACK * max(np.abs(pairs.a).max(), np.abs(pairs.b).max()):
        return None
    return hedges(delta, float(units.std(ddof=1)), len(units))


def _ties(pairs: Pairs) -> tuple[str, ...]:
    same = int((pairs.a == pairs.b).sum())
    return (f"on {same:,} of {len(pairs):,} pairs both score the same",) if same else ()
