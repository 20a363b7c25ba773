"""A line kept below the one that pytest is writing, on a terminal that can move its cursor."""

from __future__ import annotations

import os
import re
from typing import Any, Protocol, TextIO

import pytest

from ..report.columns import width_of

LEAST_ROWS = 3

_MAKE_ROOM = "\x1bD\x1b[A"
"""Index and back up: at the bottom this scrolls, elsewhere it does nothing. Unlike a line feed it keeps the column."""
_SAVE, _RESTORE = "\x1b7", "\x1b8"
_ROW_BELOW, _REST_OF_ROW, _ALL_AFTER = "\r\x1b[B", "\x1b[K", "\x1b[J"

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_PARTS = re.compile(r"[\r\n]|[^\r\n]+")


class Render(Protocol):
    """Gives the line's text in at most `width` columns; "" = nothing to show. `ascii`: in ASCII characters only."""

    def __call__(self, width: int, *, ascii: bool) -> str: ...


class LiveLine:
    """Stands in for the file of a reporter's writer, so that the line is gone before anything is written over it.

    What pytest writes arrives unchanged, where it would have been anyway. Between calls the cursor is where pytest left
    it, and once the line is closed nothing of it remains. While output is captured the file is no terminal and left alone.
    """

    def __init__(self, reporter: pytest.TerminalReporter) -> None:
        self._writer = reporter._tw
        self._file: TextIO = self._writer._file
        self._render: Render | None = None
        self._shown = self._removal = ""
        self._column: int | None = None
        """Where pytest's line has come to, counted over all its rows; None = unknown until the next line begins."""
        self._end = 0
        """How far that line reaches: further than the column after a carriage return."""
        self._writer._file = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, text: str) -> int:
        """Writes for pytest. Text that stays within its row leaves the line alone: fast runs must not flicker."""
        if columns := self._columns():
            before = self._column
            self._follow(text, columns)
            after = self._column
            same_row = before is not None and after is not None and before // columns == after // columns
            if not same_row or "\n" in text or "\r" in text:
                self._erase()
        return self._file.write(text)

    def show(self, render: Render) -> None:
        """Draws what `render` gives for the columns there are, in place of what stood there."""
        self._render = render
        columns, column = self._columns(), self._column
        if not columns:
            return
        text = self._text(columns - 1)
        # Behind the last column a cursor cannot be put back: pytest's next letter decides where it is.
        if not text or column is None or (column and column % columns == 0):
            self._erase()
        elif text != self._shown:
            self._put(f"{_MAKE_ROOM}{_SAVE}{_ROW_BELOW}{text}{_REST_OF_ROW}{_RESTORE}")
            # The first is right even if somebody else moved the cursor meanwhile; the second spares what is right of it.
            self._removal = _ALL_AFTER if column == self._end else f"{_SAVE}{_ROW_BELOW}{_ALL_AFTER}{_RESTORE}"
            self._shown = text

    def show_again(self) -> None:
        """Draws the line as it was last shown, if pytest's writing took it away."""
        if self._render and not self._shown:
            self.show(self._render)

    def close(self) -> None:
        """Takes the line away and gives pytest its file back; nothing is shown from now on."""
        if self._columns():
            self._erase()
        self._column = None
        self._writer._file = self._file

    def _text(self, width: int) -> str:
        assert self._render is not None
        text = self._render(width, ascii=False)
        try:
            text.encode(self._file.encoding or "utf-8")
        except (UnicodeEncodeError, LookupError):
            return self._render(width, ascii=True)
        return text

    def _follow(self, text: str, columns: int) -> None:
        """Keeps up with where `text` takes the cursor."""
        for part in _PARTS.findall(_COLOURS.sub("", text)):
            if part == "\n":
                self._column = self._end = 0
            elif self._column is None or not (part == "\r" or part.isprintable()):
                self._column = None
            elif part == "\r":
                self._end -= max(self._end - 1, 0) // columns * columns
                self._column = 0
            else:
                self._column += width_of(part)
                self._end = max(self._end, self._column)

    def _columns(self) -> int | None:
        """The terminal's columns; None if the file is no terminal just now or has no rows to spare.

        pytest's own figure will not do: it takes anything below 40 for 80.
        """
        try:
            size = os.get_terminal_size(self._file.fileno())
        except (OSError, ValueError):
            return None
        return (size.columns or 80) if (size.lines or 24) >= LEAST_ROWS else None

    def _erase(self) -> None:
        if self._shown:
            self._put(self._removal)
            self._shown = ""

    def _put(self, text: str) -> None:
        self._file.write(text)
        self._file.flush()
