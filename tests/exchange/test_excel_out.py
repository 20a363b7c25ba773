"""A workbook, as openpyxl reads it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.exchange import export
from pytest_alienbio.model import Result
from pytest_alienbio.stats import summarize
from pytest_alienbio.store.summary import COLUMNS

from .cells import a_cell


def sheets(folder: Path, results: list[Result], *, leaves: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """The workbook of some results, sheet by sheet."""
    import openpyxl

    export(results, "", folder / "x.xlsx", leaves=(lambda each: summarize(each).leaves) if leaves else None)
    book = openpyxl.load_workbook(folder / "x.xlsx")
    return {sheet.title: [tuple(cell for cell in row) for row in sheet.iter_rows()] for sheet in book}


def test_cells_leaves_and_what_is_missing_have_a_sheet_each(tmp_path: Path) -> None:
    """Types stay: numbers, truth values, times without a zone."""
    results = [a_cell(0, started_at=1767261600.0, passed=True, tags=("t",)), a_cell(1, score=1.0, scores={"safety": 0.5})]
    found = sheets(tmp_path, results)
    header, first, second = ([cell.value for cell in row] for row in found["cells"])
    assert header == [*COLUMNS, "score.safety"]
    row = dict(zip(header, first, strict=True))
    assert (row["score"], row["passed"], row["started_at"]) == (0.5, True, datetime(2026, 1, 1, 10))
    assert row["score.safety"] is None
    assert second[-1] == 0.5
    leaves = [[cell.value for cell in row] for row in found["leaves"]]
    assert leaves[1][:4] == ["greedy", "m/x", 2, 0.75]
    about = {row[0].value: row[1].value for row in found["about"]}
    assert (about["cells"], about["not in this file: tags"]) == (2, 1)


def test_text_is_text_and_never_a_formula(tmp_path: Path) -> None:
    """As it was: no mark in front, no control characters, no error values."""
    evil = ["=1+1", "#N/A", "@x", "'quoted", "a\x07b", "+1"]
    found = sheets(tmp_path, [a_cell(seed, agent=text) for seed, text in enumerate(evil)], leaves=False)
    column = COLUMNS.index("agent")
    cells = [row[column] for row in found["cells"][1:]]
    assert [cell.data_type for cell in cells] == ["s"] * len(evil)
    assert [cell.value for cell in cells] == ["=1+1", "#N/A", "@x", "'quoted", "a b", "+1"]
    assert "leaves" not in found


def test_what_a_sheet_would_round_or_cut_is_kept_or_said(tmp_path: Path) -> None:
    """Long whole numbers are text; text beyond a cell's length is cut, and counted."""
    found = sheets(tmp_path, [a_cell(2**60, reason="x" * 40_000)])
    row = {name: cell.value for name, cell in zip(COLUMNS, found["cells"][1], strict=False)}
    assert row["seed"] == str(2**60)
    assert len(row["reason"]) == 32_767
    assert {each[0].value for each in found["about"]} >= {"not in this file: reason beyond 32,767 characters"}


def test_more_cells_than_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_alienbio.exchange.excel_out.MOST_ROWS", 3)
    with pytest.raises(SpecError, match="a sheet has 3 rows and these are more cells; filter them, or export csv or parquet"):
        export(map(a_cell, range(4)), "excel", tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_printed_is_left_out_and_said(tmp_path: Path) -> None:
    results = [a_cell(1).with_(reason="two\nlines"), a_cell(2).with_(reason="\x1b[31mred")]
    done = export(results, "excel", tmp_path / "x.xlsx")
    assert done.lost["characters that cannot be printed"] == 1
