"""What this process writes to, kept from an agent that closes it."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress


class Outputs:
    """While a cell plays in the main thread: `sys.stdout.close()` only flushes, and descriptors 1 and 2, if it closes them, are
    there again when it is over. Other cells may write to them meanwhile, so those of other threads are left to themselves.
    """

    __slots__ = ("_copies", "_files")

    def __init__(self) -> None:
        self._copies: dict[int, int] = {}
        self._files: list[object] = []

    def __enter__(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for fd in (1, 2):
            with suppress(OSError):
                self._copies[fd] = os.dup(fd)
        for file in (sys.stdout, sys.stderr):
            with suppress(AttributeError, TypeError):
                if "close" not in vars(file):
                    setattr(file, "close", file.flush)  # noqa: B010 - a method, to the type checker
                    self._files.append(file)

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            with suppress(AttributeError):
                delattr(file, "close")
        for fd, copy in self._copies.items():
            try:
                os.fstat(fd)
            except OSError:
                os.dup2(copy, fd)
            os.close(copy)
