"""Ctrl-C and SIGTERM in a pytest session: cells that play are finished and reported, then the session ends as interrupted.

Serially, in the engine lane and in xdist's workers the session is told to stop after what it is at; the controller tells xdist
so, and its workers by SIGTERM. What a person does not see of it is in `run.stopping`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import pytest

from ..run.stopping import FINISH_S, Stop, said, stoppable
from .state import SessionState

STOPPED = "stopped by Ctrl-C or SIGTERM"
CONTROLLER_S = 5.0
"""Seconds that the controller waits longer than its workers, so that they can hand back what they have."""
_NAME = "alienbio-stopping"


@contextmanager
def stopping(session: pytest.Session, state: SessionState) -> Iterator[None]:
    """Around the test loop: what Ctrl-C and SIGTERM do meanwhile."""
    manager = session.config.pluginmanager
    xdist: Any = manager.get_plugin("dsession")
    plugin: Worker | Controller | None = None
    exit_code = int(pytest.ExitCode.INTERRUPTED)
    if hasattr(session.config, "workerinput"):
        state.stop = Stop(mark=partial(_mark, session), tell=lambda playing: "", waits=True, exit_code=exit_code)
        plugin = Worker(state.stop)
    elif xdist is not None:
        plugin = Controller()
        state.stop = plugin.stop = Stop(
            mark=partial(_mark, xdist),
            tell=plugin.tell,
            again=plugin.tell_workers,
            grace_s=FINISH_S + CONTROLLER_S,
            exit_code=exit_code,
        )
    else:
        state.stop = Stop(mark=partial(_mark, session), exit_code=exit_code)
    if plugin:
        manager.register(plugin, _NAME)
    try:
        with stoppable(state.stop):
            yield
    finally:
        if plugin:
            manager.unregister(plugin)


def _mark(told: Any) -> None:
    """Tells pytest's loop, or xdist's, to stop after what it is at. From a signal handler: it only sets."""
    told.shouldstop = told.shouldstop or STOPPED


class Worker:
    """An xdist worker: the item it has begun is finished, the one it has been handed already is not begun."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self) -> Generator[None, object, object]:
        """What is interrupted, or not begun any more, has no report; xdist would take the interrupt for a crash."""
        try:
            return (yield)
        except KeyboardInterrupt:
            if self._stop.asked:
                return True
            raise

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        """Before an item begins."""
        if self._stop.asked:
            raise KeyboardInterrupt


class Controller:
    """xdist's controller: knows what plays, and tells the workers."""

    def __init__(self) -> None:
        self._ready: list[Any] = []
        """The workers that have collected, and so hear us."""
        self.stop = Stop()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any) -> None:
        """From now on it may have begun what we have not heard of yet."""
        self._ready.append(node)
        self.stop.begin(node)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A worker begins an item."""
        self.stop.begin(nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """It is over."""
        self.stop.end(nodeid)

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_handlecrashitem(self, crashitem: str) -> None:
        """So it is if its worker died."""
        self.stop.end(crashitem)

    def tell(self, playing: int) -> str:
        """Tells the workers, then people."""
        self.tell_workers()
        return said(playing - len(self._ready))

    def tell_workers(self) -> None:
        """A terminal's Ctrl-C reaches them, too; a signal to this process alone does not."""
        for node in list(self._ready):
            pid = getattr(getattr(getattr(node.gateway, "_io", None), "popen", None), "pid", None)
            if isinstance(pid, int):
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGTERM)
