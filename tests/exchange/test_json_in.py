"""JSON Lines and documents from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_alienbio.exchange import Columns, export, importer
from pytest_alienbio.model import TraceRef

from .cells import a_cell, read, written, wrong


def lines(folder: Path, *texts: str, name: str = "t.jsonl") -> Path:
    """A file with these lines."""
    path = folder / name
    path.write_text("\n".join(texts) + "\n", "utf-8")
    return path


def test_foreign_objects_are_read_like_rows(tmp_path: Path) -> None:
    """Typed values stay typed; what an object leaves out is missing."""
    path = lines(
        tmp_path,
        '{"task": "x", "model": "=a", "seed": 1, "acc": 0.5, "params": {"n": [1]}}',
        '{"model": "b", "task": "x", "seed": "2", "acc": 1, "passed": true, "usd": 0.1}',
    )
    one, two = read(path, Columns({"scenario": "task", "agent": "model", "score": "acc"}))
    assert (one.agent, one.params, one.passed, one.origin) == ("=a", {"n": [1]}, None, "jsonl:t.jsonl:1")
    assert (two.seed, two.score, two.passed, two.usage.usd) == (2, 1, True, 0.1)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[1]", "t.jsonl:1: not an object but list; expected one object a cell"),
        ("{", "t.jsonl:1: this is no JSON"),
        ('{"score": NaN}', "t.jsonl:1: this is no JSON: NaN is not a finite number"),
        ('{"score": 1e999}', "t.jsonl:1: this is no JSON: 1e999 is not a finite number"),
        ('{"seed": 1, "seed": 2}', "t.jsonl:1: this is no JSON: 'seed' is there twice"),
        ("[" * 100_000, "t.jsonl:1: this is no JSON: nested too deeply"),
        ('{"scenario": "x", "agent": "a", "seed": 1, "skore": 1}', "t.jsonl:1:4: unknown column 'skore'"),
        ('{"scenario": "x", "agent": "a", "seed": true, "score": 1}', "t.jsonl:1: seed: True is no whole number"),
        ('{"scenario": {}, "agent": "a", "seed": 1, "score": 1}', "t.jsonl:1: scenario: {} is no text"),
        (
            '{"scenario": "\\u200f", "agent": "a", "seed": 1, "score": 1}',
            "t.jsonl:1: scenario: '\\u200f' is no name: nothing in",
        ),
        ('{"scenario": "x", "agent": "a", "seed": 1, "score": "1e5"}', ""),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    found = wrong(lines(tmp_path, text))
    assert (found[0] if found else "").startswith(complaint)
    assert bool(found) is bool(complaint)


def test_a_mapping_that_no_object_has_is_named(tmp_path: Path) -> None:
    path = lines(tmp_path, '{"scenario": "x", "agent": "a", "seed": 1, "score": 1}')
    assert wrong(path, Columns({"usd": "price"})) == ["t.jsonl: no object has a 'price' to be 'usd'"]


def test_a_damaged_journal_line_is_refused(tmp_path: Path) -> None:
    """An outage with a score is damage, also in a line that looks like ours."""
    row = json.loads(written([a_cell()], "jsonl"))
    path = lines(tmp_path, json.dumps({**row, "outcome": "lost"}), json.dumps({**row, "v": 99}))
    first, second = wrong(path)
    assert first.startswith("t.jsonl:1: not a journal line: score: an outcome 'lost' carries no score")
    assert "format version 99 is newer" in second


def test_a_journal_line_is_read_as_it_is(tmp_path: Path) -> None:
    """Only its battery may be set; its trace is somewhere else, and what is known of it stays."""
    path = tmp_path / "t.jsonl"
    path.write_bytes(written([a_cell(trace=TraceRef("traces/x.zst", 5, 7, 20, 1.5))], "jsonl"))
    (cell,) = read(path, Columns(fixed={"battery": "other"}))
    assert (cell.battery, cell.trace) == ("other", TraceRef("", steps=20, cost=1.5))
    assert wrong(path, Columns(fixed={"agent": "other"}))[0].startswith("t.jsonl:1: a journal line, which is read as it is")


def test_a_closed_results_json_is_a_document_too(tmp_path: Path) -> None:
    """The file of any DAT can be imported; a document that is no list of cells cannot."""
    path = tmp_path / "results.json"
    path.write_text('{"v":1,"status":{},"notes":[],"cells":[\n' + written([a_cell()], "jsonl").decode().strip() + "\n]}\n")
    assert importer("", str(path)).name == "json"
    assert read(path)[0].origin == "json:results.json:1"
    path.write_text("{}")
    assert wrong(path) == ['results.json: no list of cells; expected {"cells": [...]} or [...]']


def test_a_document_too_large_to_be_read_whole_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_alienbio.exchange.json_in.MAX_DOCUMENT", 100)
    export([a_cell()], "json", tmp_path / "t.json")
    assert "which would be read as a whole; export it as jsonl" in wrong(tmp_path / "t.json")[0]


@pytest.mark.parametrize("spelled", [{}, {"indent": 2}, {"separators": (",", ":")}])
def test_a_document_that_another_program_wrote_anew_is_one(tmp_path: Path, spelled: dict[str, int]) -> None:
    """With blanks or line breaks, whatever its suffix."""
    export([a_cell(1), a_cell(2)], "json", tmp_path / "x.json")
    path = tmp_path / "again"
    path.write_text(json.dumps(json.loads((tmp_path / "x.json").read_text()), **spelled))  # type: ignore[arg-type]
    assert importer("", str(path)).name == "json"
    assert len(read(path)) == 2


def test_a_journal_line_with_cells_in_it_is_no_document(tmp_path: Path) -> None:
    export([a_cell(1).with_(params={"cells": [1]})], "jsonl", tmp_path / "x")
    assert importer("", str(tmp_path / "x")).name == "jsonl"


def test_a_document_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = lines(tmp_path, '{"v": 99, "cells": []}', name="x.json")
    (found,) = wrong(path)
    assert found.startswith("x.json: format version 99 is newer than 1, the newest this pytest-alienbio can read")
