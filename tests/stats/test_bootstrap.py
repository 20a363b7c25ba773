"""Resampling with a generator of our own: reproducible, bounded, and only where it means something."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import scipy.stats  # type: ignore[import-untyped, unused-ignore]
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pytest_alienbio.stats import bca, leaf_mean
from pytest_alienbio.stats.bootstrap import SHARE, draw_counts, resampled, stratified

SCORES = [0.05, 0.9, 0.4, 0.35, 0.2, 0.8, 0.15, 0.6, 0.55, 0.3, 0.1]


def test_bca_is_scipys_with_our_generator() -> None:
    found = bca(SCORES, seed=3)
    theirs = scipy.stats.bootstrap(
        (np.sort(SCORES),), np.mean, method="BCa", n_resamples=9999, rng=np.random.default_rng(3)
    ).confidence_interval
    assert found.interval is not None
    assert found.interval.low == pytest.approx(theirs.low, abs=1e-9)
    assert found.interval.high == pytest.approx(theirs.high, abs=1e-9)
    assert (found.method, found.resamples, found.seed, found.n, found.df) == ("BCa", 9999, 3, 11, None)


def test_the_seed_decides_and_the_order_of_scores_does_not() -> None:
    assert bca(SCORES, seed=3, resamples=500) == bca(SCORES[::-1], seed=3, resamples=500)
    assert bca(SCORES, seed=3, resamples=500).interval != bca(SCORES, seed=4, resamples=500).interval


@pytest.mark.parametrize(
    ("scores", "note"),
    [(SCORES[:9], "fewer than 10"), ([0.0, 1.0] * 6, "0 or 1"), (np.linspace(0, 1, 5001).tolist(), "more than 5,000")],
    ids=["nine worlds", "pass or fail", "so many that BCa costs n^2"],
)
def test_where_no_bootstrap_is_made_the_plain_interval_says_so(scores: list[float], note: str) -> None:
    found, plain = bca(scores, seed=0), leaf_mean(scores)
    assert found.interval == plain.interval
    assert found.method == "t"
    assert note in found.notes[-1]
    assert found.seed is None


@pytest.mark.parametrize("scores", [[0.4] * 12, [0.4] * 11 + [np.nextafter(0.4, 1)]], ids=["no spread", "one rounding"])
def test_degenerate_scores_leave_the_point_marked_and_no_warning(scores: list[float]) -> None:
    """BCa gives NaN there: never a number."""
    found = bca(scores, seed=0, resamples=200)
    assert found.value == pytest.approx(0.4)
    if found.interval is None:
        assert (found.mark, found.why) == ("degenerate", "too little spread for a BCa interval")
    else:
        assert np.isfinite([found.interval.low, found.interval.high]).all()


def test_one_score_none_and_missing_ones() -> None:
    assert bca([0.5], seed=0).why == "one world alone has no spread"
    assert bca([], seed=0).value is None
    assert bca([*SCORES, None], seed=0, resamples=200).missing == {"no score": 1}


def test_scores_at_the_end_of_floats_do_not_overflow() -> None:
    found, plain = bca([2.0**1020 * score for score in SCORES], seed=3, resamples=300), bca(SCORES, seed=3, resamples=300)
    assert plain.interval is not None
    assert found.interval is not None
    assert found.interval.low == pytest.approx(2.0**1020 * plain.interval.low)


def test_resampled_means_never_leave_the_range_of_the_scores() -> None:
    """So that no bound is ever passed, and none needs cutting at."""
    found = bca([0.0] * 9 + [0.01, 1.0], seed=0, resamples=300, bounds=(0.0, 1.0)).interval
    assert found is not None
    assert 0.0 <= found.low <= found.high <= 1.0


def test_draws_keep_the_size_of_each_stratum() -> None:
    """And of the whole where scenarios are drawn: each scenario that comes c times brings c times its units."""
    sizes = [3, 3, 1, 5]
    rows = np.concatenate(list(resampled(sizes, seed=1, resamples=200)))
    parts = np.split(rows, np.cumsum(sizes)[:-1], axis=1)
    assert [set(part.sum(axis=1)) for part in parts] == [{3.0}, {3.0}, {1.0}, {5.0}]
    both = np.concatenate(list(resampled(sizes, seed=1, resamples=200, scenarios=True)))
    copies = np.stack([part.sum(axis=1) for part in np.split(both, np.cumsum(sizes)[:-1], axis=1)], axis=1) / sizes
    assert (copies == np.round(copies)).all()
    assert (copies.sum(axis=1) == len(sizes)).all()


def test_draws_come_with_the_chances_of_drawing_with_replacement() -> None:
    """All 27 ordered resamples of three units are equally likely: chi-squared of the counts they give, 20,000 draws."""
    rows = draw_counts(np.random.default_rng(5), 3, 20_000)
    expected: dict[tuple[int, ...], float] = {}
    for drawn in product(range(3), repeat=3):
        counts = tuple(np.bincount(drawn, minlength=3).tolist())
        expected[counts] = expected.get(counts, 0) + 1 / 27
    seen = {counts: int((rows == counts).all(axis=1).sum()) for counts in expected}
    assert sum(seen.values()) == 20_000
    chances = [expected[counts] * 20_000 for counts in expected]
    assert scipy.stats.chisquare(list(seen.values()), chances).pvalue > 0.001


def test_memory_is_bounded_and_chunks_make_no_seam() -> None:
    """Rows come in shares of bounded size, all of them, and a large battery too."""
    sizes = [50] * 400
    shapes = [rows.shape for rows in resampled(sizes, seed=0, resamples=90)]
    assert sum(rows for rows, _ in shapes) == 90
    assert len(shapes) > 1
    assert all(rows * cells <= SHARE for rows, cells in shapes)


@pytest.mark.parametrize(("sizes", "resamples"), [([3, 0], 10), ([3], 0)])
def test_an_empty_stratum_and_no_resample_are_refused(sizes: list[int], resamples: int) -> None:
    with pytest.raises(ValueError, match="expected one resample"):
        next(resampled(sizes, seed=0, resamples=resamples))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=4), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_neither_order_of_leaves_nor_of_scores_changes_a_draw(leaves: list[list[float]], shuffler: object) -> None:
    def mean(scores: NDArray[np.float64], weights: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
        return ((counts * weights) @ scores / (counts @ weights))[:, None]

    other = [list(leaf) for leaf in leaves]
    for leaf in (*other, other):
        shuffler.shuffle(leaf)  # type: ignore[attr-defined]
    ours, theirs = (stratified(some, mean, seed=2, resamples=20) for some in (leaves, other))
    assert ours is not None
    assert theirs is not None
    assert (ours.draws == theirs.draws).all()
    assert ours.point[0] == pytest.approx(np.mean([np.mean(leaf) for leaf in leaves]))
