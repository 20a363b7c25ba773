"""What is written, and that it is written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.exchange import EXPORTERS, export, export_to, exporter
from pytest_alienbio.model import CellError, Outcome, Result, TaskRecord, TraceRef, Usage
from pytest_alienbio.store import codec
from pytest_alienbio.store.summary import COLUMNS

from .cells import a_cell, written

FILES = [each for each in EXPORTERS if each.kind == "file"]
FOLDERS = [each for each in EXPORTERS if each.kind == "folder"]


def broken(results: int) -> Iterator[Result]:
    """Some cells, then a failure."""
    yield from map(a_cell, range(results))
    raise RuntimeError("the disk of the results went away")


@pytest.mark.parametrize("format", [each.name for each in EXPORTERS if each.text or each.name in ("parquet", "excel", "runs")])
def test_a_failure_leaves_nothing(tmp_path: Path, format: str) -> None:
    """Neither a half file nor a temporary one."""
    with pytest.raises(RuntimeError):
        export(broken(3), format, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", ["csv", "parquet", "excel", "runs"])
def test_what_is_there_stays_unless_forced(tmp_path: Path, format: str) -> None:
    """Also if it is replaced, it is replaced whole."""
    path = tmp_path / "out"
    export([a_cell()], format, path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SpecError, match="this exists already and is not overwritten; name another, or say --force"):
        export([a_cell(1), a_cell(2)], format, path)
    assert sorted(tmp_path.rglob("*")) == before
    with pytest.raises(RuntimeError):
        export(broken(1), format, path, force=True)
    assert sorted(tmp_path.rglob("*")) == before
    export([a_cell(1), a_cell(2)], format, path, force=True)
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("format", [each.name for each in FOLDERS])
def test_a_folder_with_anything_else_in_it_is_never_replaced(tmp_path: Path, format: str) -> None:
    """`--traces data --force` is a slip of the hand, and would take every result with it."""
    (tmp_path / "data" / "results").mkdir(parents=True)
    with pytest.raises(SpecError, match="there is 'results' in it, which this export does not write"):
        export([a_cell()], format, tmp_path / "data", force=True)
    assert [path.name for path in tmp_path.rglob("*")] == ["data", "results"]


@pytest.mark.parametrize(("format", "name"), [("traces", "traces"), ("csv", "summary.csv")])
def test_a_part_of_a_result_folder_is_never_replaced(tmp_path: Path, format: str, name: str) -> None:
    """A DAT keeps what it recorded."""
    (tmp_path / "_spec_.yaml").write_text("v: 1\n")
    (tmp_path / name).mkdir() if format == "traces" else (tmp_path / name).touch()
    with pytest.raises(SpecError, match="this is a part of the result folder"):
        export([a_cell()], format, tmp_path / name, force=True)


def test_a_folder_comes_back_if_it_cannot_be_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new one has no place: the old one is not lost for it."""
    export([a_cell()], "runs", tmp_path / "out")
    before = sorted(tmp_path.rglob("*"))
    move = os.rename

    def full(old: str, new: Path) -> None:
        if str(old).endswith(".tmp"):
            raise OSError(28, "No space left on device")
        move(old, new)

    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(StoreError, match="No space left"):
        export([a_cell(1), a_cell(2)], "runs", tmp_path / "out", force=True)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_made_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    """Two exports to one name: one of them is told."""

    def results() -> Iterator[Result]:
        yield a_cell()
        (tmp_path / "out.csv").write_text("somebody else's")

    with pytest.raises(SpecError, match="exists already"):
        export(results(), "", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "somebody else's"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("place", ["link", "folder", "nowhere/out.csv"])
def test_only_files_are_replaced(tmp_path: Path, place: str) -> None:
    """A link is not followed, a folder not removed, a missing folder not made."""
    (tmp_path / "aim").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "aim")
    (tmp_path / "folder").mkdir()
    with pytest.raises(SpecError):
        export([a_cell()], "csv", tmp_path / place, force=True)
    assert (tmp_path / "aim").read_text() == "x"


def test_a_folder_that_cannot_be_written_is_an_error_of_the_disk() -> None:
    with pytest.raises((StoreError, SpecError)):
        export([a_cell()], "csv", "/proc/out.csv")


def test_the_table_is_a_summary_csv(tmp_path: Path) -> None:
    """Same columns, same spelling, columns that only later cells bring at the end of every row."""
    task = a_cell(2, task=TaskRecord(1), metrics={"loss": 0.25}, score=None, params={"lr": 0.1})
    rows = list(csv.reader(io.StringIO(written([a_cell(), a_cell(1, scores={"safety": 1.0}), task], "csv").decode())))
    assert rows[0] == [*COLUMNS, "score.safety", "params.lr", "metric.loss"]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [row[-3:] for row in rows[1:]] == [["", "", ""], ["1.0", "", ""], ["", "0.1", "0.25"]]


@pytest.mark.parametrize("evil", ["=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-1+2", "\t=1", "'=1"])
def test_a_spreadsheet_runs_nothing(evil: str) -> None:
    """Whatever an agent is called or says."""
    _, row = csv.reader(io.StringIO(written([a_cell(agent=evil, reason=evil, params={"p": evil})], "csv").decode()))
    assert not [cell for cell in row if cell[:1] in "=+-@\t" and cell]


def test_what_a_format_cannot_hold_is_counted() -> None:
    """By name, and in how many cells there was something of it."""
    full = a_cell(
        1,
        tags=("t",),
        properties={"size": 3},
        error=CellError("E", "m", "t"),
        usage=Usage(requests=3),
        metrics={"generation_s": 1.0},
        trace=TraceRef("traces/x.json"),
        reason="two\nlines",
        worker="gw0",
        scores={f"s{n}": 1.0 for n in range(41)},
    )
    done = export_to([a_cell(), full], "csv", io.BytesIO())
    assert done.cells == 2
    assert done.lost == dict.fromkeys(done.lost, 1)
    assert set(done.lost) == {
        "tags", "properties", "error", "metrics", "trace", "worker", "scores beyond the first 40",
        "line breaks, and other characters that cannot be printed",
    }  # fmt: skip
    assert export_to([full], "jsonl", io.BytesIO()).lost == {"trace": 1}


def test_a_line_is_the_journals_and_its_dat() -> None:
    """As `bio results --json` prints them."""
    cell = a_cell(dat_path="data/x")
    (line,) = written([cell], "jsonl").decode().splitlines()
    row = json.loads(line)
    assert row.pop("dat") == "data/x"
    assert row == json.loads(codec.encode(cell))
    document = json.loads(written([cell, a_cell(1)], "json"))
    assert document["v"] == codec.VERSION
    assert document["cells"][0] == {**row, "dat": "data/x"}
    assert json.loads(written([], "json"))["cells"] == []


@pytest.mark.parametrize("format", ["csv", "jsonl", "json"])
def test_memory_does_not_grow_with_the_cells(format: str, tmp_path: Path) -> None:
    """Four times the cells take no more of it. The least of some tries counts: other threads take memory, too."""

    def peak(cells: int) -> int:
        tracemalloc.start()
        try:
            export(map(a_cell, range(cells)), format, tmp_path / "cells", force=True)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    few = min(peak(500) for _ in range(3))
    assert any(peak(2000) < few + 50_000 for _ in range(5))


def test_a_number_that_could_not_be_stored_is_not_exported() -> None:
    """NaN is no score anywhere."""
    for format in ("csv", "jsonl", "json", "junit"):
        with pytest.raises(ValueError, match="score"):
            written([a_cell(score=float("nan"))], format)
    with pytest.raises(ValueError, match="score"):
        written([a_cell(outcome=Outcome.LOST)], "csv")


@pytest.mark.parametrize(
    ("name", "path", "found"),
    [
        ("", "a.csv", "csv"),
        ("", "a.XLSX", "excel"),
        ("", "a.ndjson", "jsonl"),
        ("json", "a.csv", "json"),
        ("", "a.xml", "junit"),
    ],
)
def test_a_format_is_named_or_told_from_the_suffix(name: str, path: str, found: str) -> None:
    assert exporter(name, path).name == found


def test_an_unknown_format_says_what_there_is() -> None:
    with pytest.raises(SpecError, match="unknown format 'cvs'; did you mean 'csv'"):
        exporter("cvs")
    with pytest.raises(SpecError, match=r"the suffix of 'a\.doc' names no format; say which with --format: csv, jsonl"):
        exporter("", "a.doc")
    with pytest.raises(SpecError, match="excel is no text; write it to a file"):
        export_to([], "excel", io.BytesIO())
