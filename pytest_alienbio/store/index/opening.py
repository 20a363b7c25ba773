"""The file of the index: opened, made, made anew if it is damaged, replaced by a temporary one where none can be written."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from ...errors import StoreError
from ..disk import locked
from ..layout import INDEX, INDEX_LOCK
from . import schema

WAIT_S = 10.0
"""For another process that is writing."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FORMAT})
GARBLED = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What becomes of values in a damaged file: text that is no text or no JSON, a number that names nothing."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A database with the tables of `schema`."""

    connection: sqlite3.Connection
    file: Path | None
    """None: it is a temporary one, of this process alone."""
    inode: int = 0
    note: str = ""
    """What a user should know of it."""


def opened(root: Path) -> Opened:
    """The index of a data root. Never raises for what is wrong with the file: a temporary one does as well, only slower."""
    file = root / INDEX
    if not root.is_dir():
        return Opened(_temporary(None), None)
    try:
        if not os.access(root, os.W_OK | os.X_OK) or (_is_file(file) and not os.access(file, os.W_OK)):
            raise StoreError("it cannot be written")
        try:
            if connection := _sound(file):
                return Opened(connection, file, os.stat(file).st_ino)
        except (sqlite3.DatabaseError, *GARBLED) as error:
            if not is_damage(error):
                raise
        return renewed(root)
    except (OSError, sqlite3.Error) as error:
        return stopgap(root, error)


def renewed(root: Path, broken: Opened | None = None, fault: str = "") -> Opened:
    """The index made anew, unless another process did so by now: `broken` was found damaged inside, `fault` says how.

    Raises `OSError` and `sqlite3.Error`.
    """
    file = root / INDEX
    with locked(root / INDEX_LOCK, timeout_s=WAIT_S):
        why = ""
        if os.path.lexists(file):
            try:
                if connection := _sound(file):
                    inode = os.stat(file).st_ino
                    if broken is None or inode != broken.inode:
                        return Opened(connection, file, inode)
                    connection.close()
                    why = fault
                else:
                    why = "it was no file"
            except (sqlite3.DatabaseError, *GARBLED) as error:
                if not is_damage(error):
                    raise
                why = str(error)
            _remove(file)
        connection = _connect(file)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            schema.make(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
    note = f"{file} was made anew: {why}" if why and why != schema.EMPTY else ""
    return Opened(connection, file, os.stat(file).st_ino, note)


@contextmanager
def another(file: Path) -> Iterator[sqlite3.Connection]:
    """A second connection to the index, in a transaction that writes. Raises `sqlite3.Error`."""
    with closing(_connect(file, wait_s=1.0)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")


def stopgap(root: Path, error: Exception) -> Opened:
    """A temporary index, begun with what the file holds if that can be read."""
    file = root / INDEX
    why = " ".join(str(error).split())
    return Opened(
        _temporary(file), None, note=f"{file} is not used ({why}); a temporary index does instead, which takes longer"
    )


def is_damage(error: Exception) -> bool:
    """Whether an error means that the file is no sound database, or not ours."""
    if isinstance(error, GARBLED):
        return True
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # of our own, and of Python for a text that is none
        return isinstance(error, _OtherTables | sqlite3.OperationalError)
    return code & 0xFF in _DAMAGED


class _OtherTables(sqlite3.DatabaseError):
    """The file is a database with other tables."""


def _sound(file: Path) -> sqlite3.Connection | None:
    """A connection to a file that is an index; None if there is no regular file. Raises `sqlite3.DatabaseError`."""
    if not _is_file(file):
        return None
    connection = _connect(file)
    try:
        if wrong := schema.fault(connection):
            raise _OtherTables(wrong)
    except BaseException:
        connection.close()
        raise
    return connection


def _is_file(file: Path) -> bool:
    try:
        return S_ISREG(os.lstat(file).st_mode)
    except FileNotFoundError:
        return False


def _connect(file: Path | str, wait_s: float = WAIT_S) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=wait_s, isolation_level=None, check_same_thread=False)
    try:
        # What a file from elsewhere declares (triggers, views) may call no function; a page cache of 32 MiB at most.
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -32768")
    except BaseException:
        connection.close()
        raise
    return connection


def _temporary(file: Path | None) -> sqlite3.Connection:
    """A database that SQLite keeps in a file of its own, removed with the process."""
    connection = _connect("")
    if file is not None and _copied(file, connection):
        return connection
    schema.make(connection)
    return connection


def _copied(file: Path, connection: sqlite3.Connection) -> bool:
    # With a log beside it the file alone may be in the middle of a change.
    if not file.is_file() or os.path.lexists(f"{file}-wal"):
        return False
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as source,
    ):
        if not schema.fault(source):
            source.backup(connection)
            return True
    return False


def _remove(file: Path) -> None:
    if S_ISDIR(os.lstat(file).st_mode):
        file.rmdir()
        return
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.unlink(f"{file}{suffix}")
