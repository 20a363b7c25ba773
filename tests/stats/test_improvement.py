"""The chance of doing better: rliable's number, and an interval that depends on seed, scenario and size alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pytest_alienbio.model import Estimate
from pytest_alienbio.stats import improvement, probability_of_improvement
from pytest_alienbio.stats.improvement import Match, improvements

SCORES = st.lists(st.integers(0, 4).map(lambda n: n / 4), min_size=1, max_size=6)
BOTH = st.lists(st.tuples(SCORES, SCORES), min_size=1, max_size=4)


@settings(deadline=None, max_examples=50)
@given(BOTH)
def test_it_is_u_over_all_pairs_meant_over_scenarios(sides: list[tuple[list[float], list[float]]]) -> None:
    """scipy's Mann-Whitney U, ties half; the other way round it is the rest, and where lower is better, too."""
    a, b = [a for a, _ in sides], [b for _, b in sides]
    expected = np.mean([stats.mannwhitneyu(x, y, method="asymptotic").statistic / (len(x) * len(y)) for x, y in sides])
    found = probability_of_improvement(a, b)
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert probability_of_improvement(b, a).value == pytest.approx(1 - expected, abs=1e-12)
    assert probability_of_improvement(a, b, better="lower").value == pytest.approx(1 - expected, abs=1e-12)


def test_it_is_rliables_number() -> None:
    metrics = pytest.importorskip("rliable.metrics")
    rng = np.random.default_rng(1)
    x, y = np.round(rng.random((12, 5)), 1), np.round(rng.random((9, 5)), 1)
    ours = probability_of_improvement(x.T.tolist(), y.T.tolist())
    assert ours.value == pytest.approx(metrics.probability_of_improvement(x, y), abs=1e-12)


def naive(x: np.ndarray, y: np.ndarray, draws: int, rng: np.random.Generator) -> list[float]:
    """Resampled worlds, the same of both, one resample and one scenario at a time; shape (scenarios, worlds)."""
    found = []
    for _ in range(draws):
        chances = []
        for mine, other in zip(x, y, strict=True):
            picked = rng.integers(len(mine), size=len(mine))
            gap = np.sign(mine[picked][:, None] - other[picked][None, :])
            chances.append(((1 + gap) / 2).mean())
        found.append(float(np.mean(chances)))
    return found


def test_the_interval_is_that_of_a_plain_bootstrap() -> None:
    """Against resampling in plain loops, 3,000 draws each: ends differ by less than 0.007, four of their errors."""
    rng = np.random.default_rng(2)
    x, y = np.round(rng.random((6, 12)), 1), np.round(rng.random((6, 12)) - 0.1, 1)
    ours = probability_of_improvement(x.tolist(), y.tolist(), paired=True, resamples=3000)
    assert ours.interval is not None
    low, high = np.quantile(naive(x, y, 3000, rng), (0.025, 0.975))
    assert ours.interval.low == pytest.approx(low, abs=0.007)
    assert ours.interval.high == pytest.approx(high, abs=0.007)
    assert ours.interval.low < (ours.value or 0) < ours.interval.high
    assert (ours.resamples, ours.seed) == (3000, 0)


def test_cells_of_one_world_are_drawn_together() -> None:
    """Each world seen twice tells no more than once."""
    rng = np.random.default_rng(3)
    a, b, world = rng.random(12), rng.random(12), np.arange(12)
    once = Match("s", a, b, world, world)
    twice = Match("s", np.repeat(a, 2), np.repeat(b, 2), np.repeat(world, 2), np.repeat(world, 2))
    one, two = improvements([[once], [twice]], better="higher", paired=True, level=0.95, resamples=500, seed=0)
    assert one == two


def test_a_contests_interval_does_not_depend_on_its_company() -> None:
    rng = np.random.default_rng(4)
    contests = [
        [Match(f"s{at}", rng.random(n), rng.random(n), np.arange(n), np.arange(n)) for at in range(3)] for n in (4, 9, 9, 12)
    ]
    together = improvements(contests, better="higher", paired=True, level=0.9, resamples=300, seed=7)
    alone = [improvements([one], better="higher", paired=True, level=0.9, resamples=300, seed=7)[0] for one in contests]
    assert together == alone


@pytest.mark.parametrize("paired", [True, False])
def test_many_worlds_are_counted_along_their_order_to_the_same_bit(paired: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few resamples are held at a time; also where worlds have several cells, and scores are equal."""
    rng = np.random.default_rng(8)
    more = 0 if paired else 3
    each, cells = np.arange(25), np.concatenate([np.arange(25), np.arange(10)])
    contests = [
        [
            Match("one", np.round(rng.random(30), 1), np.round(rng.random(30 + more), 1), np.arange(30), np.arange(30 + more)),
            Match("two", np.round(rng.random(35), 1), np.round(rng.random(35), 1), cells, cells, weight=0.25),
            Match("two", np.round(rng.random(25), 1), np.round(rng.random(25), 1), each, each, level=1, weight=0.75),
        ]
        for _ in range(3)
    ]

    def told() -> list[Estimate]:
        return improvements(contests, better="higher", paired=paired, level=0.95, resamples=200, seed=5)

    by_matrix = told()
    assert all(each.interval for each in by_matrix)
    monkeypatch.setattr(improvement, "MATRIX", 0)
    monkeypatch.setattr(improvement, "SHARE", 7 * 4 * 70)
    assert told() == by_matrix


@pytest.mark.parametrize(
    ("a", "why"),
    [
        ([[0.1, 0.2, 0.3]], "too few worlds to resample: 3 of at least 10"),
        ([[0.1]] * 12, "no scenario has two worlds to resample"),
    ],
)
def test_an_interval_that_cannot_be_told(a: list[list[float]], why: str) -> None:
    """The value stays, and says why it stands alone."""
    found = probability_of_improvement(a, a, paired=True)
    assert (found.value, found.interval, found.why) == (0.5, None, why)


def test_always_better_is_marked_as_degenerate() -> None:
    """No resample differs: an interval without any width would look like certainty."""
    found = probability_of_improvement([[0.9] * 10], [[0.1] * 10], paired=True)
    assert (found.value, found.interval, found.mark) == (1.0, None, "degenerate")
    assert found.why == "every resample gives the same, which is no proof of certainty"


def test_few_worlds_a_scenario_are_warned_of() -> None:
    few = probability_of_improvement([[0.1, 0.4]] * 6, [[0.2, 0.3]] * 6, paired=True)
    assert few.notes == ("scenarios with fewer than 5 worlds: the interval of P(better) is too narrow",)


def test_sides_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="same scenarios on both sides"):
        probability_of_improvement([[1.0]], [])
    with pytest.raises(ValueError, match="2 and 1 scores"):
        probability_of_improvement([[1.0, 0.5]], [[1.0]], paired=True)
    with pytest.raises(ValueError, match="finite number"):
        probability_of_improvement([[float("nan")]], [[1.0]])


def test_the_largest_floats_are_numbers_like_others() -> None:
    assert probability_of_improvement([[1e308] * 6], [[-1e308] * 6]).value == 1.0
