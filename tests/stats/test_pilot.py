"""What played runs say of the spread: numpy's variances, and what must not count as spread."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from pytest_alienbio.stats import Unit
from pytest_alienbio.stats.pilot import from_pairs, from_seeds, spread_of

from .cells import units

RNG = np.random.default_rng(7)
OLD = {"x": RNG.random(6).tolist(), "y": RNG.random(4).tolist()}
NEW = {"x": RNG.random(6).tolist(), "y": RNG.random(4).tolist()}
MORE = {"x": RNG.random(5).tolist(), "y": RNG.random(5).tolist()}


def test_pairs_give_the_variance_of_their_differences() -> None:
    """Within each scenario; degrees of freedom by Satterthwaite."""
    leaves = from_pairs([(units(NEW), units(OLD))])
    variances = [np.var(np.subtract(OLD[name], NEW[name]), ddof=1) for name in "xy"]
    assert [leaf.variance for leaf in leaves] == pytest.approx(variances)
    assert [leaf.df for leaf in leaves] == [5, 3]
    assert [leaf.drop.mean for leaf in leaves if leaf.drop] == pytest.approx(
        [np.mean(OLD[name]) - np.mean(NEW[name]) for name in "xy"]
    )
    seen = spread_of(leaves)
    assert seen.sd_diff == pytest.approx(sqrt(np.mean(variances)))
    assert seen.df == pytest.approx(sum(variances) ** 2 / (variances[0] ** 2 / 5 + variances[1] ** 2 / 3))


def test_a_drop_of_a_whole_scenario_is_no_spread_within_it() -> None:
    """But it is between scenarios, beyond what chance gives their means."""
    moved = {"x": [score - 0.5 for score in OLD["x"]], "y": OLD["y"]}
    leaves = from_pairs([(units(moved), units(OLD))])
    assert [leaf.variance for leaf in leaves] == [0.0, 0.0]
    assert spread_of(leaves).between == pytest.approx(np.std([0.5, 0.0], ddof=1))
    assert spread_of(from_pairs([(units(OLD), units(OLD))])).between == 0.0


def test_several_couples_of_runs_are_pooled() -> None:
    pooled = from_pairs([(units(NEW), units(OLD)), (units(MORE), units(MORE))])
    [alone] = from_pairs([(units({"x": NEW["x"]}), units({"x": OLD["x"]}))])
    assert pooled[0].df == 5 + 4
    assert pooled[0].variance == pytest.approx((alone.variance or 0) * 5 / 9)


def test_one_run_gives_twice_the_variance_within_each_level() -> None:
    """What two runs that share nothing would differ by; that levels differ is no spread."""
    levels = [
        Unit("x", seed, score + level, difficulty=level) for level in (1, 2) for seed, score in enumerate(OLD["x"])
    ]  # fmt: skip
    [leaf] = from_seeds(levels)
    assert leaf.variance == pytest.approx(2 * np.var(OLD["x"], ddof=1))
    assert leaf.df == 10


def test_what_has_no_number_or_stands_alone_tells_nothing() -> None:
    """A missing score is no spread, nor is a single one."""
    gone = [Unit("x", 0, 0.5), Unit("x", 1, None, why="timed_out"), Unit("y", 0, None)]
    [leaf] = from_seeds(gone)
    assert (leaf.scenario, leaf.variance, leaf.df) == ("x", None, 0)
    assert spread_of([leaf]).sd_diff is None
    assert spread_of([]).sd_diff is None
    assert from_pairs([(gone, gone[1:])]) == ()


def test_a_leaf_without_spread_lowers_the_mean_of_the_others() -> None:
    """Of a mean over both: 0 is known of one of them."""
    leaves = from_seeds(units({"x": OLD["x"], "y": [1.0, 1.0, 1.0]}))
    assert spread_of(leaves).sd_diff == pytest.approx(sqrt(2 * np.var(OLD["x"], ddof=1) / 2))
    assert spread_of(leaves).df == pytest.approx(5)
