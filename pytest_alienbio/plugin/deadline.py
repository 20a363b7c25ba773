"""Cells that take their process with them: one that never yields after its deadline, and one whose worker died."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from ..model import Outcome, Result
from ..run import recorded_by, unplayed
from .outcomes import properties
from .stash import state_if_any


def end_process(config: pytest.Config, result: Result) -> None:
    """Ends this process because a cell ignored its deadline and the grace after it; its result is already on disk.

    An xdist worker is replaced and the other cells go on. A serial session can only stop, and says so.
    """
    state = state_if_any(config)
    if not hasattr(config, "workerinput"):
        capture: Any = config.pluginmanager.get_plugin("capturemanager")
        if capture:
            capture.suspend_global_capture(in_=True)
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


def record_lost(report: pytest.TestReport) -> None:
    """Books a cell whose worker died as `lost`, unless the worker had recorded it before."""
    node: Any = getattr(report, "node", None)
    state = state_if_any(node.config) if node else None
    found = state.cell_of(report.nodeid) if state else None
    if state is None or found is None:
        return
    loaded, cell = found
    worker = str(node.gateway.id)
    dat_path = state.claim(loaded)
    result = recorded_by(dat_path, state.run_id, worker, cell)
    if result is None:
        reason = f"worker {worker} died while it played this cell"
        result = state.open(loaded).record(unplayed(cell, Outcome.LOST, reason), cell)
    elif result.outcome is Outcome.TIMED_OUT:
        report.longrepr = f"{result.reason}, and did not stop when told to; worker {worker} was ended for it"
    report.user_properties = [*getattr(report, "user_properties", []), *properties(result)]
