"""A property by itself: the textbook's partial correlation of ranks, and a cause told from its companion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from pytest_alienbio.stats import correlate, correlate_all, partial_spearman

NAMES = [f"s{at}" for at in range(30)]


def confounded(seed: int) -> tuple[list[float], list[float], list[float]]:
    """The score goes with size; noise goes with size, too, and does nothing."""
    rng = np.random.default_rng(seed)
    size = rng.normal(0, 1, 30)
    return size.tolist(), (size + rng.normal(0, 0.6, 30)).tolist(), (-size + rng.normal(0, 0.6, 30)).tolist()


def test_with_one_held_constant_it_is_the_formula() -> None:
    """(r_xy - r_xz r_yz) / sqrt((1 - r_xz^2)(1 - r_yz^2)), of ranks; interval with one unit less."""
    size, noise, y = confounded(0)
    found = partial_spearman(NAMES, noise, y, {"size": size}, name="noise")
    xy, xz, yz = (stats.spearmanr(a, b).statistic for a, b in ((noise, y), (noise, size), (y, size)))
    r = (xy - xz * yz) / np.sqrt((1 - xz**2) * (1 - yz**2))
    assert found.value.value == pytest.approx(r, abs=1e-12)
    assert (found.given, found.method, found.value.unit) == (("size",), "partial spearman", "scenarios")
    half = stats.norm.ppf(0.975) * np.sqrt((1 + r * r / 2) / 26)
    assert found.value.interval is not None
    assert found.value.interval.high == pytest.approx(np.tanh(np.arctanh(r) + half), abs=1e-12)


def test_with_two_held_constant_it_comes_from_the_inverse_of_the_correlations() -> None:
    size, noise, y = confounded(1)
    other = np.random.default_rng(3).random(30).tolist()
    ranks = np.array([stats.rankdata(column) for column in (noise, y, size, other)])
    precision = np.linalg.inv(np.corrcoef(ranks))
    found = partial_spearman(NAMES, noise, y, {"size": size, "other": other})
    assert found.value.value == pytest.approx(-precision[0, 1] / np.sqrt(precision[0, 0] * precision[1, 1]), abs=1e-10)


def test_a_companion_is_told_from_the_cause() -> None:
    """Alone both go with the score; held against each other only the cause does."""
    size, noise, y = confounded(2)
    properties: dict[str, Sequence[float | str]] = {"size": size, "noise": noise, "kind": ["a", "b"] * 15}
    assert all((correlate(NAMES, column, y).p.value or 1) < 0.01 for column in (size, noise))
    by_size, by_noise, kind = correlate_all(NAMES, properties, y, partial=True)
    assert (by_size.p.value or 1) < 0.001
    assert (by_noise.p.value or 0) > 0.05
    assert (by_size.given, by_noise.given, kind.method) == (("noise",), ("size",), "eta2")


def test_false_alarms_of_a_companion() -> None:
    """200 data sets in which noise does nothing by itself: at most 5 % + three binomial errors (0.046)."""
    alarms = []
    for at in range(200):
        size, noise, y = confounded(100 + at)
        alarms.append((partial_spearman(NAMES, noise, y, {"size": size}, draws=199).p.value or 0) <= 0.05)
    assert np.mean(alarms) <= 0.05 + 0.046


def test_several_worlds_of_a_scenario_are_exchanged_within_it() -> None:
    size, noise, y = confounded(4)
    found = partial_spearman([f"s{at % 5}" for at in range(30)], noise, y, {"size": size}, draws=99)
    assert found.p.method == "permutation within scenarios, 99 draws"
    assert (found.value.interval, found.value.unit) == (None, "scenario levels")


def test_what_cannot_be_told_is_missing_with_the_reason() -> None:
    """Too few units, or a property that the others tell; gaps are counted."""
    size, noise, y = confounded(5)
    assert partial_spearman(NAMES[:5], noise[:5], y[:5], {"size": size[:5]}).why == "5 of at least 6 units"
    assert (
        partial_spearman(NAMES, size, y, {"twice": [2 * value for value in size]}, name="size").why
        == "size is told by the others"
    )
    gap = partial_spearman([*NAMES, "x", "y"], [*noise, None, 0.1], [*y, 0.5, None], {"size": [*size, 0.0, 0.0]})
    assert gap.value.missing == {"no property": 1, "no score": 1}
    with pytest.raises(ValueError, match="only numbers"):
        partial_spearman(NAMES, ["a"] * 30, y, {"size": size})
    with pytest.raises(ValueError, match="columns of one length"):
        partial_spearman(NAMES, noise, y, {"size": size[:4]})


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(bad: float) -> None:
    names, numbers = list("abcdefgh"), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    given = {"g": [2.0, 1.0, 4.0, 3.0, 6.0, 8.0, 5.0, 7.0]}
    with pytest.raises(ValueError, match="finite numbers or None"):
        partial_spearman(names, numbers, [bad, *numbers[1:]], given)
    with pytest.raises(ValueError, match="finite numbers or None"):
        partial_spearman(names, [bad, *numbers[1:]], numbers, given)
    assert partial_spearman(names, numbers, [1e300, *numbers[1:]], given).value.missing == {"too large to compare": 1}
