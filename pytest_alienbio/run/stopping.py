"""Ctrl-C and SIGTERM while cells play: once, and what has begun may finish; twice, and all ends at once."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from types import FrameType

from ..model import Cell
from ..report import many

FINISH_S = 10.0
"""Seconds that cells have to finish after a Ctrl-C: a call to a model that is on its way is paid for."""
END_S = 5.0
"""Seconds that a process has to come to its end after the second one, before it is ended."""
EXIT_CODE = 130
"""Of a process that was ended so."""
PERSON = "human"
"""The kind of agent that hears Ctrl-C itself: somebody at a terminal leaves a cell by it."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_FIRST, _AGAIN, _OVER = range(3)


class Stop:
    """Whether somebody asked this process to stop. Made by `stoppable`; one that nobody made is never asked.

    Two signals of one kind are two requests; a Ctrl-C that reaches all processes of a terminal, and the SIGTERM by which one
    of them tells the others, are one.
    """

    def __init__(
        self,
        *,
        mark: Callable[[], None] | None = None,
        tell: Callable[[int], str] | None = None,
        again: Callable[[], None] | None = None,
        waits: bool = False,
        grace_s: float = FINISH_S,
        exit_code: int = EXIT_CODE,
    ) -> None:
        self.asked = False
        """Nothing new is begun any more."""
        self.at_once = False
        """What has begun is not waited for, either."""
        self._mark, self._tell, self._again = mark, tell or said, again
        self._waits, self._grace_s, self._exit_code = waits, grace_s, exit_code
        self._cells: set[object] = set()
        """What plays just now and may finish."""
        self._counted = 0
        """How many that were when it was asked."""
        self._wakers: list[Callable[[], None]] = []
        self._heard: Counter[int] = Counter()
        self._told = SimpleQueue[int]()  # the one queue that a signal handler may put into
        self._fd = -1

    def cell(self, cell: Cell) -> Begun:
        """A context around the playing of one cell, in whichever thread."""
        return Begun(self, cell.agent.kind != PERSON)

    def begin(self, what: object) -> None:
        """Something has begun that may finish."""
        self._cells.add(what)

    def end(self, what: object) -> None:
        """It is over; told of what never began, this does nothing."""
        self._cells.discard(what)

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Calls `wake` from the signal handler when it is asked for the first time: it may do what is safe there."""
        self._wakers.append(wake)
        try:
            yield
        finally:
            self._wakers.remove(wake)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        """The signal handler. It sets, and puts; what takes a lock is done by the watching thread."""
        self._heard[number] += 1
        if not self.asked:
            if not (self._waits or self._cells):
                raise KeyboardInterrupt  # nothing has begun that could finish
            self.asked, self._counted = True, len(self._cells)
            if self._mark:
                self._mark()
            for wake in self._wakers:
                wake()
            self._told.put(_FIRST)
        elif max(self._heard.values()) > 1:
            self.at_once = True
            self._told.put(_AGAIN)
            raise KeyboardInterrupt

    def _watch(self) -> None:
        """Says that it was heard, then minds the time. A thread of its own: the main one may be busy with a cell."""
        if self._told.get() == _OVER:
            return
        self._say(self._tell(self._counted))
        try:
            word = self._told.get(timeout=self._grace_s)
        except Empty:
            self._heard[signal.SIGINT] += 1
            signal.pthread_kill(_main(), signal.SIGINT)
            word = self._told.get()
        if word != _OVER and self._again:
            self._again()
        while word != _OVER:
            try:
                word = self._told.get(timeout=END_S)
            except Empty:
                self._say("it does not stop when told to: ended; every cell that was finished is kept")
                os._exit(self._exit_code)

    def _say(self, line: str) -> None:
        if line and self._fd >= 0:
            with suppress(OSError):
                os.write(self._fd, f"\n{line}\n".encode())


class Begun:
    """What plays just now, as a context; one that does not count is nothing that Ctrl-C would let finish."""

    __slots__ = ("_counts", "_stop")

    def __init__(self, stop: Stop, counts: bool) -> None:
        self._stop, self._counts = stop, counts

    def __enter__(self) -> None:
        if self._counts:
            self._stop.begin(self)

    def __exit__(self, *_: object) -> None:
        self._stop.end(self)


def said(playing: int) -> str:
    """What people read after the first Ctrl-C."""
    count = max(playing, 1)
    return f"stopping: {many(count, 'cell')} {'is' if count == 1 else 'are'} finishing; Ctrl-C again stops at once"


@contextmanager
def stoppable(stop: Stop) -> Iterator[Stop]:
    """While it lasts, Ctrl-C and SIGTERM are requests to `stop`; before and after they are what they were.

    The first is refused nothing but time: `stop.asked` is set, what has begun has `grace_s` seconds, and whoever begins
    cells begins no more. The second, and the end of that time, raise `KeyboardInterrupt` in the main thread; a process that
    does not end then is ended. If no cell plays (and `stop` does not wait for others), the first one raises at once. Only in
    the main thread, and only in the place of Python's own handlers: else `stop` is never asked.
    """
    usual: tuple[object, ...] = (signal.default_int_handler, signal.SIG_DFL)
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    taken = [number for number, handler in before.items() if handler in usual]
    with suppress(OSError):
        stop._fd = os.dup(2)  # where people read, whatever captures the output of a cell
    watching = threading.Thread(target=stop._watch, name="alienbio-stop", daemon=True)
    watching.start()
    try:
        for number in taken:
            signal.signal(number, stop._hear)
        yield stop
    finally:
        for number in taken:
            signal.signal(number, before[number])
        stop._told.put(_OVER)
        watching.join(1.0)
        if stop._fd >= 0:
            os.close(stop._fd)
            stop._fd = -1


def _main() -> int:
    ident = threading.main_thread().ident
    assert ident is not None
    return ident
