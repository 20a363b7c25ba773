"""Control flow that passes through a cell: pytest's skip or fail raised by an agent, a `GeneratorExit`."""

from __future__ import annotations

import os
import threading
import traceback
from pathlib import Path

from ..errors import AlienBioError
from ..model import Cell, CellError, Outcome, Result
from .blank import result_of
from .fault import MOST_TRACEBACK

_PYTESTS = "_pytest.outcomes"
_OURS = str(Path(__file__).parents[1]) + os.sep
"""Frames of ours stand above the agent's: who called it is not what went wrong."""


def is_the_runs(error: BaseException) -> bool:
    """Whether what a cell raised is meant for the whole run: `pytest.exit`, an error of ours, Ctrl-C.

    Ctrl-C reaches the main thread alone; elsewhere the agent raised it.
    """
    if isinstance(error, KeyboardInterrupt):
        return threading.current_thread() is threading.main_thread()
    return isinstance(error, AlienBioError) or _is(error, "Exit")


def ended_through(cell: Cell, error: BaseException) -> Result:
    """The result of a cell that was started and ended by anything else: skipped if that was a skip, else the agent's error."""
    if _is(error, "Skipped"):
        return result_of(cell, Outcome.SKIPPED, str(error) or "skipped while it played")
    reason = f"the cell ended with {type(error).__name__}: {error}".removesuffix(": ")
    return result_of(cell, Outcome.AGENT_ERROR, reason, error=kept(error))


def _is(error: BaseException, name: str) -> bool:
    """Told by name and home, since the core does not import pytest; some of its say `builtins`, but their base does not."""
    classes = type(error).__mro__
    return any(cls.__name__ == name for cls in classes) and any(cls.__module__ == _PYTESTS for cls in classes)


def kept(raised: BaseException) -> CellError:
    """What was raised, as text, from the first frame that is not ours."""
    trace = raised.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OURS):
        trace = trace.tb_next
    text = "".join(traceback.format_exception(type(raised), raised, trace))
    return CellError(type(raised).__name__, str(raised), text[-MOST_TRACEBACK:])
