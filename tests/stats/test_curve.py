"""The isotonic curve: scipy's fit of level means, and a band that resamples scenarios."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from pytest_alienbio.stats import curve

ROWS = st.lists(
    st.tuples(st.sampled_from("abcdefg"), st.integers(1, 5).map(float), st.integers(0, 10).map(lambda n: n / 10)),
    min_size=1,
    max_size=40,
)


@settings(deadline=None, max_examples=50)
@given(ROWS, st.booleans(), st.randoms(use_true_random=False))
def test_it_is_scipys_fit_of_level_means(rows: list[tuple[str, float, float]], falling: bool, shuffle: object) -> None:
    """A unit is a scenario at a level; the curve never turns, keeps the weighted mean, and no order of rows matters."""
    found = curve(*map(list, zip(*rows, strict=True)), falling=falling, resamples=20)
    units: dict[float, list[float]] = {}
    for scenario, x in sorted({(scenario, x) for scenario, x, _ in rows}):
        units.setdefault(x, []).append(np.mean([y for s, at, y in rows if (s, at) == (scenario, x)]).item())
    levels = sorted(units)
    means, weights = [np.mean(units[x]) for x in levels], [len(units[x]) for x in levels]
    theirs = isotonic_regression(means, weights=weights, increasing=not falling).x
    assert [point.x for point in found.points] == levels
    assert [point.n for point in found.points] == weights
    assert [point.fitted for point in found.points] == pytest.approx(theirs.tolist(), abs=1e-9)
    steps = np.diff([point.fitted for point in found.points])
    assert (steps <= 1e-12).all() if falling else (steps >= -1e-12).all()
    shuffle.shuffle(rows)  # type: ignore[attr-defined]
    assert curve(*map(list, zip(*rows, strict=True)), falling=falling, resamples=20) == found


def table(seed: int, scenarios: int = 20, levels: int = 5) -> tuple[list[str], list[float], list[float]]:
    """Each scenario at each level; scenarios differ by sd 0.1, cells by 0.1; the truth falls from 0.8 by 0.1 a level."""
    rng = np.random.default_rng(seed)
    base = rng.normal(0, 0.1, scenarios)
    rows = [
        (f"s{at:02}", float(level), 0.9 - 0.1 * level + base[at] + rng.normal(0, 0.1))
        for at in range(scenarios)
        for level in range(1, levels + 1)
    ]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def test_the_band_covers_the_truth_of_other_scenarios() -> None:
    """100 data sets of 20 scenarios x 5 levels: the middle level is held 95 % of the time, 0.065 (three errors) allowed.

    A percentile band of 20 units is a little narrow: 0.93 would be expected.
    """
    held = 0
    for at in range(100):
        band = curve(*table(at), resamples=300).points[2].band
        assert band is not None
        held += band.low <= 0.6 <= band.high
    assert held / 100 >= 0.95 - 0.065 - 0.02


def test_a_level_that_a_resample_lacks_is_read_off_its_neighbours() -> None:
    """Only one of six scenarios has level 3: a third of the resamples go without, and none gives a number out of nowhere."""
    names = [f"s{at}" for at in range(6) for _ in (1, 2)] + ["s0"]
    found = curve(names, [1.0, 5.0] * 6 + [3.0], [0.9, 0.1] * 6 + [0.5], resamples=400)
    assert [point.fitted for point in found.points] == pytest.approx([0.9, 0.5, 0.1])
    assert found.points[1].band is not None
    assert (found.points[1].band.low, found.points[1].band.high) == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize(
    ("names", "x", "why"),
    [
        (["a", "b"], [1.0, 2.0], "no band: 2 of at least 5 scenarios"),
        (["a", "b"], [1.0, 1.0], "one level only"),
        (["a", "b"], [None, None], "no cell has both"),
    ],
)
def test_what_cannot_be_told_is_missing_with_the_reason(names: list[str], x: list[float | None], why: str) -> None:
    found = curve(names, x, [0.5, 0.4])
    assert found.why == why
    assert all(point.band is None for point in found.points)
    assert (found.resamples, found.seed) == (None, None)


def test_missing_rows_are_counted_and_categories_refused() -> None:
    found = curve(["a", "b", "c"], [1.0, None, 2.0], [0.5, 0.4, None])
    assert found.missing == {"no property": 1, "no score": 1}
    with pytest.raises(ValueError, match="made of categories"):
        curve(["a"], ["x"], [0.5])  # type: ignore[list-item]
