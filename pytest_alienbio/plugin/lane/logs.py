"""Python logging of cells that play at the same time, into each one's own report."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from .ear import Listening


class Logs(logging.Handler):
    """A root handler that gives each record to the ear of the thread it was made in, as pytest's own plugin would show it.

    Live logs (`--log-cli-level`) are shown with the cell's report: of several cells at once nobody could read them.
    """

    def __init__(self, listening: Listening, plugin: Any) -> None:
        super().__init__()
        self._listening = listening
        self._live: logging.Handler = plugin.log_cli_handler
        self._shows_live = bool(plugin._log_cli_enabled())
        self._level: int | None = plugin.log_level
        self.setFormatter(plugin.formatter)
        if self._level is not None:
            self.setLevel(self._level)

    @classmethod
    def of(cls, config: pytest.Config, listening: Listening) -> Logs | None:
        """The handler; None where pytest's logging plugin is off."""
        plugin = config.pluginmanager.get_plugin("logging-plugin")
        return cls(listening, plugin) if plugin else None

    def createLock(self) -> None:  # noqa: N802 - logging's name
        """None: an ear is one thread's, and threads should not wait for one another here."""
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        ear = self._listening.ear
        if ear is not None:
            ear.logged.append(self.format(record))
            if self._shows_live:
                ear.records.append(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """As under pytest's own handler: a message that cannot be formatted is the caller's error."""
        raise

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Inside, records reach the ears; live logs hold those of cells back."""
        root = logging.getLogger()
        before = root.level
        root.addHandler(self)
        if self._level is not None:
            root.setLevel(min(before, self._level))
        self._live.addFilter(self._is_nobodys)
        try:
            yield
        finally:
            self._live.removeFilter(self._is_nobodys)
            if self._level is not None:
                root.setLevel(before)
            root.removeHandler(self)

    def show_live(self, records: Sequence[logging.LogRecord]) -> None:
        """Shows a cell's records where the cursor is."""
        live: Any = self._live
        live.set_when("call")
        for record in records:
            if record.levelno >= self._live.level:
                self._live.handle(record)

    def _is_nobodys(self, record: logging.LogRecord) -> bool:
        return self._listening.ear is None
