"""The ears put on: while an engine plays, everything that cells print, log and warn of is kept for their own reports."""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, TextIO, cast

import pytest

from ...model import Cell
from ..compat import configured_warnings
from .ear import Ear, Listening, Router
from .logs import Logs

if TYPE_CHECKING:
    from pluggy import HookRelay


class Hearing:
    """What the cells of one session in the engine lane let out, and the ways to hear it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._listening = Listening()
        self._ears: dict[int, Ear] = {}
        """By the identity of the cell: ids are only unique within a battery."""
        self._guard = threading.Lock()
        self._logs = Logs.of(config, self._listening)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Inside, cells are heard: streams, unless `-s` leaves them alone; logging and warnings, unless pytest's plugins for
        them are off."""
        with ExitStack() as stack:
            capture = self._config.getoption("capture", "no")
            if capture != "no" and self._config.pluginmanager.hasplugin("capturemanager"):
                stack.enter_context(self._streams(tee=capture == "tee-sys"))
            if self._logs:
                stack.enter_context(self._logs.installed())
            if not self._config.pluginmanager.is_blocked("warnings"):
                stack.enter_context(self._warnings())
            yield

    def playing(self, cell: Cell) -> AbstractContextManager[None]:
        """Inside, what this thread lets out is `cell`'s; its ear waits for `take`."""
        ear = Ear()
        with self._guard:
            self._ears[id(cell)] = ear
        return self._listening.hearing(ear)

    def take(self, cell: Cell) -> Ear:
        """What `cell` let out so far, once; empty if it was not played here."""
        with self._guard:
            ear = self._ears.pop(id(cell), None) or Ear()
        self._listening.forget(ear)
        return ear

    def at(self, ear: Ear) -> AbstractContextManager[None]:
        """Inside, what this thread lets out is heard by `ear`, too."""
        return self._listening.hearing(ear)

    def show_live(self, ear: Ear) -> None:
        """Shows a cell's log where live logs are shown."""
        if self._logs and ear.records:
            self._logs.show_live(ear.records)

    def sections(self, ear: Ear) -> Iterator[tuple[str, str]]:
        """What a report shows: `log`, `stdout`, `stderr`, as far as there is any."""
        log = "\n".join(ear.logged).strip()
        for name, text in (("log", log), ("stdout", ear.text("out")), ("stderr", ear.text("err"))):
            if text:
                yield name, text

    def tell_warnings(self, ear: Ear, nodeid: str, hook: HookRelay) -> None:
        """Tells pytest what a cell was warned of."""
        for message in ear.warned:
            told = {"warning_message": message, "when": "runtest", "nodeid": nodeid, "location": None}
            hook.pytest_warning_recorded.call_historic(kwargs=told)

    @contextmanager
    def _streams(self, *, tee: bool) -> Iterator[None]:
        before = sys.stdout, sys.stderr
        routers = Router(self._listening, "out", tee=tee), Router(self._listening, "err", tee=tee)
        ours = sys.stdout, sys.stderr = cast("tuple[TextIO, TextIO]", routers)
        try:
            yield
        finally:
            # Whoever put something of their own there meanwhile keeps it.
            sys.stdout = before[0] if sys.stdout is ours[0] else sys.stdout
            sys.stderr = before[1] if sys.stderr is ours[1] else sys.stderr

    @contextmanager
    def _warnings(self) -> Iterator[None]:
        with configured_warnings(self._config):
            show = warnings.showwarning

            def showwarning(
                message: Warning | str,
                category: type[Warning],
                filename: str,
                lineno: int,
                file: TextIO | None = None,
                line: str | None = None,
            ) -> None:
                ear = self._listening.ear
                if ear is None:
                    show(message, category, filename, lineno, file, line)
                else:
                    ear.warn(warnings.WarningMessage(message, category, filename, lineno, file, line))

            warnings.showwarning = showwarning
            yield
