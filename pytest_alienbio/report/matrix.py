"""A matrix on a screen: which way round, how much of it, and in how many parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..model import inert
from ..model.figures import many
from .columns import GAP, Column, lines_of, shorten, width_of
from .document import Matrix

MOST_ROWS = 30
MOST_PARTS = 2
"""Tables below one another on a screen."""
HEADERS = (80, 28, 20, 14)
"""Screen columns to which the name above a column is shortened, unless its numbers are wider: the first with which all of
them stand beside one another, else the last."""
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
    """Whether the last row is the totals. Those of a turned matrix are the first column."""


def sheet(matrix: Matrix) -> Sheet:
    """The matrix turned so that the longer side goes down the page, totals at the end."""
    rows, columns, texts = tuple(map(inert, matrix.rows)), tuple(map(inert, matrix.columns)), matrix.texts
    if matrix.total:
        rows, texts = (*rows, matrix.total), (*texts, matrix.total_texts)
    if len(matrix.columns) <= max(len(matrix.rows), TURN_FROM - 1):
        return Sheet(matrix.row_kind, matrix.column_kind, rows, columns, texts, bool(matrix.total))
    if matrix.total:
        # Beside the names, where no part of the table can lose them.
        rows, texts = (rows[-1], *rows[:-1]), (texts[-1], *texts[:-1])
    return Sheet(matrix.column_kind, matrix.row_kind, columns, rows, tuple(zip(*texts, strict=True)), totals_below=False)


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
    texts = [tuple(sign(made.texts[row][at]) for row in chosen) for at in range(len(made.columns))]
    for most in HEADERS:
        headers = _apart([sign(name) for name in made.columns], [max(most, *map(width_of, cells)) for cells in texts], ascii)
        columns = [Column(header, cells) for header, cells in zip(headers, texts, strict=True)]
        name = _names(made, chosen, width, columns, sign, ascii)
        parts = list(_parts(columns, width - name.width))
        if len(parts) == 1:
            break
    shown = parts if whole else parts[:MOST_PARTS]
    lines: list[str] = []
    for part in shown:
        lines += [*([""] if lines else []), *lines_of((name, *part))]
    left = [(len(made.rows) - len(chosen), made.row_kind), (len(columns) - sum(map(len, shown)), made.column_kind)]
    return lines, ", ".join(many(count, f"more {kind}") for count, kind in left if count)


def _names(
    made: Sheet, chosen: Sequence[int], width: int, columns: Sequence[Column], sign: Callable[[str], str], ascii: bool
) -> Column:
    """The column of names: a third of the page, more if the numbers leave it."""
    room = max(width // 3, 16, width - sum(column.width + len(GAP) for column in columns))
    cells = _apart([sign(made.rows[row]) for row in chosen], [room] * len(chosen), ascii)
    return Column(shorten(sign(made.row_kind), room, ascii=ascii), cells, left=True)


def _apart(names: Sequence[str], room: Sequence[int], ascii: bool) -> tuple[str, ...]:
    """The names shortened to their room: in the middle, or at the end where only so they stay different."""
    made: tuple[str, ...] = ()
    for middle in (True, False):
        made = tuple(shorten(name, most, ascii=ascii, middle=middle) for name, most in zip(names, room, strict=True))
        if len(set(made)) == len(set(names)):
            return made
    return tuple(shorten(name, most, ascii=ascii) for name, most in zip(names, room, strict=True))


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
