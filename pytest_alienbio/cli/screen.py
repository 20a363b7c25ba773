"""A page on a terminal that is drawn again and again: in place, without flicker, and gone without a trace."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType, TracebackType
from typing import TextIO

from ..report.columns import shorten, width_of

_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
"""Another screen, without a cursor; and back to what stood there before."""
_AT_ONCE, _SHOW = "\x1b[?2026h", "\x1b[?2026l"
"""Terminals that know it show what comes between the two in one go; the others pass over it."""
_HOME, _REST_OF_ROW, _ALL_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"
_TERMINATED = 128 + signal.SIGTERM


class Screen:
    """The terminal behind `stream`, as long as it is entered. It is left, too, where the process is told to end (SIGTERM), and
    while it is stopped (Ctrl-Z)."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._before: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> Screen:
        with suppress(ValueError):  # not the main thread
            self._before[signal.SIGTERM] = signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
            if hasattr(signal, "SIGTSTP"):
                self._before[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, self._stop)
        self._put(_ENTER)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with suppress(OSError):
            self._put(_LEAVE)
        for number, before in self._before.items():
            signal.signal(number, before)

    def size(self) -> tuple[int, int]:
        """Columns and rows, as they are now."""
        try:
            columns, rows = os.get_terminal_size(self._stream.fileno())
        except (OSError, ValueError):
            return 80, 24
        return columns or 80, rows or 24

    def draw(self, page: str, *, ascii: bool = False, more: str = "") -> None:
        """Shows `page` from its top as far as there are rows; what is left out is counted in the last one, with `more`."""
        columns, rows = self.size()
        lines = [part for line in page.splitlines() for part in folded(line, columns)]
        if len(lines) > rows:
            left = len(lines) - rows + 1
            told = f"{'...' if ascii else '…'} {left:,} more line{'' if left == 1 else 's'}{more}"
            lines[rows - 1 :] = [shorten(told, columns, ascii=ascii, middle=False)]
        encoding = self._stream.encoding or "utf-8"
        body = f"{_REST_OF_ROW}\r\n".join(lines).encode(encoding, "replace").decode(encoding)
        # The last row has no line break: it would scroll the first one away.
        self._put(f"{_AT_ONCE}{_HOME}{body}{_REST_OF_ROW}{_ALL_BELOW}{_SHOW}")

    def _stop(self, number: int, frame: FrameType | None) -> None:
        """Leaves the terminal to whoever stopped us, until we are told to go on."""
        terminal = self._stream.fileno()
        os.write(terminal, _LEAVE.encode())  # the stream may be in the midst of writing
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, self._stop)
        os.write(terminal, _ENTER.encode())

    def _put(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def folded(line: str, columns: int) -> Iterator[str]:
    """A line as rows of at most `columns`: what is to be copied is longer, and stays whole. A styled one is left alone."""
    if "\x1b" in line or width_of(line) <= columns:
        yield line
        return
    row, taken = "", 0
    for character in line:
        size = width_of(character)
        if taken + size > columns:
            yield row
            row, taken = "", 0
        row, taken = row + character, taken + size
    yield row
