"""What a process grows by while a cell plays in it."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

MB = 2**20
POLL_S = 0.05
"""Seconds between two looks. What a cell takes and gives back, or takes and dies of, in less, is not seen."""
_STATM = "/proc/self/statm"


@cache
def can_be_watched() -> bool:
    """Whether this system tells how much memory a process holds, without a package of somebody's."""
    return Path(_STATM).exists() or sys.platform == "darwin"


def resident() -> int:
    """Bytes of memory that this process holds; on macOS the most that it has held so far."""
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open(_STATM, "rb") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Growth:
    """What the process may grow by while one cell plays, from what it holds when the cell begins: what earlier cells have left
    is not this one's.

    What several cells at once take cannot be told apart. A cell is ended when the process has grown, since it began, by more
    than all that play now may take together: then at least one of them takes too much.
    """

    __slots__ = ("among", "base", "grown", "limit_mb")

    def __init__(self, limit_mb: int) -> None:
        self.limit_mb = limit_mb
        self.base = 0
        self.grown = 0
        """Bytes, when it was too much; 0 = it never was."""
        self.among = 1
        """Cells that played then."""

    def begin(self) -> None:
        """The cell begins."""
        self.base = resident()

    def exceeds(self, now: int, room_mb: int, among: int) -> bool:
        """Whether `now`, in bytes, is more than the base and all that `among` cells may take together."""
        if now - self.base <= room_mb * MB:
            return False
        self.grown, self.among = now - self.base, among
        return True

    @property
    def reason(self) -> str:
        """Why the cell was ended."""
        grew = f"{self.grown / MB:,.0f} MB"
        if self.among == 1:
            return f"its process grew by {grew}, and a cell may take {self.limit_mb:,} MB (limits.per_cell.memory_mb)"
        return (
            f"its process grew by {grew} since it began, with {self.among} cells in it that may take {self.limit_mb:,} MB each "
            "(limits.per_cell.memory_mb); which of them took it cannot be told"
        )
