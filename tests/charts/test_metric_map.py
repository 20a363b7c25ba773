"""Metrics by variation: numbers of every measure in one picture."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_alienbio.charts.measured import Measured
from pytest_alienbio.charts.metric_map import MOST_METRICS, MOST_VARIATIONS, metric_map
from pytest_alienbio.model import Chart, Estimate


def fields(chart: Chart) -> list[Any]:
    spec: Any = chart.spec
    found: list[Any] = spec["data"]["values"]
    return found


def made(*values: tuple[str, str, float | None]) -> Chart:
    return metric_map(
        [Measured(name, Estimate(value, n=3, why="" if value else "none"), metric) for metric, name, value in values]
    )


def test_each_metric_has_its_own_scale() -> None:
    """The least of a row has the lightest colour, the most the strongest; equal ones are in the middle."""
    chart = made(
        ("ms", "a", 10.0), ("ms", "b", 30.0), ("ms", "c", 20.0), ("same", "a", 5.0), ("same", "b", 5.0), ("same", "c", 5.0)
    )
    assert [each["share"] for each in fields(chart)] == [0.0, 1.0, 0.5, 0.5, 0.5, 0.5]
    assert chart.rows[1] == ("ms", "b", "30", "3", "-")
    assert chart.alt == "Heat map: the means of 2 metrics by 3 variations, each metric on its own scale."


def test_what_is_missing_looks_missing_and_says_why() -> None:
    chart = made(("ms", "a", 10.0), ("ms", "b", None))
    assert [each["part"] for each in fields(chart)] == ["found", "missing"]
    assert chart.rows[1] == ("ms", "b", "-", "3", "none")
    assert "share" not in fields(chart)[1]


def test_a_variation_without_a_metric_has_its_place() -> None:
    chart = made(("ms", "a", 10.0), ("laps", "b", 2.0))
    assert len(fields(chart)) == 4
    assert [row[-1] for row in chart.rows] == ["-", "not measured", "not measured", "-"]


@pytest.mark.parametrize("ends", [(-1e308, 1e308), (-3.0, -1.0), (1e-300, 2e-300)])
def test_any_numbers_have_a_place(ends: tuple[float, float]) -> None:
    chart = made(("x", "a", ends[0]), ("x", "b", ends[1]))
    assert [each["share"] for each in fields(chart)] == [0.0, 1.0]


def test_of_too_many_the_first_are_drawn_and_the_others_counted() -> None:
    """All of them are in its numbers."""
    chart = made(*((f"m{row}", f"v{column}", float(row + column)) for row in range(100) for column in range(40)))
    assert len(fields(chart)) == MOST_METRICS * MOST_VARIATIONS
    assert len(chart.rows) == 4000
    assert chart.notes[1:] == (
        "60 of 100 metrics are drawn: the first ones.",
        "30 of 40 variations are drawn: the first ones.",
    )


def test_nothing_says_so() -> None:
    assert "nothing was measured" in metric_map([]).alt
