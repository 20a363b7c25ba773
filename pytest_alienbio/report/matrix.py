"""A matrix on a screen: which way round, how much of it, and in how many parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..model import inert
from .columns import GAP, Column, lines_of, shorten, width_of
from .document import Matrix
from .figures import many

MOST_ROWS = 30
MOST_PARTS = 2
"""Tables below one another on a screen."""
HEADER = 14
"""Screen columns to which the name above a column is shortened, unless its numbers are wider."""
TURN_FROM = 8
"""With fewer columns than this a matrix always stands as it is, whatever its rows."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A matrix as it stands on a page: texts by row, names on both sides."""

    row_kind: str
    column_kind: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    totals_below: bool
    """Whether the last row (else the last column) is the totals."""


def sheet(matrix: Matrix) -> Sheet:
    """The matrix turned so that the longer side goes down the page, totals at the end."""
    rows, columns, texts = tuple(map(inert, matrix.rows)), tuple(map(inert, matrix.columns)), matrix.texts
    if matrix.total:
        rows, texts = (*rows, matrix.total), (*texts, matrix.total_texts)
    if len(matrix.columns) <= max(len(matrix.rows), TURN_FROM - 1):
        return Sheet(matrix.row_kind, matrix.column_kind, rows, columns, texts, bool(matrix.total))
    turned = tuple(zip(*texts, strict=True))
    return Sheet(matrix.column_kind, matrix.row_kind, columns, rows, turned, totals_below=False)


def pages(
    matrix: Matrix, width: int, sign: Callable[[str], str], *, ascii: bool = False, whole: bool = False
) -> tuple[list[str], str]:
    """The matrix as lines, in parts below one another where it is too wide; and what was left out, in words ('' = nothing)."""
    if not matrix.rows or not matrix.columns:
        return [], ""
    made = sheet(matrix)
    last = len(made.rows) - 1
    chosen = list(range(len(made.rows)))
    if not whole and last >= MOST_ROWS:
        chosen = [*range(MOST_ROWS - 1), last] if made.totals_below else chosen[:MOST_ROWS]
    name = _names(made, chosen, width, sign, ascii)
    columns = [
        Column(shorten(sign(header), max(HEADER, *map(width_of, cells)), ascii=ascii), cells)
        for at, header in enumerate(made.columns)
        for cells in [tuple(sign(made.texts[row][at]) for row in chosen)]
    ]
    parts = list(_parts(columns, width - name.width))
    shown = parts if whole else parts[:MOST_PARTS]
    lines: list[str] = []
    for part in shown:
        lines += [*([""] if lines else []), *lines_of((name, *part))]
    left = [(len(made.rows) - len(chosen), made.row_kind), (len(columns) - sum(map(len, shown)), made.column_kind)]
    return lines, ", ".join(many(count, f"more {kind}") for count, kind in left if count)


def _names(made: Sheet, chosen: Sequence[int], width: int, sign: Callable[[str], str], ascii: bool) -> Column:
    cells = tuple(sign(made.rows[row]) for row in chosen)
    room = max(width // 3, 16) if len(made.columns) > 1 else width // 2
    widest = max(map(width_of, cells))
    needed = sum(max(map(width_of, (made.columns[at], *(made.texts[row][at] for row in chosen)))) + len(GAP)
                 for at in range(min(len(made.columns), 12)))  # fmt: skip
    room = max(room, width - needed)
    if widest > room:
        cells = tuple(shorten(cell, room, ascii=ascii) for cell in cells)
    return Column(shorten(sign(made.row_kind), room, ascii=ascii), cells, left=True)


def _parts(columns: Sequence[Column], room: int) -> Iterator[list[Column]]:
    """As many columns as fit beside the names, then the next ones; at least one each."""
    part: list[Column] = []
    used = 0
    for column in columns:
        needed = column.width + len(GAP)
        if part and used + needed > room:
            yield part
            part, used = [], 0
        part.append(column)
        used += needed
    if part:
        yield part
