"""Box plots."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.charts import Metric, box
from pytest_alienbio.charts.box import box_of

from .parts import holds, layers, parts

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)


@settings(deadline=None)  # the first time numpy is loaded
@given(NUMBERS)
def test_a_box_is_that_of_numpy_and_holds_every_value_once(values: list[float]) -> None:
    """Quartiles are linear between order statistics; whiskers end at values; what is beyond them is an outlier."""
    made = box_of(values)
    assert [made.q1, made.median, made.q3] == pytest.approx(list(np.percentile(values, [25, 50, 75])), abs=1e-6)
    inside = [value for value in values if made.low <= value <= made.high]
    assert len(inside) + len(made.outliers) == made.n == len(values)
    reach = 1.5 * (made.q3 - made.q1)
    assert all(value < made.q1 - reach or value > made.q3 + reach for value in made.outliers)


def test_no_value_is_no_box() -> None:
    with pytest.raises(ValueError, match="no box"):
        box_of([])


def test_groups_in_their_order_with_what_is_missing_counted() -> None:
    made = holds(box({"b": [0.1, 0.2, None, 0.3], "a": [None], "c": [0.5]}))
    assert [row[:3] for row in made.rows] == [("b", "3", "1"), ("a", "0", "1"), ("c", "1", "0")]
    assert parts(made, "missing")[0]["why"] == "no number in 1 cell"
    assert parts(made, "box")[1]["q1"] == parts(made, "box")[1]["q3"] == 0.5


def test_a_hundred_thousand_values_are_five_numbers_and_a_few_circles() -> None:
    rng = np.random.default_rng(1)
    made = holds(box({"a": rng.lognormal(3, 2, 100_000).tolist()}, Metric("tokens", "")))
    assert len(parts(made, "outlier")) == 12
    assert "outliers nearer to the box are not drawn" in made.notes[-1]
    assert layers(made)[0]["encoding"]["x"]["scale"] == {"type": "log"}
    assert layers(made)[0]["encoding"]["x"]["axis"]["title"] == "tokens, log scale"


def test_without_any_number() -> None:
    assert "no cell has a number" in holds(box({"a": [None]})).alt
