"""Agents on a ladder: how they compare over the same worlds, scenario by scenario and over all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ..model import AgentLine, Climb, Ladder, Lead, Result, Rung, ScenarioLadder, Spread, Trend, Worlds
from ..model.ladder import CPU
from .aggregate import fixed_mean, population_mean
from .intervals import Stratum
from .ranks import rank_trend, signed_ranks


def ladder(climbs: Sequence[Climb], agents: Sequence[str]) -> Ladder:
    """The ladder of `agents` (results' names, best first) over `climbs`. Only scored cells count; a score turns into minus
    itself where lower is better, for correlations and comparisons alone.

    In a mean over all each scenario and level weighs the same. An agent's `interval` has these as strata (t, Satterthwaite):
    what other seeds would give. Its `across` takes each scenario's mean as one draw: worlds of one scenario are alike, so
    their number must not make it narrower.
    """
    by_scenario: dict[str, list[Climb]] = {}
    for climb in climbs:
        by_scenario.setdefault(climb.scenario, []).append(climb)
    scenarios = tuple(_scenario(name, mine, agents) for name, mine in by_scenario.items())
    cpu = [seconds for climb in climbs for result in climb.results if (seconds := _cpu(result)) is not None]
    return Ladder(
        agents=tuple(agents),
        scenarios=scenarios,
        rungs=_over_all(scenarios, agents),
        lines=tuple(_line(agent, by_scenario) for agent in agents),
        comparisons=tuple(lead(climbs, better, worse) for better, worse in pairwise(agents)),
        worlds=_worlds(climbs),
        cpu=spread(cpu),
    )


def lead(climbs: Iterable[Climb], better: str, worse: str) -> Lead:
    """Whether `better` does better than `worse` over the worlds on which both have a score."""
    pairs = []
    for climb in climbs:
        found = {result.agent: result for result in climb.results}
        if better in found and worse in found:
            a, b = _merit(found[better]), _merit(found[worse])
            if a is not None and b is not None:
                pairs.append((a, b))
    return signed_ranks(better, worse, pairs)


def trend(climbs: Iterable[Climb], agent: str) -> Trend:
    """Spearman(difficulty, score) of an agent, over the worlds that have a difficulty."""
    pairs = [
        (float(climb.difficulty), merit)
        for climb in climbs
        if climb.difficulty is not None
        for result in climb.results
        if result.agent == agent and (merit := _merit(result)) is not None
    ]
    return rank_trend([difficulty for difficulty, _ in pairs], [merit for _, merit in pairs])


def spread(seconds: Sequence[float]) -> Spread:
    """Median and 95th percentile (linear between ranks)."""
    if not seconds:
        return Spread(0)
    import numpy as np

    median, p95 = np.percentile(seconds, (50, 95)).tolist()
    return Spread(len(seconds), median, p95)


def scores(climbs: Iterable[Climb], agent: str) -> list[float]:
    """The scores an agent has, as they are."""
    return [found for climb in climbs for r in climb.results if r.agent == agent and (found := _score(r)) is not None]


def mean(values: Sequence[float]) -> float | None:
    """The mean, correctly rounded: equal scores give exactly themselves. None without any."""
    return Stratum.of(values).mean if values else None


def _score(result: Result) -> float | None:
    """The score of a cell that was scored; None without one."""
    return result.score if result.outcome.scored else None


def _merit(result: Result) -> float | None:
    """A score on which higher is better; None without one."""
    score = _score(result)
    return -score if score is not None and result.better == "lower" else score


def _cpu(result: Result) -> float | None:
    seconds = result.metrics.get(CPU)
    return seconds if isinstance(seconds, float) and _score(result) is not None else None


def _scenario(name: str, climbs: Sequence[Climb], agents: Sequence[str]) -> ScenarioLadder:
    levels: dict[int | None, list[Climb]] = {}
    for climb in climbs:
        levels.setdefault(climb.difficulty, []).append(climb)
    rungs = tuple(
        Rung(level, len(mine), {agent: mean(scores(mine, agent)) for agent in agents}) for level, mine in levels.items()
    )
    return ScenarioLadder(name, rungs, {agent: trend(climbs, agent) for agent in agents}, _worlds(climbs))


def _over_all(scenarios: Sequence[ScenarioLadder], agents: Sequence[str]) -> tuple[Rung, ...]:
    """Every level that some scenario has, ascending, over the scenarios that have it."""
    rungs = []
    for level in sorted({rung.difficulty for one in scenarios for rung in one.rungs}, key=lambda d: (d is None, d or 0)):
        mine = [rung for one in scenarios for rung in one.rungs if rung.difficulty == level]
        means = {agent: mean([found for rung in mine if (found := rung.means[agent]) is not None]) for agent in agents}
        rungs.append(Rung(level, sum(rung.worlds for rung in mine), means))
    return tuple(rungs)


def _worlds(climbs: Sequence[Climb]) -> Worlds:
    rejected: Counter[str] = Counter()
    for climb in climbs:
        rejected.update(climb.rejected)
    told = [climb.attempts for climb in climbs if climb.attempts is not None]
    made = [climb.generation_s for climb in climbs if climb.generation_s is not None]
    return Worlds(len(climbs), len(told), told.count(1), dict(sorted(rejected.items())), spread(made))


def _line(agent: str, by_scenario: dict[str, list[Climb]]) -> AgentLine:
    every = [climb for mine in by_scenario.values() for climb in mine]
    found = [result for climb in every for result in climb.results if result.agent == agent and _score(result) is not None]
    unit = all(result.score is not None and 0.0 <= result.score <= 1.0 for result in found)
    bounds = (0.0, 1.0) if unit else None
    means, strata = [], []
    for mine in by_scenario.values():
        if own := scores(mine, agent):
            means.append(Stratum.of(own).mean)
        for level in dict.fromkeys(climb.difficulty for climb in mine):
            if at := scores([climb for climb in mine if climb.difficulty == level], agent):
                strata.append(Stratum.of(at))
    judged = [result.passed for result in found if result.passed is not None]
    average = fixed_mean(strata, bounds=bounds)
    return AgentLine(
        agent=agent,
        n=len(found),
        mean=average.value,
        interval=average.interval,
        across=population_mean(means, bounds=bounds).interval,
        pass_rate=sum(judged) / len(judged) if judged else None,
        trend=trend(every, agent),
        cpu=spread([seconds for result in found if (seconds := _cpu(result)) is not None]),
    )
