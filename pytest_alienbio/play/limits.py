"""The wall clock of a cell, and the memory it takes.

SIGALRM belongs to pytest-timeout, and only the main thread could use it. So one daemon thread, shared by all cells of
the process and there only while some cell is under a clock, raises `CellTimeout` in the thread whose time is up: by
SIGURG (ignored by default, so harmless) where that is the main thread, which also wakes a blocking call, else by
CPython's asynchronous exception, which is seen at the thread's next bytecode. It repeats until the cell has ended, for
an agent may swallow it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable
from math import inf
from time import monotonic
from types import FrameType
from typing import TypeAlias

from .frozen import MARGIN_S, DeadMansSwitch
from .memory import POLL_S, Growth, resident

GRACE_S = 5.0
"""Seconds a cell has to end after its time is up, before it counts as stuck."""
_NUDGE_S = 0.05
_SELDOM_S = 1.0
"""Between two tries to end a cell that is stuck."""
_Handler: TypeAlias = "Callable[[int, FrameType | None], object] | int | signal.Handlers | None"


class CellTimeout(BaseException):
    """Raised in a playing thread when its cell's time is up; never leaves `play_within`."""


class CellClock:
    """Gives the calling thread `limit_s` seconds (None: as many as it likes), and as much memory as `growth` says. Used once,
    by `play_within`.

    `fired` tells whether time was up, or memory (`growth.grown`). If the cell has not ended `grace_s` later, `on_stuck` is
    called once, from another thread. If by then no other thread has run at all, the process is ended: with `last_words`,
    which gives the descriptor to write on, told whether this is the only cell that may have done it; see `frozen`.
    """

    __slots__ = (
        "_by_signal",
        "_previous",
        "_thread",
        "closing",
        "due",
        "fired",
        "grace_s",
        "growth",
        "last_words",
        "limit_s",
        "on_stuck",
        "pause_s",
        "stuck_at",
    )

    def __init__(
        self,
        limit_s: float | None,
        *,
        grace_s: float = GRACE_S,
        on_stuck: Callable[[], None] | None = None,
        last_words: Callable[[bool], int] | None = None,
        growth: Growth | None = None,
    ) -> None:
        self.limit_s, self.grace_s, self.on_stuck, self.last_words = limit_s, grace_s, on_stuck, last_words
        self.growth = growth
        self.fired = False
        self.closing = False
        """Set when the cell has ended, before anything else is done: from then on nothing is raised."""
        self.due = 0.0
        self.pause_s = _NUDGE_S
        self.stuck_at = 0.0
        self._thread = 0
        self._by_signal = False
        self._previous: _Handler = None

    def start(self) -> None:
        """Starts counting, for the thread that calls."""
        self._thread = threading.get_ident()
        self._by_signal = self._listen()
        self.due = inf if self.limit_s is None else monotonic() + self.limit_s
        self.stuck_at = self.due + self.grace_s
        if self.growth:
            self.growth.begin()
        _watch.add(self)

    def give(self, seconds: float) -> None:
        """So much more time, for the thread that plays."""
        _watch.postpone(self, seconds)

    def stop(self) -> None:
        """After this nothing is raised and nothing is pending. Can be called again if it was interrupted."""
        _watch.remove(self)
        if self.fired and not self._by_signal:
            _raise_in(0)
        if self._by_signal:
            # Delivers what is pending first: to our handler, which does nothing any more
            signal.signal(signal.SIGURG, self._previous)
            self._by_signal = False

    @property
    def look_at(self) -> float:
        """When it is to be looked at next."""
        return min(self.due, monotonic() + POLL_S) if self.growth and not self.fired else self.due

    def nudge(self) -> None:
        """Raises `CellTimeout` in the playing thread. Called by the watch, which holds its lock."""
        self.fired = True
        if self._by_signal:
            signal.pthread_kill(self._thread, signal.SIGURG)
        else:
            _raise_in(self._thread)

    def _listen(self) -> bool:
        """Installs the handler for SIGURG if this thread may."""
        if threading.current_thread() is not threading.main_thread():
            return False
        if not (hasattr(signal, "SIGURG") and hasattr(signal, "pthread_kill")):
            return False
        self._previous = signal.getsignal(signal.SIGURG)
        if self._previous is None:  # installed by C code: it could not be put back
            return False
        signal.signal(signal.SIGURG, self._on_signal)
        return True

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.fired and not self.closing:
            raise CellTimeout
        if callable(self._previous):
            self._previous(number, frame)


def play_within(clock: CellClock | None, play: Callable[[], None]) -> None:
    """Calls `play` under `clock`. Returns when it ends or its time is up (`clock.fired`); passes on what it raises."""
    if clock is None:
        play()
        return
    # An exception can arrive at any call or backward jump. Once `closing` is set (a plain store: nothing arrives there)
    # at most two can: one on its way, one whose sender had already looked. Hence three tries, and no loop.
    try:
        clock.start()
        play()
        clock.closing = True
    except CellTimeout:
        clock.closing = True
        if not clock.fired:  # meant for a cell around this one
            raise
    finally:
        clock.closing = True
        try:
            clock.stop()
        except CellTimeout:
            try:
                clock.stop()
            except CellTimeout:
                clock.stop()


def _raise_in(thread: int) -> None:
    """Makes `CellTimeout` the exception that `thread` meets next; with 0, frees the calling thread of one on its way.

    To free itself a thread sends itself one, which takes the place of any other, and catches it. Taking one back, as the
    C API allows, leaves CPython 3.11 looking for it at every call for ever, in every thread: slow, and in a traced
    function (coverage) endless. So is one on its way to a thread that is blocked: there the sender, too, meets one of its
    own at once, which ends the search; the other thread finds its own when it next hands over the interpreter. No Python
    function may be called between the two.
    """
    send, kind = ctypes.pythonapi.PyThreadState_SetAsyncExc, ctypes.py_object(CellTimeout)
    target, own = ctypes.c_ulong(thread), ctypes.c_ulong(threading.get_ident())
    try:
        if thread:
            send(target, kind)
        if not thread or sys.version_info < (3, 12):
            send(own, kind)
            for _ in range(100):
                threading.get_ident()  # it arrives at a call: the one above or one of these
    except CellTimeout:
        pass


class _Watch:
    """The running clocks of this process, and the thread that watches them.

    Both locks are bare ones: `with` takes such a lock in one step, which no exception from outside can cut in two. (A
    `Condition` or `Event` is Python code and could be left locked for ever.)
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets everything; for a forked child, where the thread is not and the lock may have been held."""
        self._lock = threading.Lock()
        self._bell = threading.Lock()
        """Held while nobody rings: the watching thread waits by trying to take it."""
        self._bell.acquire()
        self._clocks: dict[int, CellClock] = {}
        self._thread: threading.Thread | None = None
        self._next = 0.0
        self._switch = DeadMansSwitch()

    def add(self, clock: CellClock) -> None:
        with self._lock:
            self._clocks[id(clock)] = clock
            look_at = clock.look_at
            if self._thread is None or not self._thread.is_alive():
                self._next = look_at
                self._thread = threading.Thread(target=self._run, name="alienbio-cell-clock", daemon=True)
                self._thread.start()
            elif look_at < self._next and self._bell.locked():
                self._bell.release()
            if clock.last_words:
                self._aim()

    def postpone(self, clock: CellClock, seconds: float) -> None:
        with self._lock:
            clock.due += seconds
            clock.stuck_at += seconds
            self._aim()

    def remove(self, clock: CellClock) -> None:
        with self._lock:
            self._clocks.pop(id(clock), None)
            if clock.last_words:
                self._aim()

    def _aim(self) -> None:
        """Aims the switch at the first clock that would count as stuck. Called with the lock held."""
        mortal = [clock for clock in self._clocks.values() if clock.last_words and clock.stuck_at < inf]
        first = min(mortal, key=lambda clock: clock.stuck_at, default=None)
        alone = len(self._clocks) == 1
        if first is None or first.last_words is None:
            self._switch.drop()
        elif (first.stuck_at + MARGIN_S, alone) != (self._switch.at, self._switch.alone):
            self._switch.aim(first.stuck_at + MARGIN_S, first.last_words, alone)

    def _run(self) -> None:
        while True:
            with self._lock:
                self._clocks = {key: clock for key, clock in self._clocks.items() if not clock.closing}
                if not self._clocks:
                    self._thread = None
                    self._switch.drop()
                    return
                self._weigh()
                stuck = self._nudge_late(monotonic())
                self._aim()
                self._next = min(clock.look_at for clock in self._clocks.values())
            for clock in stuck:
                if clock.on_stuck is not None:
                    clock.on_stuck()
            self._bell.acquire(timeout=min(max(self._next - monotonic(), 0.0), threading.TIMEOUT_MAX))

    def _weigh(self) -> None:
        """The time of cells that take too much memory is up."""
        watched = [(clock, clock.growth) for clock in self._clocks.values() if clock.growth and not clock.fired]
        if not watched:
            return
        held, room_mb, now = resident(), sum(growth.limit_mb for _, growth in watched), monotonic()
        for clock, growth in watched:
            if growth.exceeds(held, room_mb, len(watched)):
                clock.due, clock.stuck_at = now, now + clock.grace_s

    def _nudge_late(self, now: float) -> list[CellClock]:
        """Nudges every clock whose time is up; those that have used up their grace too, each once."""
        stuck: list[CellClock] = []
        for clock in self._clocks.values():
            if clock.due > now:
                continue
            clock.nudge()
            clock.due = now + clock.pause_s
            if now >= clock.stuck_at:
                clock.stuck_at, clock.pause_s = inf, _SELDOM_S
                stuck.append(clock)
        return stuck


_watch = _Watch()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_watch.reset)
