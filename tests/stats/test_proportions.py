"""Pass rates: three intervals, their authorities, and nothing out of nothing."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats  # type: ignore[import-untyped, unused-ignore]
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from pytest_alienbio.model import Interval
from pytest_alienbio.stats import clopper_pearson, jeffreys, pass_rate, wilson
from pytest_alienbio.stats.proportions import Method

COUNTS = [(0, 1), (1, 1), (0, 10), (10, 10), (3, 10), (1, 1000), (517, 1000)]


def agree(ours: Interval, low: float, high: float) -> bool:
    """Within 1e-9."""
    return abs(ours.low - low) <= 1e-9 and abs(ours.high - high) <= 1e-9


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize(("k", "n"), COUNTS)
def test_the_intervals_agree_with_scipy_and_statsmodels(k: int, n: int, level: float) -> None:
    exact = scipy.stats.binomtest(k, n).proportion_ci(level, method="exact")
    assert agree(clopper_pearson(k, n, level), exact.low, exact.high)
    for ours, method in ((clopper_pearson, "beta"), (jeffreys, "jeffreys"), (wilson, "wilson")):
        assert agree(ours(k, n, level), *proportion_confint(k, n, 1 - level, method=method))


@pytest.mark.parametrize("method", ["wilson", "exact", "jeffreys"])
def test_nothing_judged_has_no_rate_and_could_be_anything(method: Method) -> None:
    found = pass_rate(0, 0, method=method, missing={"timed_out": 3})
    assert found.value is None
    assert found.interval == Interval(0.0, 1.0)
    assert (found.n, found.why, found.missing) == (0, "nothing was judged", {"timed_out": 3})


@settings(deadline=None)
@given(st.integers(0, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.5, 0.9, 0.95]))
def test_the_exact_interval_holds_its_rate_and_wilson_lies_within_the_unit(case: tuple[int, int], level: float) -> None:
    """And passes and misses mirror each other."""
    k, n = case
    exact, mirror = clopper_pearson(k, n, level), clopper_pearson(n - k, n, level)
    assert 0.0 <= exact.low <= (k / n if n else 0.0) <= exact.high <= 1.0
    assert agree(exact, 1 - mirror.high, 1 - mirror.low)


def test_jeffreys_says_when_it_leaves_out_the_rate_itself() -> None:
    """Its posterior puts nothing at 0 and at 1; a reader who sees 0 of 5 beside an interval above 0 is told."""
    for k in (0, 5):
        found = pass_rate(k, 5, method="jeffreys")
        assert found.interval is not None
        assert not found.interval.low <= k / 5 <= found.interval.high
        assert "leaves the rate itself out" in found.notes[0]
    assert pass_rate(3, 5, method="jeffreys").notes == ()


def test_the_exact_interval_never_covers_less_than_it_claims_and_wilson_does_on_average() -> None:
    """Over all rates, from the binomial distribution itself: no simulation."""
    n, rates = 12, np.linspace(0.01, 0.99, 99)
    chances = scipy.stats.binom.pmf(np.arange(n + 1)[:, None], n, rates)
    for method, least, mean in (("exact", 0.95, 0.95), ("wilson", 0.83, 0.945), ("jeffreys", 0.83, 0.94)):
        held = np.zeros((n + 1, len(rates)))
        for k in range(n + 1):
            interval = pass_rate(k, n, method=method).interval  # type: ignore[arg-type]
            assert interval is not None
            held[k] = (interval.low <= rates) & (rates <= interval.high)
        coverage = (held * chances).sum(axis=0)
        assert coverage.min() >= least - 1e-12
        assert coverage.mean() >= mean


def test_an_unknown_method_and_more_passes_than_runs_are_refused() -> None:
    with pytest.raises(ValueError, match="wilson, exact or jeffreys"):
        pass_rate(1, 2, method="wald")  # type: ignore[arg-type]
    for make in (clopper_pearson, jeffreys):
        with pytest.raises(ValueError, match="between 0 and n"):
            make(3, 2)
        with pytest.raises(ValueError, match="strictly"):
            make(1, 2, 1.0)


def test_a_rate_names_its_interval() -> None:
    found = pass_rate(3, 10, method="exact")
    assert (found.value, found.n, found.unit, found.method) == (0.3, 10, "worlds", "Clopper-Pearson")
