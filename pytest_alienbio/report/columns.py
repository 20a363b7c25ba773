"""Text in columns: how wide it stands on a terminal, how it is shortened, and which columns give way."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

GAP = "  "
_ASCII = str.maketrans({"±": "+-", "…": "...", **dict(zip("▁▂▃▄▅▆▇█", "_.-=+*%#", strict=True))})


def to_ascii(text: str) -> str:
    """`text` for a stream that knows ASCII only: signs spelt out, anything else as a backslash escape."""
    return text if text.isascii() else text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")


def ascii_only(encoding: str | None) -> bool:
    """Whether a stream of this encoding (None = UTF-8) cannot show the signs of a report."""
    try:
        "±…".encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return True
    return False


def _clusters(text: str) -> list[tuple[str, int]]:
    """Characters with the combining marks that sit on them, and their widths: 2 for East Asian wide ones."""
    clusters: list[tuple[str, int]] = []
    for character in text:
        if clusters and unicodedata.category(character) in ("Mn", "Me"):
            clusters[-1] = (clusters[-1][0] + character, clusters[-1][1])
        else:
            clusters.append((character, 2 if unicodedata.east_asian_width(character) in "WF" else 1))
    return clusters


def width_of(text: str) -> int:
    """Terminal columns that `text` (inert, one line) takes."""
    return len(text) if text.isascii() else sum(width for _, width in _clusters(text))


def _take(clusters: Iterable[tuple[str, int]], room: int) -> list[str]:
    taken: list[str] = []
    for text, width in clusters:
        room -= width
        if room < 0:
            break
        taken.append(text)
    return taken


def shorten(text: str, width: int, *, ascii: bool = False, middle: bool = True) -> str:
    """`text` in at most `width` columns, an ellipsis where something was left out: in the middle (names) or at the end."""
    if width_of(text) <= width:
        return text
    dots = "..." if ascii else "…"
    room = width - len(dots)
    if room < 1:
        return "".join(_take(_clusters(text), max(width, 0)))
    clusters = _clusters(text)
    if not middle:
        return "".join(_take(clusters, room)).rstrip() + dots
    head = "".join(_take(clusters, room - room // 2))
    tail = "".join(reversed(_take(reversed(clusters), room // 2)))
    return head + dots + tail


def wrap(text: str, width: int, *, first: str = "", indent: str = "  ", ascii: bool = False) -> list[str]:
    """`text` broken at blanks into lines of at most `width`, indented by `first` and `indent`. Longer words are shortened."""
    lines: list[str] = []
    line, empty = first, True
    for word in text.split():
        longer = line + word if empty else f"{line} {word}"
        if not empty and width_of(longer) > width:
            lines.append(line)
            longer = indent + word
        line, empty = shorten(longer, width, ascii=ascii), False
    return lines if empty else [*lines, line]


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column. `names` columns may be shortened; higher `gives_way` goes first when the room is short, 0 never."""

    header: str
    cells: tuple[str, ...]
    left: bool = False
    names: bool = False
    gives_way: int = 0
    narrow: tuple[str, ...] | None = None
    """What the cells say instead of being left out, once the column gives way."""

    @property
    def width(self) -> int:
        """Of its widest text."""
        return max(map(width_of, (self.header, *self.cells)))


def table_width(columns: Sequence[Column]) -> int:
    """Columns a table takes at full size."""
    return sum(column.width for column in columns) + len(GAP) * max(len(columns) - 1, 0)


def fit(columns: Sequence[Column], width: int, *, ascii: bool = False, least: int = 16) -> tuple[Column, ...]:
    """The columns made to fit: names shortened down to `least`, then columns give way, then names shrink as far as needed.

    Names that would give way anyway (tags, reasons) are shortened, and go, before one that never does (what a row is called).
    """
    while table_width(fitted := _shrink_names(columns, width, least, ascii, weak=True)) > width:
        weakest = max((column for column in columns if column.names), key=lambda column: column.gives_way, default=None)
        if weakest is None or not weakest.gives_way:
            break
        columns = tuple(column for column in columns if column is not weakest)
    fitted = _shrink_names(fitted, width, least, ascii)
    while table_width(fitted) > width:
        weakest = max(columns, key=lambda column: column.gives_way)
        if not weakest.gives_way:
            return _shrink_names(columns, width, 3, ascii)
        spare = () if weakest.narrow is None else (replace(weakest, cells=weakest.narrow, narrow=None, gives_way=0),)
        columns = tuple(kept for column in columns for kept in (spare if column is weakest else (column,)))
        fitted = _shrink_names(columns, width, least, ascii)
    return fitted


def _shrink_names(columns: Sequence[Column], width: int, least: int, ascii: bool, *, weak: bool = False) -> tuple[Column, ...]:
    """Names shortened to at least `least` columns, the longest first; with `weak` only those that may give way."""
    widths = {index: column.width for index, column in enumerate(columns) if column.names and (column.gives_way or not weak)}
    excess = table_width(columns) - width
    while excess > 0 and widths:
        widest = max(widths, key=lambda index: widths[index])
        if widths[widest] <= least:
            break
        widths[widest] -= 1
        excess -= 1
    return tuple(
        replace(
            column,
            header=shorten(column.header, widths[index], ascii=ascii),
            cells=tuple(shorten(cell, widths[index], ascii=ascii) for cell in column.cells),
        )
        if index in widths
        else column
        for index, column in enumerate(columns)
    )


def aligned(cells: Sequence[str], sign: str) -> tuple[str, ...]:
    """ASCII-width cells padded so that `sign`, where they have it, stands in one line."""
    parts = [cell.partition(sign) for cell in cells]
    before = max((len(left) for left, _, _ in parts), default=0)
    after = max((len(found + right) for _, found, right in parts), default=0)
    return tuple(left.rjust(before) + (found + right).ljust(after) for left, found, right in parts)


def lines_of(columns: Sequence[Column]) -> list[str]:
    """The table as lines: header first, no trailing blanks."""
    sized = [(column, column.width) for column in columns]
    rows = zip(*((column.header, *column.cells) for column in columns), strict=True)
    return [
        GAP.join(_pad(cell, room, column.left) for cell, (column, room) in zip(row, sized, strict=True)).rstrip()
        for row in rows
    ]


def _pad(text: str, width: int, left: bool) -> str:
    blanks = " " * (width - width_of(text))
    return text + blanks if left else blanks + text
