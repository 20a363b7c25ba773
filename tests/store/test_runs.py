"""`runs/` beside an experiment."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import MetricEvent
from pytest_alienbio.store.runs import iso, write_run


def test_a_trial_is_a_folder_with_its_summary_and_its_events(tmp_path: Path) -> None:
    """Events have their time; what the task wrote itself stays as it was."""
    runs = tmp_path / "runs"
    events = [MetricEvent(1.5, {"name": "x", "value": 1}), MetricEvent(9.0, {"timestamp": "noon", "event": "done"})]
    folder = write_run(runs, {"trial": 1}, events)
    assert (folder, sorted(path.name for path in folder.iterdir())) == (runs / "run-001", ["metrics.jsonl", "summary.json"])
    assert json.loads((folder / "summary.json").read_text("utf-8")) == {"trial": 1}
    assert [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()] == [
        {"timestamp": "1970-01-01T00:00:01.500000Z", "name": "x", "value": 1},
        {"timestamp": "noon", "event": "done"},
    ]


def test_the_next_free_number_is_taken_and_nothing_is_overwritten(tmp_path: Path) -> None:
    """After the highest there is; other names do not count."""
    runs = tmp_path / "runs"
    for name in ("run-002", "run-1000", "run-x", "walk-5000"):
        (runs / name).mkdir(parents=True)
    (runs / "run-1000" / "mine.txt").write_text("kept", "utf-8")
    assert write_run(runs, {}, []).name == "run-1001"
    assert (runs / "run-1000" / "mine.txt").read_text("utf-8") == "kept"
    assert not (runs / "run-002" / "summary.json").exists()


def test_git_leaves_the_folder_alone(tmp_path: Path) -> None:
    """A new `runs/` ignores itself; one that is there is not changed."""
    write_run(tmp_path / "new", {}, [])
    assert (tmp_path / "new" / ".gitignore").read_text("utf-8") == "*\n"
    (tmp_path / "old").mkdir()
    write_run(tmp_path / "old", {}, [])
    assert not (tmp_path / "old" / ".gitignore").exists()


def test_many_writers_at_once_take_numbers_of_their_own(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda trial: write_run(runs, {"trial": trial}, []), range(24)))
    assert len(set(made)) == 24
    assert sorted(path.name for path in runs.iterdir()) == [f"run-{number:03d}" for number in range(1, 25)]
    assert {json.loads((path / "summary.json").read_text("utf-8"))["trial"] for path in made} == set(range(24))


def test_a_failure_leaves_nothing_half_done(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_run(runs, {"metrics": {"x": float("nan")}}, [])
    assert [path.name for path in runs.iterdir()] == [".gitignore"]


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("in the way", "utf-8")
    with pytest.raises(StoreError, match="runs is no folder"):
        write_run(tmp_path / "runs", {}, [])


def test_times_are_as_the_document_has_them() -> None:
    assert iso(1768989600.0) == "2026-01-21T10:00:00.000Z"
    assert iso(1768989612.3454) == "2026-01-21T10:00:12.345Z"
    assert iso(0.0) is None
