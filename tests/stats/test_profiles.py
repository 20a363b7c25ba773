"""Performance profiles: rliable's run-score distribution, with a band."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.stats import performance_profile

RNG = np.random.default_rng(5)
TAUS = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]


def test_the_shares_are_of_runs_above_each_threshold() -> None:
    """Strictly above, as rliable's `np.mean(scores > tau)`."""
    scores = np.round(RNG.random((6, 8)), 1)
    found = performance_profile(scores.tolist(), TAUS, seed=0, resamples=20)
    assert found.shares == pytest.approx([np.mean(scores > tau) for tau in TAUS], abs=1e-9)
    assert (found.taus, found.n, found.seed, found.resamples) == (tuple(TAUS), 48, 0, 20)


def test_unequal_seeds_do_not_reweight_scenarios_and_thresholds_are_put_in_order() -> None:
    found = performance_profile([[0.9] * 8, [0.1, 0.2]], [0.5, 0.15, 0.5], seed=0, resamples=20)
    assert found.taus == (0.15, 0.5)
    assert found.shares == pytest.approx([0.75, 0.5])


@pytest.mark.parametrize("scenarios", [False, True])
def test_the_band_is_the_one_of_resamples_taken_plainly(scenarios: bool) -> None:
    """Within three Monte-Carlo standard errors, by the spread of ends over six seeds, and one step of a share."""
    scores, taus = RNG.beta(2, 2, (5, 12)), [0.3, 0.5, 0.7]
    rng = np.random.default_rng(1)
    tasks = rng.integers(5, size=(20_000, 5)) if scenarios else np.tile(np.arange(5), (20_000, 1))
    drawn = scores[tasks[:, :, None], rng.integers(12, size=(20_000, 5, 12))]
    plain = np.quantile([(drawn > tau).mean(axis=(1, 2)) for tau in taus], (0.025, 0.975), axis=1)
    found = [performance_profile(scores.tolist(), taus, seed=seed, resamples=2500, scenarios=scenarios) for seed in range(6)]
    ends = np.array([(one.low, one.high) for one in found], dtype=float)
    error = 3 * ends.std(axis=0, ddof=1) * sqrt(1 / 6 + 1 / 6) + 1 / scores.size
    assert (np.abs(ends.mean(axis=0) - plain) <= error).all()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.lists(st.floats(0, 1) | st.none(), max_size=5), min_size=1, max_size=5), st.lists(st.floats(-1, 2), min_size=1)
)
def test_shares_never_rise_and_a_band_holds_its_share_nearly(leaves: list[list[float | None]], taus: list[float]) -> None:
    """Within [0, 1], missing is counted, order does not matter; no band where no resample differs."""
    found = performance_profile(leaves, taus, seed=3, resamples=40)
    assert sum(found.missing.values()) == sum(leaf.count(None) for leaf in leaves)
    assert performance_profile(leaves[::-1], taus[::-1], seed=3, resamples=40).shares == found.shares
    if found.n == 0:
        assert (set(found.shares), found.why) == ({None}, "no score")
        return
    shares = [share for share in found.shares if share is not None]
    assert len(shares) == len(found.taus)
    assert all(0 <= low <= high + 1e-12 <= 1 + 2e-12 for high, low in zip([1.0, *shares], shares, strict=False))
    for low, high in zip(found.low, found.high, strict=True):
        assert (low is None) == (high is None)
        assert low is None or high is None or 0 <= low <= high <= 1


def test_no_band_where_nothing_was_resampled() -> None:
    found = performance_profile([[0.5], [0.7]], [0.6], seed=0, resamples=20)
    assert (found.shares, found.low, found.high) == ((0.5,), (None,), (None,))
    assert found.why == "no scenario has two runs"


@pytest.mark.parametrize(("taus", "match"), [([], "needs a threshold"), ([float("nan")], "finite")])
def test_nonsense_is_refused(taus: list[float], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        performance_profile([[0.5]], taus, seed=0)
