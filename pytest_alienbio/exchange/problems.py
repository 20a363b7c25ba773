"""What is wrong with a file that is being read: all of it, as far as people read on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..errors import Complaint, SpecError
from ..model import inert

MOST = 50
"""Complaints that are kept; of more, only how many."""


class Problems:
    """Collects complaints, those of several files together."""

    def __init__(self) -> None:
        self._kept: list[Complaint] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, what: str, file: str, row: int = 0, column: int = 0, *, expected: str = "", hint: str = "") -> None:
        """One more. Rows are lines of the file from 1, columns those of a table from 1; 0: it is not about one."""
        self._count += 1
        if len(self._kept) < MOST:
            tame = (inert(text, most=400, verbatim=True) for text in (what, file, expected, hint))
            said, name, wanted, advice = tame
            self._kept.append(Complaint(said, name, row, column, wanted, advice))

    def of_row(self, file: str, row: int, columns: Mapping[str, tuple[str, int]]) -> Callable[[str, str, str], None]:
        """Takes complaints about one row: what, which field, what to try. `columns`: field -> its column's name and place."""

        def say(what: str, field: str, hint: str) -> None:
            name, place = columns.get(field, ("", 0))
            self.add(f"{name}: {what}" if name else what, file, row, place, hint=hint)

        return say

    def refuse(self) -> None:
        """Raises `SpecError` with what was collected, if anything was."""
        if not self._count:
            return
        more = self._count - len(self._kept)
        rest = [Complaint(f"... and {more:,} more like these; nothing was imported")] if more else []
        raise SpecError([*self._kept, *rest])
