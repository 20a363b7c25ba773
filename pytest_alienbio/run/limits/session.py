"""What all runs of one session share of limits: the caps, one ledger, one limiter, one clock."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, RLock
from typing import TypedDict
from urllib.parse import quote

from ...errors import LimitStoreError, MissingExtraError, OverLimitError, SpecError
from ...model import Caps, Ledger, Limiter, Rate
from ...spec.rates import per_minute
from ..opening import new_run_id
from ..settings import Settings

LIMITS = ".bio-limits"
"""In the data root: a folder for each session that is under way, with its ledger."""
RATES = ".bio-rates.sqlite"
"""In the data root: how fast providers are asked, by all sessions."""
_RATES_THERE = "rates"
"""In a Redis, the name under which that is; a session's ledger is under `run-` and its id."""
LEDGER = "ledger.sqlite"
_LONGEST_PAUSE_S = 1.0
"""Between two looks at a cap that is taken for now."""
_LOOK_FOR_DEAD_S = 5.0
"""How often who waits looks whether those it waits for still live."""
_NAP_S = 0.1
"""A wait is made of such naps: what ends a cell is seen between two of them, in whatever thread it plays."""


class CapWords(TypedDict, total=False):
    """Caps as keywords of a call."""

    max_usd: float
    max_tokens: int
    max_cells: int
    max_time: float


def in_words(given: Mapping[str, object]) -> dict[str, str]:
    """Keywords of a call as the texts of settings; None is not given."""
    return {name: str(value) for name, value in given.items() if value is not None}


class SessionLimits:
    """What all runs of one session may take together. Every process of it has its own, over the same folder. Thread-safe.

    `labels` are how people said each of `caps`, by field. `started`: when the session began, by `clock`, which all processes
    of the machine must read alike; None = now, in its first process. `at`: the address of a Redis, in which ledger and rates
    are then, for workers on other machines; '' = in files below `data_root`. `data_root` is None in a worker that does not
    share it: what time it is there is heard (`hear`), and without a Redis nothing is booked.
    """

    def __init__(
        self,
        data_root: Path | None,
        session: str,
        caps: Caps = Caps(),  # noqa: B008 - frozen
        *,
        labels: Mapping[str, str] | None = None,
        rates: Mapping[str, str] | None = None,
        started: float | None = None,
        at: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._root = data_root
        self.name, self.at, self._first = session, at, started is None
        self.caps, self.labels, self.rates = caps, dict(labels or {}), dict(rates or {})
        self._clock, self.started = clock, clock() if started is None else started
        self._lock = RLock()
        self._since: dict[str, float] = {} if data_root is None else {"": self.started}
        self._ledger: Ledger | None = None
        self._limiter: Limiter | None = None

    @classmethod
    def of(cls, settings: Settings, data_root: Path, session: str, *, started: float | None = None) -> SessionLimits:
        """What the command line, the environment and the ini file say."""
        return cls(
            data_root,
            session,
            settings.caps,
            labels=settings.cap_labels,
            rates=settings.rates,
            started=started,
            at=settings.limits_at,
        )

    def check(self) -> None:
        """Raises `SpecError` if limits are to be shared in a Redis that cannot be used, before anything is played.

        In the first process it makes what is the session's there: to the others a server that has lost it is an error, and
        not a session that has spent nothing.
        """
        if self.at:
            try:
                self.ledger  # noqa: B018
            except (LimitStoreError, MissingExtraError, ValueError) as error:
                raise SpecError(f"limits_at: {error}") from error

    @property
    def books(self) -> bool:
        """Whether what is spent can be booked where all workers of the session see it."""
        return bool(self.at) or self._root is not None

    @property
    def ledger(self) -> Ledger:
        """What is spent, opened when it is asked for. Raises `LimitStoreError`."""
        with self._lock:
            if self._ledger is None:
                from ...resources import ledger_at  # late: most sessions spend nothing

                where = self._there(f"run-{self.name}") if self.at else str(self._made() / LEDGER)
                self._ledger = ledger_at(where, create=self._first or not self.at)
            return self._ledger

    @property
    def limiter(self) -> Limiter:
        """How fast providers are asked, likewise."""
        with self._lock:
            if self._limiter is None:
                from ...resources import limiter_at

                found = {provider: Rate(*per_minute(rate)) for provider, rate in self.rates.items()}
                where = self._there(_RATES_THERE) if self.at else str(self._made().parent.parent / RATES)
                self._limiter = limiter_at(where, found, create=True, sleep=nap)
            return self._limiter

    @property
    def opened(self) -> bool:
        """Whether any process of the session has a ledger."""
        if self._ledger or self.at:
            return True
        return self._folder is not None and (self._folder / LEDGER).exists()

    def reserve(
        self, scopes: Sequence[str], *, tokens: int | None, usd: float | None, waited: Callable[[float], None] | None = None
    ) -> str:
        """As the ledger does, but waits while only calls on their way leave no room: they may turn out cheaper, or have died.

        Not to be called by who holds a reservation under the same caps: two such could wait for one another. `waited` is told
        the seconds of each pause.
        """
        pause_s, since = _NAP_S / 2, 0.0
        while True:
            try:
                return self.ledger.reserve(scopes, tokens=tokens, usd=usd)
            except OverLimitError as refused:
                if not refused.for_now:
                    raise
            nap(pause_s)
            if waited is not None:
                waited(pause_s)
            since += pause_s
            if since >= _LOOK_FOR_DEAD_S:
                self.ledger.release_dead()
                since = 0.0
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def elapsed(self, run: str = "") -> float:
        """Seconds since the session began, or since any process first asked this of `run`. Raises `LimitStoreError`."""
        with self._lock:
            if run not in self._since:
                mark = self._made() / f"started-{hashlib.sha256(run.encode()).hexdigest()[:16]}"
                self._since[run] = _once(mark, self._clock())
            return self._clock() - self._since[run]

    def hear(self, run: str, elapsed: float) -> None:
        """Takes in what another machine says `elapsed` gives, a moment after it said so."""
        with self._lock:
            since = self._clock() - elapsed
            self._since[run] = min(since, self._since.get(run, since))

    def close(self, *, last: bool = False) -> None:
        """Lets go of the shared files; the `last` process removes the session's."""
        with self._lock:
            for shared in (self._ledger, self._limiter):
                if shared is not None:
                    shared.close()
            self._ledger = self._limiter = None
            folder = self._folder
            if last and folder is not None and folder.exists():
                shutil.rmtree(folder, ignore_errors=True)
                with suppress(OSError):  # another session is under way
                    folder.parent.rmdir()

    def _there(self, name: str) -> str:
        return f"{self.at}#{quote(name, safe='')}"

    @property
    def _folder(self) -> Path | None:
        return None if self._root is None else self._root / LIMITS / self.name

    def _made(self) -> Path:
        folder = self._folder
        if folder is None:
            raise LimitStoreError("limits are kept in files of another machine")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LimitStoreError(f"cannot make {folder}, where limits are kept: {error.strerror or error}") from error
        return folder


@contextmanager
def limits_here(settings: Settings, data_root: Path) -> Iterator[SessionLimits]:
    """The limits of a session that is this one process. Raises `SpecError` if they cannot be shared where they should be."""
    session = SessionLimits.of(settings, data_root, new_run_id())
    try:
        session.check()
        yield session
    finally:
        session.close(last=True)


def nap(seconds: float, cancel: Event | None = None) -> None:
    """Sleeps in small pieces. Raises `CancelledError` once `cancel` is set."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if cancel is not None and cancel.is_set():
            raise CancelledError
        time.sleep(min(left, _NAP_S))


def _once(path: Path, value: float) -> float:
    """`value`, kept at `path` by whoever comes first; those who come later get the first one's."""
    own = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        own.write_text(repr(value), "ascii")
        with suppress(FileExistsError):
            os.link(own, path)
        own.unlink()
        return float(path.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise LimitStoreError(f"cannot keep when a run began in {path}: {error}") from error
