"""Sheets of any tables, as openpyxl reads them."""

from __future__ import annotations

from io import BytesIO

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.exchange.workbook import workbook


def test_each_table_is_a_sheet_with_a_name_that_excel_takes() -> None:
    """31 characters, none of `[]:*?/\\`, and no two alike, whatever their case."""
    import openpyxl

    names = ["cost.agents", "COST.agents", "x" * 40, "x" * 50, "a[b]:c/d", ""]
    book = openpyxl.load_workbook(BytesIO(workbook((name, ("n", "m"), ((1, None),)) for name in names)))
    assert book.sheetnames == ["cost.agents", "COST.agents 2", "x" * 31, "x" * 29 + " 2", "a-b--c-d", "table"]
    assert [[cell.value for cell in row] for row in book["cost.agents"].iter_rows()] == [["n", "m"], [1, None]]


def test_texts_that_look_like_formulas_stay_texts() -> None:
    import openpyxl

    evil = ("=1+1", "+1", "-1", "@x", "#N/A")
    book = openpyxl.load_workbook(BytesIO(workbook([("s", evil, (evil,))])))
    assert [(cell.value, cell.data_type) for row in book["s"].iter_rows() for cell in row] == [(text, "s") for text in evil * 2]


def test_what_is_no_workbook_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SpecError, match="no table"):
        workbook(())
    monkeypatch.setattr("pytest_alienbio.exchange.workbook.MOST_ROWS", 1)
    with pytest.raises(SpecError, match="a sheet has 1 rows, and s has 2"):
        workbook([("s", ("n",), ((1,), (2,)))])
