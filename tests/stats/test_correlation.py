"""Scores and properties: scipy's coefficients, Bonett and Wright's intervals, and the scenario as the unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pytest_alienbio.stats import correlate, correlate_all

SCENARIOS = [f"s{at:02}" for at in range(60)]


def columns(seed: int, m: int, slope: float = -0.1) -> tuple[list[float], list[float]]:
    """A property with ties and a score for each of m scenarios."""
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 7, m).astype(float)
    return x.tolist(), (slope * x + rng.normal(0, 0.3, m)).tolist()


@pytest.mark.parametrize("m", [6, 25, 50])
def test_coefficients_are_scipys(m: int) -> None:
    """Above 30 scenarios p is, too."""
    x, y = columns(m, m)
    rho, tau = (correlate(SCENARIOS[:m], x, y, method=method) for method in ("spearman", "kendall"))
    assert rho.value.value == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
    assert tau.value.value == pytest.approx(stats.kendalltau(x, y).statistic, abs=1e-12)
    assert (rho.n, rho.value.unit) == (m, "scenarios")
    if m > 30:
        assert rho.p.value == pytest.approx(stats.spearmanr(x, y).pvalue, abs=1e-12)
        assert tau.p.value == pytest.approx(stats.kendalltau(x, y).pvalue, abs=1e-12)


def test_intervals_are_bonett_and_wrights() -> None:
    """By their formulas; for r = 0.5 and 20 scenarios the variances are 1.125/17 and 0.437/16."""
    x, y = columns(1, 20)
    for method, variance in (("spearman", lambda r: (1 + r * r / 2) / 17), ("kendall", lambda r: 0.437 / 16)):
        found = correlate(SCENARIOS[:20], x, y, method=method).value  # type: ignore[arg-type]
        assert found.value is not None
        assert found.interval is not None
        half = stats.norm.ppf(0.975) * np.sqrt(variance(found.value))
        assert found.interval.low == pytest.approx(np.tanh(np.arctanh(found.value) - half), abs=1e-12)
        assert found.interval.high == pytest.approx(np.tanh(np.arctanh(found.value) + half), abs=1e-12)


def test_the_interval_covers() -> None:
    """Normal pairs, correlation 0.5 (rho 0.4826 in the limit), 40 scenarios, 400 data sets: 95 % +- 0.033."""
    rng, held = np.random.default_rng(0), 0
    for _ in range(400):
        x, noise = rng.normal(size=(2, 40))
        found = correlate(SCENARIOS[:40], x.tolist(), (0.5 * x + np.sqrt(0.75) * noise).tolist()).value.interval
        assert found is not None
        held += found.low <= 6 / np.pi * np.arcsin(0.25) <= found.high
    assert held / 400 == pytest.approx(0.95, abs=0.033)


@pytest.mark.parametrize("method", ["spearman", "kendall"])
def test_p_by_permutation_is_scipys_pairings(method: str) -> None:
    """Seven scenarios without ties: all 5,040 orders on both sides."""
    rng = np.random.default_rng(5)
    x, y = rng.random(7), rng.random(7)
    coefficient = {"spearman": stats.spearmanr, "kendall": stats.kendalltau}[method]
    theirs = stats.permutation_test(
        (x,), lambda some: coefficient(some, y).statistic, permutation_type="pairings", n_resamples=np.inf
    )
    ours = correlate(SCENARIOS[:7], x.tolist(), y.tolist(), method=method)  # type: ignore[arg-type]
    assert ours.p.value == pytest.approx(theirs.pvalue, abs=1e-12)
    assert (ours.p.method, ours.p.floor) == ("permutation, all 5,040 orders", 1 / 5040)


def test_drawn_orders_agree_with_the_t_approximation() -> None:
    """20 scenarios: Monte-Carlo error 0.003 and the approximation's own."""
    x, y = columns(3, 20)
    found = correlate(SCENARIOS[:20], x, y, seed=4)
    assert found.p.value == pytest.approx(stats.spearmanr(x, y).pvalue, abs=0.015)
    assert (found.p.draws, found.p.seed) == (9999, 4)


def test_cells_are_no_units() -> None:
    """Ten cells a scenario tell what their mean tells; their order never matters."""
    x, y = columns(2, 12)
    rng = np.random.default_rng(0)
    rows = [(SCENARIOS[at], x[at], y[at] + noise) for at in range(12) for noise in (0.3, -0.3, 0.1, -0.1)]
    mixed = [rows[at] for at in rng.permutation(len(rows))]
    once, often = correlate(SCENARIOS[:12], x, y), correlate(*map(list, zip(*mixed, strict=True)))
    assert often.n == once.n == 12
    assert often.value.value == pytest.approx(once.value.value, abs=1e-9)
    assert often.p == once.p


def levels(seed: int, scenarios: int, slope: float, spread: float = 0.5) -> tuple[list[str], list[float], list[float]]:
    """Each scenario at difficulties 1 to 5, scenarios far apart."""
    rng = np.random.default_rng(seed)
    base = rng.normal(0, spread, scenarios)
    rows = [
        (SCENARIOS[at], float(level), float(base[at] + slope * level + rng.normal(0, 0.1)))
        for at in range(scenarios)
        for level in range(1, 6)
    ]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def test_levels_of_a_scenario_are_exchanged_within_it() -> None:
    """Scenarios differ more than levels do; a p that mixed them up would not see the slope."""
    names, x, y = levels(1, 12, -0.1, spread=2.0)
    found = correlate(names, x, y, draws=999)
    assert found.value.unit == "scenario levels"
    assert found.p.method == "permutation within scenarios, 999 draws"
    assert found.p.value == 0.001
    assert stats.spearmanr(x, y).pvalue > 0.01
    assert found.value.interval is not None
    assert found.value.interval.low < (found.value.value or 0) < found.value.interval.high
    assert (found.value.method, found.value.seed) == ("spearman, scenarios resampled", 0)


def test_few_scenarios_with_levels_have_no_interval() -> None:
    found = correlate(*levels(1, 3, -0.1), draws=99)
    assert found.value.value is not None
    assert found.value.interval is None
    assert "at least 10 scenarios to resample, there are 3" in found.value.why


def test_false_alarms_where_nothing_goes_with_anything() -> None:
    """200 data sets of 6 scenarios x 5 levels: at most 5 % + three binomial errors (0.046)."""
    alarms = [(correlate(*levels(at, 6, 0.0), draws=199).p.value or 0) <= 0.05 for at in range(200)]
    assert np.mean(alarms) <= 0.05 + 0.046


def test_categories_have_a_share_of_the_variance() -> None:
    """scipy's F statistic, turned into eta2; truth values are categories, too."""
    y = np.random.default_rng(0).normal(0, 1, 15) + np.repeat([0.0, 0.5, 1.0], 5)
    found = correlate(SCENARIOS[:15], ["a"] * 5 + ["b"] * 5 + ["c"] * 5, y.tolist(), name="biome")
    f = stats.f_oneway(*np.split(y, 3)).statistic
    assert (found.method, found.groups) == ("eta2", {"a": 5, "b": 5, "c": 5})
    assert found.value.value == pytest.approx(2 * f / (2 * f + 12), abs=1e-12)
    assert found.p.value == pytest.approx(stats.f_oneway(*np.split(y, 3)).pvalue, abs=0.02)
    yes = correlate(SCENARIOS[:15], [at < 5 for at in range(15)], y.tolist())
    assert yes.groups == {"yes": 5, "no": 10}


@pytest.mark.parametrize(
    ("x", "y", "why"),
    [
        ([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0], "4 of at least 5 units"),
        ([1.0] * 6, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "one level only"),
        ([1.0, 2.0, 3.0, 4.0, 5.0], [0.5] * 5, "all scores are equal"),
        (list("abcde"), [1.0, 2.0, 3.0, 4.0, 5.0], "every unit has a category of its own"),
        ([], [], "0 of at least 5 units"),
    ],
)
def test_what_cannot_be_told_is_missing_with_the_reason(x: list[float], y: list[float], why: str) -> None:
    found = correlate(SCENARIOS[: len(x)], x, y)
    assert (found.value.value, found.p.value, found.why, found.n) == (None, None, why, len(x))


def test_a_perfect_order_has_no_interval() -> None:
    found = correlate(SCENARIOS[:6], [1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1])
    assert found.value.value == pytest.approx(-1)
    assert (found.value.interval, found.value.mark) == (None, "degenerate")


def test_missing_rows_are_counted() -> None:
    x, y = columns(0, 8)
    found = correlate(SCENARIOS[:10], [*x, None, 3.0], [*y, 0.5, None])
    assert found.value.missing == {"no property": 1, "no score": 1}
    assert found.n == 8
    huge = correlate(SCENARIOS[:10], [*x, 1e300, 3.0], [*y, 0.5, -1e308])
    assert huge.value.missing == {"too large to compare": 2}


@pytest.mark.parametrize(
    ("x", "y", "options", "message"),
    [
        ([1.0], [1.0, 2.0], {}, "columns of one length"),
        ([1.0, float("nan")], [1.0, 2.0], {}, "finite numbers"),
        ([1.0, "a"], [1.0, 2.0], {}, "numbers or categories, not both"),
        (["b", "a"], [1.0, 2.0], {"method": "kendall"}, "made of categories"),
        ([1.0, 2.0], [1.0, 2.0], {"method": "pearson"}, "does not suit"),
    ],
)
def test_columns_that_make_no_sense_are_refused(
    x: Sequence[float | str], y: list[float], options: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        correlate(["a", "b"], x, y, **options)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=10)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=5, max_size=7))
def test_turning_one_side_turns_the_sign(pairs: list[tuple[int, int]]) -> None:
    """p stays, the interval mirrors, and any rising scale gives the same."""
    names = SCENARIOS[: len(pairs)]
    x, y = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
    one, turned, scaled = (correlate(names, side, y) for side in (x, [-a for a in x], [a**3 for a in x]))
    assert scaled == one
    if one.value.value is None:
        assert turned.why == one.why
        return
    assert turned.value.value == pytest.approx(-one.value.value, abs=1e-12)
    assert turned.p.value == pytest.approx(one.p.value, abs=1e-12)
    if one.value.interval is not None and turned.value.interval is not None:
        assert turned.value.interval.low == pytest.approx(-one.value.interval.high, abs=1e-12)


def test_several_properties_are_adjusted_together_and_warned_of() -> None:
    """Benjamini-Hochberg over those with a p; a constant one is not counted."""
    x, y = columns(1, 20, -0.3)
    noise = np.random.default_rng(9).random(20).tolist()
    found = correlate_all(SCENARIOS[:20], {"size": x, "noise": noise, "constant": [1.0] * 20, "kind": ["a", "b"] * 10}, y)
    assert [one.method for one in found] == ["spearman", "spearman", "spearman", "eta2"]
    assert {one.p.family for one in found if one.p.value is not None} == {"Benjamini-Hochberg, 3 properties"}
    adjusted = stats.false_discovery_control([one.p.value for one in found if one.p.value is not None])
    assert [one.p.adjusted for one in found if one.p.value is not None] == pytest.approx(adjusted.tolist(), abs=1e-12)
    assert all("due to another" in one.notes[0] for one in found if one.p.value is not None)
    assert found[2].why == "one level only"


@pytest.mark.parametrize("scale", [1e-300, 1e140])
def test_the_share_of_variance_does_not_hang_on_the_scale(scale: float) -> None:
    """Squares of tiny scores are 0 to a machine."""
    names, kinds, scores = list("abcdefgh"), list("xxxyyyzz"), [1.0, 2.0, 1.5, 4.0, 5.0, 4.5, 1.0, 7.0]
    once, scaled = correlate(names, kinds, scores), correlate(names, kinds, [scale * score for score in scores])
    assert scaled.value.value == pytest.approx(once.value.value, rel=1e-9)
    assert scaled.p.value == once.p.value
