"""A scorer's noise, told apart from cells that differ."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.stats.noise import scorer_noise


def test_by_hand() -> None:
    """Two cells, two scores each: within (0.02 + 0.08) / 2, between 0.125."""
    found = scorer_noise([[0.1, 0.3], [0.4, 0.8]])
    assert (found.cells, found.scores) == (2, 4)
    assert found.sd.value == pytest.approx(sqrt(0.05))
    assert found.share.value == pytest.approx(0.05 / 2 / 0.08)
    assert found.reliability.value == pytest.approx(1 - 0.3125)
    assert found.single == pytest.approx(0.055 / 0.105)
    assert found.half == pytest.approx(4.302652729911275 * sqrt(0.05 / 4))


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ([], "no cell was scored"),
        ([[]], "no cell was scored"),
        ([[0.5], [0.7]], "no cell was scored twice"),
        ([[0.5, 0.6]], "one cell alone"),
        ([[0.5, 0.6], [0.6, 0.5]], "same mean"),
    ],
)
def test_what_cannot_be_told_is_missing(cells: list[list[float]], why: str) -> None:
    """And never 0."""
    found = scorer_noise(cells)
    assert why in found.why
    assert found.share.value is None
    assert found.reliability.value is None


def test_a_scorer_without_noise() -> None:
    """Is perfectly reliable."""
    found = scorer_noise([[0.2, 0.2], [0.9, 0.9, 0.9]])
    assert found.sd.value == found.half == found.share.value == 0.0
    assert found.reliability.value == found.single == 1.0


def test_a_score_that_is_no_number_is_refused() -> None:
    """NaN is no score."""
    with pytest.raises(ValueError, match="finite"):
        scorer_noise([[0.1, float("nan")]])


CELLS = st.lists(st.lists(st.integers(0, 100).map(lambda each: each / 100), min_size=1, max_size=4), min_size=2, max_size=6)


@given(CELLS)
def test_order_does_not_matter_and_shares_are_shares(cells: list[list[float]]) -> None:
    """Nor does who is first within a cell; share and reliability make one."""
    found = scorer_noise(cells)
    turned = scorer_noise([cell[::-1] for cell in cells[::-1]])
    assert found.sd.value == pytest.approx(turned.sd.value)
    assert found.share.value == pytest.approx(turned.share.value)
    if found.share.value is not None and found.share.interval is not None:
        assert 0.0 <= found.share.interval.low <= found.share.interval.high <= 1.0
        assert found.share.value + (found.reliability.value or 0.0) == pytest.approx(1.0)


@pytest.mark.parametrize(("cells", "replicates", "between", "within"), [(12, 3, 0.2, 0.1), (8, 2, 0.05, 0.15)])
def test_a_simulation_finds_what_was_put_in(cells: int, replicates: int, between: float, within: float) -> None:
    """Mean of the noise's variance, and how often both intervals hold the truth, over 2,000 draws.

    Allowed are three Monte-Carlo standard errors: of the variance `w^2 sqrt(2 / df) / sqrt(runs)`, of a coverage of 0.95
    `sqrt(0.95 * 0.05 / runs) = 0.0049`.
    """
    runs, rng = 2000, np.random.default_rng(20261127)
    truth = (within**2 / replicates) / (between**2 + within**2 / replicates)
    variances, held_sd, held_share = [], 0, 0
    for _ in range(runs):
        level = rng.normal(0.5, between, (cells, 1))
        found = scorer_noise((level + rng.normal(0.0, within, (cells, replicates))).tolist())
        assert found.sd.value is not None
        assert found.sd.interval
        assert found.share.interval
        variances.append(found.sd.value**2)
        held_sd += found.sd.interval.low <= within <= found.sd.interval.high
        held_share += found.share.interval.low <= truth <= found.share.interval.high
    df = cells * (replicates - 1)
    assert abs(np.mean(variances) - within**2) <= 3 * within**2 * sqrt(2 / df / runs)
    error = 3 * sqrt(0.95 * 0.05 / runs)
    assert abs(held_sd / runs - 0.95) <= error
    assert abs(held_share / runs - 0.95) <= error
