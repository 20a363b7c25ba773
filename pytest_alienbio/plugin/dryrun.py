"""`--bio-dry-run`: pytest collects and selects as always, then the plan is printed. Nothing is played, nothing is written.

Other plugins write, too: reports, caches, coverage, compiled modules. What they would write is switched off first.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from .stash import state_if_any

if TYPE_CHECKING:
    from ..model import Cell, Forecast
    from .state import SessionState

NAME = "alienbio-dryrun"

WRITING = ("xmlpath", "htmlpath", "allure_report_dir", "report_log", "json_report", "cacheclear", "pastebin")
"""Options that make pytest or another plugin write or remove files, or send them away: JUnit, HTML, Allure, logs of reports,
the cache, a paste bin."""

REFUSED = {"debug": "it writes a file", "looponfail": "it never ends"}
"""Options that leave a dry run no chance, and why."""


def prepare(config: pytest.Config) -> None:
    """Before any conftest is imported: no compiled modules, no coverage data; and the hooks below are registered.

    Registered this late, they come before those of all other plugins of the same kind. Raises `UsageError` for `REFUSED`.
    """
    known = config.known_args_namespace
    for name, why in REFUSED.items():
        if getattr(known, name, None):
            raise pytest.UsageError(f"--bio-dry-run plays and writes nothing; leave out --{name}: {why}")
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True

    def restore() -> None:
        sys.dont_write_bytecode = before

    config.add_cleanup(restore)
    known.no_cov = True
    config.pluginmanager.register(DryRun(), NAME)


class DryRun:
    """The hooks of a dry run."""

    def __init__(self) -> None:
        self._workers = 1
        self._forecasts: list[Forecast] = []
        self._others = 0

    def pytest_cmdline_main(self, config: pytest.Config) -> None:
        """After xdist has worked out its processes, before the session is made: none is started."""
        option = config.option
        if getattr(option, "dist", "no") != "no" and getattr(option, "tx", None):
            self._workers = processes(option.tx)
            option.dist, option.tx = "no", []
        for name in WRITING:
            if getattr(option, name, None):
                setattr(option, name, None)
        option.log_file = os.devnull

    def pytest_configure(self, config: pytest.Config) -> None:
        """After pytest has made its cache: it can be read, and takes nothing."""
        cache: Any = getattr(config, "cache", None)
        if cache is not None:
            cache.set = _forget

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """After our own preflight: what claiming a folder would refuse is refused here, too."""
        from ..errors import AlienBioError
        from ..store import check_root

        state = state_if_any(session.config)
        if state is None:
            return
        try:
            for loaded in state.all_loaded():
                check_root(state.data_root, loaded.plan.battery.output_path)
        except AlienBioError as error:
            raise pytest.UsageError(str(error)) from error

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of the loop over the items."""
        option = session.config.option
        if session.testsfailed and not option.continue_on_collection_errors:
            errors = "error" if session.testsfailed == 1 else "errors"
            raise session.Interrupted(f"{session.testsfailed} {errors} during collection")
        # Now that collection is done this only means: say that items were collected, and do not remember them as run.
        option.collectonly = True
        self._others = len(session.items)
        if state := state_if_any(session.config):
            cells = _cells(session)
            self._others -= sum(map(len, cells.values()))
            self._forecasts = _forecasts(state, cells, self._workers)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Prints the plan of every battery, and how many other tests there are."""
        if not terminalreporter.config.option.collectonly:
            return
        from ..report import ascii_only, many, render_forecast

        encoding, width = getattr(terminalreporter._tw._file, "encoding", None), terminalreporter._tw.fullwidth
        # pytest takes a terminal of less than 40 columns for one of 80.
        width = min(width, shutil.get_terminal_size((width, 24)).columns)
        for forecast in self._forecasts:
            terminalreporter.write_sep("=", "alienbio: dry run")
            terminalreporter.write_line(render_forecast(forecast, width, ascii=ascii_only(encoding)))
        if not self._forecasts:
            terminalreporter.write_sep("=", "alienbio: dry run")
            terminalreporter.write_line("no battery's cell is selected")
        if self._others:
            terminalreporter.write_line(f"{many(self._others, 'Python test')} would run, too; nothing is foreseen of them")
        terminalreporter.write_line("nothing was played, nothing was written")


def processes(specs: Sequence[str]) -> int:
    """How many processes xdist's `--tx` asks for: `popen`, `3*popen`."""
    counts = (spec.partition("*") for spec in specs)
    return sum(int(count) if star and count.isdigit() else 1 for count, star, _ in counts)


def _forget(key: str, value: object) -> None:
    """Takes a cache's `set` and keeps nothing."""


def _cells(session: pytest.Session) -> dict[str, list[Cell]]:
    """The collected cells by battery, in the session's order."""
    from .cell_node import CellNode

    found: dict[str, list[Cell]] = {}
    for item in session.items:
        if isinstance(item, CellNode):
            found.setdefault(item.loaded.name, []).append(item.cell)
    return found


def _forecasts(state: SessionState, cells: dict[str, list[Cell]], workers: int) -> list[Forecast]:
    """Of each battery that has cells, and of all together if they are several."""
    from ..run import together
    from ..run.forecast import forecast
    from .gates import gates

    found = [
        forecast(
            loaded.plan,
            cells[loaded.name],
            loaded.catalog,
            data_root=state.data_root,
            workers=workers,
            session=state.settings,
            gates=gates(state, loaded),
            start=loaded.start,
        )
        for loaded in state.all_loaded()
        if loaded.name in cells
    ]
    return [*found, together(found)] if len(found) > 1 else found
