"""Which collected items stay: the selecting options deselect, and `-m "cell(...)"` is checked for words no cell has."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from ..errors import did_you_mean
from ..model import Cell
from .collect import CellItem, battery_of, cell_mark
from .state import Loaded, SessionState

_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
_CELL = re.compile(r"\bcell\s*\(([^()]*)\)")
_WORD = re.compile(r"(\w+)\s*=")


def deselect(state: SessionState, items: list[pytest.Item]) -> None:
    """Takes out the cells that the selecting options leave out, and reports them deselected; other tests stay."""
    # Nothing loaded: no cell was collected, perhaps because the settings themselves are wrong; that has been said then.
    if not state.loaded or not state.selection:
        return
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        (kept if _stays(state, item) else left_out).append(item)
    if left_out:
        items[:] = kept
        state.config.hook.pytest_deselected(items=left_out)


def _stays(state: SessionState, item: pytest.Item) -> bool:
    if isinstance(item, CellItem):
        return item.loaded.keeps(item.cell)
    callspec = getattr(item, "callspec", None)
    cell = callspec.params.get("cell") if callspec else None
    if not isinstance(cell, Cell) or item.get_closest_marker("battery") is None:
        return True
    return state.find(*battery_of(item), item.session).keeps(cell)


def unknown_words(expression: str, batteries: Iterable[Loaded]) -> str:
    """A sentence about words that `-m` gives to `cell(...)` and no cell has; '' if there are none."""
    asked = {word for inside in _CELL.findall(_STRING.sub("''", expression)) for word in _WORD.findall(inside)}
    if not asked:
        return ""
    known = {word for loaded in batteries for cell in loaded.plan.cells for word in cell_mark(cell)}
    hints = [f"no cell has {word!r}; {did_you_mean(word, known)}" for word in sorted(asked - known)]
    return f"-m {expression!r}: {'; '.join(hints)}" if hints else ""
