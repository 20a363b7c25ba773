"""A lane's cell on its engine: played, recorded and heard in whichever thread of this process that happens."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from threading import Lock

import pytest

from ...errors import AlienBioError
from ...model import Cell, Outcome, Result
from ...play import result_of
from ..looks import needless
from ..outcomes import ended_by_pytest
from ..state import SessionState, state_of
from .hearing import Hearing
from .item import LaneItem

Played = Result | AlienBioError | None
"""What came of a cell: its recorded result, or why it could not be recorded; None = it had not begun when no more were to."""


class Playing:
    """What the engine calls for each of `items`, and what it is told to play next."""

    def __init__(self, items: Sequence[LaneItem], hearing: Hearing) -> None:
        self._items, self._hearing = items, hearing
        self._state: SessionState = state_of(items[0].config)
        self._ahead: dict[int, LaneItem] = {}
        """The items of the cells that the engine has, by the cell's identity: ids are only unique within a battery."""
        self._asking = Lock()
        self._over = False
        # Made here and not by whichever threads come first
        self._state.cache  # noqa: B018
        for loaded in {id(item.loaded): item.loaded for item in items}.values():
            self._state.open(loaded)

    def cells(self) -> Iterator[Cell]:
        """The cells in the session's order, for the engine to take as it can."""
        for item in self._items:
            if self._over:
                return
            self._ahead[id(item.cell)] = item
            yield item.cell

    def item_of(self, cell: Cell) -> LaneItem:
        """The item of a cell that the engine gave back."""
        return self._ahead.pop(id(cell))

    def no_more(self) -> None:
        """Cells that have begun are played to their end, others not at all."""
        self._over = True

    def play(self, cell: Cell) -> Played:
        """Plays a cell and records it. Raises only what ends the session: Ctrl-C in the main thread, `pytest.exit`."""
        if self._over:
            return None
        item = self._ahead[id(cell)]
        try:
            with self._hearing.playing(cell):
                return played(item, self._state, self._asking)
        except AlienBioError as error:
            return error


def played(item: LaneItem, state: SessionState, asking: Lock) -> Result:
    """The recorded result of an item's cell: of playing it, unless nobody needs it."""
    with asking:
        why = needless(item)
    loaded, cell = item.loaded, item.cell
    if why:
        return state.book(loaded, result_of(cell, Outcome.SKIPPED, why), cell)
    try:
        return state.play(loaded, cell)
    except (pytest.exit.Exception, AlienBioError):
        raise
    except BaseException as error:  # skip, fail: the cell was started and is booked
        # Ctrl-C reaches the main thread alone; elsewhere the agent raised it
        if isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
            raise
        return state.book(loaded, ended_by_pytest(cell, error), cell)
