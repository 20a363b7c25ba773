"""Percentiles only where there are enough values, and numbers with a long tail."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
import scipy.stats  # type: ignore[import-untyped, unused-ignore]
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.stats import geometric_mean, percentile, skewed

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=120)


@settings(deadline=None)
@given(VALUES, st.sampled_from([1, 5, 10, 25, 50, 75, 90, 95, 99, 99.5]))
def test_it_is_numpys_linear_percentile_or_the_end_that_stands_in_for_it(values: list[float], q: float) -> None:
    """And the order of the values does not matter."""
    found = percentile(values, q)
    assert percentile(values[::-1], q) == found
    if found.method in ("max", "min"):
        assert len(values) < 100 / min(q, 100 - q)
        assert found.value == (max(values) if q > 50 else min(values))
    else:
        assert found.value == pytest.approx(np.percentile(values, q, method="linear"), rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(
    ("n", "q", "method", "why"),
    [
        (9, 90, "max", "the largest value: p90 is told from 10 values on"),
        (10, 90, "p90", "a percentile comes without an interval"),
        (99, 99, "max", "the largest value: p99 is told from 100 values on"),
        (100, 99, "p99", "a percentile comes without an interval"),
        (1, 50, "p50", "a percentile comes without an interval"),
        (9, 10, "min", "the smallest value: p10 is told from 10 values on"),
    ],
)
def test_a_tail_needs_values_enough_and_else_is_labelled_as_the_end(n: int, q: float, method: str, why: str) -> None:
    found = percentile(list(range(n)), q)
    assert (found.method, found.why, found.n, found.interval) == (method, why, n, None)


def test_nothing_has_no_percentile_and_what_is_missing_is_counted() -> None:
    found = percentile([None, None], 50, missing={"timed_out": 1})
    assert (found.value, found.why, found.missing) == (None, "no value", {"timed_out": 1, "no value": 2})
    with pytest.raises(ValueError, match="strictly between 0 and 100"):
        percentile([1.0], 100)
    with pytest.raises(ValueError, match="finite"):
        percentile([float("nan")], 50)


def test_values_at_the_end_of_floats_do_not_overflow() -> None:
    assert percentile([-1.7e308, 1.7e308], 50).value == 0.0


def test_the_geometric_mean_has_the_t_interval_of_logarithms() -> None:
    values = [0.01, 0.5, 3.0, 0.2, 0.07]
    found = geometric_mean(values)
    logs = np.log(values)
    low, high = scipy.stats.t.interval(0.95, 4, loc=logs.mean(), scale=scipy.stats.sem(logs))
    assert found.value == pytest.approx(scipy.stats.gmean(values), abs=1e-9)
    assert found.interval is not None
    assert found.interval.low == pytest.approx(exp(low), abs=1e-9)
    assert found.interval.high == pytest.approx(exp(high), abs=1e-9)
    assert found.method == "log t"


@pytest.mark.parametrize(
    ("values", "value", "why"),
    [
        ([0.0, 1.0, 2.0], None, "1 of 3 values are 0 or less"),
        ([], None, "no value"),
        ([2.0], 2.0, "one value alone"),
        ([4.0, 4.0], 4.0, "no spread between 2 values"),
        ([1e-300, 1e300], 1.0, "too large for a float"),
    ],
)
def test_a_geometric_mean_that_cannot_be_told_says_why(values: list[float], value: float | None, why: str) -> None:
    found = geometric_mean(values)
    assert found.value == (None if value is None else pytest.approx(value))
    assert found.interval is None
    assert why in found.why


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 100), min_size=2, max_size=10), st.floats(0.01, 100))
def test_another_currency_scales_everything(values: list[float], rate: float) -> None:
    """Scaling law: median, p90, geometric mean and its interval, total."""
    ours, theirs = skewed(values), skewed([value * rate for value in values])
    assert theirs.total == pytest.approx((ours.total or 0) * rate)
    for mine, other in zip((ours.median, ours.p90, ours.geometric), (theirs.median, theirs.p90, theirs.geometric), strict=True):
        assert other.value == pytest.approx((mine.value or 0) * rate)
    if ours.geometric.interval and theirs.geometric.interval and max(values) > 1.001 * min(values):
        assert theirs.geometric.interval.low == pytest.approx(ours.geometric.interval.low * rate, rel=1e-6)


def test_an_unknown_cost_is_not_free() -> None:
    found = skewed([1.0, None, 3.0])
    assert (found.total, found.median.value, found.median.missing) == (4.0, 2.0, {"no value": 1})
    assert skewed([None]).total is None
    assert skewed([1e308] * 3).total is None


def test_the_log_t_interval_covers_on_skewed_costs_where_the_raw_one_does_not() -> None:
    """2,000 samples of 8 lognormal costs: 95 % within three MC errors (0.005) for the median that the geometric mean is."""
    rng, held, trials = np.random.default_rng(3), 0, 2000
    for sample in np.exp(rng.normal(0, 1.2, (trials, 8))).tolist():
        interval = geometric_mean(sample).interval
        assert interval is not None
        held += interval.low <= 1.0 <= interval.high
    assert abs(held / trials - 0.95) <= 0.015
