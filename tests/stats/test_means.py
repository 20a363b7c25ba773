"""The mean of a leaf: t, clustered t, and the cases in which neither is honest."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
import scipy.stats  # type: ignore[import-untyped, unused-ignore]
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.weightstats import DescrStatsW

from pytest_alienbio.model import Interval
from pytest_alienbio.stats import clustered_mean, leaf_mean, wilson

SCORES = st.lists(st.floats(0, 1) | st.none(), min_size=0, max_size=12)


def test_the_t_interval_agrees_with_scipy_and_statsmodels() -> None:
    scores = [0.2, 0.5, 0.9, 0.4, 0.1]
    found = leaf_mean(scores, level=0.9)
    assert found.interval is not None
    assert found.stderr == pytest.approx(scipy.stats.sem(scores), abs=1e-12)
    for low, high in (
        scipy.stats.t.interval(0.9, 4, loc=np.mean(scores), scale=scipy.stats.sem(scores)),
        DescrStatsW(scores).tconfint_mean(0.1),
    ):
        assert found.interval.low == pytest.approx(low, abs=1e-9)
        assert found.interval.high == pytest.approx(high, abs=1e-9)
    assert (found.n, found.unit, found.df, found.method, found.mark) == (5, "worlds", 4, "t", "")


def test_cells_of_one_world_are_one_unit() -> None:
    """CR1, as statsmodels' clustered covariance with the factor C/(C-1); df = C - 1; the mean is over cells."""
    scores, worlds = [0.2, 0.3, 0.25, 0.9, 0.8, 0.5], ["a", "a", "a", "b", "b", "c"]
    found = leaf_mean(scores, worlds=worlds)
    groups = np.array([ord(world) for world in worlds])
    fit = OLS(np.array(scores), np.ones(6)).fit()
    theirs = fit.get_robustcov_results("cluster", groups=groups, use_correction=False)
    stderr = float(theirs.bse[0]) * sqrt(3 / 2)
    assert found.value == pytest.approx(np.mean(scores), abs=1e-12)
    assert found.stderr == pytest.approx(stderr, abs=1e-9)
    assert (found.n, found.df, found.method) == (3, 2, "clustered t")
    assert found.interval is not None
    assert found.interval.high - np.mean(scores) == pytest.approx(scipy.stats.t.ppf(0.975, 2) * stderr, abs=1e-9)


def test_one_world_however_often_seen_has_no_interval() -> None:
    """No standard error of 0, which would read as certainty."""
    for found in (leaf_mean([0.5]), leaf_mean([0.5, 0.7], worlds=[1, 1])):
        assert (found.interval, found.stderr, found.df, found.n) == (None, None, None, 1)
        assert found.why == "one world alone has no spread"


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_all_0_or_all_1_has_wilsons_interval(score: float) -> None:
    found = leaf_mean([score] * 3)
    assert found.interval == wilson(3 * score, 3)
    assert (found.value, found.method, found.mark, found.why) == (score, "Wilson", "", "")


def test_equal_scores_are_degenerate_and_no_certainty() -> None:
    """But for agent and scenario declared deterministic: the point, and it says so."""
    found = leaf_mean([0.4] * 3)
    assert (found.value, found.interval, found.stderr, found.mark) == (0.4, None, None, "degenerate")
    assert "no proof of certainty" in found.why
    exact = leaf_mean([0.4] * 3, deterministic=True)
    assert (exact.interval, exact.stderr, exact.mark, exact.why) == (Interval(0.4, 0.4), 0.0, "exact", "")


def test_worlds_with_equal_means_of_other_scores_are_not_taken_for_a_sure_zero() -> None:
    """Mean 0 and no spread between worlds, but no score is 0: not Wilson."""
    found = leaf_mean([-1.0, 1.0, 1.0, -1.0], worlds=[1, 1, 2, 2])
    assert (found.value, found.mark, found.interval) == (0.0, "degenerate", None)


def test_no_score_is_missing_and_not_zero() -> None:
    found = leaf_mean([None, None])
    assert (found.value, found.interval, found.n, found.missing, found.why) == (None, None, 0, {"no score": 2}, "no score")


def test_the_interval_is_cut_at_declared_bounds_and_says_so() -> None:
    found = leaf_mean([0.0, 1.0], bounds=(0, 1))
    assert found.interval == Interval(0.0, 1.0)
    assert found.notes == ("cut at the bound 0", "cut at the bound 1")


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"values": [0.5, float("nan")]}, "finite"),
        ({"values": [0.5, 1.5], "bounds": (0, 1)}, "1.5 lies outside"),
        ({"values": [0.5], "bounds": (1, 0)}, "lowest, highest"),
        ({"values": [0.5], "worlds": []}, "each value needs its world"),
        ({"values": [0.5], "level": 1.0}, "strictly"),
    ],
)
def test_nonsense_is_refused(arguments: dict[str, object], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        leaf_mean(**arguments)  # type: ignore[arg-type]


def test_a_spread_beyond_floats_has_no_interval() -> None:
    found = leaf_mean([1e308, -1e308])
    assert (found.value, found.interval, found.why) == (0.0, None, "the spread is too large for a float")


@settings(deadline=None)
@given(SCORES, st.data())
def test_the_interval_holds_the_mean_and_order_does_not_matter(values: list[float | None], data: st.DataObject) -> None:
    """To the last bit, missing scores and clusters included."""
    worlds = data.draw(st.lists(st.integers(0, 3), min_size=len(values), max_size=len(values)))
    found = leaf_mean(values, worlds=worlds, bounds=(0, 1))
    order = data.draw(st.permutations(range(len(values))))
    assert leaf_mean([values[i] for i in order], worlds=[worlds[i] for i in order], bounds=(0, 1)) == found
    assert sum(found.missing.values()) == values.count(None)
    if found.interval is not None:
        assert found.value is not None
        assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=8), st.floats(0.01, 100), st.floats(-10, 10))
def test_scaling_and_shifting_scores_scales_and_shifts_the_interval(values: list[float], scale: float, shift: float) -> None:
    found, moved = clustered_mean(values), clustered_mean([scale * value + shift for value in values])
    if found.interval is None or moved.interval is None or max(values) - min(values) < 1e-6:
        return
    tolerance = 1e-6 * (1 + abs(shift) + scale)
    assert moved.interval.low == pytest.approx(scale * found.interval.low + shift, abs=tolerance)
    assert moved.interval.high == pytest.approx(scale * found.interval.high + shift, abs=tolerance)


def test_more_cells_of_the_same_worlds_do_not_narrow_the_interval() -> None:
    """Twice the same cells: the plain t would claim twice the data."""
    scores = [0.2, 0.5, 0.9, 0.4]
    assert leaf_mean(scores * 2, worlds=[1, 2, 3, 4] * 2).interval == leaf_mean(scores).interval


def test_clusters_cover_what_they_claim() -> None:
    """2,000 samples of 12 clusters of unequal size that share an effect: 95 % (the t of CR1 is approximate), MC error 0.005."""
    rng, held, trials = np.random.default_rng(7), 0, 2000
    clusters = np.repeat(np.arange(12), [1, 2, 3, 4] * 3)
    names = clusters.tolist()
    for _ in range(trials):
        values = rng.normal(0, 1, 12)[clusters] + rng.normal(0, 0.5, len(clusters))
        interval = clustered_mean(values.tolist(), names).interval
        assert interval is not None
        held += interval.low <= 0 <= interval.high
    assert 0.92 <= held / trials <= 0.965
