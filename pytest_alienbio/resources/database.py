"""One SQLite file that the threads and processes of a session share."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import LimitStoreError

WAIT_S = 30.0
"""For others who are writing; each takes some 0.1 ms."""

_KIND, _FORMAT = 0x42696F4C, 1
"""What SQLite keeps as `application_id` and `user_version`: that the file is ours, and which tables it has."""

_TABLES = """
CREATE TABLE scopes (
    scope TEXT PRIMARY KEY, label TEXT NOT NULL DEFAULT '', cap_tokens INTEGER, cap_usd INTEGER, cap_cells INTEGER,
    tokens INTEGER NOT NULL DEFAULT 0, usd INTEGER NOT NULL DEFAULT 0,
    requests INTEGER NOT NULL DEFAULT 0, cells INTEGER NOT NULL DEFAULT 0,
    reserved_tokens INTEGER NOT NULL DEFAULT 0, reserved_usd INTEGER NOT NULL DEFAULT 0,
    unknown_tokens INTEGER NOT NULL DEFAULT 0, unknown_usd INTEGER NOT NULL DEFAULT 0,
    unknown_requests INTEGER NOT NULL DEFAULT 0, unbounded_requests INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE reservations (
    id TEXT PRIMARY KEY, holder TEXT NOT NULL, scopes TEXT NOT NULL, tokens INTEGER, usd INTEGER,
    abandoned INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE providers (
    name TEXT PRIMARY KEY, requests_at INTEGER NOT NULL, tokens_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
    credit INTEGER NOT NULL, paused_until INTEGER NOT NULL, shift INTEGER NOT NULL, seen_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE places (
    provider TEXT NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL, holder TEXT NOT NULL,
    requests_at INTEGER NOT NULL, tokens_at INTEGER NOT NULL, PRIMARY KEY (provider, at, id)
) WITHOUT ROWID;
"""
"""USD in billionths, times in microseconds; those of a place as they were before its queue was put off at all."""

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_ERROR})
_WHY = {
    sqlite3.SQLITE_FULL: "the disk is full; make room and resume",
    sqlite3.SQLITE_READONLY: "it cannot be written; give it a folder that can",
    sqlite3.SQLITE_PERM: "it cannot be written; give it a folder that can",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; give it a folder on a local disk that can be written",
    sqlite3.SQLITE_BUSY: f"others kept it locked for more than {WAIT_S:g} s; is it on a local disk?",
    sqlite3.SQLITE_IOERR: "the disk failed or is full; is it a local one?",
}


class Database:
    """The file at `path`; one connection a process, one transaction at a time in it.

    It is written ahead (WAL) and not flushed at every change: a killed process loses nothing, and after a power cut the file
    is whole, without its last moments. Thread-safe, and may be taken through a fork. Raises `LimitStoreError`.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = Path(path)
        self._homes: dict[int, _Home] = {}
        if create:
            self._create()
        with self.reading():
            pass

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: everybody else waits; all of it is kept, or none if it raises."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One moment of the file; nobody waits."""
        with self._transaction("BEGIN") as connection:
            yield connection

    def close(self) -> None:
        """Closes this process' connection; the next use opens another."""
        with (home := self._home()).guard:
            if home.connection:
                home.connection.close()
                home.connection = None

    def damaged(self, what: str) -> LimitStoreError:
        """What to raise for a value that cannot be."""
        return self._unusable(f"the file is damaged ({what}); what was spent is in the results: remove it and resume")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        home = self._home()
        with home.guard:
            connection = None
            try:
                connection = home.connection or self._connect(home)
                connection.execute(begin)
                self._still_there(home)
                yield connection
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._failed(error) from error
            finally:
                if connection and connection.in_transaction:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")

    def _home(self) -> _Home:
        # SQLite's connections and Python's locks do not survive a fork; the parent's are left alone, not even closed.
        pid = os.getpid()
        return self._homes.get(pid) or self._homes.setdefault(pid, _Home())

    def _connect(self, home: _Home) -> sqlite3.Connection:
        before = self._stat()
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=rw", uri=True, timeout=WAIT_S, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA synchronous = NORMAL")
            kind = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if kind != _KIND:
                raise LimitStoreError(f"{self._name}: the file is something else; name one that does not exist yet")
            if version != _FORMAT:
                raise LimitStoreError(f"{self._name}: it is of another version ({version}); begin a new one")
        except BaseException:
            connection.close()
            raise
        home.connection, home.file = connection, before
        return connection

    def _create(self) -> None:
        """Makes the file, whole or not at all; one that is there stays."""
        if os.path.lexists(self.path):
            return
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}-{threading.get_ident():x}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.unlink(missing_ok=True)
            os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            connection = sqlite3.connect(temporary, isolation_level=None)
            try:
                mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
                if mode != "wal":
                    raise LimitStoreError(f"{self._name}: its disk cannot share memory; name a folder on a local disk")
                connection.executescript(
                    f"BEGIN; {_TABLES} PRAGMA application_id = {_KIND}; PRAGMA user_version = {_FORMAT}; COMMIT;"
                )
            finally:
                connection.close()
            with suppress(FileExistsError):
                os.link(temporary, self.path)
        except sqlite3.Error as error:
            raise self._failed(error) from error
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    @property
    def _name(self) -> str:
        return f"the shared limits in {self.path} cannot be used"

    def _unusable(self, why: str) -> LimitStoreError:
        return LimitStoreError(f"{self._name}: {why}; without them no cap would hold, so nothing more is paid for")

    def _failed(self, error: sqlite3.Error) -> LimitStoreError:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _DAMAGE:
            return self.damaged(str(error))
        return self._unusable(f"{_WHY.get(code, 'SQLite says so')} ({error})")

    def _stat(self) -> tuple[int, int]:
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            raise self._unusable("there is no such file (any more)") from None
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error
        return found.st_dev, found.st_ino

    def _still_there(self, home: _Home) -> None:
        """Who goes on with a file that was removed has a limit of their own."""
        if self._stat() != home.file:
            raise self._unusable("the file was replaced by another one while it was in use")


class _Home:
    """What belongs to one process."""

    __slots__ = ("connection", "file", "guard")

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.connection: sqlite3.Connection | None = None
        self.file = (0, 0)
