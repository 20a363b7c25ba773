"""A cell's item in the engine lane: light, for there may be a million; no fixtures, no phases."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from ...errors import AlienBioError
from ..cell_node import CellNode
from ..outcomes import detach, let_go, settle

if TYPE_CHECKING:
    from ...model import Cell, Result
    from ..collect import BatteryNode
    from .choice import Lane


class LaneItem(CellNode):
    """One cell in the engine lane."""

    parent: BatteryNode
    failure: AlienBioError | None = None
    """Why its cell could not be recorded."""

    @classmethod
    def of(cls, battery: BatteryNode, cell: Cell) -> LaneItem:
        """The item of one cell of `battery`."""
        # The id as a whole: pytest 9.2 splits it at the bracket when it reads its cache, and compares
        return cls.from_parent(battery, name=cell.id, nodeid=f"{battery.nodeid}::{cell.id}", cell=cell, loaded=battery.loaded)

    @property
    def lane(self) -> Lane:
        """What it has in common with its battery's other cells."""
        lane = self.parent.lane
        assert lane is not None
        return lane

    def take(self, came: Result | AlienBioError) -> None:
        """What came of its cell, for `conclude`."""
        detach(self)
        if isinstance(came, AlienBioError):
            self.result, self.failure = None, came
        else:
            self.result, self.failure = came, None

    def conclude(self) -> None:
        """Tells the hooks of the cell's result; passes, fails, skips or xfails by it."""
        if self.failure is not None:
            raise self.failure
        assert self.result is not None
        self.ihook.pytest_alienbio_cell_finish(cell=self.cell, result=self.result)
        settle(self, self.loaded, self.cell, self.result)

    def let_go(self) -> None:
        super().let_go()
        let_go(self)
        self.failure = None
        self._report_sections.clear()

    def runtest(self) -> None:
        """Plays the cell here and now: for plugins that take an item through pytest's phases on their own."""
        from ...engine import Inline
        from ..state import state_of
        from .playing import player_of

        self.take(player_of(state_of(self.config), self.loaded, Inline(), Lock(), lambda cell: self)(self.cell))
        self.conclude()
