"""The interquartile mean: rliable's where seeds are equal, each scenario the same weight where they are not."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
import scipy.stats  # type: ignore[import-untyped, unused-ignore]
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rliable import metrics

from pytest_alienbio.stats import iqm
from pytest_alienbio.stats.iqm import trimmed_means

RNG = np.random.default_rng(2024)


@pytest.mark.parametrize(("scenarios", "seeds"), [(1, 1), (1, 3), (3, 7), (5, 2), (12, 5), (60, 30)])
def test_with_equal_seeds_it_is_rliables(scenarios: int, seeds: int) -> None:
    """`rliable.metrics.aggregate_iqm` and `scipy.stats.trim_mean`, weighed or pooled."""
    scores = RNG.random((scenarios, seeds))
    for pooled in (False, True):
        found = iqm(scores.tolist(), seed=0, resamples=2, pooled=pooled)
        assert found.value == pytest.approx(metrics.aggregate_iqm(scores.T), abs=1e-9)
        assert found.value == pytest.approx(scipy.stats.trim_mean(scores, 0.25, axis=None), abs=1e-9)
        assert (found.n, found.unit) == (scores.size, "runs")


def test_unequal_seeds_do_not_reweight_scenarios() -> None:
    """Forty good runs of one scenario and two each of three bad ones: pooled it is the good one's score."""
    leaves = [[0.9] * 40, [0.1, 0.2], [0.1, 0.2], [0.1, 0.2]]
    weighed, pooled = iqm(leaves, seed=0, resamples=50), iqm(leaves, seed=0, resamples=50, pooled=True)
    assert pooled.value == pytest.approx(scipy.stats.trim_mean(np.concatenate(leaves), 0.25))
    assert pooled.value == pytest.approx(0.9)
    assert weighed.value == pytest.approx((0.1 + 3 * 0.2) / 4)
    assert "pooled" in pooled.method
    assert "pooled" not in weighed.method


def trimmed(scores: list[float], weights: list[float]) -> float:
    """The weighted trimmed mean, run by run, as one would by hand."""
    order = np.argsort(scores, kind="stable")
    x, w = np.array(scores)[order], np.array(weights)[order]
    quarter, kept = w.sum() / 4 + 1e-9, np.ones(len(x), bool)
    for way in (range(len(x)), reversed(range(len(x)))):
        gone = 0.0
        for at in way:
            gone += w[at]
            if gone > quarter:
                break
            kept[at] = False
    return float(np.average(x[kept], weights=w[kept]))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 0.7, 1.0]), st.integers(1, 5), st.integers(0, 4)), min_size=1))
def test_a_row_of_counts_is_its_runs_written_out(cells: list[tuple[float, int, int]]) -> None:
    """Ties, weights 1/n_g, and runs drawn several times or not at all."""
    cells = sorted(cells)
    if not any(count for _, _, count in cells):
        return
    scores, weights = np.array([score for score, _, _ in cells]), np.array([1 / n for _, n, _ in cells])
    counts = np.array([[float(count) for _, _, count in cells]])
    written = [(score, 1 / n) for score, n, count in cells for _ in range(count)]
    expected = trimmed([score for score, _ in written], [weight for _, weight in written])
    assert trimmed_means(scores, weights, counts)[0, 0] == pytest.approx(expected, abs=1e-9)


def plain_draws(scores: NDArray[np.float64], draws: int, *, scenarios: bool) -> NDArray[np.float64]:
    """IQMs of resamples as rliable takes them: tasks (or not), then runs within each; shape (draws,)."""
    rng, (m, n) = np.random.default_rng(99), scores.shape
    tasks = rng.integers(m, size=(draws, m)) if scenarios else np.tile(np.arange(m), (draws, 1))
    drawn = scores[tasks[:, :, None], rng.integers(n, size=(draws, m, n))]
    return np.asarray(scipy.stats.trim_mean(drawn.reshape(draws, -1), 0.25, axis=1))


@pytest.mark.parametrize("scenarios", [False, True])
def test_the_interval_is_the_one_of_resamples_taken_plainly(scenarios: bool) -> None:
    """Ends within three Monte-Carlo standard errors of both, by the spread of ends over eight seeds."""
    scores = RNG.beta(2, 2, (6, 8))
    plain = plain_draws(scores, 20_000, scenarios=scenarios)
    found = [iqm(scores.tolist(), seed=seed, resamples=2500, scenarios=scenarios) for seed in range(8)]
    ends = np.array([(one.interval.low, one.interval.high) for one in found if one.interval])
    assert len(ends) == 8
    error = 3 * ends.std(axis=0, ddof=1) * sqrt(1 / 8 + 1 / 8)
    assert (np.abs(ends.mean(axis=0) - np.quantile(plain, (0.025, 0.975))) <= error).all()
    stderr = np.mean([one.stderr for one in found if one.stderr])
    assert stderr == pytest.approx(plain.std(ddof=1), rel=0.03)
    assert found[0].method.endswith("seeds and scenarios" if scenarios else "seeds only")


def test_the_seed_is_kept_and_decides() -> None:
    leaves = RNG.random((4, 10)).tolist()
    found = iqm(leaves, seed=7, resamples=100)
    assert (found.seed, found.resamples) == (7, 100)
    assert iqm(leaves, seed=7, resamples=100) == found
    assert iqm(leaves, seed=8, resamples=100).interval != found.interval


@pytest.mark.parametrize(
    ("leaves", "scenarios", "why", "mark"),
    [
        ([], False, "no score", ""),
        ([[None, None]], False, "no score", ""),
        ([[0.5], [0.7]], False, "no scenario has two runs", ""),
        ([[0.5, 0.5], [0.5, 0.5]], False, "every resample gives the same, which is no proof of certainty", "degenerate"),
        ([[0.5, 0.7]], True, "one scenario alone has no spread", ""),
    ],
)
def test_no_interval_where_none_can_be_told(leaves: list[list[float]], scenarios: bool, why: str, mark: str) -> None:
    found = iqm(leaves, seed=0, resamples=20, scenarios=scenarios)
    assert (found.interval, found.stderr, found.why, found.mark) == (None, None, why, mark)


def test_it_says_what_it_hides_what_is_missing_and_where_it_is_too_narrow() -> None:
    """A collapse on a quarter of the runs does not move it: that is why it never stands alone."""
    good = [[0.9, 0.8], [0.85, 0.9], [0.9, 0.8], [0.7, 0.9]]
    collapsed = [*good[:3], [0.0, 0.0]]
    ours = iqm(collapsed, seed=0, resamples=50)
    assert (ours.value or 0) > 0.8
    assert "hides a collapse" in ours.notes[-1]
    some = iqm([[0.5, None, 0.7], [0.4], [None]], seed=0, resamples=50)
    assert some.missing == {"no score": 2}
    assert some.notes[:3] == (
        "1 of 2 scenarios have one run: they add no spread",
        "fewer than 10 runs a scenario: an interval by resampling is somewhat too narrow",
        "1 of 3 scenarios have no score",
    )


def test_scores_at_the_end_of_floats_do_not_overflow() -> None:
    found = iqm([[1e308, 1.5e308, -1e308], [1e308, 1.7e308, 1.6e308]], seed=0, resamples=50)
    assert found.value == pytest.approx(1.275e308)
    assert found.interval is not None
    assert np.isfinite([found.interval.low, found.interval.high]).all()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=5), min_size=1, max_size=5), st.floats(0.1, 100))
def test_scaling_scores_scales_it_and_it_lies_among_them(leaves: list[list[float]], scale: float) -> None:
    ours = iqm(leaves, seed=0, resamples=20)
    theirs = iqm([[score * scale for score in leaf] for leaf in leaves], seed=0, resamples=20)
    flat = [score for leaf in leaves for score in leaf]
    assert ours.value is not None
    assert min(flat) - 1e-9 <= ours.value <= max(flat) + 1e-9
    assert theirs.value == pytest.approx(ours.value * scale, rel=1e-9, abs=1e-9)
