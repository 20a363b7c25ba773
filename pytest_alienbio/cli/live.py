"""How far a batch has come, on standard error: a line that is written over where somebody watches, else a letter a cell."""

from __future__ import annotations

import os
import sys
import time

from ..model import Cell, Plan, Result, letter
from ..report import ascii_only
from ..report.progress import Progress, can_be_rewritten, render_progress
from .common import mutter, width

EVERY_S = 0.1
"""How often the line is written at most."""

CLEAR = "\r\x1b[K"
"""Back to the beginning of the line, and nothing on it."""


class Live:
    """The progress of one batch. `mode` is its battery's `cells`."""

    def __init__(self, mode: str) -> None:
        self._mode = mode
        self._line = watched()
        self._progress = Progress.of(0)
        self._began = self._shown = 0.0

    def begin(self, plan: Plan, told: str = "") -> None:
        """Before the first cell of `plan`, which is what is to be played; `told`: what is not, as it has its record."""
        if told:
            mutter(f"{plan.battery.name}: {told}\n")
        self._progress = Progress.of(len(plan), dict.fromkeys(cell.agent.name for cell in plan.cells))
        self._began = time.monotonic()

    def show(self, cell: Cell, result: Result) -> None:
        """After each cell."""
        if not self._line:
            mutter(letter(result, self._mode))
            return
        self._progress = self._progress.plus(result.agent, result.outcome, result.score)
        now = time.monotonic()
        if now - self._shown >= EVERY_S:
            self._shown = now
            ascii = ascii_only(sys.stderr.encoding)
            text = render_progress(self._progress, width() - 1, elapsed_s=now - self._began, ascii=ascii)
            mutter(f"{CLEAR}{text}")

    def end(self) -> None:
        """After the last cell: the line is gone, the letters end in a line break."""
        mutter(CLEAR if self._line else "\n")


def watched() -> bool:
    """Whether standard error is a terminal on which a line can be written over, and nobody's log."""
    return sys.stderr.isatty() and can_be_rewritten(os.environ)
