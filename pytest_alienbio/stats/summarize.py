"""What a run's results say about its agents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import fsum, isfinite, sqrt

from ..model import Estimate, Json, Leaf, Measure, Outcome, Result, Standing, Summary
from ..model.brief import Told
from .aggregate import over_scenarios
from .intervals import Stratum, wilson
from .means import t_mean, without_spread
from .moments import Moments, cluster_variance


class _Tally:
    """Running sums of one leaf while results stream by."""

    __slots__ = (
        "broken",
        "is_task",
        "judged",
        "judged_worlds",
        "measures",
        "moments",
        "outcomes",
        "passed",
        "unscored",
        "worlds",
    )

    def __init__(self) -> None:
        self.moments = Moments()
        self.outcomes: Counter[Outcome] = Counter()
        self.judged = self.passed = self.broken = self.unscored = 0
        self.judged_worlds: set[tuple[int | None, int]] = set()
        self.is_task = False
        self.measures: dict[str, Moments] = {}
        self.worlds: dict[tuple[int | None, int], float | list[float]] = {}
        """Scores by world: difficulty and seed. A list from the second cell on."""

    def add(self, result: Told) -> None:
        outcome, score = result.outcome, result.score
        self.outcomes[outcome] += 1
        trial = result if isinstance(result, Result) and result.task is not None else None
        self.is_task = self.is_task or trial is not None
        if outcome.is_error:
            self.broken += 1
        if not outcome.scored:
            return
        if trial is not None:
            self._measure(trial.metrics)
        if score is None:
            self.unscored += 1
            self._judge(result)
            return
        if not isfinite(score):
            self.broken += 1
            return
        self.moments.add(score)
        world = (result.difficulty, result.seed)
        known = self.worlds.get(world)
        if known is None:
            self.worlds[world] = score
        elif isinstance(known, list):
            known.append(score)
        else:
            self.worlds[world] = [known, score]
        self._judge(result)

    def _judge(self, result: Told) -> None:
        if result.passed is not None:
            self.judged += 1
            self.passed += result.passed
            self.judged_worlds.add((result.difficulty, result.seed))

    def _measure(self, metrics: Mapping[str, Json]) -> None:
        for name, value in metrics.items():
            if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
                self.measures.setdefault(name, Moments()).add(float(value))

    def leaf(self, agent: str, scenario: str, bounds: tuple[float, float] | None) -> Leaf:
        variance, n, worlds = self.moments.variance, self.moments.n, len(self.worlds)
        rate = self.passed / self.judged if self.judged else None
        # What a world shows under another surface or param is no new world: it must not make the interval narrower.
        share = len(self.judged_worlds) / self.judged if self.judged else 1.0
        found = self._mean(bounds) if n else Estimate(None, why="no score")
        return Leaf(
            agent=agent,
            scenario=scenario,
            n=n,
            mean=found.value,
            std=None if variance is None else sqrt(variance),
            passed=self.passed,
            pass_rate=rate,
            pass_interval=wilson(self.passed * share, self.judged * share),
            errors=self.broken,
            outcomes={str(outcome): count for outcome, count in self.outcomes.items()},
            worlds=worlds,
            unscored=self.unscored,
            measures={name: _measured(moments) for name, moments in self.measures.items()},
            is_task=self.is_task,
            interval=found.interval,
            why=found.why,
        )

    def _mean(self, bounds: tuple[float, float] | None) -> Estimate:
        mine = self.stratum()
        found = t_mean(mine.mean, mine.variance, mine.n, unit="world", bounds=bounds)
        clusters = (found if isinstance(found, list) else [found] for found in self.worlds.values())
        return without_spread(found, constant=len({score for cluster in clusters for score in cluster}) == 1)

    def stratum(self) -> Stratum:
        """The scores as units that do not depend on each other: worlds, each with all its cells."""
        n, mean = self.moments.n, self.moments.mean
        if len(self.worlds) == n or mean is None:
            return Stratum.from_moments(self.moments)
        clusters = [found if isinstance(found, list) else [found] for found in self.worlds.values()]
        return Stratum(len(clusters), mean, cluster_variance(clusters))


def _measured(moments: Moments) -> Measure:
    mean, variance = moments.mean, moments.variance
    assert mean is not None
    return Measure(moments.n, mean, None if variance is None else sqrt(variance))


def summarize(results: Iterable[Told]) -> Summary:
    """Leaves (by scenario, then agent, as first seen) and standings (best first) of one battery's results.

    One pass; what is kept of a cell is its score; no number depends on the order of the results. Hand in one result a cell.
    Intervals count worlds (difficulty x seed), not cells: variants and params of one world are not independent of each other.
    Only finite scores of scored outcomes enter a mean; a non-finite one counts as an error; skipped and never-started cells
    are neither; a trial of a task without a score counts for its pass rate and its metrics. Standings go by mean over
    scenarios; equal means share a rank (1, 1, 3) and stay as first seen. Intervals are clipped to [0, 1] if every score of
    the battery lies there. Scenarios of both directions have no common mean: no ranks. A standing tells the interval on new
    scenarios of this kind (`population`) where it differs from its own.
    """
    tallies: dict[tuple[str, str], _Tally] = {}
    agents: dict[str, str] = {}
    scenarios: dict[str, None] = {}
    outcomes: Counter[str] = Counter()
    directions: set[str] = set()
    unit = True
    for result in results:
        agents.setdefault(result.agent, result.role)
        scenarios.setdefault(result.scenario)
        outcomes[str(result.outcome)] += 1
        tally = tallies.get((result.scenario, result.agent))
        if tally is None:
            tally = tallies[result.scenario, result.agent] = _Tally()
        tally.add(result)
        if result.score is not None and result.outcome.scored:
            directions.add(result.better)
            unit = unit and 0.0 <= result.score <= 1.0
    better = "mixed" if len(directions) > 1 else next(iter(directions), "higher")
    bounds = (0.0, 1.0) if unit else None
    leaves: list[Leaf] = []
    of_agent: dict[str, list[tuple[Leaf, _Tally]]] = {agent: [] for agent in agents}
    for scenario in scenarios:
        for agent in agents:
            if (tally := tallies.get((scenario, agent))) is not None:
                leaf = tally.leaf(agent, scenario, bounds)
                leaves.append(leaf)
                of_agent[agent].append((leaf, tally))
    unranked = [_standing(agent, role, of_agent[agent], bounds, mixed=better == "mixed") for agent, role in agents.items()]
    return Summary(tuple(leaves), _ranked(unranked, lower=better == "lower"), dict(outcomes), better)


def _standing(
    agent: str, role: str, leaves: list[tuple[Leaf, _Tally]], bounds: tuple[float, float] | None, *, mixed: bool
) -> Standing:
    strata = [tally.stratum() for leaf, tally in leaves if leaf.n]
    told = over_scenarios([] if mixed else strata, bounds=bounds)
    rates = [leaf.pass_rate for leaf, _ in leaves if leaf.pass_rate is not None]
    return Standing(
        rank=None,
        agent=agent,
        role=role,
        mean=told.fixed.value,
        interval=told.fixed.interval,
        n=sum(leaf.n for leaf, _ in leaves),
        passed=sum(leaf.passed for leaf, _ in leaves),
        pass_rate=fsum(rates) / len(rates) if rates else None,
        errors=sum(leaf.errors for leaf, _ in leaves),
        skipped=sum(leaf.outcomes.get(str(Outcome.SKIPPED), 0) for leaf, _ in leaves),
        scenarios=len(strata),
        population=told.population.interval if told.differ else None,
        why="scores of both directions have no common mean" if mixed else told.fixed.why,
    )


def _ranked(standings: list[Standing], *, lower: bool) -> tuple[Standing, ...]:
    with_mean = [(standing.mean if lower else -standing.mean, standing) for standing in standings if standing.mean is not None]
    with_mean.sort(key=lambda pair: pair[0])
    ranked: list[Standing] = []
    last, place = None, 0
    for _, standing in with_mean:
        if standing.role == "candidate":  # ceiling and floor bound the scale, they do not compete
            place += 1
            tied = last is not None and last.mean == standing.mean
            last = replace(standing, rank=last.rank if last is not None and tied else place)
            ranked.append(last)
        else:
            ranked.append(standing)
    return (*ranked, *(standing for standing in standings if standing.mean is None))
