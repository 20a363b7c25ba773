"""How fast providers are asked, kept in one SQLite file that all threads and processes of a session share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import astuple, fields
from pathlib import Path
from threading import Event

from ..model import Permit, Rate
from . import queueing, waiting
from .clock import boot_us
from .database import Database
from .queueing import Queue

UNLIMITED = Rate()
SECOND = 1_000_000

_NAMES = tuple(each.name for each in fields(Queue))
_READ = f"SELECT {', '.join(_NAMES)} FROM providers WHERE name = ?"  # noqa: S608 - our own names
_WRITE = f"INSERT OR REPLACE INTO providers (name, {', '.join(_NAMES)}) VALUES (?{', ?' * len(_NAMES)})"  # noqa: S608


class FileLimiter:
    """A `Limiter` in the file at `path`, which `create` makes if it is not there; a ledger may be in the same file.

    `rates` by provider, the same in every process. `clock` gives microseconds that all processes read alike, `sleep` waits
    or raises `CancelledError`. A place is given in one transaction of some 0.1 ms, and waited for outside of it.
    """

    def __init__(
        self,
        path: Path,
        rates: Mapping[str, Rate],
        *,
        create: bool = False,
        clock: Callable[[], int] = boot_us,
        sleep: Callable[[float, Event | None], None] = waiting.sleep,
    ) -> None:
        self._file = Database(path, create=create)
        self._rates = dict(rates)
        self._clock, self._sleep = clock, sleep

    def acquire(self, provider: str, *, tokens: int = 0, cancel: Event | None = None) -> float:
        """See `Limiter`."""
        return self.wait(self.place(provider, tokens=tokens), cancel)

    def place(self, provider: str, *, tokens: int = 0) -> Permit:
        """The next place in the provider's queue, and how long until its call may start. Does not wait; `wait` does."""
        with self._file.writing() as file:
            before, now = self._queue(file, provider), self._clock()
            after, at = queueing.place(before, self._rates.get(provider, UNLIMITED), tokens, now)
            self._keep(file, provider, after)
        return Permit(provider, (at - now) / SECOND, at, after.shift)

    def wait(self, permit: Permit, cancel: Event | None = None) -> float:
        """Waits until the call may start, through pauses that come meanwhile; gives the seconds waited. See `acquire`."""
        return waiting.sleep_through(lambda: self._left(permit), cancel, self._sleep)

    def correct(self, provider: str, *, expected: int, used: int) -> None:
        """See `Limiter`."""
        rate = self._rates.get(provider, UNLIMITED)
        if expected != used and rate.tokens is not None:
            with self._file.writing() as file:
                queue = self._queue(file, provider)
                self._keep(file, provider, queueing.corrected(queue, rate, expected, used, self._clock()))

    def slow_down(self, provider: str, seconds: float) -> None:
        """See `Limiter`."""
        if seconds > 0:
            with self._file.writing() as file:
                queue = self._queue(file, provider)
                self._keep(file, provider, queueing.paused(queue, int(seconds * SECOND), self._clock()))

    def close(self) -> None:
        """See `Limiter`."""
        self._file.close()

    def _left(self, permit: Permit) -> float:
        """Seconds until the call may start."""
        with self._file.reading() as file:
            queue = self._queue(file, permit.provider)
        return queueing.due(queue, permit.at, permit.shift, self._clock()) / SECOND

    def _queue(self, file: sqlite3.Connection, provider: str) -> Queue:
        row = file.execute(_READ, (provider,)).fetchone()
        if row is None:
            return Queue()
        if not all(type(value) is int for value in row):
            raise self._file.damaged(f"the queue of {provider!r} is no number")
        return Queue(*row)

    def _keep(self, file: sqlite3.Connection, provider: str, queue: Queue) -> None:
        file.execute(_WRITE, (provider, *astuple(queue)))
