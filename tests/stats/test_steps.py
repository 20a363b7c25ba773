"""Levels of a series: the best there are, how often a quiet series shows one, and what must not matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log, sqrt
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.stats.steps import _distances, robust_steps, steps

VALUES = st.lists(st.floats(-3, 3).map(lambda value: round(value, 2)), min_size=1, max_size=9)


def ways(count: int, least: int = 2) -> Iterator[list[int]]:
    """Every way to cut a series into levels of at least two batches, as where they begin."""

    def cut(start: int) -> Iterator[list[int]]:
        yield [] if count - start >= least or start == 0 else [-1]
        for at in range(start + least, count - least + 1):
            yield from ([at, *rest] for rest in cut(at))

    return (way for way in cut(0) if -1 not in way)


def cost(values: Sequence[float], errors: Sequence[float], way: Sequence[int]) -> float:
    """What `steps` makes smallest, straight from its definition."""
    total = 2 * log(len(values)) * len(way)
    for start, end in pairwise([0, *way, len(values)]):
        weights = [1 / error**2 for error in errors[start:end]]
        mean = sum(w * x for w, x in zip(weights, values[start:end], strict=True)) / sum(weights)
        total += sum(w * (x - mean) ** 2 for w, x in zip(weights, values[start:end], strict=True))
    return total


def robust_cost(values: Sequence[float], way: Sequence[int]) -> float:
    """What `robust_steps` makes smallest."""
    parts = [values[start:end] for start, end in pairwise([0, *way, len(values)])]
    medians = [median(part) for part in parts]
    floor = 0.1 * min(abs(b - a) for a, b in pairwise(medians)) if len(parts) > 2 else 0.001 * min(map(abs, medians))
    distance = sum(abs(x - middle) for part, middle in zip(parts, medians, strict=True) for x in part)
    return 4 * log(len(values)) / len(values) * len(parts) + log(max(floor, 1e-300) + distance)


@given(VALUES, st.data())
def test_no_other_way_to_cut_costs_less(values: list[float], data: st.DataObject) -> None:
    """Against every way there is."""
    errors = data.draw(st.lists(st.floats(0.05, 2), min_size=len(values), max_size=len(values)))
    found = steps(values, errors)
    assert found in list(ways(len(values)))
    assert cost(values, errors, found) <= min(cost(values, errors, way) for way in ways(len(values))) + 1e-6


@given(VALUES)
def test_the_distances_from_medians_are_right(values: list[float]) -> None:
    told = _distances(values)
    for start in range(len(values)):
        for end in range(start + 1, len(values) + 1):
            middle = median(values[start:end])
            assert told[start][end] == pytest.approx(sum(abs(x - middle) for x in values[start:end]), abs=1e-9)


@given(st.lists(st.integers(1, 40), min_size=4, max_size=9))
def test_no_way_with_as_many_levels_is_closer_and_no_other_number_better(counts: list[int]) -> None:
    """Of ways with equally many levels the closest is taken; over their numbers the criterion decides."""
    values = [float(count) for count in counts]
    found = robust_steps(values)
    every = list(ways(len(values)))
    assert found in every

    def distance(way: Sequence[int]) -> float:
        return sum(
            sum(abs(x - median(values[start:end])) for x in values[start:end])
            for start, end in pairwise([0, *way, len(values)])
        )

    same = [way for way in every if len(way) == len(found)]
    assert distance(found) == pytest.approx(min(map(distance, same)))
    assert robust_cost(values, found) <= robust_cost(values, []) + 1e-9


@given(VALUES, st.floats(-50, 50))
def test_a_shift_of_all_scores_changes_nothing(values: list[float], shift: float) -> None:
    errors = [0.3] * len(values)
    moved = [value + shift for value in values]
    assert cost(moved, errors, steps(moved, errors)) == pytest.approx(cost(values, errors, steps(values, errors)), abs=1e-6)


@given(VALUES, st.floats(0.01, 100))
def test_other_units_change_nothing(values: list[float], unit: float) -> None:
    errors = [0.3] * len(values)
    scaled, scaled_errors = [unit * value for value in values], [unit * error for error in errors]
    found = steps(scaled, scaled_errors)
    assert cost(values, errors, found) == pytest.approx(cost(values, errors, steps(values, errors)), abs=1e-6)


@given(VALUES)
def test_back_to_front_costs_as_much(values: list[float]) -> None:
    errors = [0.3] * len(values)
    back = values[::-1]
    assert cost(back, errors, steps(back, errors)) == pytest.approx(cost(values, errors, steps(values, errors)), abs=1e-6)


@pytest.mark.parametrize(("count", "stated"), [(10, 0.16), (30, 0.10)])
def test_quiet_series_show_a_step_as_often_as_the_page_says(count: int, stated: float) -> None:
    """800 series of normal means, within four standard errors (0.04 to 0.05)."""
    rng = np.random.default_rng(7)
    rate = float(np.mean([bool(steps(rng.normal(0, 1, count).tolist(), [1.0] * count)) for _ in range(800)]))
    assert rate == pytest.approx(stated, abs=4 * sqrt(stated * (1 - stated) / 800))


def test_a_step_is_found_where_it_is() -> None:
    """A fall by three standard errors after the tenth of twenty batches: nine in ten are put within one of it; 400 series."""
    rng = np.random.default_rng(8)
    level = np.repeat([0.0, -3.0], 10)
    near = [any(abs(at - 10) <= 1 for at in steps((rng.normal(0, 1, 20) + level).tolist(), [1.0] * 20)) for _ in range(400)]
    assert float(np.mean(near)) == pytest.approx(0.95, abs=0.045)


def test_one_odd_batch_is_no_level() -> None:
    """A level takes two batches; of durations one slow run is the machine's."""
    assert robust_steps([1.0, 1.1, 0.9, 1.0, 9.0, 1.1, 1.0, 0.9, 1.0, 1.1, 1.0, 0.9]) == []


def test_a_doubled_duration_is_a_step() -> None:
    assert robust_steps([1.0, 1.1, 0.9, 1.0, 1.1, 1.0, 2.1, 2.0, 1.9, 2.0, 2.1, 2.0]) == [6]


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0, 3.0], [2.0] * 12])
def test_too_few_or_equal_batches_have_no_steps(values: list[float]) -> None:
    assert steps(values, [0.1] * len(values)) == []
    assert robust_steps(values) == []
