"""How fast providers are asked, kept in one SQLite file that all threads and processes of a session share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import astuple, fields
from pathlib import Path
from threading import Event

from ..errors import LimitStoreError
from ..model import Permit, Rate
from . import queueing, waiting
from .clock import boot_us
from .database import Database
from .holder import is_dead
from .naming import Naming
from .queueing import Queue

UNLIMITED = Rate()
SECOND = 1_000_000
LOOK_EVERY = 5 * SECOND
"""How often a process looks for places in a queue that nobody waits for any more."""

_NAMES = tuple(each.name for each in fields(Queue))
_READ = f"SELECT {', '.join(_NAMES)} FROM providers WHERE name = ?"  # noqa: S608 - our own names
_WRITE = f"INSERT OR REPLACE INTO providers (name, {', '.join(_NAMES)}) VALUES (?{', ?' * len(_NAMES)})"  # noqa: S608
_PLACES = "SELECT holder, at, requests_at, tokens_at FROM places WHERE provider = ? ORDER BY at, requests_at, tokens_at"


class FileLimiter:
    """A `Limiter` in the file at `path`, which `create` makes if it is not there; a ledger may be in the same file.

    `rates` by provider, the same in every process. `clock` gives microseconds that all processes read alike, `sleep` waits
    or raises `CancelledError`. A place is given in one transaction of some 0.1 ms, and waited for outside of it.
    At the end of a queue the places of those who gave up or died are given again.
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
        self._naming = Naming()
        self._looked: dict[str, int] = {}
        """By provider: when this process last looked for places that nobody waits for any more."""

    def acquire(self, provider: str, *, tokens: int = 0, cancel: Event | None = None) -> float:
        """See `Limiter`."""
        return self.wait(self.place(provider, tokens=tokens), cancel)

    def place(self, provider: str, *, tokens: int = 0) -> Permit:
        """The next place in the provider's queue, and how long until its call may start. Does not wait; `wait` does."""
        if not 0 <= self._clock() - self._looked.get(provider, -LOOK_EVERY) < LOOK_EVERY:
            self._clear(provider)
        holder, name = self._naming.next()
        with self._file.writing() as file:
            before, now = self._queue(file, provider), self._clock()
            after, at = queueing.place(before, self._rates.get(provider, UNLIMITED), tokens, now)
            self._keep(file, provider, after)
            if after.requests_at > now or after.tokens_at > now:
                times = (each - after.shift for each in (at, after.requests_at, after.tokens_at))
                file.execute(
                    "INSERT INTO places (at, requests_at, tokens_at, provider, id, holder) VALUES (?, ?, ?, ?, ?, ?)",
                    (*times, provider, name, holder),
                )
        return Permit(provider, (at - now) / SECOND, at, after.shift, name)

    def wait(self, permit: Permit, cancel: Event | None = None) -> float:
        """Waits until the call may start, through pauses that come meanwhile; gives the seconds waited. See `acquire`."""
        try:
            return waiting.sleep_through(lambda: self._left(permit), cancel, self._sleep)
        except BaseException:
            with suppress(LimitStoreError):
                self._give_up(permit)
            raise

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

    def _give_up(self, permit: Permit) -> None:
        """The call is not made: nobody holds its place."""
        with self._file.writing() as file:
            file.execute(
                "UPDATE places SET holder = '' WHERE provider = ? AND at = ? AND id = ?",
                (permit.provider, permit.at - permit.shift, permit.id),
            )

    def _clear(self, provider: str) -> None:
        """Takes the places off a queue's end that nobody waits for any more, and forgets those that are past."""
        with self._file.reading() as file:
            holders = {row[0] for row in file.execute("SELECT DISTINCT holder FROM places WHERE provider = ?", (provider,))}
        gone = {holder for holder in holders if not holder or (holder != self._naming.holder and is_dead(holder))}
        with self._file.writing() as file:
            now = self._clock()
            queue = queueing.seen(self._queue(file, provider), now)
            past: tuple[int, ...] | None = None
            last = end = past
            for holder, *times in file.execute(_PLACES, (provider,)):
                end = tuple(times)
                if holder and end[0] + queue.shift <= now:  # whoever held it: the call may have been made
                    last = past = end
                elif holder not in gone:
                    last = end
            if past:
                file.execute("DELETE FROM places WHERE provider = ? AND at < ?", (provider, past[0]))
            if last and end:
                file.execute(
                    "DELETE FROM places WHERE provider = ? AND (at, requests_at, tokens_at) > (?, ?, ?)", (provider, *last)
                )
                queue = queueing.cut(queue, *(late - soon for late, soon in zip(end, last, strict=True)))
            self._keep(file, provider, queue)
            self._looked[provider] = now

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
