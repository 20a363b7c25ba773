"""Which collected items stay: the selecting options deselect, and `-m "cell(...)"` is checked for words no cell has."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from ..errors import did_you_mean
from .cell_node import cell_mark
from .collect import cell_of
from .loaded import Loaded
from .resuming import unforeseen
from .state import SessionState

_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
_CELL = re.compile(r"\bcell\s*\(([^()]*)\)")
_WORD = re.compile(r"(\w+)\s*=")


def deselect(state: SessionState, items: list[pytest.Item]) -> None:
    """Takes out the cells that the selecting options leave out, and those that have their record from before, and reports
    them deselected; other tests stay."""
    # Nothing loaded: no cell was collected, perhaps because the settings themselves are wrong; that has been said then.
    if not state.loaded or not (state.selection or state.again):
        return
    if said := unforeseen(state):
        _refuse(state, said)
        items.clear()
        return
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    cells_left = False
    for item in items:
        about = cell_of(item)
        selected = about is None or about[0].keeps(about[1])
        stays = about is None or (selected and about[0].plays(about[1]))
        (kept if stays else left_out).append(item)
        cells_left |= selected and about is not None
    if not left_out:
        return
    if not cells_left:
        _refuse_nothing(state)
    items[:] = kept
    state.config.hook.pytest_deselected(items=left_out)


def _refuse_nothing(state: SessionState) -> None:
    """Ends the session if the options leave no cell of any battery, like preflight for those it knows.

    In an xdist worker an error would be taken for one of pytest's own: there the controller says it in the end.
    """
    from ..run import nothing_left

    if said := nothing_left([loaded.plan for loaded in state.all_loaded()], state.selection, state.settings.sources):
        _refuse(state, said)


def _refuse(state: SessionState, said: str) -> None:
    if not hasattr(state.config, "workerinput"):
        raise pytest.UsageError(said)
    state.refusal = said


def unknown_words(expression: str, batteries: Iterable[Loaded]) -> str:
    """A sentence about words that `-m` gives to `cell(...)` and no cell has; '' if there are none, or no cell is known."""
    asked = {word for inside in _CELL.findall(_STRING.sub("''", expression)) for word in _WORD.findall(inside)}
    if not asked:
        return ""
    known = {word for loaded in batteries for cell in loaded.plan.cells for word in cell_mark(cell)}
    if not known:
        return ""
    hints = [f"no cell has {word!r}; {did_you_mean(word, known)}" for word in sorted(asked - known)]
    return f"-m {expression!r}: {'; '.join(hints)}" if hints else ""
