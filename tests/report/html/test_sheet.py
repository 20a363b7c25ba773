"""Every cell as columns of texts in the order of their values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import CellSheet, Json
from pytest_alienbio.report.html.assets import asset
from pytest_alienbio.report.html.blocks import nowhere
from pytest_alienbio.report.html.sheet import UNSHOWN, first_rows, sheet_data, spelled

NUMBERS = st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False, width=32) | st.integers(-99, 99))


def column(key: str, values: list[Json]) -> dict[str, Any]:
    data: dict[str, Any] = sheet_data(CellSheet({key: values}))
    [found] = data["columns"]
    assert data["rows"] == len(values)
    return dict(found)


@given(NUMBERS)
def test_places_order_rows_as_their_numbers_do_and_missing_ones_have_none(values: list[Json]) -> None:
    """So a browser sorts by whole numbers, and shows the texts that everybody else shows."""
    found = column("score", values)
    told = [(value, at) for value, at in zip(values, found["at"], strict=True) if value is not None]
    assert [at for value, at in zip(values, found["at"], strict=True) if value is None] == [-1] * values.count(None)
    for value, at in told:
        assert found["texts"][at] == spelled("score", value)
    places = [at for _, at in sorted(told, key=lambda each: float(str(each[0])))]
    assert places == sorted(places)


def test_a_column_spells_its_values_once() -> None:
    found = column("passed", [True, False, None, True])
    assert (found["texts"], found["at"], found["header"]) == (["no", "yes"], [1, 0, -1, 1], "passed")
    assert column("seconds", [1.25, 0.045])["texts"] == ["45 ms", "1.2s"]
    assert column("started", [1.7e9])["texts"] == ["2023-11-14 22:13:20"]
    assert column("started", [1e300])["texts"] == ["-"]
    assert column("seed", [10, 9, 100])["texts"] == ["9", "10", "100"]
    assert column("own", ["b\u202e", "a"]) == {"key": "own", "header": "own", "left": False, "texts": ["a", "b"], "at": [1, 0]}


def test_without_scripts_the_first_hundred_rows_are_there() -> None:
    sheet = CellSheet({"run": ["r"] * 250, "id": [f"c{at}" for at in range(250)], "score": [0.5] * 250})
    grid = first_rows(sheet, nowhere)
    assert [len(grid.rows), grid.rows[99][0].text] == [100, "c99"]
    assert [head.text for head in grid.heads] == ["cell", "score"]


def test_without_scripts_and_on_paper_the_columns_are_those_of_the_script() -> None:
    """What the id says, what one run is called, and what no cell has would only push the others off the sheet."""
    two: dict[str, Sequence[Json]] = {
        "run": ["r", "s"],
        "id": ["a", "b"],
        "scenario": ["x", "y"],
        "role": ["floor", "candidate"],
        "usd": [None, None],
    }
    assert [head.text for head in first_rows(CellSheet({**two, "score": [0.5, None]}), nowhere).heads] == [
        "run",
        "cell",
        "score",
    ]
    script = asset("assets/cells.js").text
    assert f"const UNSHOWN = {json.dumps(list(UNSHOWN))};" in script
