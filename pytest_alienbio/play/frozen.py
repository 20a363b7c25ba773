"""The end of a process that one of its cells has frozen.

A cell can hold the interpreter's lock in one call of C, for hours (`sum(range(10**12))`, a regular expression that tries
everything). No Python code runs then in the whole process, that of its clock included. `faulthandler` has a thread of C that
needs no lock: it is told to end the process a moment after the one at which the clock would have given the cell up, and is
told otherwise for as long as the clock lives.
"""

from __future__ import annotations

import faulthandler
from collections.abc import Callable
from contextlib import suppress
from math import inf
from time import monotonic

from ..errors import StoreError

MARGIN_S = 1.0
"""Seconds after the moment at which a cell counts as stuck: a process that is only slow is not ended."""


class DeadMansSwitch:
    """Ends this process unless it is aimed anew in time. One a process: `faulthandler` has no more. Not thread-safe."""

    def __init__(self) -> None:
        self.at = inf
        """When, on the clock of `monotonic`; inf = not at all."""
        self.alone = False
        """Whether only one cell plays, so that it is known who froze the process."""

    def aim(self, at: float, last_words: Callable[[bool], int], alone: bool) -> None:
        """At `at`, and not earlier: the process ends, and where it stood is written to the descriptor that `last_words` gives,
        which is told `alone`.

        Where nothing can be written beforehand, it does not: an end without a reason would help nobody.
        """
        self.drop()
        with suppress(StoreError, OSError, ValueError, RuntimeError):
            faulthandler.dump_traceback_later(max(at - monotonic(), 0.001), exit=True, file=last_words(alone))
            self.at, self.alone = at, alone

    def drop(self) -> None:
        """Not at all."""
        if self.at < inf:
            faulthandler.cancel_dump_traceback_later()
            self.at = inf
