"""One agent over scenarios: on these, and on others of their kind."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
import scipy.stats  # type: ignore[import-untyped, unused-ignore]
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS

from pytest_alienbio.model import Estimate, Interval, OverScenarios
from pytest_alienbio.stats import Stratum, bracket, fixed_mean, over_scenarios, population_mean
from pytest_alienbio.stats.aggregate import exact_mean


def close(value: float, expected: float) -> bool:
    """Within 1e-9, the bar for agreement with an authority."""
    return abs(value - expected) <= 1e-9


def test_one_stratum_is_the_t_interval() -> None:
    """Agrees with `scipy.stats.t.interval` on one scenario."""
    scores = [0.2, 0.5, 0.9, 0.4]
    found = fixed_mean([Stratum.of(scores)])
    mean, interval = found.value, found.interval
    low, high = scipy.stats.t.interval(0.95, 3, loc=np.mean(scores), scale=scipy.stats.sem(scores))
    assert mean == 0.5
    assert interval is not None
    assert close(interval.low, low)
    assert close(interval.high, high)


def test_two_equal_strata_have_welchs_degrees_of_freedom() -> None:
    """Half the Welch interval of a sum: the mean of two scenarios is half of x - (-y)."""
    x, y = [0.2, 0.5, 0.9, 0.4], [0.1, 0.15, 0.2]
    found = fixed_mean([Stratum.of(x), Stratum.of(y)])
    mean, interval = found.value, found.interval
    welch = scipy.stats.ttest_ind(x, [-v for v in y], equal_var=False).confidence_interval(0.95)
    assert mean is not None
    assert interval is not None
    assert close(mean, float(np.mean(x) + np.mean(y)) / 2)
    assert close(interval.low, welch.low / 2)
    assert close(interval.high, welch.high / 2)


def test_a_lone_score_borrows_the_pooled_variance() -> None:
    """`SE^2 = (s^2/n + s_pool^2)/4`; with one other leaf the pool is that leaf and so are the degrees of freedom."""
    x = [0.2, 0.5, 0.9, 0.4]
    found = fixed_mean([Stratum.of(x), Stratum.of([0.7])])
    mean, interval = found.value, found.interval
    variance = np.var(x, ddof=1)
    half = scipy.stats.t.ppf(0.975, 3) * sqrt(variance / 4 + variance) / 2
    assert mean is not None
    assert interval is not None
    assert close(interval.high - mean, half)


def test_unequal_seeds_do_not_reweight_scenarios() -> None:
    """Each scenario weighs the same."""
    assert fixed_mean([Stratum.of([1.0] * 9), Stratum.of([0.0])]).value == 0.5


@pytest.mark.parametrize(
    "scores",
    [[[0.5]], [[0.5], [0.7]], [[1.0, 1.0], [0.0, 0.0, 0.0]], [[1.0, 1.0], [0.3]], [[1e308, -1e308], [0.1, 0.2]]],
    ids=["one score", "one score each", "no spread", "no spread to borrow", "spread beyond floats"],
)
def test_no_interval_where_none_can_be_estimated(scores: list[list[float]]) -> None:
    """None, not a width of zero: equal scores are no proof of certainty."""
    found = fixed_mean([Stratum.of(some) for some in scores])
    mean, interval = found.value, found.interval
    assert mean is not None
    assert interval is None


def test_no_strata_no_mean() -> None:
    """Missing stays missing, and an empty stratum is refused."""
    assert (fixed_mean([]).value, fixed_mean([]).interval) == (None, None)
    with pytest.raises(ValueError, match="leave it out"):
        Stratum.of([])


def test_clipped_to_declared_bounds_only() -> None:
    """A score that cannot exceed 1 has no interval that does."""
    stratum = [Stratum.of([0.0, 1.0])]
    free = fixed_mean(stratum).interval
    bounded = fixed_mean(stratum, bounds=(0.0, 1.0)).interval
    assert free is not None
    assert bounded is not None
    assert free.low < 0 < 1 < free.high
    assert (bounded.low, bounded.high) == (0.0, 1.0)


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=8), min_size=1, max_size=6))
def test_interval_contains_the_mean(scores: list[list[float]]) -> None:
    """Clipped or not."""
    found = fixed_mean([Stratum.of(some) for some in scores], bounds=(0.0, 1.0))
    mean, interval = found.value, found.interval
    assert mean is not None
    if interval is not None:
        assert 0.0 <= interval.low <= mean <= interval.high <= 1.0


@pytest.mark.parametrize(
    ("sizes", "spreads", "least", "most"),
    [
        ((10, 10, 10), (0.1, 0.1, 0.1), 0.95, 0.95),
        ((5, 20), (0.3, 0.05), 0.94, 0.97),
        ((3, 3, 3, 3, 3, 3), (0.2, 0.1, 0.1, 0.3, 0.2, 0.1), 0.94, 0.975),
        ((8, 8, 1), (0.2, 0.2, 0.2), 0.94, 0.96),
    ],
    ids=["equal", "unequal spread and size", "three seeds", "one lone score"],
)
def test_coverage(sizes: tuple[int, ...], spreads: tuple[float, ...], least: float, most: float) -> None:
    """Of 4,000 batteries of normal scores, 95 % of the intervals hold the truth.

    Monte-Carlo standard error sqrt(.95 x .05 / 4000) = 0.0034, three of which are allowed beyond the stated range;
    Satterthwaite itself is approximate, hence a range where sizes or spreads differ.
    """
    rng, batteries, held = np.random.default_rng(20240607), 4000, 0
    means = np.linspace(0.3, 0.8, len(sizes))
    for _ in range(batteries):
        strata = []
        for mean, size, spread in zip(means, sizes, spreads, strict=True):
            scores = rng.normal(mean, spread, size)
            strata.append(Stratum(size, float(scores.mean()), float(scores.var(ddof=1)) if size > 1 else None))
        interval = fixed_mean(strata).interval
        assert interval is not None
        held += interval.low <= means.mean() <= interval.high
    error = 3 * sqrt(0.95 * 0.05 / batteries)
    assert least - error <= held / batteries <= most + error


def test_a_fixed_mean_says_what_it_stands_on() -> None:
    """Standard error, degrees of freedom, the mark of a lone scenario, and what was left out."""
    found = fixed_mean([Stratum.of([0.2, 0.5, 0.9, 0.4]), Stratum.of([0.7])], missing={"no score on it": 1})
    assert (found.n, found.unit, found.method, found.mark) == (2, "scenarios", "strata t", "pooled variance")
    assert found.notes == ("1 of 2 scenarios have one world: they borrow the spread of the others",)
    assert found.df == pytest.approx(3)
    assert found.missing == {"no score on it": 1}
    assert found.interval is not None
    assert found.value is not None
    assert found.stderr is not None
    assert close(found.interval.high - found.value, scipy.stats.t.ppf(0.975, 3) * found.stderr)


def test_why_there_is_no_fixed_interval() -> None:
    """Lone worlds, no spread, nothing at all; declared deterministic it is the point, but not where a spread was borrowed."""
    assert fixed_mean([Stratum.of([0.5])]).why == "one world alone has no spread"
    assert fixed_mean([Stratum.of([0.5]), Stratum.of([0.7])]).why == "no scenario has two worlds"
    assert fixed_mean([]).why == "no scenario has a score"
    still = [Stratum.of([1.0, 1.0]), Stratum.of([0.0, 0.0])]
    assert fixed_mean(still).mark == "degenerate"
    exact = fixed_mean(still, deterministic=True)
    assert (exact.interval, exact.mark, exact.stderr) == (Interval(0.5, 0.5), "exact", 0.0)
    assert fixed_mean([*still, Stratum.of([0.3])], deterministic=True).interval is None


def test_a_population_mean_is_the_t_interval_of_leaf_means() -> None:
    means = [0.2, 0.5, 0.9, 0.4, 0.3, 0.8]
    found = population_mean(means)
    low, high = scipy.stats.t.interval(0.95, 5, loc=np.mean(means), scale=scipy.stats.sem(means))
    assert found.interval is not None
    assert close(found.interval.low, low)
    assert close(found.interval.high, high)
    assert (found.n, found.unit, found.df, found.notes) == (6, "scenarios", 5, ())


def test_scenarios_of_one_family_are_no_independent_draws() -> None:
    """CR1 on families, as statsmodels' clustered covariance with the factor C/(C-1); few of them are said to be few."""
    means, families = [0.2, 0.3, 0.9, 0.8, 0.85, 0.5, 0.4], ["a", "a", "b", "b", "b", "c", "d"]
    found = population_mean(means, families=families)
    fit = OLS(np.array(means), np.ones(7)).fit()
    theirs = fit.get_robustcov_results("cluster", groups=np.array([ord(one) for one in families]), use_correction=False)
    assert found.stderr is not None
    assert close(found.stderr, float(theirs.bse[0]) * sqrt(4 / 3))
    assert (found.n, found.unit, found.df, found.method) == (4, "families", 3, "clustered t over scenarios")
    assert found.notes[0].startswith("4 families are few")


def test_one_family_tells_nothing_of_others() -> None:
    found = population_mean([0.2, 0.3, None], families=["a", "a", "b"])
    assert (found.interval, found.why, found.missing) == (None, "one family alone has no spread", {"no score": 1})
    assert population_mean([0.5] * 3).why == "no spread between 3 scenarios, which is no proof of certainty"


@pytest.mark.parametrize(
    ("leaves", "differ"),
    [
        ([[0.1, 0.12], [0.5, 0.52], [0.9, 0.92]], True),
        ([[0.1, 0.9, 0.5], [0.2, 0.8, 0.6], [0.3, 0.9, 0.6]], True),
        ([[0.1, 0.3], [0.2, 0.4], [0.3, 0.6]], False),
        ([[0.1, 0.3]], False),
    ],
    ids=["scenarios differ more", "seeds differ more", "about the same", "only one can be told"],
)
def test_both_intervals_are_shown_where_they_differ(leaves: list[list[float]], differ: bool) -> None:
    """By more than 1.5 times in width, whichever is the wider."""
    found = over_scenarios([Stratum.of(leaf) for leaf in leaves])
    assert found.fixed.value == pytest.approx(found.population.value)
    assert found.differ is differ


def test_exactly_one_and_a_half_times_as_wide_is_not_more() -> None:
    narrow, wide = Estimate(0.5, Interval(0.0, 2.0)), Estimate(0.5, Interval(0.0, 3.0))
    assert not OverScenarios(narrow, wide).differ
    assert OverScenarios(narrow, Estimate(0.5, Interval(0.0, 3.1))).differ


def test_a_bracket_spans_what_the_missing_could_have_been() -> None:
    """All worst and all best, in the score's own direction; the mean of what is there lies between, and nothing is imputed."""
    leaves = [[0.5, None, 0.7], [None, 0.2], []]
    found = bracket(leaves, (0.0, 1.0))
    assert found.worst.value == pytest.approx((0.4 + 0.1) / 2)
    assert found.best.value == pytest.approx((2.2 / 3 + 0.6) / 2)
    assert found.worst.notes[0] == "2 missing taken as the worst, 0"
    lower = bracket(leaves, (0.0, 1.0), better="lower")
    assert (lower.worst.value, lower.best.value) == (found.best.value, found.worst.value)
    with pytest.raises(ValueError, match="outside"):
        bracket([[2.0]], (0.0, 1.0))
    with pytest.raises(ValueError, match="higher or lower"):
        bracket([[1.0]], (0.0, 1.0), better="up")


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(0, 1) | st.none(), min_size=1, max_size=5), min_size=1, max_size=5))
def test_a_bracket_holds_the_mean_of_any_filling(leaves: list[list[float | None]]) -> None:
    found = bracket(leaves, (0.0, 1.0))
    middle = fixed_mean([Stratum.of(0.4 if score is None else score for score in leaf) for leaf in leaves]).value
    assert found.worst.value is not None
    assert found.best.value is not None
    assert middle is not None
    assert found.worst.value - 1e-12 <= middle <= found.best.value + 1e-12


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=6), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_scenarios_and_scores_does_not_matter(leaves: list[list[float]], shuffler: object) -> None:
    """Point to the last bit, ends within rounding."""
    other = [list(leaf) for leaf in leaves]
    for leaf in (*other, other):
        shuffler.shuffle(leaf)  # type: ignore[attr-defined]
    ours, theirs = (over_scenarios([Stratum.of(leaf) for leaf in some], bounds=(0.0, 1.0)) for some in (leaves, other))
    for mine, their in ((ours.fixed, theirs.fixed), (ours.population, theirs.population)):
        assert mine.value == their.value
        assert (mine.interval is None) == (their.interval is None)
        if mine.interval and their.interval:
            assert mine.interval.low == pytest.approx(their.interval.low, abs=1e-9)


def test_an_exact_mean_needs_a_value() -> None:
    assert exact_mean([0.1] * 3) == 0.1
    with pytest.raises(ValueError, match="needs a value"):
        exact_mean([])


def test_new_scenarios_are_covered_by_population_and_not_by_fixed() -> None:
    """2,000 batteries of 12 scenarios x 5 seeds whose leaf means spread: 95 % and far below it; MC error 0.005."""
    rng, trials = np.random.default_rng(11), 2000
    held = {"fixed": 0, "population": 0}
    for _ in range(trials):
        scores = rng.normal(rng.normal(0.5, 0.2, 12)[:, None], 0.1, (12, 5))
        variances = scores.var(axis=1, ddof=1).tolist()
        found = over_scenarios([Stratum(5, m, v) for m, v in zip(scores.mean(axis=1).tolist(), variances, strict=True)])
        for name, one in (("fixed", found.fixed), ("population", found.population)):
            assert one.interval is not None
            held[name] += one.interval.low <= 0.5 <= one.interval.high
    assert abs(held["population"] / trials - 0.95) <= 0.015
    assert held["fixed"] / trials < 0.5
