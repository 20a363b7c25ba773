"""Two agents that share no seeds: level by level, by relabelling or Welch, and never mixed up between levels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from pytest_alienbio.stats import Unit, compare, relabelling

from .cells import drawn, units


def test_one_level_of_many_worlds_is_welchs_t() -> None:
    """scipy's: value, p and interval."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(0.3, 2, 12), rng.normal(0, 1, 15)
    found = compare(units({"s": a.tolist()}), units({"s": b.tolist()}, first=100), unpaired=True)
    theirs = stats.ttest_ind(a, b, equal_var=False)
    interval = theirs.confidence_interval(0.95)
    assert (found.paired, found.pairs, found.cells_b, found.p.method) == (False, 12, 15, "Welch t")
    assert found.p.value == pytest.approx(theirs.pvalue, abs=1e-9)
    assert found.delta.value == pytest.approx(a.mean() - b.mean(), abs=1e-12)
    assert found.delta.interval is not None
    assert (found.delta.interval.low, found.delta.interval.high) == pytest.approx((interval.low, interval.high), abs=1e-9)
    assert found.delta.df == pytest.approx(theirs.df, abs=1e-9)


def test_few_worlds_are_relabelled_within_their_level() -> None:
    """Difficulties are no noise: labels change places only among worlds of one difficulty."""
    a = [
        Unit("s", seed, score, level)
        for level, scores in ((1, (0.9, 0.8)), (2, (0.3, 0.2)))
        for seed, score in enumerate(scores)
    ]
    b = [replace(unit, seed=unit.seed + 10, score=(unit.score or 0) - 0.05) for unit in a]
    found = compare(a, b, unpaired=True)
    by_hand = relabelling([([0.9, 0.8], [0.85, 0.75]), ([0.3, 0.2], [0.25, 0.15])], [0.5, 0.5])
    assert found.p == by_hand
    assert found.delta.value == pytest.approx(0.05, abs=1e-12)
    assert found.p.method == "relabelling, all 36"


def test_a_level_that_only_one_played_tells_nothing() -> None:
    """The harder half of A is left out, counted, and does not make A look worse."""
    a = [Unit("s", seed, 0.9 if level == 1 else 0.1, level) for level in (1, 2) for seed in range(4)]
    b = [Unit("s", seed + 50, 0.8, 1) for seed in range(4)]
    found = compare(a, b, unpaired=True)
    assert found.delta.value == pytest.approx(0.1, abs=1e-12)
    assert (found.missing_a, found.missing_b) == ({"no partner": 4}, {})
    assert found.sentence().endswith("4 against 4 cells over 1 scenario; 4 unused cells ignored")


def test_worlds_are_compared_with_what_was_shown_alike() -> None:
    """Two params of one world are one unit; worlds that showed one param only stand apart."""
    a = [Unit("s", seed, 0.5 + seed / 10, params=p) for seed in range(3) for p in ("x", "y")] + [Unit("s", 9, 0.2, params="x")]
    b = [Unit("s", seed + 50, 0.4, params=p) for seed in range(3) for p in ("x", "y")]
    found = compare(a, b, unpaired=True)
    assert (found.pairs, found.cells_b, found.p.n) == (6, 6, 6)
    assert found.missing_a == {"no partner": 1}


def test_pairs_are_used_where_there_are_enough_of_them() -> None:
    """`unpaired` allows two samples, it does not ask for them."""
    a, b = drawn(0), drawn(1)
    assert compare(a, b, unpaired=True) == compare(a, b)
    assert compare(a, b).paired


def test_a_lone_world_borrows_the_spread_of_others_and_says_so() -> None:
    a = units({"s": [0.4, 0.6, 0.5], "t": [0.3]})
    b = units({"s": [0.2, 0.3, 0.4], "t": [0.1]}, first=50)
    found = compare(a, b, unpaired=True)
    assert found.delta.interval is not None
    assert "levels with one world borrow the spread of the others" in found.delta.notes


@pytest.mark.parametrize("seeds", [4, 12])
def test_false_alarms_where_nothing_differs(seeds: int) -> None:
    """300 data sets of 5 scenarios, three times as many worlds of B as of A: at most 5 % + three binomial errors (0.038).

    By relabelling (4 against 12), and by Welch (12 against 36) with three times the spread on the smaller side of one scenario.
    """
    rng, alarms = np.random.default_rng(5), 0
    for _ in range(300):
        level = rng.random(5)
        spread = np.array([3.0 if seeds == 12 and at == 0 else 1.0 for at in range(5)])
        a = units({f"s{at}": (level[at] + spread[at] * rng.normal(0, 1, seeds)).tolist() for at in range(5)})
        b = units({f"s{at}": (level[at] + rng.normal(0, 1, 3 * seeds)).tolist() for at in range(5)}, first=100)
        p = compare(a, b, unpaired=True, resamples=0, draws=199).p.value
        assert p is not None
        alarms += p <= 0.05
    assert alarms / 300 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


def test_who_played_more_of_the_easy_worlds_is_not_better_for_it() -> None:
    """The chance of doing better is told level by level, as the difference is."""
    rng = np.random.default_rng(0)

    def played(first: int, easy: int, hard: int) -> list[Unit]:
        levels = [1] * easy + [5] * hard
        return [
            Unit("s", first + at, (0.9 if level == 1 else 0.1) + rng.normal(0, 0.01), level) for at, level in enumerate(levels)
        ]

    found = compare(played(0, 40, 6), played(100, 6, 40), unpaired=True)
    assert found.improvement.value is not None
    assert 0.3 < found.improvement.value < 0.7
    assert (found.improvement.n, found.improvement.unit) == (1, "scenarios")
    turned = compare(played(100, 6, 40), played(0, 40, 6), unpaired=True)
    assert turned.improvement.interval is not None
    assert turned.improvement.interval.low < 0.5 < turned.improvement.interval.high


def test_a_lone_world_s_borrowed_spread_counts_as_much_as_the_world_does() -> None:
    """The lone worlds of `t` are half of the difference, whatever small share the levels have that lend their spread."""
    a = [Unit("s", seed, score, level) for level in range(5) for seed, score in enumerate((0.2, 0.4, 0.6))] + [
        Unit("t", 0, 0.5)
    ]
    b = [replace(unit, seed=unit.seed + 10) for unit in a]
    found = compare(a, b, unpaired=True).delta
    variance = 0.04  # of each side of each level
    expected = 0.25 * (2 * variance / 15 + 2 * variance)
    assert found.stderr == pytest.approx(expected**0.5, rel=1e-12)
