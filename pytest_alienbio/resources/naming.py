"""Names for what a process reserves."""

from __future__ import annotations

import itertools
import os
import secrets

from .holder import this_process


class Naming:
    """Gives each reservation a name that no other has; a forked child gives its own. Thread-safe."""

    def __init__(self) -> None:
        self._own: dict[int, tuple[str, str, itertools.count[int]]] = {}

    @property
    def holder(self) -> str:
        """This process, as `is_dead` knows it."""
        return self._mine()[0]

    def next(self) -> tuple[str, str]:
        """The holder, and a new name."""
        holder, prefix, numbers = self._mine()
        return holder, f"{prefix}-{next(numbers)}"

    def _mine(self) -> tuple[str, str, itertools.count[int]]:
        pid = os.getpid()
        return self._own.get(pid) or self._own.setdefault(pid, (this_process(), secrets.token_hex(8), itertools.count(1)))
