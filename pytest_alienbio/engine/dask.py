"""Calls made by the workers of a Dask cluster: one of our own on this machine, or one that is there.

What travels is text, to a function that the worker imports by its name. A thread here waits for each call, so that
whatever is done around a call (journals, logs, limits) is done as for a call in a thread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import count
from secrets import token_hex
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from ..errors import Complaint, EngineError, LostCallError, MissingExtraError, SpecError
from ..model import EngineChoice
from ..model.engine import MAX_WIDTH
from .dask_address import address_of, check_closed, check_tls
from .dask_worker import BEGUN, Remote, answer
from .threads import Threads

if TYPE_CHECKING:
    from distributed import Client, Future

    from .dask_local import OwnCluster

CONNECT_S = 20.0
JOIN_S = 60.0
"""Seconds in which the first worker of a cluster that is there must have joined it."""
ASK_S = 60.0
"""Seconds in which a worker must have answered before it is given calls."""
ALONE_S = 300.0
"""Seconds without any worker after which the run ends: so long a cluster may take to bring others."""
AHEAD = 2
"""Calls handed out for each thread of a worker: one that runs, and one that need not be waited for."""
_LOOK_S = 5.0
_SHELF = 1000
"""Calls that the scheduler forgets together, once all of them are over."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gave."""

    text: str
    worker: str
    """Address of the worker that answered."""
    deaths: int = 0
    """Workers that died over it before; it had begun there."""


class Dask(Threads):
    """An engine whose calls can be made elsewhere: what is submitted runs in a thread here and calls `call`.

    Raises `MissingExtraError` without the package, `SpecError` for a cluster that cannot be used (see `dask_address`) or has no
    worker, `EngineError` if it does not come up.
    """

    at_home = False

    def __init__(self, choice: EngineChoice) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            what = f"the engine `dask` needs the package {error.name or 'distributed'!r}"
            raise MissingExtraError(f"{what}: pip install 'pytest-alienbio[distributed]'") from None
        from .dask_local import OwnCluster, security_of

        self._own: OwnCluster | None = None
        self._closed = False
        self._open: Counter[str] = Counter()
        """Calls that are not over, by the shelf on which the scheduler remembers them."""
        self._numbers, self._token, self._guard = count(1), token_hex(4), Lock()
        self._last = 0
        self._away: dict[str, Future] = {}
        self._known: dict[str, int] = {}
        """Threads of each worker, as they were before `_moved`."""
        self._alone: float | None = None
        """Since when there is no worker."""
        self._moved = Event()
        """Set whenever a worker comes or goes."""
        if choice.address:
            self.address = address_of(choice.address)
            security = security_of()
            check_tls(self.address, {name: getattr(security, name) for name in security.__slots__})
        else:
            self._own = OwnCluster(choice.width)
            self.address, security = self._own.address, self._own.security
        try:
            try:
                self._client: Client = Client(
                    self.address, security=security, set_as_default=False, timeout=CONNECT_S, name="alienbio"
                )
            except (OSError, TimeoutError, ValueError) as error:
                raise _unreachable(self.address, error) from error
            self._client.subscribe_topic("all", self._on_event)
            self._wait_for_workers()
            if not self._own:
                self._check_closed()
        except BaseException:
            self._end()
            raise
        self._given = choice.width
        super().__init__(self._width())

    @property
    def ahead(self) -> int:
        self.width = self._width()
        return self.width

    @property
    def workers(self) -> Mapping[str, int]:
        """Threads of each worker that is there now, by its address."""
        if self._moved.is_set() or not self._known:
            self._moved.clear()
            self._known = dict(self._client.nthreads())
        return self._known

    def ask(self, remote: Remote, text: str) -> dict[str, str | Exception]:
        """What `remote(text)` gives on each worker, or how it failed there."""
        answers: dict[str, str | Exception] = {}
        asked = {
            address: self._client.submit(
                remote, text, key=f"alienbio-ask-{self._token}-{next(self._numbers)}", workers=[address], pure=False, retries=0
            )
            for address in self.workers
        }
        until = monotonic() + ASK_S
        for address, future in asked.items():
            try:
                answers[address] = future.result(timeout=max(until - monotonic(), 0.1))
            except Exception as error:  # noqa: BLE001 - the worker's own, in which it tells why it cannot
                answers[address] = error
        self._client.cancel(list(asked.values()))
        return answers

    def tell(self, remote: Remote, text: str) -> None:
        """Has every worker call `remote(text)` at once, whatever it is at; what it gives or raises is nobody's business."""
        if self._client.status == "running":
            self._client.run(remote, text, on_error="ignore")

    def call(self, remote: Remote, text: str, avoid: Collection[str] = ()) -> Answer:
        """What `remote(text)` gives on some worker, none of `avoid`. One that dies over it is replaced by another one, as often
        as the scheduler allows (`allowed-failures`); what only waited there is not counted.

        Raises `LostCallError` after that, `EngineError` if the cluster is gone (the scheduler, or for `ALONE_S` all workers) or
        this engine was shut down, and whatever `remote` raised.
        """
        with self._guard:
            number = self._last = next(self._numbers)
            shelf = str(number // _SHELF)
            self._open[shelf] += 1
        try:
            return self._answer(remote, text, [self._token, shelf, str(number)], avoid)
        finally:
            with self._guard:
                self._open[shelf] -= 1
                over = not self._open[shelf] and self._last // _SHELF > number // _SHELF
            if over and self._client.status == "running":
                self._client.set_metadata([BEGUN, self._token, shelf], {})

    def _answer(self, remote: Remote, text: str, place: list[str], avoid: Collection[str]) -> Answer:
        from distributed import KilledWorker

        most: int | None = None
        for tried in count(1):
            key = f"alienbio-{'-'.join(place)}-{tried}"
            future, allowed = self._submit(remote, text, key, place, avoid, most)
            try:
                said = self._result(future, allowed)
            except KilledWorker as error:
                deaths = int(self._client.get_metadata([BEGUN, *place], 0))
                most = error.allowed_failures
                if deaths <= most:
                    continue  # workers died over other calls while this one only waited there
                raise _lost(deaths, most, f"; last {error.last_worker.address}") from None
            finally:
                self._away.pop(key, None)
            if said is not None:
                about, _, back = said.partition("\n")
                worker, before, *over = about.split()
                if over and most is not None:
                    raise _lost(int(before), most)
                return Answer(back, worker, int(before))
        raise AssertionError

    def _submit(
        self, remote: Remote, text: str, key: str, place: list[str], avoid: Collection[str], most: int | None
    ) -> tuple[Future, list[str] | None]:
        allowed = [worker for worker in self.workers if worker not in avoid] if avoid else None
        if self._closed:
            raise EngineError("the engine was shut down")
        try:
            future = self._client.submit(answer, remote, text, place, most, key=key, workers=allowed, pure=False, retries=0)
        except Exception as error:
            raise self._gone(error) from error
        self._away[key] = future
        return future, allowed

    def _result(self, future: Future, allowed: list[str] | None) -> str | None:
        """What comes of a call; None if all of the workers that it was meant for are gone, and others are there."""
        from distributed.client import FutureCancelledError

        while True:
            before = future.status
            try:
                return str(future.result(timeout=_LOOK_S))
            except FutureCancelledError as error:
                raise self._gone(error) from error
            except TimeoutError:
                if before == "error":  # the call's own
                    raise
            if self._client.status != "running":
                raise self._gone(None)
            if self._own:
                self._own.check()
            self._check_alone()
            if allowed is not None and not set(allowed) & set(self.workers):
                self._client.cancel([future])
                return None

    def _check_alone(self) -> None:
        """Raises `EngineError` if there has been no worker for too long."""
        if self.workers:
            self._alone = None
            return
        self._alone = self._alone or monotonic()
        if monotonic() - self._alone >= ALONE_S:
            raise EngineError(f"all workers of {self.address} are gone, and for {ALONE_S:g} s none has joined")

    def _gone(self, error: Exception | None) -> EngineError:
        if self._closed:
            return EngineError("the engine was shut down")
        return EngineError(f"the Dask scheduler at {self.address} is gone: {error or 'the connection broke'}")

    def _on_event(self, event: tuple[float, Any]) -> None:
        """What the scheduler tells; here, that a worker came or went."""
        told = event[1]
        if isinstance(told, Mapping) and told.get("action") in ("remove-worker", "add-worker"):
            self._moved.set()

    def _wait_for_workers(self) -> None:
        until = monotonic() + (JOIN_S if self._own is None else 2 * JOIN_S)
        wanted = 1 if self._own is None else self._own.workers
        while len(self.workers) < wanted:
            if self._own:
                self._own.check()
            if monotonic() > until:
                if self._own:
                    raise EngineError(f"the local Dask cluster did not come up within {2 * JOIN_S:g} s")
                hint = f"start one: dask worker {self.address}"
                raise SpecError(Complaint(f"no worker has joined {self.address} within {JOIN_S:g} s", hint=hint))
            self._moved.wait(0.2)
            self._moved.set()

    def _check_closed(self) -> None:
        told = self._client.scheduler_info(n_workers=-1)
        check_closed([told["address"]], "the scheduler")
        check_closed(told["workers"], "a worker")

    def _width(self) -> int:
        if self._given:
            return self._given
        return min(max(1, AHEAD * sum(self.workers.values())), MAX_WIDTH)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """No more calls; `cancel_futures`: those that are on their way are cancelled. Ends a cluster of our own."""
        if cancel_futures or not wait:
            self._closed = True
            with self._guard:
                calls = list(self._away.values())
            if calls and self._client.status == "running":
                self._client.cancel(calls, force=True)
        super().shutdown(wait=wait, cancel_futures=cancel_futures)
        self._end()

    def _end(self) -> None:
        self._closed = True
        client = getattr(self, "_client", None)
        if client is not None and client.status != "closed":
            if client.status == "running":
                client.set_metadata([BEGUN, self._token], {})
                client.unsubscribe_topic("all")
                client.nthreads()  # once this is answered the scheduler tells us nothing more
            client.close(timeout=CONNECT_S)
        if self._own:
            self._own.close()
            self._own = None


def _lost(deaths: int, allowed: int, last: str = "") -> LostCallError:
    return LostCallError(f"its worker died {deaths} times while it played (allowed-failures: {allowed}){last}", deaths)


def _unreachable(address: str, error: Exception) -> SpecError:
    why = str(error).splitlines()[0] if str(error) else type(error).__name__
    return SpecError(Complaint(f"no Dask scheduler answers at {address}: {why}", hint="is it running, and are the keys right?"))
