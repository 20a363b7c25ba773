"""Records -> leaves and standings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil, fsum, sqrt
from typing import TYPE_CHECKING

from ..model import Estimate, Leaf, Standing, Summary
from ..stats import Stratum, Unit, holm, over_scenarios, rank_intervals, wilson
from ..stats.comparison import ENOUGH
from ..stats.means import t_mean, without_spread
from ..stats.pairing import Grid
from ..stats.permutation import FEW_ROWS, flip_all
from ..store.fields import OUTCOMES, SCORED
from .contrast import units_of
from .estimates import World, stratum_of, unit_bounds, worlds_of
from .groups import older_note
from .records import Record, latest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CANDIDATE = "candidate"
DRAWS = 1999
"""Sign flips of a paired test, where there are too many to try them all."""
Bounds = tuple[float, float] | None


def standings(found: Sequence[Record], older: int, *, seed: int, resamples: int, alpha: float) -> Summary:
    """Leaves and standings of these records: see `leaderboard`. `older` records were left out before.

    `group` of a record holds the hash of its agent. Where an agent or a scenario was changed, the latest record of each cell
    counts.
    """
    agents: dict[str, str] = {}
    for record in found:
        agents[record.agent] = record.role
    kept, replaced = latest(found)
    scored = [record for record in kept if record.value is not None]
    directions = {record.better for record in scored}
    better = "mixed" if len(directions) > 1 else next(iter(directions), "higher")
    bounds = unit_bounds(record.value for record in scored if record.value is not None)
    by_leaf: dict[tuple[str, str], list[Record]] = {}
    missing: dict[str, Counter[str]] = {agent: Counter() for agent in agents}
    for record in kept:
        by_leaf.setdefault((record.scenario, record.agent), []).append(record)
        if record.value is None:
            missing[record.agent][record.why] += 1
    worlds = {leaf: worlds_of(mine) for leaf, mine in by_leaf.items()}
    known = {leaf: stratum_of(list(mine.values())) for leaf, mine in worlds.items() if mine}
    leaves = [_leaf(*leaf, by_leaf[leaf], known.get(leaf), bounds) for leaf in sorted(by_leaf)]
    mixed = better == "mixed"
    lines = [_standing(agent, role, leaves, known, dict(missing[agent]), bounds, mixed=mixed) for agent, role in agents.items()]
    units = units_of(kept, list(agents))
    ranked = lines if mixed else _ranked(lines, worlds, units, better, seed, resamples, alpha)
    return Summary(
        leaves=tuple(leaves),
        standings=tuple(ranked),
        outcomes=dict(Counter(record.outcome for record in kept)),
        better=better,
        older=older + replaced,
        resamples=resamples,
        seed=seed,
        notes=tuple(_notes(kept, older + replaced)),
    )


def _leaf(scenario: str, agent: str, mine: Sequence[Record], known: Stratum | None, bounds: Bounds) -> Leaf:
    values = [record.value for record in mine if record.value is not None]
    told = Estimate(None, why="no score")
    variance: float | None = None
    if known is not None:
        told = t_mean(known.mean, known.variance, known.n, unit="world", bounds=bounds)
        told = without_spread(told, constant=min(values) == max(values))
        variance = known.variance if known.n == len(values) else Stratum.of(values).variance
    judged = [(record.passed, record.world) for record in mine if record.passed is not None and record.rank[0]]
    passed = sum(verdict for verdict, _ in judged)
    # Variants and params of a world are no new worlds, whether they have a score or a verdict alone.
    share = len({world for _, world in judged}) / len(judged) if judged else 1.0
    outcomes = Counter(record.outcome for record in mine)
    return Leaf(
        agent=agent,
        scenario=scenario,
        n=len(values),
        mean=told.value,
        std=None if variance is None else sqrt(variance),
        passed=passed,
        pass_rate=passed / len(judged) if judged else None,
        pass_interval=wilson(passed * share, len(judged) * share),
        errors=sum(count for outcome, count in outcomes.items() if OUTCOMES[outcome].is_error),
        outcomes=dict(outcomes),
        worlds=known.n if known else 0,
        unscored=sum(count for outcome, count in outcomes.items() if outcome in SCORED) - len(values),
        interval=told.interval,
        why=told.why,
    )


def _standing(
    agent: str,
    role: str,
    leaves: Sequence[Leaf],
    known: Mapping[tuple[str, str], Stratum],
    missing: Mapping[str, int],
    bounds: Bounds,
    *,
    mixed: bool,
) -> Standing:
    mine = [leaf for leaf in leaves if leaf.agent == agent]
    strata = [known[leaf.scenario, agent] for leaf in mine if leaf.n]
    told = over_scenarios(strata, bounds=bounds)
    fixed = Estimate(None, why="scores of both directions have no common mean") if mixed else told.fixed
    rates = [leaf.pass_rate for leaf in mine if leaf.pass_rate is not None]
    return Standing(
        rank=None,
        agent=agent,
        role=role,
        mean=fixed.value,
        interval=fixed.interval,
        n=sum(leaf.n for leaf in mine),
        passed=sum(leaf.passed for leaf in mine),
        pass_rate=fsum(rates) / len(rates) if rates else None,
        errors=sum(leaf.errors for leaf in mine),
        skipped=sum(leaf.outcomes.get("skipped", 0) for leaf in mine),
        scenarios=len(strata),
        population=told.population.interval if told.differ and not mixed else None,
        missing=missing,
        why=fixed.why,
    )


def _ranked(
    lines: Sequence[Standing],
    worlds: Mapping[tuple[str, str], Mapping[World, Sequence[float]]],
    units: Mapping[str, Sequence[Unit]],
    better: str,
    seed: int,
    resamples: int,
    alpha: float,
) -> list[Standing]:
    """Candidates best first, then the others best first, then who has no mean."""
    sign = -1.0 if better == "higher" else 1.0
    order = sorted((line for line in lines if line.mean is not None), key=lambda line: (sign * (line.mean or 0.0), line.agent))
    runners = [line for line in order if line.role == CANDIDATE]
    scores: dict[str, dict[str, Mapping[Hashable, Sequence[float | None]]]] = {line.agent: {} for line in runners}
    for (scenario, agent), mine in worlds.items():
        if agent in scores and mine:
            scores[agent][scenario] = dict(mine.items())
    ranks = rank_intervals(scores, seed=seed, better=better, resamples=resamples) if runners else {}
    told = _with_ties([_with_rank(line, ranks[line.agent]) for line in runners], units, seed, alpha)
    rest = [line for line in order if line.role != CANDIDATE]
    return [*told, *rest, *(line for line in lines if line.mean is None)]


def _with_rank(line: Standing, rank: Estimate) -> Standing:
    interval = rank.interval and (round(rank.interval.low), round(rank.interval.high))
    return replace(line, rank=None if rank.value is None else round(rank.value), rank_interval=interval or None)


def _with_ties(lines: Sequence[Standing], units: Mapping[str, Sequence[Unit]], seed: int, alpha: float) -> list[Standing]:
    """Each but the first against the one above: sign flips of the worlds that both played, adjusted over these tests (Holm)."""
    if len(lines) < 2:
        return list(lines)
    grid = Grid.of([units[line.agent] for line in lines])
    pairs = [grid.pairs(above, above + 1) for above in range(len(lines) - 1)]
    enough = [len(found) > 0 and len(found) >= ENOUGH * max(grid.cells[above : above + 2]) for above, found in enumerate(pairs)]
    tests = sum(enough)
    draws = max(DRAWS, ceil(4 * tests / alpha) - 1)
    flipped = iter(_flips([found.shares() for found, told in zip(pairs, enough, strict=True) if told], draws, seed))
    ps = [next(flipped) if told else None for told in enough]
    told = [lines[0]]
    for line, found, p in zip(lines[1:], pairs, holm(ps), strict=True):
        why = line.why or ("" if p is not None else f"only {len(found):,} cells in common with the one above: no test")
        told.append(replace(line, p_above=p, tied_with_above=p is not None and p > alpha, why=why))
    return told


def _flips(shares: Sequence[NDArray[np.float64]], draws: int, seed: int) -> Iterator[float | None]:
    """The p of each, eight at a time: so many are looked up, and no product of matrices takes every core to itself."""
    import numpy as np

    for start in range(0, len(shares), FEW_ROWS):
        rows = shares[start : start + FEW_ROWS]
        table = np.zeros((len(rows), max(map(len, rows))))
        for row, values in zip(table, rows, strict=True):
            row[: len(values)] = values
        sizes = np.array([len(values) for values in rows], dtype=np.int64)
        yield from (one.value for one in flip_all(table, sizes, draws=draws, seed=seed))


def _notes(found: Sequence[Record], older: int) -> list[str]:
    notes = [older_note(older)] if older else []
    for what, pairs in (
        ("agent", {(record.agent, record.group[0]) for record in found if record.group}),
        ("scenario", {(record.scenario, record.scenario_hash) for record in found}),
    ):
        changed = sorted(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        if changed:
            more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
            notes.append(f"more than one version of the {what} {', '.join(changed[:3])}{more} is counted together")
    return notes
