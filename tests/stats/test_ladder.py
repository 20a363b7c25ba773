"""The ladder: what counts, what weighs how much, and how sure it is."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Interval
from pytest_alienbio.stats import ladder
from pytest_alienbio.stats.ladder import lead

from .climbs import climb, stairs

AGENTS = ["oracle", "greedy", "dice", "idle"]


def test_means_stand_by_level_and_agent() -> None:
    """A rung a level, in the order the worlds came; an error counts for nothing."""
    found = ladder([climb(1, 0, greedy=0.5), climb(1, 1, greedy=None), climb(2, 0, greedy=0.25)], ["greedy"])
    [one] = found.scenarios
    assert [(rung.difficulty, rung.worlds, rung.means) for rung in one.rungs] == [
        (1, 2, {"greedy": 0.5}),
        (2, 1, {"greedy": 0.25}),
    ]
    assert (found.lines[0].n, found.lines[0].mean) == (2, 0.375)


def test_a_mean_over_all_weighs_scenarios_alike() -> None:
    """However many worlds each has; a level is taken over the scenarios that have it."""
    worlds = [climb(1, seed, scenario="a", greedy=1.0) for seed in range(9)] + [climb(1, 0, scenario="b", greedy=0.0)]
    worlds.append(climb(2, 0, scenario="b", greedy=0.5))
    found = ladder(worlds, ["greedy"])
    assert [(rung.difficulty, rung.means["greedy"]) for rung in found.rungs] == [(1, 0.5), (2, 0.5)]
    assert found.lines[0].mean == 0.5  # three scenario-levels: 1, 0 and a half
    assert found.lines[0].across == Interval(0.0, 1.0)


def test_worlds_of_one_scenario_do_not_make_scenarios_sure() -> None:
    """More seeds narrow the interval over seeds, not the one over scenarios."""

    def lines(seeds: int) -> tuple[float, float]:
        worlds = [
            climb(1, seed, scenario=name, greedy=base + 0.1 * (seed % 2))
            for name, base in (("a", 0.2), ("b", 0.5), ("c", 0.4))
            for seed in range(seeds)
        ]
        [line] = ladder(worlds, ["greedy"]).lines
        assert line.interval is not None
        assert line.across is not None
        return line.interval.high - line.interval.low, line.across.high - line.across.low

    few, many = lines(4), lines(40)
    assert many[0] < 0.5 * few[0]
    assert many[1] == pytest.approx(few[1])


def test_each_agent_is_compared_with_the_next() -> None:
    """In the order that was asked for, on worlds where both have a score."""
    worlds = [*stairs(), climb(1, 9, oracle=1.0, greedy=None, dice=0.0, idle=0.0)]
    found = ladder(worlds, AGENTS)
    assert [(each.better, each.worse, each.n) for each in found.comparisons] == [
        ("oracle", "greedy", 12),
        ("greedy", "dice", 12),
        ("dice", "idle", 13),
    ]
    assert all(each.p is not None and each.p < 0.01 for each in found.comparisons)


def test_lower_scores_can_be_better() -> None:
    """Trends and comparisons follow what is good; means stay what they are."""
    worlds = [climb(level, 0, better="lower", greedy=float(level), dice=9.0 - level / 9) for level in (1, 2, 3, 4)]
    found = ladder(worlds, ["greedy", "dice"])
    assert found.scenarios[0].trends["greedy"].rho == pytest.approx(-1)
    difference = lead(worlds, "greedy", "dice").difference
    assert difference is not None
    assert difference > 0
    assert found.lines[0].mean == 2.5


def test_how_worlds_came_about_is_counted() -> None:
    """First attempts among those that tell; generation only of those made here; CPU of scored cells."""
    worlds = [
        climb(1, 0, generation_s=0.2, greedy=0.5),
        climb(1, 1, attempts=3, rejected={"trivial": 2}, generation_s=0.4, greedy=0.5),
        climb(1, 2, attempts=None, greedy=None),
    ]
    found = ladder(worlds, ["greedy"])
    assert (found.worlds.count, found.worlds.told, found.worlds.first_try) == (3, 2, 1)
    assert found.worlds.rejected == {"trivial": 2}
    assert (found.worlds.generation.n, found.cpu.n) == (2, 2)
    assert found.worlds.generation.median == pytest.approx(0.3)
    assert found.cpu.median == pytest.approx(0.003)
    assert found.cpu.p95 == pytest.approx(0.0039)
    assert ladder([], ["greedy"]).lines[0].mean is None


def test_a_scenario_without_levels_has_one_rung() -> None:
    found = ladder([climb(None, seed, greedy=0.1 * seed) for seed in range(4)], ["greedy"])
    assert [rung.difficulty for rung in found.rungs] == [None]
    assert found.scenarios[0].trends["greedy"].why
