"""Sheets of a workbook: text is text, never a formula."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from ..errors import MissingExtraError, SpecError
from ..model import storable

MOST_ROWS = 1_048_575
"""Cells that fit below the header of a sheet."""
MOST_TEXT = 32_767
"""Characters of one cell of a sheet."""
MOST_EXACT = 10**15
"""Numbers of a sheet have 15 digits: larger whole ones are written as text."""
_LONGEST_NAME = 31
_NO_NAME = re.compile(r"[\\/*?:\[\]]|[^ -~]")

Sheet = tuple[str, Sequence[str], Sequence[Sequence[object]]]
"""A name, a header, and rows."""


def new_book() -> Any:
    """An empty workbook, to be written row by row. Raises `MissingExtraError` without openpyxl."""
    try:
        from openpyxl import Workbook
    except ImportError:
        raise MissingExtraError("a workbook needs openpyxl: pip install 'pytest-alienbio[excel]'") from None
    return Workbook(write_only=True)


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """A workbook with these sheets. Raises `MissingExtraError`, and `SpecError` for none, or more rows than a sheet has."""
    book, names = new_book(), set[str]()
    for name, header, rows in sheets:
        if len(rows) > MOST_ROWS:
            raise SpecError(f"a sheet has {MOST_ROWS:,} rows, and {name} has {len(rows):,}; filter it, or write csv")
        fill(book.create_sheet(_free(name, names)), header, rows)
    if not names:
        raise SpecError("this report has no table, and a workbook needs one sheet")
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def fill(sheet: Any, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes a sheet, its header frozen. None is an empty cell."""
    from openpyxl.cell import WriteOnlyCell

    def cell(value: object) -> object:
        if value is None or isinstance(value, bool | float | datetime):
            return value
        if isinstance(value, int):
            return value if abs(value) < MOST_EXACT else cell(str(value))
        text = storable(value if isinstance(value, str) else json.dumps(value))
        plain = text if text.isprintable() else "".join(ch if ch.isprintable() or ch == "\n" else " " for ch in text)
        made = WriteOnlyCell(sheet, plain[:MOST_TEXT])
        made.data_type = "s"  # openpyxl takes what begins with = for a formula, and #N/A for an error
        return made

    sheet.freeze_panes = "A2"
    sheet.append([cell(name) for name in header])
    for row in rows:
        sheet.append([cell(value) for value in row])


def _free(name: str, taken: set[str]) -> str:
    """A name that Excel takes, and that no other sheet has, whatever its case."""
    base = _NO_NAME.sub("-", name).strip("'") or "table"
    made, number = base[:_LONGEST_NAME], 1
    while made.lower() in taken:
        number += 1
        tail = f" {number}"
        made = base[: _LONGEST_NAME - len(tail)] + tail
    taken.add(made.lower())
    return made
