"""The journals of a DAT that others write: at each look what was appended since the one before, and no more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import StoreError
from . import codec
from .layout import CELLS, journals
from .scan import read


@dataclass(frozen=True, slots=True)
class Appended:
    """A line that was not there before."""

    journal: int
    """Which journal, by the order in which they were met."""
    row: codec.Row | None
    trouble: str = ""
    """Why there is no row, by file and line."""


@dataclass(slots=True)
class _Place:
    """How far one journal was read."""

    number: int
    inode: int
    offset: int = 0
    lines: int = 0


class Replaced(Exception):  # noqa: N818 - no error: whoever follows begins anew
    """A journal is shorter than it was, or another file: what was told of it does not hold any more."""


class Following:
    """Reads the journals of one DAT while they grow. A line is told once it is whole; a torn last one is waited for."""

    def __init__(self, dat: Path) -> None:
        self._dat = dat
        self._places: dict[str, _Place] = {}

    def appended(self) -> Iterator[Appended]:
        """Every line since the last time. Raises `Replaced`; a file that cannot be read is told as trouble, at each look."""
        present = {path.name: path for path in journals(self._dat)}
        if self._places.keys() - present.keys():
            raise Replaced
        for name, path in present.items():
            try:
                yield from self._of(name, path)
            except (OSError, StoreError) as error:
                yield Appended(-1, None, f"{CELLS}/{name}: {error}")

    def _of(self, name: str, path: Path) -> Iterator[Appended]:
        stat = os.stat(path, follow_symlinks=False)
        place = self._places.get(name)
        if place is None:
            place = self._places[name] = _Place(len(self._places), stat.st_ino)
        elif stat.st_ino != place.inode or stat.st_size < place.offset:
            raise Replaced
        if stat.st_size == place.offset:
            return
        for line in read(path, place.offset, place.lines):
            if line.raw and not line.raw.endswith(b"\n"):
                return  # its writer is not through, or died in it
            place.offset, place.lines = line.offset + len(line.raw), line.number
            if line.row is not None or line.trouble:
                yield Appended(place.number, line.row, f"{CELLS}/{name}: {line.trouble}" if line.trouble else "")
