"""What people see: a letter for each cell, a live line where somebody watches, and the summary at the end."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeGuard

import pytest

from .preflight import plays_nothing
from .stash import state_if_any


@contextmanager
def live_progress(session: pytest.Session, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Keeps a line below pytest's own progress while the test loop runs: cells done, errors, means, time to go.

    Only where it is `watched`; gone afterwards, whatever ended the loop.
    """
    config = session.config
    state = state_if_any(config)
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if state is None or not watched(reporter, config):
        yield
        return
    from .live_line import LiveLine
    from .progress import ProgressHooks

    plugin = ProgressHooks(session, state, LiveLine(reporter), clock)
    config.pluginmanager.register(plugin, "alienbio-progress")
    try:
        yield
    finally:
        config.pluginmanager.unregister(plugin)
        plugin.close()


def watched(reporter: object, config: pytest.Config) -> TypeGuard[pytest.TerminalReporter]:
    """Whether somebody watches a terminal to which pytest's own reporter alone writes.

    Not with `-q`, in CI, in a pipe or a dumb terminal; not where others write between its lines (`-s`, live logs,
    `--setup-show`, a debugger); not with a reporter of its own looks (pytest-sugar and its like are subclasses).
    """
    if type(reporter) is not pytest.TerminalReporter or hasattr(config, "workerinput") or plays_nothing(config):
        return False
    quiet = min(config.option.verbose, config.get_verbosity(pytest.Config.VERBOSITY_TEST_CASES)) < 0
    shared = config.getoption("capture", "no") not in ("fd", "sys") or any(
        config.getoption(name, None) for name in ("setupshow", "usepdb", "trace", "looponfail")
    )
    logs = config.pluginmanager.hasplugin("logging")
    live_logs = logs and (config.getini("log_cli") or config.getoption("log_cli_level", None) is not None)
    from ..report.progress import can_be_rewritten

    return reporter.isatty() and not (quiet or shared or live_logs) and can_be_rewritten(os.environ)


def write_summary(reporter: pytest.TerminalReporter) -> None:
    """Prints each battery's summary. Nothing in a worker, nothing with `-qq`."""
    state = state_if_any(reporter.config)
    if state is None or reporter.config.option.verbose < -1:
        return
    from ..report import ascii_only, render

    encoding = getattr(reporter._tw._file, "encoding", None)
    for document in state.shown:
        reporter.write_sep("=", "alienbio")
        reporter.write_line(render(document, reporter._tw.fullwidth, ascii=ascii_only(encoding)))
    for line in state.said_last:
        reporter.write_line(line)
