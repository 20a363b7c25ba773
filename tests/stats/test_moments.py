"""Sums of scores are exact."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.stats import Moments
from pytest_alienbio.stats.moments import cluster_variance

SCORES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


def moments(values: list[float]) -> Moments:
    """The moments of these values, in this order."""
    sums = Moments()
    for value in values:
        sums.add(value)
    return sums


def test_nothing_added_is_missing_not_zero() -> None:
    """Missing stays None."""
    assert (moments([]).n, moments([]).mean, moments([]).variance) == (0, None, None)
    assert moments([0.4]).variance is None


@given(SCORES)
def test_mean_and_variance_are_correctly_rounded(values: list[float]) -> None:
    """Both are the nearest floats to the exact rational answers."""
    exact = [Fraction(value) for value in values]
    mean = sum(exact, Fraction(0)) / len(exact)
    sums = moments(values)
    assert sums.mean == float(mean)
    if len(values) > 1:
        assert sums.variance == float(sum((x - mean) ** 2 for x in exact) / (len(exact) - 1))


@given(SCORES, st.randoms(use_true_random=False))
def test_order_does_not_matter(values: list[float], shuffler: object) -> None:
    """Serial, parallel and resumed runs give the same bits."""
    other = list(values)
    shuffler.shuffle(other)  # type: ignore[attr-defined]
    assert (moments(values).mean, moments(values).variance) == (moments(other).mean, moments(other).variance)


def test_equal_scores_have_no_variance_and_a_tiny_spread_on_a_large_mean_survives() -> None:
    """No cancellation, in either direction."""
    assert moments([0.1] * 7).variance == 0.0
    assert moments([1e9, 1e9 + 1, 1e9 + 2]).variance == 1.0


def test_variance_too_large_for_a_float_is_missing() -> None:
    """Not infinite, no exception; the mean is still right."""
    sums = moments([1e308, -1e308])
    assert sums.mean == 0.0
    assert sums.variance is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_non_finite_values_are_refused(value: float) -> None:
    """They are errors, not data."""
    with pytest.raises(ValueError, match="finite"):
        Moments().add(value)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=8))
def test_clusters_of_one_value_have_the_sample_variance(values: list[float]) -> None:
    """To the last bit."""
    moments = Moments()
    for value in values:
        moments.add(value)
    assert cluster_variance([[value] for value in values]) == moments.variance


def test_clusters_that_are_alike_leave_no_doubt_at_all() -> None:
    """Though 3 * (0.1 + 0.6 + 1.0) / 3 is not their sum in floats. One cluster tells nothing, too large a spread neither."""
    assert cluster_variance([[0.1, 0.6, 1.0], [1.0, 0.1, 0.6], [0.6, 1.0, 0.1]]) == 0.0
    assert cluster_variance([[0.1, 0.6]]) is None
    assert cluster_variance([[1e308, 1e308], [-1e308]]) is None


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_all_at_once_are_what_they_are_one_by_one(values: list[float]) -> None:
    one_by_one, at_once = Moments(), Moments.of(values)
    for value in values:
        one_by_one.add(value)
    assert (at_once.n, at_once.mean, at_once.variance) == (one_by_one.n, one_by_one.mean, one_by_one.variance)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_all_at_once_refuse_what_is_no_number(bad: float) -> None:
    with pytest.raises(ValueError, match="finite number"):
        Moments.of([0.5, bad])
