"""Cells of which there is no record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_alienbio.model import Query, Unrecorded
from pytest_alienbio.results.unrecorded import unrecorded, unrecorded_in
from pytest_alienbio.run.reporting import leaderboard_on, report_of, report_on
from pytest_alienbio.store import dat
from pytest_alienbio.store.index import Index

from ..report.parts import told
from .parts import cell, write_dat

CELLS = [cell(seed=seed, score=0.5) for seed in range(5)]


def planned(folder: Path, cells: int, *, recorded: int, selection: str = "") -> Path:
    """A run that was to play so many cells, and was killed when so many had a record."""
    path = write_dat(folder, CELLS[:recorded])
    with (path / "_spec_.yaml").open("a", encoding="utf-8") as spec:
        spec.write(f"resolved: {{cells: {cells}{selection}}}\n")
    return path


def closed(folder: Path) -> Path:
    """A run that was closed with five records."""
    path = planned(folder, 20, recorded=5)
    dat.close(dat.open(path), status={"outcomes": {"completed": 5}})
    return path


def test_of_a_run_that_was_not_closed_its_plan_says_what_is_missing(tmp_path: Path) -> None:
    path = planned(tmp_path / "d", 20, recorded=5)
    assert unrecorded(path, 5) == Unrecorded(str(path), 15, 20, closed=False)
    assert unrecorded(path, 20) is None
    some = planned(tmp_path / "e", 20, recorded=5, selection=", selection: {agents: [greedy]}")
    found = unrecorded(some, 5, "e")
    assert found == Unrecorded("e", 15, 20, closed=False, chosen=True)
    assert found.sentence.endswith("it is still running or was killed, or not selected")


def test_of_a_closed_run_what_it_counted_then_says_it(tmp_path: Path) -> None:
    """Cells that were not selected are missing to nobody."""
    path = closed(tmp_path / "d")
    assert unrecorded(path, 5) is None
    found = unrecorded(path, 3)
    assert found == Unrecorded(str(path), 2, 5, closed=True)
    assert found.sentence.startswith("2 of 5 cells have no record any more")


def test_who_does_not_say_what_was_planned_lacks_nothing(tmp_path: Path) -> None:
    """An imported folder; one that is gone; a number that is none; results in memory, which may be some of a folder's."""
    assert unrecorded(write_dat(tmp_path / "d", CELLS), 5) is None
    assert unrecorded(tmp_path / "none", 0) is None
    assert unrecorded(planned(tmp_path / "e", "many", recorded=0), 0) is None  # type: ignore[arg-type]
    path = closed(tmp_path / "f")
    assert "missing" not in str(report_of(list(dat.open(path).results())[:2]))
    with Index.of(CELLS[:2]) as index:
        assert unrecorded_in(index, [path]) == ()


def test_reports_say_it_for_each_folder_and_whatever_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Journals that were removed, a run killed at once, one in its midst; with a filter, too; in all forms."""
    monkeypatch.chdir(tmp_path)
    paths = [tmp_path / "gone", tmp_path / "killed", tmp_path / "half", tmp_path / "more"]
    closed(paths[0])
    (paths[0] / "cells" / "r1-main.jsonl").unlink()
    for path, recorded in zip(paths[1:], (0, 4, 1), strict=True):
        planned(path, 20, recorded=recorded)
    with Index.open(tmp_path) as index:
        index.refresh(paths)
        query = Query(dats=tuple(map(str, paths)), agents=("greedy",))
        report, board = report_on(index, query, paths), leaderboard_on(index, query, paths)
        alone = report_on(index, Query(dats=(str(paths[0]),)), paths[:1])
    lines = str(report).splitlines()
    assert any(line.startswith("missing: gone: 5 of 5 cells have no record any more") for line in lines)
    assert any(line.startswith("missing: killed: 20 of 20 planned cells have no record") for line in lines)
    assert "missing: and 19 cells of 1 more result folder have no record" in lines
    assert told(board)["results"] == told(report)["results"]
    assert [note.get("unrecorded") for note in told(report)["results"]["cells"]][-4:] == [5, 20, 16, 19]
    assert "missing: 5 of 5 cells" in str(alone)
    assert alone.title == "b"
    assert json.loads((paths[0] / "results.json").read_text("utf-8"))["status"]["outcomes"] == {"completed": 5}
