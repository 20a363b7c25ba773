"""Flips and relabellings: the same numbers as scipy's, valid levels, and no dependence on order or company."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pytest_alienbio.stats import mcnemar, relabelling, sign_flips
from pytest_alienbio.stats.permutation import flip_all

EIGHTHS = st.lists(st.integers(-8, 8).map(lambda n: n / 8), min_size=2, max_size=9)
"""Their sums are exact: scipy takes two that rounding sets apart for different."""


@settings(deadline=None, max_examples=25)
@given(EIGHTHS)
def test_all_flips_give_what_scipy_gives(differences: list[float]) -> None:
    """Ties and zeros among them: `permutation_test` by samples, two-sided, every flip counted."""
    ours = sign_flips(differences)
    theirs = stats.permutation_test(
        (np.array(differences),), np.mean, permutation_type="samples", n_resamples=np.inf, vectorized=True
    )
    if any(differences):
        assert ours.value == pytest.approx(min(1.0, theirs.pvalue), abs=1e-12)
    else:
        assert ours.value == 1.0
    assert ours.draws is None


def test_drawn_flips_agree_with_scipy_within_their_error() -> None:
    """40 units: two estimates of one p, three standard errors of their difference apart at most."""
    differences = np.random.default_rng(3).normal(0.25, 1, 40)
    ours = sign_flips(differences, draws=9999, seed=1)
    theirs = stats.permutation_test((differences,), np.mean, permutation_type="samples", n_resamples=99_999, rng=2)
    assert ours.value is not None
    error = np.sqrt(theirs.pvalue * (1 - theirs.pvalue) * (1 / 9999 + 1 / 99_999))
    assert abs(ours.value - theirs.pvalue) < 3 * error
    assert (ours.draws, ours.seed, ours.floor) == (9999, 1, 1 / 10_000)


def test_flips_of_passes_are_mcnemar() -> None:
    """Of scores 0 and 1 on one scenario both count the same flips."""
    for only_a, only_b in ((7, 1), (3, 3), (0, 5), (1, 0)):
        assert sign_flips([1.0] * only_a + [-1.0] * only_b + [0.0] * 4).value == pytest.approx(mcnemar(only_a, only_b).value)


@pytest.mark.parametrize(("n", "floor"), [(1, 1.0), (2, 0.5), (5, 0.0625), (6, 0.03125)])
def test_the_smallest_p_there_can_be(n: int, floor: float) -> None:
    """n units all on one side, the best there can be, reach it: 2 of the 2^n flips are as far."""
    found = sign_flips([0.5 + at / 10 for at in range(n)])
    assert found.floor == found.value == floor


def test_nothing_to_flip() -> None:
    """No pairs: missing. All differences zero: p = 1."""
    assert sign_flips([]).value is None
    assert sign_flips([]).why == "no pairs"
    assert sign_flips([0.0] * 30).value == 1.0


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="finite number"):
        sign_flips([0.1, bad])
    with pytest.raises(ValueError, match="finite number"):
        relabelling([([0.1, bad], [0.2])])


@pytest.mark.parametrize("rows", [3, 40])
def test_a_rows_p_does_not_depend_on_its_company(rows: int) -> None:
    """Few rows are looked up, many multiplied: the same draws, and the same p as alone."""
    rng = np.random.default_rng(0)
    units = np.array([70 - at for at in range(rows)])
    table = np.zeros((rows, 70))
    for row, n in zip(table, units, strict=True):
        row[:n] = rng.integers(-3, 6, n) / 8
    together = flip_all(table, units, draws=999, seed=5)
    alone = [sign_flips(row[:n], draws=999, seed=5) for row, n in zip(table, units, strict=True)]
    assert together == alone


@pytest.mark.parametrize("draws", [99, 1000, 4003])
def test_drawn_flips_hold_their_level(draws: int) -> None:
    """Nothing is different: p <= 0.1 in at most 10 % of 300 data sets, three binomial standard errors (0.052) allowed."""
    table = np.random.default_rng(7).exponential(1, (300, 25)) * np.random.default_rng(8).choice((-1, 1), (300, 25))
    found = flip_all(table, np.full(300, 25), draws=draws, seed=0)
    assert np.mean([p.value is not None and p.value <= 0.1 for p in found]) <= 0.1 + 3 * np.sqrt(0.09 / 300)


def counted(levels: list[tuple[list[float], list[float]]]) -> float:
    """Every relabelling, one by one, in plain Python."""
    totals = [0.0]
    for a, b in levels:
        pooled = [*a, *b]
        gaps = []
        for chosen in combinations(range(len(pooled)), len(a)):
            rest = [pooled[at] for at in range(len(pooled)) if at not in chosen]
            gaps.append(sum(pooled[at] for at in chosen) / len(a) - sum(rest) / len(b))
        totals = [total + gap / len(levels) for total in totals for gap in gaps]
    observed = sum(sum(a) / len(a) - sum(b) / len(b) for a, b in levels) / len(levels)
    return sum(abs(total) >= abs(observed) - 1e-9 for total in totals) / len(totals)


SIDE = st.lists(st.integers(0, 4).map(lambda n: n / 4), min_size=1, max_size=4)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(SIDE, SIDE), min_size=1, max_size=2))
def test_all_relabellings_are_counted(levels: list[tuple[list[float], list[float]]]) -> None:
    """Unequal sides and ties included; and swapping the sides changes nothing."""
    found, swapped = relabelling(levels), relabelling([(b, a) for a, b in levels])
    assert found.value == pytest.approx(counted(levels), abs=1e-12)
    assert swapped.value == found.value
    assert (found.value or 0) >= (found.floor or 1) - 1e-12


def test_relabelling_one_level_is_scipys() -> None:
    """Sides of one size, where the two-sided p of scipy (twice the smaller tail) is the same."""
    rng = np.random.default_rng(4)
    a, b = rng.normal(0, 1, 7), rng.normal(0.9, 1, 7)
    theirs = stats.permutation_test((a, b), lambda x, y, axis: x.mean(axis) - y.mean(axis), n_resamples=np.inf, vectorized=True)
    assert relabelling([(a.tolist(), b.tolist())]).value == pytest.approx(theirs.pvalue, abs=1e-12)


@pytest.mark.parametrize("n", [7, 14])
def test_drawn_relabellings_agree_with_scipy_within_their_error(n: int) -> None:
    """Splits of a level from a table (7), and by random keys (14); swapping the sides gives the very same p.

    The other level weighs nothing, but makes too many relabellings to count. scipy doubles one tail: twice its error.
    """
    rng = np.random.default_rng(6)
    a, b = rng.normal(0, 1, n), rng.normal(0.6, 1, n)
    idle = ([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0])
    ours = relabelling([(a.tolist(), b.tolist()), idle], [1.0, 0.0], seed=3)
    theirs = stats.permutation_test(
        (a, b), lambda x, y, axis: x.mean(axis) - y.mean(axis), n_resamples=20_000, vectorized=True, rng=1
    )
    swapped = relabelling([(b.tolist(), a.tolist()), idle], [1.0, 0.0], seed=3)
    assert ours.value is not None
    assert ours.draws == 9999
    tail = theirs.pvalue / 2
    error = np.sqrt(theirs.pvalue * (1 - theirs.pvalue) / 9999 + 4 * tail * (1 - tail) / 20_000)
    assert abs(ours.value - theirs.pvalue) < 3 * error
    assert swapped == ours


def test_hundreds_of_units_have_a_floor_too() -> None:
    """The number of relabellings is far beyond a float."""
    rng = np.random.default_rng(0)
    found = relabelling([(rng.random(400).tolist(), rng.random(400).tolist())] * 3, draws=199)
    assert found.floor == 1 / 200


def test_a_level_that_one_side_did_not_play_is_refused() -> None:
    with pytest.raises(ValueError, match="scores of both sides"):
        relabelling([([1.0], [])])
    assert relabelling([]).why == "no level on which both have scores"
    assert relabelling([([0.5, 0.5], [0.5])]).value == 1.0


def test_the_largest_floats_are_numbers_like_others() -> None:
    """Their sums are none: p is that of the same numbers made smaller."""
    assert sign_flips([1e308, 1e308, 1e308, -5e307]).value == sign_flips([2.0, 2.0, 2.0, -1.0]).value
    assert relabelling([([1e308] * 3, [-1e308] * 3)]).value == relabelling([([1.0] * 3, [-1.0] * 3)]).value == 0.1


@pytest.mark.parametrize("weights", [[1.0], [1.0, float("nan")], [1.0, -1.0], [1.0, 1.0, 1.0]])
def test_weights_that_do_not_fit_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="each level needs a weight"):
        relabelling([([0.1], [0.2]), ([0.3], [0.4])], weights)
