"""Many calls at once, in threads of this process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Lock, Thread, current_thread
from typing import Any, TypeVar

from .engine import Engine

T = TypeVar("T")


class Threads(Engine):
    """At most `width` calls at once. A thread is made with each call until there are so many.

    They are daemons: one that never ends does not keep the process from ending, as those of `ThreadPoolExecutor` would.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._calls: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: set[Thread] = set()
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
                thread.join()

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
        thread = Thread(target=self._work, name=f"alienbio-cell-{len(self._threads) + 1}", daemon=True)
        self._threads.add(thread)
        thread.start()

    def _work(self) -> None:
        try:
            while (job := self._calls.get()) is not None:
                job.run()
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
            self.future.set_exception(error)
        else:
            self.future.set_result(result)
