"""Metric events in a DAT."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import MetricEvent
from pytest_alienbio.store import read_events, write_events, write_metric

from .samples import mappings


def test_metric_events_carry_their_time(tmp_path: Path) -> None:
    """One line an event, values as they are."""
    write_metric(tmp_path, "r1", "w", "cell-1", "loss", 0.5, 3)
    write_metric(tmp_path, "r1", "w", "cell-1", "words", ["a"])
    events = [json.loads(line) for line in (tmp_path / "metrics" / "r1-w.jsonl").read_text().splitlines()]
    assert [(e["id"], e["name"], e["value"], e.get("step")) for e in events] == [
        ("cell-1", "loss", 0.5, 3),
        ("cell-1", "words", ["a"], None),
    ]
    assert all(e["at"].endswith("Z") for e in events)
    with pytest.raises(ValueError, match=r"cell-1: metric 'loss': value: inf"):
        write_metric(tmp_path, "r1", "w", "cell-1", "loss", float("inf"))


def test_a_tasks_events_stand_there_as_metrics_or_as_they_were_written(tmp_path: Path) -> None:
    """`name`, `value` and `step` are spelled as those of `record_metric` in a Python test; anything else is kept whole."""
    events = [
        MetricEvent(1.5, {"timestamp": "1970-01-01T00:00:01.5Z", "name": "loss", "value": 0.5, "step": 3}),
        MetricEvent(2.0, {"event": "done", "v": 9, "id": "mine"}),
    ]
    write_events(tmp_path, "r1", "w", "c", events)
    first, second = map(json.loads, (tmp_path / "metrics" / "r1-w.jsonl").read_text("utf-8").splitlines())
    assert first == {"v": 1, "at": "1970-01-01T00:00:01.500000Z", "id": "c", "name": "loss", "value": 0.5, "step": 3}
    assert second["event"] == {"event": "done", "v": 9, "id": "mine"}
    assert (second["id"], second["v"]) == ("c", 1)


def test_a_runs_events_are_read_from_all_its_workers_and_no_other_run(tmp_path: Path) -> None:
    """Damaged lines are left out."""
    write_metric(tmp_path, "r1", "gw0", "a", "x", 1)
    write_metric(tmp_path, "r1", "gw1", "b", "x", 2, 4)
    write_metric(tmp_path, "r2", "gw0", "a", "x", 3)
    with (tmp_path / "metrics" / "r1-gw0.jsonl").open("a") as file:
        file.write("no json\n[1]\n{}\n")
    found = [(cell, dict(event.data)) for cell, event in read_events(tmp_path, "r1")]
    assert found == [("a", {"name": "x", "value": 1}), ("b", {"name": "x", "value": 2, "step": 4})]
    assert list(read_events(tmp_path / "none", "r1")) == []


@given(events=st.lists(st.builds(MetricEvent, st.integers(1, 4 * 10**9).map(float), mappings), max_size=4))
def test_what_was_written_is_read_back(events: list[MetricEvent], tmp_path_factory: pytest.TempPathFactory) -> None:
    dat = tmp_path_factory.mktemp("dat")
    write_events(dat, "r", "w", "c", events)
    found = [event for _, event in read_events(dat, "r")]
    assert [event.at for event in found] == [event.at for event in events]
    stamps = [{name: value for name, value in event.data.items() if name != "timestamp"} for event in events]
    assert [{n: v for n, v in event.data.items() if n != "timestamp"} for event in found] == stamps


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "metrics").write_text("in the way", "utf-8")
    with pytest.raises(StoreError, match="cannot write"):
        write_events(tmp_path, "r", "w", "c", [MetricEvent(1.0, {})])
