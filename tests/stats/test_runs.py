"""Runs of the same agents: each pair as it is alone, all together as one question, leaf by leaf."""

from __future__ import annotations

from statistics import fmean

import numpy as np
import pytest

from pytest_alienbio.stats import Contest, Unit, compare, compare_contests, drill_down

SCENARIOS = ("m/x", "m/y", "m/z")


def run(agent: int, shift: float = 0.0, seeds: range = range(8), noise: int = 0) -> list[Unit]:
    """An agent's cells; `noise` names one run's luck."""
    drawn = np.random.default_rng([agent, noise])
    return [
        Unit(scenario, seed, float(np.clip(0.5 + shift + drawn.normal(0, 0.15), 0, 1)))
        for scenario in SCENARIOS
        for seed in seeds
    ]


def contests(*shifts: float) -> list[Contest]:
    """One an agent, its second run shifted so."""
    return [Contest(f"a{at}", ("B", "A"), run(at, shift, noise=1), run(at)) for at, shift in enumerate(shifts)]


def test_each_is_what_it_is_alone_and_adjusted_over_all() -> None:
    found = compare_contests(contests(0.2, 0.0, -0.1))
    for each, one in zip(contests(0.2, 0.0, -0.1), found.family.comparisons, strict=True):
        alone = compare(each.a, each.b, names=each.names)
        assert (one.delta, one.p.value, one.improvement, one.pairs) == (alone.delta, alone.p.value, alone.improvement, 24)
        assert one.p.adjusted is not None
        assert one.p.adjusted >= (one.p.value or 0.0)
        assert one.p.family == "Holm, 3 pairs"
    assert found.family.by_agent == ("a0", "a1", "a2")


def test_over_all_agents_each_scenario_of_each_weighs_the_same() -> None:
    """The mean of the agents' differences; new scenarios take all agents with them."""
    found = compare_contests(contests(0.2, 0.0, -0.1))
    [one] = found.overall
    assert one.delta.value == pytest.approx(fmean(each.delta.value or 0.0 for each in found.family.comparisons))
    assert (one.pairs, one.scenarios, one.delta.n, one.families) == (72, 3, 9, 3)
    chances = [each.improvement.value or 0.0 for each in found.family.comparisons]
    assert one.improvement.value == pytest.approx(fmean(chances))
    assert one.p.n == 72
    assert one.p_population.n == 3
    assert one.p.adjusted is None


def test_one_agent_alone_is_not_told_twice() -> None:
    assert compare_contests(contests(0.1)).overall == ()


def test_leaves_are_those_of_a_drill_down() -> None:
    """The same differences, intervals and exact p of each scenario, adjusted over all of both agents."""
    both = contests(0.2, 0.0)
    leaves = compare_contests(both).leaves
    assert leaves.by_scenario == SCENARIOS * 2
    assert leaves.by_agent == ("a0",) * 3 + ("a1",) * 3
    for place, each in enumerate(both):
        alone = drill_down(each.a, each.b, names=each.names).comparisons
        for mine, other in zip(leaves.comparisons[3 * place : 3 * place + 3], alone, strict=True):
            assert mine.delta.value == pytest.approx(other.delta.value)
            assert mine.delta.interval == other.delta.interval
            assert mine.p.value == pytest.approx(other.p.value)
    assert (leaves.tested, leaves.exploratory, leaves.level) == (6, True, 0.10)


def test_other_seeds_are_two_samples_if_that_is_allowed() -> None:
    """Else each says why, and nothing is pooled that was not compared."""
    each = [Contest(f"a{at}", ("B", "A"), run(at, 0.1, range(20, 28)), run(at)) for at in range(2)]
    refused = compare_contests(each)
    assert all("partner" in one.why and one.delta.value is None for one in refused.family.comparisons)
    assert refused.overall == ()
    assert refused.leaves.comparisons == ()
    bare = compare_contests(each, unpaired=True)
    assert not any(one.paired or one.why for one in bare.family.comparisons)
    assert len(bare.leaves.comparisons) == 6
    for leaf, scenario in zip(bare.leaves.comparisons, bare.leaves.by_scenario, strict=True):
        a, b = ([unit for unit in side if unit.scenario == scenario] for side in (each[0].a, each[0].b))
        if leaf is bare.leaves.comparisons[bare.leaves.by_scenario.index(scenario)]:
            alone = compare(a, b, unpaired=True, alpha=0.1, resamples=0)
            assert leaf.delta.value == pytest.approx(alone.delta.value)
            assert leaf.p.value == pytest.approx(alone.p.value)


def test_nothing_changed_alarms_as_rarely_as_it_says() -> None:
    """40 pairs of runs that differ by luck alone: at most a few are significant."""
    alarms = 0
    for luck in range(40):
        each = [Contest("a", ("B", "A"), run(luck, noise=1), run(luck, noise=2))]
        alarms += bool(compare_contests(each, resamples=0, draws=999).family.comparisons[0].significant)
    assert alarms <= 6
