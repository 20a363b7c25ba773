"""Intervals agree with outside authorities and cover what they claim."""

from __future__ import annotations

import subprocess
import sys

import pytest
import scipy.special  # type: ignore[import-untyped, unused-ignore]
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.stats import wilson
from pytest_alienbio.stats.intervals import t_quantile


def close(value: float, expected: float) -> bool:
    """Within 1e-9, the bar for agreement with an authority."""
    return abs(value - expected) <= 1e-9


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (0, 10), (10, 10), (3, 10), (1, 1000), (517, 1000)])
def test_wilson_agrees_with_scipy(k: int, n: int, level: float) -> None:
    """Same numbers as `binomtest(...).proportion_ci(method="wilson")`."""
    ours, theirs = wilson(k, n, level), scipy.stats.binomtest(k, n).proportion_ci(level, method="wilson")
    assert close(ours.low, theirs.low)
    assert close(ours.high, theirs.high)
    assert ours.level == level


def test_wilson_of_nothing_is_everything() -> None:
    """n = 0 says nothing about the rate."""
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


@given(st.integers(0, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_contains_its_point_and_stays_in_bounds(case: tuple[int, int]) -> None:
    """0 <= low <= k/n <= high <= 1, and passes and misses mirror each other."""
    k, n = case
    interval, mirror = wilson(k, n), wilson(n - k, n)
    assert 0.0 <= interval.low <= interval.high <= 1.0
    if n:
        assert interval.low <= k / n <= interval.high
    assert close(interval.low, 1 - mirror.high)


@pytest.mark.parametrize(("k", "n", "level"), [(2, 1, 0.95), (-1, 1, 0.95), (1, 2, 0.0), (1, 2, 1.0)])
def test_wilson_refuses_nonsense(k: int, n: int, level: float) -> None:
    """More passes than cells, or no level, is a bug of the caller."""
    with pytest.raises(ValueError, match=r"must lie|strictly"):
        wilson(k, n, level)


def test_importing_stats_loads_neither_numpy_nor_scipy() -> None:
    """Nobody who prints means and pass rates pays for scipy; `scipy.stats` is never loaded for an interval."""
    code = (
        "import sys, pytest_alienbio.stats as s\n"
        "s.wilson(1, 2), s.percentile([1.0, 2.0], 50), s.pass_at_k([(1, 2)], 1), s.leaf_mean([1.0, 1.0])\n"
        "assert not {'numpy', 'scipy'} & set(sys.modules), 'at import'\n"
        "s.fixed_mean([s.Stratum.of([.1, .2])]), s.leaf_mean([.1, .2])\n"
        "assert 'scipy' not in sys.modules, 'for a mean'\n"
        "s.pass_rate(1, 2, method='exact')\n"
        "assert 'scipy.stats' not in sys.modules, 'for an interval'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@given(st.floats(1e-30, 0.4999), st.floats(0.5, 1e9) | st.integers(1, 300) | st.just(float("inf")))
def test_a_t_quantile_leaves_its_tail(tail: float, df: float) -> None:
    """By scipy's distribution function; the other tail is its mirror image, as far as 1 - p tells it."""
    t = t_quantile(tail, df)
    assert scipy.special.stdtr(df, t) == pytest.approx(tail, rel=1e-9)
    if tail > 1e-6:
        assert t_quantile(1.0 - tail, df) == pytest.approx(-t, rel=1e-9)


@pytest.mark.parametrize("p", [0.6, 0.9, 0.975, 0.995, 0.9995, 0.025])
def test_t_quantiles_are_those_of_scipy(p: float) -> None:
    """Also of degrees of freedom that are no whole numbers, and on both sides of where the method changes."""
    dfs = [1, 1.5, 2, 2.3, 3, 4, 9, 17.3, 50, 300, 1999.99, 2000, 1e6, 1e12]
    assert [t_quantile(p, df) for df in dfs] == pytest.approx(list(scipy.special.stdtrit(dfs, p)), rel=1e-12)
    assert t_quantile(p, float("inf")) == pytest.approx(scipy.special.ndtri(p), rel=1e-14)
    assert t_quantile(0.5, 3) == 0.0


@pytest.mark.parametrize(("p", "df"), [(0.0, 3), (1.0, 3), (float("nan"), 3), (0.9, 0), (0.9, float("nan"))])
def test_what_has_no_t_quantile_is_refused(p: float, df: float) -> None:
    with pytest.raises(ValueError, match=r"needs 1e-30 <= p < 1 and df >= 1/2"):
        t_quantile(p, df)
