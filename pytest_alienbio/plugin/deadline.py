"""Cells that take their process with them: one that never yields after its deadline, and one whose worker died."""

from __future__ import annotations

import os
import sys
import time
from contextlib import nullcontext
from typing import Any

import pytest

from ..model import Outcome, Result
from ..play import result_of
from ..run import Run
from ..store import open_for_reading
from ..store.last_words import heard
from .limits import limits_of
from .loaded import function_id
from .outcomes import properties
from .stash import state_if_any
from .state import SessionState, state_of


def end_process(config: pytest.Config, result: Result) -> None:
    """Ends this process because a cell ignored its deadline and the grace after it; its result is already on disk.

    An xdist worker is replaced and the other cells go on. A serial session can only stop, and says so.
    """
    state = state_if_any(config)
    if not hasattr(config, "workerinput"):
        _be_heard(config)
        progress: Any = config.pluginmanager.get_plugin("alienbio-progress")
        if progress:
            progress.close()
        sys.stderr.write(
            f"\n\n{result.id}: {result.reason}, and did not stop when told to.\n"
            f"The session cannot go on in this process. Results so far are kept in {result.dat_path}.\n"
            "With xdist (-n 1) only the worker is replaced and the remaining cells are played.\n"
        )
        sys.stderr.flush()
        if state and state.session:
            from .closing import close_session

            close_session(state.session)
    os._exit(pytest.ExitCode.TESTS_FAILED)


def end_if_frozen(config: pytest.Config, run: Run) -> None:
    """Has this process end if a cell of `run` lets nothing else run, its deadline neither. The controller, or a shell for a
    serial session, then says so and keeps the record.

    Not where pytest itself is to dump tracebacks of slow tests (`faulthandler_timeout`): there is one such timer a process.
    """
    try:
        if float(config.getini("faulthandler_timeout") or 0) > 0:
            return
    except ValueError:
        pass  # pytest's plugin for it is off
    if hasattr(config, "workerinput"):
        run.end_if_frozen()
        return
    capture: Any = config.pluginmanager.get_plugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture else nullcontext():
        run.end_if_frozen(
            f"The session has ended with it. Results so far are kept in {run.dat_path}.\n"
            "--bio-resume goes on after that cell; with xdist (-n 1) only the worker is replaced.\n",
            say_on=2,
        )


def end_confirming(config: pytest.Config, result: Result) -> None:
    """Ends this process because a cell of a confirm stage cannot be stopped. Every cell of the run is on disk by then; its
    folder is left open, for the thread that would close it is held by that cell."""
    _be_heard(config)
    sys.stderr.write(
        f"\n\n{result.id}: {result.reason}, and did not stop when told to, in the confirm stage of a gate.\n"
        f"The session cannot go on, and nothing is judged. All results are kept in {result.dat_path}\n"
        "and in the folder it lies in; `bio gate` judges them without that stage.\n"
    )
    sys.stderr.flush()
    os._exit(pytest.ExitCode.TESTS_FAILED)


def _be_heard(config: pytest.Config) -> None:
    capture: Any = config.pluginmanager.get_plugin("capturemanager")
    if capture:
        capture.suspend_global_capture(in_=True)


def record_lost(report: pytest.TestReport) -> None:
    """Books a cell whose worker died as `lost`, unless the worker had recorded it before."""
    from ..run import recorded_by

    node: Any = getattr(report, "node", None)
    if node is None:
        return
    state = state_of(node.config)
    found = state.cell_of(report.nodeid)
    if found is None:
        state.crashed.append(report.nodeid)  # a Python test, perhaps over a battery that only workers know yet
        return
    loaded, cell = found
    worker = str(node.gateway.id)
    dat_path = state.claim(loaded)
    result = recorded_by(dat_path, state.run_id, worker, cell)
    if result is None:
        result = heard(dat_path, state.run_id, worker)
        if result is None or result.id != cell.id:
            result = result_of(cell, Outcome.LOST, f"worker {worker} died while it played this cell").with_(
                ended_at=time.time()
            )
        else:
            where = result.error.traceback if result.error else ""
            report.longrepr = "\n".join(filter(None, (result.reason, where)))
        result = state.open(loaded).record(limits_of(state).of(loaded).lost(cell, result), cell)
    elif result.outcome is Outcome.TIMED_OUT:
        report.longrepr = f"{result.reason}, and did not stop when told to; worker {worker} was ended for it"
    report.user_properties = [*getattr(report, "user_properties", []), *properties(result)]


def book_crashed_tests(state: SessionState) -> None:
    """Books as `lost` the cells that Python tests were playing when their workers died, unless they were recorded."""
    for nodeid in state.crashed:
        for loaded in state.all_loaded():
            if loaded.dat_path is None:
                continue
            cell = next((cell for cell in loaded.plan.cells if nodeid.endswith(f"[{function_id(cell)}]")), None)
            if cell and all(result.id != cell.id for result in open_for_reading(loaded.dat_path).results()):
                reason = f"its worker died in {nodeid}"
                state.book(loaded, result_of(cell, Outcome.LOST, reason).with_(ended_at=time.time()), cell)
