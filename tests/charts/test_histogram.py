"""Histograms."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.charts import Metric, histogram
from pytest_alienbio.charts.histogram import counts, edges

from .parts import data, holds, panels

NUMBERS = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60)


@given(NUMBERS)
def test_every_value_is_in_one_bin(values: list[float]) -> None:
    """Of equal width, around all of them, and not too many."""
    borders = edges(values)
    slack = 1e-6 * (borders[1] - borders[0])
    assert borders[0] <= min(values) + slack
    assert borders[-1] >= max(values) - slack
    assert all(low < high for low, high in pairwise(borders))
    assert len(borders) <= 23
    assert sum(counts(values, borders)) == len(values)


def test_scores_have_bins_of_a_twentieth_and_a_border_belongs_above() -> None:
    borders = edges([0.2, 0.9], unit=True)
    assert (borders[0], borders[-1], len(borders)) == (0.0, 1.0, 21)
    assert counts([0.0, 0.5, 1.0], [0.0, 0.5, 1.0]) == [1, 2]


def test_a_panel_an_agent_with_what_is_missing_in_its_name() -> None:
    made = holds(histogram({"a": [0.1, 0.11, None], "b": [0.9], "c": []}))
    assert panels(made) == ["a (n = 2 of 3)", "b (n = 1)", "c (n = 0)"]
    assert ("a", "0.10", "0.15", "2") in made.rows
    assert ("a", "-", "-", "1") in made.rows


def test_one_seed_and_equal_values() -> None:
    made = holds(histogram({"a": [0.5]}))
    assert sum(row["count"] for row in data(made)) == 1
    assert "facet" not in made.spec
    assert len(data(holds(histogram({"a": [-7.0, -7.0]}, Metric("metrics.loss"))))) == 1
    assert "no cell has a number" in holds(histogram({"a": [None]})).alt


def test_forty_agents_are_thirty_panels_and_a_note() -> None:
    made = holds(histogram({f"a{at}": [at / 40] * 100 for at in range(40)}))
    assert made.notes[-1] == "30 of 40 agents are drawn: the first ones."
