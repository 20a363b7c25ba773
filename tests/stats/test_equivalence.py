"""As good as, and how small a difference would have shown: statsmodels' numbers, and no proof from silence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestPower
from statsmodels.stats.weightstats import ttost_paired

from pytest_alienbio.model import Estimate
from pytest_alienbio.stats import compare, detectable, hedges, tost

from .cells import units


@pytest.mark.parametrize("margin", [0.05, 0.15, 0.4])
def test_tost_is_statsmodels(margin: float) -> None:
    """Paired, both ways of reading it: its p, and whether the 90 % interval lies inside."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(0.05, 0.3, 20), rng.normal(0, 0.2, 20)
    found = compare(units({"s": a.tolist()}), units({"s": b.tolist()}), margin=margin).equivalence
    assert found is not None
    p, *_ = ttost_paired(a, b, -margin, margin)
    assert found.p == pytest.approx(float(p), abs=1e-9)
    assert found.interval is not None
    assert found.interval.level == pytest.approx(0.9)
    assert found.equivalent == (-margin < found.interval.low and found.interval.high < margin)


@pytest.mark.parametrize(
    ("value", "better", "equivalent", "not_worse"),
    [(0.2, "higher", False, True), (0.2, "lower", False, False), (-0.2, "lower", False, True), (0.0, "higher", True, True)],
)
def test_not_worse_looks_to_one_side(value: float, better: str, equivalent: bool, not_worse: bool) -> None:
    """Much better is not equivalent, but surely not worse; which side is better is told."""
    found = tost(Estimate(value, stderr=0.01, df=20), 0.05, better=better)
    assert (found.equivalent, found.not_worse) == (equivalent, not_worse)


def test_no_spread_proves_nothing() -> None:
    found = tost(Estimate(0.0, mark="degenerate", why="no spread"), 0.1)
    assert (found.equivalent, found.not_worse, found.p, found.why) == (None, None, None, "no spread")


@pytest.mark.parametrize(("margin", "alpha"), [(0.0, 0.05), (-1.0, 0.05), (float("inf"), 0.05), (0.1, 0.5)])
def test_a_margin_is_declared_and_positive(margin: float, alpha: float) -> None:
    with pytest.raises(ValueError, match="got"):
        tost(Estimate(0.0, stderr=0.1, df=3), margin, alpha=alpha)


@pytest.mark.parametrize("n", [3, 6, 20, 200])
def test_what_was_detectable_is_what_statsmodels_solves_for(n: int) -> None:
    """The paired t test: its power at that difference is the power asked for."""
    found = detectable(0.3 / np.sqrt(n), n - 1)
    assert found is not None
    assert TTestPower().power(found / 0.3, n, 0.05) == pytest.approx(0.8, abs=1e-6)
    shift, edge = found / (0.3 / np.sqrt(n)), stats.t.ppf(0.975, n - 1)
    assert 1 - stats.nct.cdf(edge, n - 1, shift) == pytest.approx(0.8, abs=1e-9)


def test_many_units_give_the_formula_with_z() -> None:
    """(1.959964 + 0.841621) x stderr; shared over tests alpha is smaller."""
    z = stats.norm.ppf
    assert detectable(0.1) == pytest.approx(0.1 * (z(0.975) + z(0.8)), abs=1e-12)
    assert detectable(0.1, tests=10) == pytest.approx(0.1 * (z(1 - 0.0025) + z(0.8)), abs=1e-12)
    assert detectable(0.1, 1e7) == pytest.approx(0.1 * (z(0.975) + z(0.8)), abs=1e-6)
    assert detectable(None) is None
    assert detectable(0.0, 5) is None
    with pytest.raises(ValueError, match="at least one test"):
        detectable(0.1, tests=0)


def test_a_difference_as_large_as_detectable_is_detected_as_often() -> None:
    """2,000 draws of 10 pairs: the t test finds it in 80 % of them, three binomial errors (0.027) allowed."""
    size = detectable(1 / np.sqrt(10), 9) or 0.0
    draws = np.random.default_rng(0).normal(size, 1, (2000, 10))
    found = np.mean(stats.ttest_1samp(draws, 0, axis=1).pvalue <= 0.05)
    assert found == pytest.approx(0.8, abs=3 * np.sqrt(0.16 / 2000))


def test_hedges_takes_off_what_small_samples_add() -> None:
    """The mean over 4,000 samples of 5 with true effect 0.8 is 0.8 within three errors; without J it is 0.25 x larger."""
    draws = np.random.default_rng(2).normal(0.8, 1, (4000, 5))
    found = [hedges(float(mean), float(std), 5) or 0.0 for mean, std in zip(draws.mean(1), draws.std(1, ddof=1), strict=True)]
    assert np.mean(found) == pytest.approx(0.8, abs=3 * np.std(found) / np.sqrt(4000))
    assert hedges(1.0, 0.0, 9) is None
    assert hedges(1.0, 1.0, 2) is None


def test_alpha_reaches_the_interval() -> None:
    found = tost(replace(Estimate(0.0), stderr=0.1, df=9.0), 0.3, alpha=0.01)
    assert found.interval is not None
    assert found.interval.high == pytest.approx(0.1 * stats.t.ppf(0.99, 9), abs=1e-9)
