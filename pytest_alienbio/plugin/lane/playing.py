"""A lane's cell on its engine: played, recorded and heard in whichever thread of this process that happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from ...engine import open_engine
from ...errors import AlienBioError, EngineError
from ...model import Cell, EngineChoice, Outcome, Result
from ...play import result_of
from ...play.through import is_the_runs
from ..limits import limits_of
from ..looks import needless
from ..outcomes import ended_by_pytest
from ..schedule import lined_up
from ..state import SessionState, state_of
from .hearing import Hearing
from .item import LaneItem

if TYPE_CHECKING:
    from ...run.elsewhere.abroad import Abroad

Played = Result | AlienBioError | None
"""What came of a cell: its recorded result, or why it could not be recorded; None = it had not begun when no more were to."""


class Playing:
    """An engine at work on `items`: what it calls for each of them, and what it is told to play next."""

    def __init__(self, choice: EngineChoice, items: Sequence[LaneItem], hearing: Hearing) -> None:
        """Opens the engine. Raises `AlienBioError` if it cannot play these cells; then nothing of it is left."""
        self._items: Sequence[LaneItem] = items
        self._hearing = hearing
        self._state: SessionState = state_of(items[0].config)
        self._ahead: dict[int, LaneItem] = {}
        """The items of the cells that the engine has, by the cell's identity: ids are only unique within a battery."""
        self._came: dict[int, Played] = {}
        """What came of those that have been played, until it is taken."""
        self._ways: dict[str, Abroad] = {}
        """By battery, what has its cells played elsewhere."""
        self._asking = Lock()
        self._over = False
        # Made here and not by whichever threads come first
        self._state.cache  # noqa: B018
        self._batteries = list({id(item.loaded): item.loaded for item in items}.values())
        for loaded in self._batteries:
            self._state.open(loaded)
        self.engine = open_engine(choice)
        if self.engine.width > 1:
            self._items = lined_up(items)
        try:
            if not self.engine.at_home:
                self._go_abroad()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Lets the engine go, with all cells that have not begun."""
        for way in self._ways.values():
            way.close()
        self.engine.shutdown(wait=False, cancel_futures=True)

    def _go_abroad(self) -> None:
        """Has the cells played by the engine's workers, which are looked at first."""
        from ...run.elsewhere.abroad import go_abroad

        for loaded in self._batteries:
            self._ways[loaded.name] = go_abroad(
                self.engine,
                self._state.open(loaded),
                loaded.plan,
                loaded.catalog,
                project=self._state.project.root,
                data_root=self._state.data_root,
                limiting=limits_of(self._state).of(loaded),
                notice=self._state.said_last.append,
            )

    def cells(self) -> Iterator[Cell]:
        """The cells, for the engine to take as it can: the longest first if it plays several at once."""
        for item in self._items:
            if self._over:
                return
            self._ahead[id(item.cell)] = item
            yield item.cell

    def take(self, cell: Cell, given: Played = None) -> LaneItem | None:
        """The item of a cell that was played, with what came of it; None if it was not, or was taken before.

        `given`: what the engine gave; of a cell that it had to leave behind nobody else knows.
        """
        came = self._came.pop(id(cell), given)
        item = self._ahead.pop(id(cell), None)
        if came is None or item is None:
            return None
        item.take(came)
        return item

    def left(self) -> Iterator[LaneItem]:
        """Items that were played and that nobody took: what a Ctrl-C cut off on its way."""
        cells = [item.cell for key, item in list(self._ahead.items()) if key in self._came]
        return filter(None, map(self.take, cells))

    def no_more(self) -> None:
        """Cells that have begun are played to their end, others not at all."""
        self._over = True

    def play(self, cell: Cell) -> Played:
        """Plays a cell and records it. Raises only what ends the session: Ctrl-C in the main thread, `pytest.exit`,
        an engine that is gone."""
        if self._over or self._state.stop.asked:
            return None
        item = self._ahead[id(cell)]
        try:
            with self._hearing.playing(cell):
                came: Played = played(item, self._asking, self._way(item))
        except EngineError:
            raise
        except AlienBioError as error:
            came = error
        self._came[id(cell)] = came
        return came

    def _way(self, item: LaneItem) -> Callable[[Cell], Result]:
        way = self._ways.get(item.loaded.name)
        return partial(self._afar, way) if way else partial(self._state.play, item.loaded, engine=self.engine)

    def _afar(self, way: Abroad, cell: Cell) -> Result:
        with self._state.stop.cell(cell):
            return way(cell)


def played(item: LaneItem, asking: Lock, play: Callable[[Cell], Result]) -> Result:
    """The recorded result of an item's cell: what `play` gave, unless nobody needs it or it may not be played."""
    state, loaded, cell = state_of(item.config), item.loaded, item.cell
    with asking:
        why = needless(item)
        stopped = None if why else limits_of(state).instead(loaded, cell)
    if stopped:
        return stopped
    if why:
        return state.book(loaded, result_of(cell, Outcome.SKIPPED, why), cell)
    try:
        return play(cell)
    except BaseException as error:  # skip, fail: the cell was started and is booked
        if is_the_runs(error):
            raise
        return state.book(loaded, ended_by_pytest(cell, error), cell)
