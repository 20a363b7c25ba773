"""The tables of a document for spreadsheets: raw numbers in columns, nothing that a program must take apart."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import SpecError, did_you_mean
from ..model import Json, canonical
from .document import Document, Matrix, Table

Value = str | int | float | bool | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - taken for the same in some languages
"""How a text begins that a spreadsheet would take for a formula."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: a name `section.table`, its columns, and rows as long as these. None is missing."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def grids(document: Document) -> tuple[Grid, ...]:
    """The tables of a document that have rows, in its order, each with all its rows and without its total.

    A pair of ends is two columns, `interval.low` and `interval.high`; whatever else is no single value is JSON text.
    """
    found = []
    for section in document.sections:
        for block in section.blocks:
            name = f"{section.key}.{block.key}"
            if isinstance(block, Table) and (rows := block.rows()):
                found.append(_of_rows(name, [made.key for made in block.fields], rows))
            elif isinstance(block, Matrix) and block.rows and block.columns:
                found.append(_of_matrix(name, block))
    return tuple(found)


def one_of(found: Sequence[Grid], name: str = "") -> Grid:
    """The grid of that name, or the only one. Raises `SpecError` that says which there are."""
    names = [each.name for each in found]
    if name:
        for each in found:
            if each.name == name:
                return each
        raise SpecError(f"this report has no table {name[:80]!r}; {did_you_mean(name, names, most=20) or 'it has none'}")
    if len(found) != 1:
        there = f"has {len(found)}: {', '.join(names)}; choose one with --table, or write all of them to one .xlsx"
        raise SpecError(f"csv holds one table, and this report {there if found else 'has none'}")
    return found[0]


def as_csv(grid: Grid) -> str:
    """A grid as CSV (RFC 4180, line feeds); numbers whole, missing is empty, truth is `true` and `false`.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(_text, grid.header))
    writer.writerows([_text(value) for value in row] for row in grid.rows)
    return out.getvalue()


def _of_rows(name: str, keys: Sequence[str], rows: Sequence[Mapping[str, Json]]) -> Grid:
    ends = {key for key in keys if any(_pair(row[key]) for row in rows) and all(_pair(row[key], none=True) for row in rows)}
    header = tuple(column for key in keys for column in ((f"{key}.low", f"{key}.high") if key in ends else (key,)))
    return Grid(name, header, tuple(tuple(_values(row, keys, ends)) for row in rows))


def _values(row: Mapping[str, Json], keys: Sequence[str], ends: set[str]) -> Iterator[Value]:
    for key in keys:
        value = row[key]
        if key not in ends:
            yield _plain(value)
        elif isinstance(value, list | tuple):
            yield from map(_plain, value)
        else:
            yield from (None, None)


def _of_matrix(name: str, matrix: Matrix) -> Grid:
    lines = zip(matrix.rows, matrix.values, strict=True)
    return Grid(name, (matrix.row_kind, *matrix.columns), tuple((row, *map(_plain, values)) for row, values in lines))


def _pair(value: Json, *, none: bool = False) -> bool:
    """Whether it is the two ends of an interval; `none`: or missing."""
    if value is None:
        return none
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    return all(isinstance(each, int | float) and not isinstance(each, bool) for each in value)


def _plain(value: Json) -> Value:
    return value if value is None or isinstance(value, str | int | float | bool) else canonical(value)


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return repr(value)
