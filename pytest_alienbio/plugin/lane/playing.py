"""A lane's cell on its engine: played, recorded and heard in whichever thread of this process that happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING

from ...engine import Engine, open_engine
from ...errors import AlienBioError, EngineError
from ...model import Cell, EngineChoice, Outcome, Result
from ...play import result_of
from ...run import cell_player
from ..limits import limits_of
from ..looks import needless
from ..outcomes import ended_by_pytest
from ..schedule import lined_up
from ..state import SessionState, state_of
from .hearing import Hearing
from .item import LaneItem

if TYPE_CHECKING:
    from ...run.elsewhere.abroad import Abroad
    from ..loaded import Loaded

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
        self._ways: list[Abroad] = []
        """What has the cells of each battery played elsewhere."""
        self._players: dict[int, Callable[[Cell], Result]] = {}
        """What plays those of each, by the battery's identity."""
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
            asking = Lock()
            for loaded in self._batteries:
                elsewhere = None if self.engine.at_home else self._go_abroad(loaded)
                self._players[id(loaded)] = player_of(
                    self._state, loaded, self.engine, asking, lambda cell: self._ahead[id(cell)], elsewhere
                )
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Lets the engine go, with all cells that have not begun."""
        for way in self._ways:
            way.close()
        self.engine.shutdown(wait=False, cancel_futures=True)

    def _go_abroad(self, loaded: Loaded) -> Abroad:
        """Has a battery's cells played by the engine's workers, which are looked at first."""
        from ...run.elsewhere.abroad import go_abroad

        way = go_abroad(
            self.engine,
            self._state.open(loaded),
            loaded.plan,
            loaded.catalog,
            project=self._state.project.root,
            data_root=self._state.data_root,
            limiting=limits_of(self._state).of(loaded),
            notice=self._state.said_last.append,
        )
        self._ways.append(way)
        return way

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
                came: Played = self._players[id(item.loaded)](cell)
        except EngineError:
            raise
        except AlienBioError as error:
            came = error
        self._came[id(cell)] = came
        return came


def player_of(
    state: SessionState,
    loaded: Loaded,
    engine: Engine,
    asking: Lock,
    item_of: Callable[[Cell], LaneItem],
    elsewhere: Callable[[Cell], Result] | None = None,
) -> Callable[[Cell], Result]:
    """What plays and records a battery's cells; see `cell_player`. Those that a look has made needless are skipped."""

    def looked(cell: Cell) -> Result | None:
        why = needless(item_of(cell))
        return result_of(cell, Outcome.SKIPPED, why) if why else None

    return cell_player(
        state.open(loaded),
        loaded.catalog,
        limits=loaded.plan.battery.limits,
        engine=engine,
        stop=state.stop,
        asking=asking,
        limiting=limits_of(state).of(loaded),
        cache=state.cache,
        on_stuck=state.on_stuck,
        instead=looked if loaded.plan.battery.looks else None,
        elsewhere=elsewhere,
        ended=ended_by_pytest,
    )
