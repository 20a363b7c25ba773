"""Many calls at once, in threads of this process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread, current_thread, get_ident
from typing import Any, TypeVar

from .engine import Engine

T = TypeVar("T")


class Threads(Engine):
    """At most `width` calls at once. A thread is made with each call until there are so many.

    They are daemons: one that never ends does not keep the process from ending, as those of `ThreadPoolExecutor` would.
    """

    replaces = True

    def __init__(self, width: int) -> None:
        self.width = width
        self._calls: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: set[Thread] = set()
        self._jobs: dict[int, _Job] = {}
        """What each thread calls, by its identifier."""
        self._made = 0
        self._lock = Lock()
        self._over = False

    @property
    def ahead(self) -> int:
        return 2 * self.width

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        with self._lock:
            if self._over:
                raise RuntimeError("cannot submit to an engine that was shut down")
            self._calls.put(_Job(future, lambda: fn(*args, **kwargs)))
            if len(self._threads) < self.width:
                self._start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """No more calls. With `wait`, returns once all are over; `cancel_futures` drops those that have not begun."""
        with self._lock:
            self._over = True
            threads = list(self._threads)
        if cancel_futures:
            self._drop()
        for _ in threads:
            self._calls.put(None)
        if wait:
            for thread in threads:
                while thread.is_alive() and thread in self._threads:  # one that is left behind is not waited for
                    thread.join(0.1)

    def replace(self, thread: int, result: object) -> bool:
        """See `Engine`. The thread is a daemon and goes on until its call returns or the process ends."""
        with self._lock:
            job = self._jobs.pop(thread, None)
            if job is None:
                return False
            self._threads = {each for each in self._threads if each.ident != thread}
            self._start()
        job.end(result)
        return True

    def _drop(self) -> None:
        while True:
            try:
                job = self._calls.get_nowait()
            except Empty:
                return
            if job is not None:
                job.future.cancel()
                job.future.set_running_or_notify_cancel()

    def _start(self) -> None:
        self._made += 1
        thread = Thread(target=self._work, name=f"alienbio-cell-{self._made}", daemon=True)
        self._threads.add(thread)
        thread.start()

    def _work(self) -> None:
        me = get_ident()
        try:
            while (job := self._calls.get()) is not None:
                with self._lock:
                    self._jobs[me] = job
                job.run()
                with self._lock:
                    if self._jobs.pop(me, None) is None:
                        return  # another one has taken its place
                del job  # its result may be large, and the next one a long time off
        finally:
            with self._lock:
                self._threads.discard(current_thread())


class _Job:
    """A call and the future that its result goes to."""

    __slots__ = ("_call", "future")

    def __init__(self, future: Future[Any], call: Callable[[], Any]) -> None:
        self.future, self._call = future, call

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self._call()
        except BaseException as error:  # noqa: BLE001 - whoever takes the result meets it
            with suppress(InvalidStateError):  # it was left behind
                self.future.set_exception(error)
        else:
            self.end(result)

    def end(self, result: object) -> None:
        """Gives the future its result, if it has none."""
        with suppress(InvalidStateError):
            self.future.set_result(result)
