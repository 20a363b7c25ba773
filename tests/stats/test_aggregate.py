"""One agent over scenarios: on these, and on others of their kind."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
import scipy.stats  # type: ignore[import-untyped, unused-ignore]
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.stats import Stratum, fixed_mean


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
