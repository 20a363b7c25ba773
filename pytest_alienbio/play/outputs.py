"""What this process writes to, kept from an agent that closes it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable


class Outputs:
    """While a cell plays in the main thread: `sys.stdout.close()` only flushes, and descriptors 1 and 2, if it closes them, are
    there again when it is over. Other cells may write to them meanwhile, so those of other threads are left to themselves.
    """

    __slots__ = ("_copies", "_held")

    def __init__(self) -> None:
        self._copies: list[tuple[int, int]] = []
        self._held: list[dict[str, object]] = []
        """The attributes of those that would close."""

    def __enter__(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for fd in (1, 2):
            if (copy := _duplicate(fd)) is not None:
                self._copies.append((fd, copy))
        for file in (sys.stdout, sys.stderr):
            own: dict[str, object] | None = getattr(file, "__dict__", None)
            flush: Callable[[], None] | None = getattr(file, "flush", None)
            if own is not None and flush is not None and "close" not in own:
                own["close"] = flush
                self._held.append(own)

    def __exit__(self, *_: object) -> None:
        for own in self._held:
            own.pop("close", None)
        for fd, copy in self._copies:
            if not _is_open(fd):
                os.dup2(copy, fd)
            os.close(copy)


def _duplicate(fd: int) -> int | None:
    try:
        return os.dup(fd)
    except OSError:
        return None


def _is_open(fd: int) -> bool:
    try:
        os.get_inheritable(fd)  # the cheapest question that a closed one does not answer
    except OSError:
        return False
    return True
