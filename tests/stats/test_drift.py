"""The chart: its run lengths against theory, what a shared anchor does to them, and what moves it."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from pytest_alienbio.stats.drift import alarm_chance, cusum, moderated, moves, trend

Z = st.lists(st.floats(-8, 8), max_size=30)


def run_length(shift: float, h: float = 5.0, states: int = 120) -> float:
    """Batches to an alarm from S = 0, by the chain: `(I - Q)^-1 1`. Brook and Evans (1972), Biometrika 59, 539-549."""
    q = moves(-shift, 1.0, h=h, states=states)
    return float(np.linalg.solve(np.eye(states) - q, np.ones(states))[0])


@pytest.mark.parametrize(
    ("shift", "h", "expected", "within"),
    [(0.0, 5.0, 931, 1.0), (1.0, 5.0, 10.4, 0.05), (2.0, 5.0, 4.0, 0.05), (0.0, 4.0, 335, 1.0), (1.0, 4.0, 8.4, 0.05),
     (2.0, 4.0, 3.3, 0.05)],
)  # fmt: skip
def test_the_chain_gives_the_run_lengths_of_the_literature(shift: float, h: float, expected: float, within: float) -> None:
    """Once in 931 quiet batches; 10.4 batches after a fall by one standard error, 4.0 after one by two."""
    assert run_length(shift, h) == pytest.approx(expected, abs=within)


@pytest.mark.parametrize("shift", [1.0, 2.0])
def test_the_chart_takes_as_long_as_the_chain_says(shift: float) -> None:
    """800 simulated charts of our own code, within four standard errors of their mean."""
    rng = np.random.default_rng(5)
    lengths = []
    for _ in range(800):
        alarms = cusum(rng.normal(-shift, 1, 80).tolist()).alarms
        lengths.append(alarms[0][0] + 1)
    error = float(np.std(lengths)) / sqrt(len(lengths))
    assert float(np.mean(lengths)) == pytest.approx(run_length(shift), abs=4 * error)


@pytest.mark.parametrize(("batches", "shared"), [(30, 0.5), (30, 0.1), (12, 0.5)])
def test_an_anchor_with_few_seeds_alarms_more_often_and_the_chance_says_how_often(batches: int, shared: float) -> None:
    """All differences from an anchor share its error. 1500 simulated charts, within four standard errors."""
    rng = np.random.default_rng(6)
    anchors = rng.normal(0, sqrt(shared), 1500)
    alarmed = [bool(cusum((rng.normal(0, sqrt(1 - shared), batches) + anchor).tolist()).alarms) for anchor in anchors]
    rate = float(np.mean(alarmed))
    assert alarm_chance(batches, shared) == pytest.approx(rate, abs=4 * sqrt(rate * (1 - rate) / len(alarmed)))
    assert alarm_chance(batches, shared) > 3 * alarm_chance(batches, 0.0)


def test_it_alarms_begins_again_and_says_since_when() -> None:
    chart = cusum([0.5, 1.0, -3.0, -3.0, -3.0, 2.0, -3.0])
    assert chart.sums == (0.0, 0.0, 2.5, 5.0, 7.5, 0.0, 2.5)
    assert chart.alarms == ((4, 1),)


def test_a_fall_from_the_first_batch_on_has_no_batch_before_it() -> None:
    assert cusum([-4.0, -4.0]).alarms == ((1, -1),)


@given(Z, st.integers(0, 30))
def test_a_batch_without_a_number_moves_nothing(z: list[float], at: int) -> None:
    at = min(at, len(z))
    with_gap = cusum([*z[:at], None, *z[at:]])
    assert with_gap.sums[at] is None
    assert tuple(one for one in with_gap.sums if one is not None) == cusum(z).sums
    assert len(with_gap.alarms) == len(cusum(z).alarms)


@given(Z)
def test_sums_are_never_negative_and_alarm_only_above_h(z: list[float]) -> None:
    chart = cusum(z)
    assert all(one is not None and one >= 0 for one in chart.sums)
    assert [at for at, one in enumerate(chart.sums) if one is not None and one > 5.0] == [at for at, _ in chart.alarms]
    assert all(-1 <= last < at for at, last in chart.alarms)


@given(Z, st.integers(0, 29), st.floats(0, 4))
def test_a_worse_batch_never_delays_the_first_alarm(z: list[float], at: int, by: float) -> None:
    worse = [value - by if place == at else value for place, value in enumerate(z)]
    before, after = cusum(z).alarms, cusum(worse).alarms
    assert not before or (after and after[0][0] <= before[0][0])


def test_few_seeds_lean_on_the_standard_errors_of_the_others() -> None:
    told = moderated([0.1, 0.3, None], [2.0, 2.0, None], [4, 4, 1], kappa=10)
    assert told is not None
    whole = (0.04 + 0.36) / 2
    assert told[0] == pytest.approx(sqrt((2 * 0.04 + 10 * whole) / 12 / 4))
    assert told[1] == pytest.approx(sqrt((2 * 0.36 + 10 * whole) / 12 / 4))
    assert told[2] == pytest.approx(sqrt(whole))


def test_many_seeds_keep_their_own() -> None:
    told = moderated([0.1, 0.3], [1e6, 1e6], [100, 100])
    assert told == pytest.approx([0.1, 0.3], rel=1e-3)


def test_without_any_standard_error_there_is_none_to_lean_on() -> None:
    assert moderated([None, 0.0], [None, None], [1, 3]) is None


@given(st.lists(st.integers(0, 6), min_size=1, max_size=25))
def test_the_trend_is_that_of_scipy(counts: list[int]) -> None:
    """With ties, and missing where all are equal or too few."""
    told = trend([float(count) for count in counts])
    if len(counts) < 3 or len(set(counts)) == 1:
        assert told is None
        return
    known = kendalltau(range(len(counts)), counts, method="asymptotic")
    assert told == pytest.approx((known.statistic, known.pvalue), abs=1e-9)
