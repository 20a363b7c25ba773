"""The rules that the gate is held against are theirs: scipy's, statsmodels' and asv's own numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportions_ztest

from ..benchmarks.gate_printed import alarms, power
from ..benchmarks.gate_rivals import RULES, asv, laplace_interval, mann_whitney, t_test, two_proportions

RNG = np.random.default_rng(5)


@pytest.mark.parametrize(
    ("runs", "low", "high"),
    [
        ([0.9, 0.7, 0.8], 0.3411685322588763, 1.2588314677411163),
        ([0.3, 0.9, 0.4, 0.8, 0.75], 0.14870288710405588, 1.1112971128959437),
        ([0.0, 1.0, 1.0, 1.0], -0.2679066062230899, 1.7679066062230753),
        ([1.0, 1.0, 1.0], 1.0, 1.0),
    ],
)
def test_the_interval_of_few_runs_is_that_of_asv(runs: list[float], low: float, high: float) -> None:
    """Its own `compute_stats` gave these ends (asv_runner 0.3.2)."""
    assert laplace_interval(np.array(runs)) == pytest.approx((low, high), rel=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "p"),
    [
        ([0.91, 0.85, 0.7, 0.66, 0.95, 0.8, 0.5], [0.2, 0.66, 0.31, 0.7, 0.12, 0.44], 0.022144522144522075),
        ([1, 1, 0, 1, 1, 1, 1], [0, 0, 1, 0, 0, 1, 0], 0.534965034965035),
        (np.round(np.linspace(0.3, 1, 30), 3).tolist(), [0.1, 0.35, 0.5], 0.038777504392306705),
    ],
)
def test_mann_whitney_is_that_of_asv(x: list[float], y: list[float], p: float) -> None:
    """Exact with ties broken the way that says least, and normal for more than 20; its own `mann_whitney_u` gave these."""
    assert float(mann_whitney(np.array(x), np.array(y))) == pytest.approx(p, abs=1e-9)


def test_mann_whitney_without_ties_is_that_of_scipy() -> None:
    x, y = RNG.random(9), RNG.random(7)
    assert float(mann_whitney(x, y)) == pytest.approx(stats.mannwhitneyu(x, y, method="exact").pvalue, abs=1e-9)


def test_asv_takes_three_of_three_against_none_for_certain() -> None:
    """With so few runs its intervals have no width; a small drop of the median is none."""
    three, none = np.ones((1, 1, 3)), np.zeros((1, 1, 3))
    assert asv(three, none).tolist() == [True]
    assert asv(none, three).tolist() == [False]
    assert asv(three, three * 0.95).tolist() == [False]


def test_welch_is_that_of_scipy() -> None:
    base, new = RNG.random((200, 1, 5)), RNG.random((200, 1, 5)) - 0.2
    p = stats.ttest_ind(base[:, 0], new[:, 0], axis=1, equal_var=False).pvalue
    assert t_test(base, new).tolist() == ((p < 0.05) & (base.mean(axis=2) > new.mean(axis=2))[:, 0]).tolist()


def test_two_proportions_is_that_of_statsmodels() -> None:
    base, new = (RNG.random((40, 1, 20)) < 0.7).astype(float), (RNG.random((40, 1, 20)) < 0.45).astype(float)
    for at in range(40):
        _, p = proportions_ztest([base[at].sum(), new[at].sum()], [20, 20], alternative="larger")
        assert two_proportions(base[at : at + 1], new[at : at + 1]).tolist() == [p < 0.05]


def test_equal_sides_are_no_drop_for_anyone() -> None:
    same = np.full((1, 4, 5), 0.7)
    assert not any(rule(same, same).any() for rule in RULES.values())


def test_the_study_has_a_figure_for_every_entry() -> None:
    """3 patterns x 3 families x 12 and 36 leaves x 3, 5 and 10 seeds; `ahead` is the difference but for rounding."""
    found = power()
    assert len(found) == 54
    assert len(alarms()) == 36
    assert all(abs(entry.gate - entry.rival - entry.ahead) <= 0.0105 for entry in found.values())
