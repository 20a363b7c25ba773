"""Runs of the same agents: each agent against itself in another run, all of them together, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Unpack

from ..model import Comparison, Family
from .aggregate import fixed_mean
from .comparison import bounds_of, compare_pairs, flips, paired_all
from .family import Options, several, with_benjamini_hochberg, with_holm
from .pairing import Grid, Pairs
from .samples import Samples
from .terms import Terms
from .units import Unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contest:
    """One agent in two runs."""

    agent: str
    names: tuple[str, str]
    """Of the runs: the difference is the first - the second."""
    a: Sequence[Unit]
    b: Sequence[Unit]


@dataclass(frozen=True, slots=True)
class Contests:
    """What several contests say."""

    family: Family
    """A comparison a contest, in their order."""
    overall: tuple[Comparison, ...]
    """For each pair of runs all its agents that could be paired, each agent's scenario weighing the same; a planned question of
    its own, not adjusted. Left out where there is one agent alone."""
    leaves: Family
    """Each agent on each scenario that both runs have scores on: exploratory."""


def compare_contests(contests: Sequence[Contest], *, q: float = 0.10, **options: Unpack[Options]) -> Contests:
    """Each contest as `compare` has it, p adjusted over all of them (Holm); over all agents of two runs; and, exploratory,
    by agent and scenario (Benjamini-Hochberg at `q`).

    Over all agents each agent's scenario is a stratum, and its worlds are flipped by themselves: what made a run differ struck
    each agent anew. For new scenarios whole scenarios are flipped, with all agents. Raises as `compare` does.
    """
    terms = several(options, max(1, len(contests)))
    grid = Grid.of([side for contest in contests for side in (contest.a, contest.b)], terms.measure)
    names = [name for contest in contests for name in contest.names]
    chosen = [(2 * at, 2 * at + 1) for at in range(len(contests))]
    found = with_holm(compare_pairs(grid, names, chosen, terms))
    tested = sum(one.p.value is not None for one in found)
    family = Family(tuple(found), "Holm", terms.alpha, tested, by_agent=tuple(contest.agent for contest in contests))
    pairs = [grid.pairs(a, b) if one.paired and not one.why else None for one, (a, b) in zip(found, chosen, strict=True)]
    overall = []
    for runs in dict.fromkeys(contest.names for contest in contests):
        mine = {
            contest.agent: some
            for contest, some in zip(contests, pairs, strict=True)
            if contest.names == runs and some is not None
        }
        if len(mine) > 1:
            overall.append(_together(runs, mine, replace(terms, tests=1, resamples=0)))
    return Contests(family, tuple(overall), _leaves(contests, found, grid, pairs, terms, q))


def _together(runs: tuple[str, str], parts: dict[str, Pairs], terms: Terms) -> Comparison:
    whole = Pairs.joined(list(parts.values()))
    start = Comparison(*runs, terms.better, alpha=terms.alpha, power=terms.power)
    [found] = paired_all([(start, whole)], terms)
    chance = replace(found.improvement, why="no interval is drawn over all agents")
    return replace(
        found,
        improvement=chance,
        delta=replace(found.delta, unit="leaves"),
        population=replace(found.population, unit="scenarios"),
        scenarios=len({name for part in parts.values() for name in part.scenarios}),
    )


def _leaves(
    contests: Sequence[Contest],
    found: Sequence[Comparison],
    grid: Grid,
    pairs: Sequence[Pairs | None],
    terms: Terms,
    q: float,
) -> Family:
    made: list[tuple[str, str, Comparison]] = []
    for at, (contest, one, some) in enumerate(zip(contests, found, pairs, strict=True)):
        start = Comparison(*contest.names, terms.better, alpha=q, power=terms.power)
        if some is not None:
            made += [(contest.agent, name, leaf) for name, leaf in _paired(start, some, terms)]
        elif not one.paired and not one.why:
            samples = Samples.of(grid, 2 * at, 2 * at + 1)
            made += [(contest.agent, name, leaf) for name, leaf in _bare(start, samples, terms)]
    tests = [leaf for leaf, (_, _, one) in enumerate(made) if one.paired]
    enough = replace(terms, draws=max(terms.draws, ceil(len(made) / q)), alpha=q)
    values = [row for some in pairs if some is not None for row in _rows(some)]
    leaves = [one for _, _, one in made]
    for leaf, p in zip(tests, flips(values, enough), strict=True):
        leaves[leaf] = replace(leaves[leaf], p=p)
    return with_benjamini_hochberg(
        leaves,
        q,
        "combination",
        by_scenario=tuple(scenario for _, scenario, _ in made),
        by_agent=tuple(agent for agent, _, _ in made),
    )


def _paired(start: Comparison, pairs: Pairs, terms: Terms) -> Iterator[tuple[str, Comparison]]:
    """Each scenario's difference with its interval; p comes for all of them at once."""
    bounds = bounds_of(pairs.a, pairs.b)
    ends = zip(pairs.scenarios, pairs.strata(), pairs.starts, pairs.starts[1:], strict=False)
    for scenario, stratum, first, last in ends:
        delta = replace(fixed_mean([stratum], bounds=bounds, level=terms.level), n=stratum.n, unit="worlds")
        count = last - first
        yield scenario, replace(start, delta=delta, pairs=count, cells_b=count, scenarios=1, families=1)


def _rows(pairs: Pairs) -> Iterator[Floats]:
    """Of each scenario, what its worlds add to its difference."""
    shares = pairs.shares() * len(pairs.scenarios)
    for first, last in zip(pairs.world_starts, pairs.world_starts[1:], strict=False):
        yield shares[first:last]


def _bare(start: Comparison, samples: Samples, terms: Terms) -> Iterator[tuple[str, Comparison]]:
    """Each scenario as two samples."""
    values = [score for level in samples.levels for side in (level.a, level.b) for score in side]
    bounds = (-1.0, 1.0) if values and min(values) >= 0.0 and max(values) <= 1.0 else None
    for scenario, own in samples.by_scenario():
        fixed = own.fixed(terms.level, bounds)
        used_a, used_b = own.used()
        p = own.test(fixed, draws=terms.draws, seed=terms.seed)
        yield (
            scenario,
            replace(start, paired=False, delta=fixed, p=p, pairs=used_a, cells_b=used_b, scenarios=1, families=1),
        )
