"""How tall a chart will be; that it is true is seen in a browser (`tests/browser/test_charts.py`)."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_alienbio.charts import bars, heatmap, histogram, profile
from pytest_alienbio.model import Chart

from .parts import LONG, measured
from .test_curves import a_profile


def about(chart: Chart) -> dict[str, Any]:
    """What a page reads of it."""
    found: Any = chart.spec["usermeta"]
    return dict(found["bio"])


def test_a_bar_more_is_a_step_more() -> None:
    heights = [about(bars(measured([f"a{at}" for at in range(count)])))["tall"] for count in (1, 2, 30)]
    assert (heights[1] - heights[0], heights[2] - heights[0]) == (22, 29 * 22)


def test_turned_names_and_rows_of_line_names_take_room() -> None:
    plain, turned = (about(heatmap(measured(names, ["x"])))["tall"] for names in (["a", "b"], [LONG.format(1), LONG.format(2)]))
    assert turned > plain + 50
    roles = {"noop": "floor", "random": "floor"}
    one, two = (about(bars(measured(["a", *names], roles=roles)))["tall"] for names in (["noop"], ["noop", "random"]))
    assert two == one + 12


def test_panels_say_the_height_of_one_and_series_the_width_of_an_entry() -> None:
    found = about(histogram({"a": [0.1], "b": [0.2], "c": [0.3]}))
    assert (found["tall"], found["over"] > 0) == (130, True)
    assert about(profile({"one": a_profile(), "seven letters": a_profile()}))["entry"] == pytest.approx(34 + 13 * 6.2, abs=1)
    assert "entry" not in about(profile({"one": a_profile()}))
