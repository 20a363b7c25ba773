"""One DAT into the index: all of it, or only what was added since the last time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import StoreError
from ...model import Json, storable
from ..annotations import annotated
from ..dat import Dat
from ..find import battery_of
from ..layout import CELLS
from ..scan import read
from .footprint import FileMark, Footprint, as_stored, footprint
from .names import Names
from .recorder import Recorder
from .schema import FOLDER, LOG_FILE, MASK, SPAN, SPEC_FILE
from .settling import settle

_ENDING = 4096
"""Bytes before the place where reading stopped that must be the same for a journal to have only grown."""


class _File(NamedTuple):
    """What is known of a journal: a row of `file` without its DAT."""

    no: int
    name: str
    inode: int
    size: int
    time: int
    done: int
    lines: int
    ending: int
    loose: int
    """1 if the last line had no newline and was taken: when it grows it may be another one."""


def take(connection: sqlite3.Connection, names: Names, path: str, stored: str | bytes, *, inside: bool) -> None:
    """Takes over the DAT at `path`, which the index calls `stored`, as it is now. The caller is in a transaction.

    If another process did so since the caller looked, nothing is left to do; if the DAT is gone it is forgotten. What of it
    cannot be read is noted, and tried again next time. Raises `OSError` if it vanishes meanwhile.
    """
    now = footprint(path)
    row = connection.execute("SELECT no, stamp, spec, log, next FROM dat WHERE path = ?", (stored,)).fetchone()
    if now is None:
        if row is not None:
            drop(connection, row[0])
        return
    if row is not None and row[1] == now.stamp:
        return
    files: dict[str, _File] = {}
    if row is not None:
        found = connection.execute(
            "SELECT no, name, inode, size, time, done, lines, ending, loose FROM file WHERE dat = ?", (row[0],)
        )
        files = {os.fsdecode(file[1]): _File(*file) for file in found}
    if row is None or row[2] != now.spec or not _only_grew(now, files):
        _Taking(connection, names, now, _anew(connection, row, now, stored, inside), 0).all({}, log_changed=True)
    else:
        _Taking(connection, names, now, row[0], row[4]).all(files, log_changed=row[3] != now.log)


def drop(connection: sqlite3.Connection, dat: int) -> None:
    """Forgets a DAT. The caller is in a transaction."""
    _clear(connection, dat)
    connection.execute("DELETE FROM dat WHERE no = ?", (dat,))


def drop_unused_names(connection: sqlite3.Connection) -> None:
    """Forgets texts that no DAT has any more. The caller is in a transaction, and forgets its `Names`."""
    connection.execute("DELETE FROM name WHERE no NOT IN (SELECT name FROM present)")


def _anew(connection: sqlite3.Connection, row: Any, now: Footprint, stored: str | bytes, inside: bool) -> int:
    if row is None:
        ((last,),) = connection.execute("SELECT ifnull(max(no), 0) FROM dat")
        connection.execute(
            "INSERT INTO dat VALUES (?, ?, ?, ?, '', '', '', 0, '', NULL, '')", (last + 1, stored, inside, now.made)
        )
        return int(last) + 1
    _clear(connection, row[0])
    connection.execute("""UPDATE dat SET source = NULL, "commit" = '' WHERE no = ?""", (row[0],))
    return int(row[0])


def _clear(connection: sqlite3.Connection, dat: int) -> None:
    low, high = dat << SPAN, dat << SPAN | MASK
    connection.execute("DELETE FROM record WHERE no BETWEEN ? AND ?", (low, high))
    connection.execute("DELETE FROM detail WHERE no BETWEEN ? AND ?", (low, high))
    for statement in (
        "DELETE FROM file WHERE dat = ?",
        "DELETE FROM trouble WHERE dat = ?",
        "DELETE FROM mark WHERE dat = ?",
        "DELETE FROM present WHERE dat = ?",
    ):
        connection.execute(statement, (dat,))


def _only_grew(now: Footprint, files: dict[str, _File]) -> bool:
    """Whether every journal that is known is there, and holds what was read of it."""
    there = {mark.name: mark for mark in now.journals}
    for name, file in files.items():
        mark = there.get(name)
        if mark is None:
            return False
        if (mark.size, mark.time) != (file.size, file.time) and (
            mark.inode != file.inode
            or mark.size <= file.size
            or file.loose
            or not file.ending
            or _ending(os.path.join(now.path, CELLS, name), file.done) != file.ending
        ):
            return False
    return True


def _ending(path: str, done: int) -> int:
    """A hash of the last bytes before `done`; 0 for a file that cannot be read."""
    length = min(done, _ENDING)
    try:
        with Path(path).open("rb") as source:
            source.seek(done - length)
            hashed = blake2b(source.read(length), digest_size=8)
    except OSError:
        return 0
    return int.from_bytes(hashed.digest(), "little", signed=True)


class _Taking:
    """One DAT being taken over, from its place `start` on."""

    def __init__(self, connection: sqlite3.Connection, names: Names, now: Footprint, dat: int, start: int) -> None:
        self._connection, self._names, self._now, self._dat, self._start = connection, names, now, dat, start
        self._recorder = Recorder(connection, names, dat, start)
        self._again = False

    def all(self, files: dict[str, _File], *, log_changed: bool) -> None:
        now, connection = self._now, self._connection
        usable = bool(files) or self._spec()
        if log_changed:
            self._log()
        self._trouble(FOLDER, [(0, now.fault)] if now.fault else ())
        for mark in now.journals if usable else ():
            self._journal(mark, files)
        self._recorder.flush()
        if self._recorder.next > self._start:
            settle(connection, self._names, self._dat, self._start, self._recorder.next)
        connection.execute(
            "UPDATE dat SET stamp = ?, spec = ?, log = ?, next = ?, made = ? WHERE no = ?",
            ("" if self._again else now.stamp, now.spec, now.log, self._recorder.next, now.made, self._dat),
        )

    def _spec(self) -> bool:
        """Reads what is said of the whole run; False if it cannot be read, or not by this version."""
        dat = Dat(Path(self._now.path))
        self._trouble(SPEC_FILE, ())
        try:
            spec = dat.spec()
        except StoreError as error:
            self._again = error.errno is not None
            self._trouble(SPEC_FILE, [(0, _after(str(error), f"{dat.path}/"))])
            return False
        git = dat.environment().get("git")
        commit = git.get("commit") if isinstance(git, dict) else None
        resolved = spec.get("resolved")
        source = resolved.get("source") if isinstance(resolved, dict) else ""
        self._connection.execute(
            'UPDATE dat SET source = ?, "commit" = ? WHERE no = ?',
            (_text(source), _text(commit), self._dat),
        )
        self._marks("declared", (("", tag) for tag in _declared(spec)))
        return True

    def _log(self) -> None:
        path = Path(self._now.path)
        self._connection.execute("UPDATE dat SET battery = ? WHERE no = ?", (storable(battery_of(path)), self._dat))
        self._trouble(LOG_FILE, ())
        try:
            said = annotated(path)
        except StoreError as error:
            self._again = True
            self._trouble(LOG_FILE, [(0, _after(str(error), f"{path}/"))])
            return
        each = [("", said.run), *said.cells.items()]
        self._marks("tag", ((cell, tag) for cell, one in each for tag in one.tags))
        self._marks("note", ((cell, note.text) for cell, one in each for note in one.notes))

    def _marks(self, kind: str, marks: Iterable[tuple[str, str]]) -> None:
        self._connection.execute("DELETE FROM mark WHERE dat = ? AND kind = ?", (self._dat, kind))
        self._connection.executemany(
            "INSERT INTO mark VALUES (?, ?, ?, ?)", [(self._dat, storable(cell), kind, storable(text)) for cell, text in marks]
        )

    def _journal(self, mark: FileMark, files: dict[str, _File]) -> None:
        known = files.get(mark.name)
        if known is None:
            ((last,),) = self._connection.execute("SELECT ifnull(max(no), 0) FROM file WHERE dat = ?", (self._dat,))
            known = _File(last + 1, mark.name, 0, 0, 0, 0, 0, 0, 0)
        elif (mark.size, mark.time) == (known.size, known.time):
            return
        path = Path(self._now.path, CELLS, mark.name)
        done, count, loose = known.done, known.lines, 0
        troubles: list[tuple[int, str]] = []
        ending, size = 0, mark.size
        try:
            for line in read(path, done, count):
                whole = line.raw.endswith(b"\n")
                if line.row is not None:
                    self._recorder.add(line.row, known.no, line.offset, len(line.raw))
                    loose = int(not whole)
                elif line.trouble:
                    troubles.append((line.number, f"{CELLS}/{mark.name}: {line.trouble}"))
                if whole:
                    done, count = line.offset + len(line.raw), line.number
            ending = _ending(str(path), done)
        except OSError as error:
            if not path.exists():
                raise
            self._again, size = True, -1
            troubles.append((count + 1, _after(str(error), f"{self._now.path}/")))
        self._trouble(known.no, troubles, after=known.lines)
        self._connection.execute(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self._dat, known.no, as_stored(mark.name), mark.inode, size, mark.time, done, count, ending, loose),
        )

    def _trouble(self, file: int, troubles: Iterable[tuple[int, str]], *, after: int = -1) -> None:
        """What could not be read of a file; replaces what was said of lines after `after`."""
        self._connection.execute("DELETE FROM trouble WHERE dat = ? AND file = ? AND line > ?", (self._dat, file, after))
        self._connection.executemany(
            "INSERT INTO trouble VALUES (?, ?, ?, ?)", [(self._dat, file, line, storable(text)) for line, text in troubles]
        )


def _declared(spec: dict[str, Json]) -> Iterator[str]:
    for name, head in spec.items():
        tags = head.get("tags") if name.startswith("experiment.") and isinstance(head, dict) else None
        if isinstance(tags, list):
            yield from (tag for tag in tags if isinstance(tag, str))


def _text(value: Json) -> str:
    return storable(value) if isinstance(value, str) else ""


def _after(text: str, prefix: str) -> str:
    return text.replace(prefix, "")
