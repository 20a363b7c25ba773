"""The S-curve: statsmodels' fit and robust errors, and the bracket where none exists."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.stats import logistic


def cells(seed: int, scenarios: int = 12, seeds: int = 8, *, spread: float = 0.7) -> tuple[list[str], list[float], list[float]]:
    """Half pass at difficulty 3; scenarios shift that; each scenario at levels 1 to 5."""
    rng = np.random.default_rng(seed)
    base = rng.normal(0, spread, scenarios)
    rows = [
        (f"s{at:02}", float(level), float(rng.random() < 1 / (1 + np.exp(-(3 - level + base[at])))))
        for at in range(scenarios)
        for level in range(1, 6)
        for _ in range(seeds)
    ]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


@pytest.mark.parametrize("fractional", [False, True])
def test_it_is_statsmodels_glm_with_clustered_errors(fractional: bool) -> None:
    """Coefficients, errors, d50 with its delta-method error, and Pearson's dispersion, within 1e-9."""
    names, x, y = cells(0)
    if fractional:
        y = [
            0.8 * value + 0.2 * noise for value, noise in zip(y, np.random.default_rng(1).random(len(y)).tolist(), strict=True)
        ]
    found = logistic(names, x, y)
    groups = [int(name[1:]) for name in names]
    design = sm.add_constant(np.array(x))
    model = sm.GLM(np.array(y), design, family=sm.families.Binomial())
    theirs = model.fit(tol=1e-14, maxiter=200, cov_type="cluster", cov_kwds={"groups": np.array(groups)})
    a, b = theirs.params
    assert (found.intercept.value, found.slope.value) == pytest.approx((a, b), abs=1e-9)
    assert (found.intercept.stderr, found.slope.stderr) == pytest.approx(theirs.bse.tolist(), abs=1e-9)
    gradient = np.array([-1 / b, a / b**2])
    assert found.d50.value == pytest.approx(-a / b, abs=1e-9)
    assert found.d50.stderr == pytest.approx(np.sqrt(gradient @ theirs.cov_params() @ gradient), abs=1e-9)
    assert found.at(2.0) == pytest.approx(theirs.predict([[1.0, 2.0]])[0], abs=1e-9)
    if fractional:
        assert found.dispersion == pytest.approx(theirs.pearson_chi2 / (len(x) - 2), abs=1e-9)
    else:
        assert found.dispersion is None
    assert (found.cells, found.scenarios, found.slope.df) == (480, 12, 11)


def test_one_scenario_has_the_models_own_errors_and_says_so() -> None:
    names, x, y = cells(2, 1, 20)
    found = logistic(names, x, y)
    theirs = sm.GLM(np.array(y), sm.add_constant(np.array(x)), family=sm.families.Binomial()).fit(tol=1e-14)
    assert found.slope.stderr == pytest.approx(theirs.bse[1], abs=1e-9)
    assert any("other worlds of it, not for other scenarios" in note for note in found.notes)


def test_d50_is_covered_over_scenarios() -> None:
    """300 data sets of 15 scenarios whose middles differ: 3 is held 95 % of the time, three binomial errors (0.038) allowed.

    Averaged over scenarios the curve is flatter, and its middle the same by symmetry.
    """
    held = 0
    for at in range(300):
        interval = logistic(*cells(1000 + at, 15, 2)).d50.interval
        assert interval is not None
        held += interval.low <= 3 <= interval.high
    assert held / 300 == pytest.approx(0.95, abs=0.038)


@pytest.mark.parametrize(
    ("x", "y", "why", "bracket"),
    [
        ([1, 2, 3, 4], [1, 1, 0, 0], "no finite slope fits: what passes is all below what fails", (2.0, 3.0)),
        ([1, 2, 2, 3], [1, 1, 0, 0], "no finite slope fits: what passes is all below what fails", (2.0, 2.0)),
        ([1, 2, 3, 4], [0, 0, 1, 1], "no finite slope fits: what fails is all below what passes", (2.0, 3.0)),
        ([1, 2, 3], [1, 1, 1], "everything passes at every level", None),
        ([1, 2, 3], [0, 0, 0], "nothing passes at any level", None),
        ([2, 2, 2], [0, 1, 0], "one level only", None),
        ([1, 2], [0, 1], "2 of at least 3 cells", None),
    ],
)
def test_where_no_slope_fits_there_is_the_bracket(
    x: list[float], y: list[float], why: str, bracket: tuple[float, float] | None
) -> None:
    found = logistic(["s"] * len(x), x, y)
    assert (found.why, found.bracket) == (why, bracket)
    assert found.slope.value is found.d50.value is found.at(1.0) is None


@settings(deadline=None, max_examples=30)
@given(st.floats(-50, 50), st.floats(0.01, 100))
def test_moving_and_stretching_the_scale_moves_and_stretches_d50(shift: float, stretch: float) -> None:
    """And changes no chance to pass."""
    names, x, y = cells(3, 6, 3)
    one, other = logistic(names, x, y), logistic(names, [shift + stretch * value for value in x], y)
    assert one.d50.value is not None
    assert one.d50.stderr is not None
    assert other.d50.value == pytest.approx(shift + stretch * one.d50.value, rel=1e-6, abs=1e-6)
    assert other.d50.stderr == pytest.approx(stretch * one.d50.stderr, rel=1e-6)
    assert other.at(shift + stretch * 2.5) == pytest.approx(one.at(2.5), abs=1e-8)


def test_an_axis_far_from_zero_loses_no_digits() -> None:
    """Years in milliseconds: d50 and its error are those of the axis from zero."""
    names, x, y = cells(3, 6, 3)
    near, far = logistic(names, x, y), logistic(names, [1.7e12 + value for value in x], y)
    assert near.d50.value is not None
    assert far.d50.value == pytest.approx(1.7e12 + near.d50.value, abs=1e-3)
    assert far.d50.stderr == pytest.approx(near.d50.stderr, rel=1e-6)


def test_far_tails_do_not_overflow() -> None:
    found = logistic(*cells(0))
    assert found.at(1e6) == pytest.approx(0.0, abs=1e-300)
    assert found.at(-1e6) == pytest.approx(1.0)


def test_what_a_reader_must_know_is_noted() -> None:
    """A slope that may be zero, a middle outside of what was played, few scenarios."""
    names, x, y = cells(0, 4, 10)
    assert "4 scenarios are few: the intervals lean on their being alike" in logistic(names, x, y).notes
    easy = logistic(names, [value - 10 for value in x], [float(value > 0 or at % 9 != 0) for at, value in enumerate(y)])
    assert any("outside of what was played (-9 to -5): extrapolated" in note for note in easy.notes)
    flat = logistic(["a", "a", "b", "b", "c"] * 4, [1.0, 2.0] * 10, [1.0, 0.0, 0.0, 1.0, 0.0] * 4)
    assert any("slope may be zero" in note for note in flat.notes)


def test_no_slope_at_all_has_no_middle() -> None:
    """Every scenario passes half of its cells at both levels: nothing to divide by, and no spread to go by."""
    found = logistic([name for name in "abcd" for _ in range(4)], [1.0, 1.0, 2.0, 2.0] * 4, [1.0, 0.0] * 8)
    assert (found.slope.value, found.slope.interval, found.slope.mark) == (0.0, None, "degenerate")
    assert (found.d50.value, found.d50.why) == (None, "the slope is zero")


def test_missing_rows_are_counted_and_nonsense_refused() -> None:
    names, x, y = cells(0, 6, 3)
    found = logistic([*names, "a", "b", "c"], [*x, None, 1.0, 1e200], [*y, 1.0, None, 1.0])
    assert found.slope.missing == {"no property": 1, "not judged": 1, "too large to compare": 1}
    for bad in ([1.5], [-0.1], [float("nan")]):
        with pytest.raises(ValueError, match="share between 0 and 1"):
            logistic(["a"], [1.0], bad)
    with pytest.raises(ValueError, match="columns of one length"):
        logistic(["a"], [1.0], [])
