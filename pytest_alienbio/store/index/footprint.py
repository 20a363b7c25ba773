"""What a DAT looks like from outside: names, sizes and times of the files that it consists of."""

from __future__ import annotations

import os
from dataclasses import dataclass
from stat import S_ISREG
from typing import NamedTuple

from ...model import storable
from ..layout import CELLS, LOG, SPEC, walk


class FileMark(NamedTuple):
    """A journal as it was when looked at."""

    name: str
    inode: int
    size: int
    time: int
    """See `_time`."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """A DAT as it was when looked at."""

    path: str
    made: int
    """When its spec was written, in ns."""
    spec: str
    log: str
    """Size and time of the file; '' if there is none."""
    journals: tuple[FileMark, ...]
    """By name."""
    fault: str = ""
    """Why there may be others."""

    @property
    def stamp(self) -> str:
        """One text that changes with any of it."""
        return storable(
            "|".join((self.spec, self.log, self.fault, *(f"{mark.name}:{mark.size}:{mark.time}" for mark in self.journals)))
        )


def footprint(path: str) -> Footprint | None:
    """How the DAT at `path` looks now; None if there is none."""
    try:
        with os.scandir(path) as entries:
            return _of(path, list(entries))
    except OSError:
        return None


def footprints(root: str) -> dict[str, Footprint]:
    """How every DAT below `root` looks now, by its path."""
    return {path: found for path, inside in walk(root) if (found := _of(path, inside))}


def as_stored(path: str) -> str | bytes:
    """A path or a file name as SQLite can hold it; `os.fsdecode` gives it back."""
    return path if path.isascii() or storable(path) == path else os.fsencode(path)


def _of(path: str, inside: list[os.DirEntry[str]]) -> Footprint | None:
    spec = log = ""
    made = 0
    journals: list[FileMark] = []
    fault = ""
    try:
        for entry in inside:
            if entry.name == SPEC and entry.is_file():
                stat = entry.stat()
                made, spec = stat.st_mtime_ns, f"{stat.st_size}:{_time(stat)}"
            elif entry.name == LOG and entry.is_file():
                stat = entry.stat()
                log = f"{stat.st_size}:{_time(stat)}"
            elif entry.name == CELLS and entry.is_dir():
                try:
                    journals = _journals(entry.path)
                except PermissionError as error:
                    fault = f"{CELLS}: {error.strerror}"
    except OSError:
        return None
    return Footprint(path, made, spec, log, tuple(journals), fault) if spec else None


def _journals(folder: str) -> list[FileMark]:
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".jsonl"):
                stat = entry.stat(follow_symlinks=False)
                if S_ISREG(stat.st_mode):
                    found.append(FileMark(entry.name, stat.st_ino, stat.st_size, _time(stat)))
    return sorted(found)


def _time(stat: os.stat_result) -> int:
    """When it was last changed, in ns: the time of its content and that of its inode, added. `cp -p`, `touch -r` and what
    restores files set the first back to what it was, and the second is nobody's to set."""
    return stat.st_mtime_ns + stat.st_ctime_ns
