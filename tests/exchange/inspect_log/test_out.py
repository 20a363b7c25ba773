"""Logs of whole DATs: a folder of them, or one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.exchange import export, import_files
from pytest_alienbio.exchange.around import around
from pytest_alienbio.store import open_for_reading, trajectory_of

from ..played import a_run, as_read_back, cell


def test_a_dat_becomes_a_log_an_agent_and_comes_back_whole(tmp_path: Path) -> None:
    """Cells, those that were never played, and what happened in each; `bio import` makes a DAT like the first."""
    dat = a_run(tmp_path)
    done = export(dat.results(), "inspect", tmp_path / "logs")
    assert (done.cells, done.lost) == (10, {})
    assert sorted(path.name.split("_")[1] for path in (tmp_path / "logs").iterdir()) == ["walk-greedy", "walk-idle"]
    (made,) = import_files([str(tmp_path / "logs")], tmp_path)
    back = open_for_reading(Path(made.dat_path))
    assert around(back).at >= "2026"
    assert [as_read_back(result) for result in back.results()] == [as_read_back(result) for result in dat.results()]
    for before, after in zip(dat.results(), back.results(), strict=True):
        assert after.origin.startswith("inspect:2026-11-26T10-00-00+00-00_walk-")
        old, new = dat.trace(before), back.trace(after)
        assert (new and trajectory_of(new)) == (old and trajectory_of(old))


def test_json_logs_can_be_read_by_anything(tmp_path: Path) -> None:
    export(a_run(tmp_path).results(), "inspect-json", tmp_path / "logs")
    documents = [json.loads(path.read_text("utf-8")) for path in sorted((tmp_path / "logs").iterdir())]
    assert {document["eval"]["model"]: len(document["samples"]) for document in documents} == {"greedy": 7, "idle": 2}


def test_several_dats_are_several_logs(tmp_path: Path) -> None:
    first, second = a_run(tmp_path / "a", [cell(1)]), a_run(tmp_path / "b", [cell(1, run="r2")])
    results = [*first.results(), *second.results()]
    export(results, "inspect", tmp_path / "logs")
    assert len(list((tmp_path / "logs").iterdir())) == 2


def test_one_agent_of_one_dat_is_one_file(tmp_path: Path) -> None:
    dat = a_run(tmp_path)
    with pytest.raises(SpecError, match="these cells are of several; choose with --agent, or write a folder"):
        export(dat.results(), "", tmp_path / "walk.eval")
    assert not (tmp_path / "walk.eval").exists()
    done = export((result for result in dat.results() if result.agent == "idle"), "", tmp_path / "walk.eval")
    assert (done.format, done.cells) == ("eval", 2)


def test_a_trace_that_is_gone_is_said(tmp_path: Path) -> None:
    dat = a_run(tmp_path, [cell(1), cell(2)])
    for file in (dat.path / "traces").iterdir():
        file.unlink()
    done = export(dat.results(), "inspect", tmp_path / "logs")
    assert done.lost == {"trace: it is damaged or gone": 2}


def test_cells_in_memory_need_no_dat(tmp_path: Path) -> None:
    done = export([cell(1), cell(2)], "inspect", tmp_path / "logs")
    (made,) = import_files([str(tmp_path / "logs")], tmp_path)
    assert (done.cells, made.cells) == (2, 2)
