"""What travels comes out as it went in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import MetricEvent
from pytest_alienbio.play import run_cell
from pytest_alienbio.run import adhoc_cell, build_catalog
from pytest_alienbio.run.plan import plan
from pytest_alienbio.store.parcel import cell_of, cell_row, events_from, events_row, result_from, result_row, text_of


def test_a_cell_and_its_result_come_back_equal() -> None:
    """Also with params, axes and a variant; the trajectory only if it was sent."""
    catalog = build_catalog()
    [cell] = plan(adhoc_cell("mutualism/competition", "greedy", 3), catalog).cells
    odd = replace(cell, case=replace(cell.case, params={"x": [1, {"y": None}]}, variant=2, passing_score=None), axes={"é": 0.5})
    for each in (cell, odd):
        text = text_of(cell_row(each))
        assert text.isascii()
        assert cell_of(json.loads(text)) == each
        assert cell_of(json.loads(text)).key == each.key
    result = run_cell(cell, catalog).with_(started_at=1.0, ended_at=2.0)
    assert result_from(json.loads(text_of(result_row(result, trace=True)))) == result
    assert result_from(json.loads(text_of(result_row(result, trace=False)))) == result.with_(trajectory=None)


def test_what_is_no_json_is_refused_before_it_travels() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        text_of({"x": float("nan")})


def test_damage_is_told() -> None:
    rows: list[dict[str, Any]] = [{}, {"case": {}, "agent": {}}, {"case": {"tags": []}, "agent": {"nobody": 1}}]
    for row in rows:
        with pytest.raises(StoreError, match="not a cell"):
            cell_of(row)


def test_metric_events_come_back() -> None:
    events = [MetricEvent(1.5, {"name": "a", "value": 2}), MetricEvent(2.0, {"any": [1]})]
    assert events_from(json.loads(text_of(events_row(events)))) == events
