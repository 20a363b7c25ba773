"""Batteries as pytest nodes: `BatteryFile` > `BatteryNode` > `CellItem`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..errors import AlienBioError, SpecError
from ..model import Cell, Outcome, storable
from ..model.garbage import kept
from ..play import result_of
from .cell_node import CellNode, cell_mark
from .compat import normalise_id, own_request, shared_fixtures
from .defaults import LateAgent, LateEnvironment, marked, untouched
from .limits import limits_of
from .loaded import Loaded, function_id
from .looks import needless
from .outcomes import detach, ended_by_pytest, settle
from .state import state_of

if TYPE_CHECKING:
    from pluggy import HookRelay

    from ..model import Agent, EngineChoice, Environment, Result
    from .lane.choice import Lane


class BatteryFile(pytest.File):
    """A battery file; its children are its heads."""

    def __init__(self, *, path: Path, parent: pytest.Collector, **kwargs: Any) -> None:
        if storable(str(path)) != str(path):  # neither the cache nor a worker can be told of such an id
            kwargs["nodeid"] = state_of(parent.config).file_id(path)
        super().__init__(path=path, parent=parent, **kwargs)

    def collect(self) -> Iterator[BatteryNode]:
        try:
            batteries = state_of(self.config).load(self.path, self.session)
        except SpecError as error:
            raise self.CollectError(str(error)) from error
        for loaded in batteries:
            yield BatteryNode.from_parent(self, name=loaded.head, loaded=loaded)


class BatteryNode(pytest.Collector):
    """One battery; its children are its cells. `file::battery::scenario` selects all cells of that scenario."""

    def __init__(self, *, loaded: Loaded, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.loaded = loaded
        self.hooks: HookRelay = self.ihook
        """Those that apply in its folder, for all of its cells: pytest looks for them anew each time. See `begin`."""
        self.engine: EngineChoice | None = None
        """What plays its cells, if not pytest; known once it is collected."""
        self.lane: Lane | None = None
        """How that is done; known once they are to be played."""
        self.by_the_book = False
        """Whether only pytest and we have a say in how its cells are set up: no fixture has to be asked. Known likewise."""

    def collect(self) -> list[CellNode]:
        self.hooks = self.ihook
        with kept():
            return list(self._items())

    def begin(self) -> None:
        """Its cells are to be played: by now all conftests are imported, and it is known whose hooks apply here."""
        from .lane.choice import Lane

        self.hooks = self.ihook
        if self.engine is not None:
            self.lane = Lane.of(self.engine, self)

    def _items(self) -> Iterator[CellNode]:
        from .lane.choice import passed_by
        from .lane.item import LaneItem

        first: CellItem | None = None
        play = playing(self.loaded.plan.battery.description)
        for cell in self.loaded.plan.cells:
            if first and self.engine:
                yield LaneItem.of(self, cell)
                continue
            item = CellItem.from_parent(
                self, name=cell.id, callobj=play, cell=cell, loaded=self.loaded, **shared_fixtures(first)
            )
            if first is None and self._goes_to_engine(item):
                yield LaneItem.of(self, cell)
            else:
                yield item
            if first is None:
                first, self.by_the_book = item, not passed_by(item)

    def _goes_to_engine(self, first: CellItem) -> bool:
        """Whether its cells are played by an engine, as its first one would stand in the fixture lane."""
        from .lane.choice import engine_of, passed_by

        engine = engine_of(self.loaded, self.config)
        if engine is None:
            return False
        state = state_of(self.config)
        if why := passed_by(first):
            state.notices.append(f"alienbio: pytest itself plays {self.loaded.name}, not the engine {engine}: {why}")
            return False
        state.has_lanes = True
        self.engine = engine
        return True


def begin_batteries(session: pytest.Session) -> None:
    """The cells of a session are to be played."""
    for battery in {item.parent for item in session.items if isinstance(item, CellNode)}:
        battery.begin()


class NoModule(pytest.Module):
    """What pytest gets for a Python battery that is named on the command line, where it would import any file as tests."""

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        return []


class CellItem(CellNode, pytest.Function):
    """One cell in the fixture lane. Its fixtures `agent` and `scenario` can be overridden in a conftest like any other."""

    parent: BatteryNode

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        normalise_id(self)

    def setup(self) -> None:
        self.result = None  # of an earlier attempt (pytest-rerunfailures)
        detach(self)
        if why := needless(self):
            pytest.skip(why)
        self.result = limits_of(state_of(self.config)).instead(self.loaded, self.cell)
        if self.result is not None:
            return  # nothing is set up for a cell that may not begin
        if self.parent.by_the_book:  # asking pytest for the two takes a fifth of what a cell costs
            late = LateEnvironment(self.loaded, self.cell, state_of(self.config))
            self.funcargs["agent"], self.funcargs["scenario"] = LateAgent(self.loaded, self.cell), late
            self.funcargs["request"] = own_request(self)
        super().setup()

    def runtest(self) -> None:
        if self.result is None:
            super().runtest()
        else:
            conclude(self, self.result)


def playing(description: str) -> Callable[..., None]:
    """`play_cell`, described as its battery is: reports show that beside each cell (allure-pytest)."""

    def play(request: pytest.FixtureRequest, agent: Agent | None, scenario: Environment | None) -> None:
        play_cell(request, agent, scenario)

    play.__doc__ = description or None
    return play


def play_cell(request: pytest.FixtureRequest, agent: Agent | None, scenario: Environment | None) -> None:
    """What a `CellItem` runs: plays its cell with the fixtures as they stand, records it, and says what that means."""
    item = request.node
    assert isinstance(item, CellItem)
    item.result = _played(item, agent, scenario)
    conclude(item, item.result)


def conclude(item: CellItem, result: Result) -> None:
    """Tells the hooks of a cell's result; passes, fails, skips or xfails by it."""
    item.ihook.pytest_alienbio_cell_finish(cell=item.cell, result=result)
    settle(item, item.loaded, item.cell, result)


def _played(item: CellItem, agent: Agent | None, scenario: Environment | None) -> Result:
    """The cell's recorded result, also if it ended through pytest's own control flow instead of an ordinary error."""
    state = state_of(item.config)
    for name, value, outcome in (
        ("agent", agent, Outcome.AGENT_ERROR),
        ("scenario", scenario, Outcome.ENVIRONMENT_ERROR),
    ):
        if value is None:
            reason = f"the fixture `{name}` gave None; did the override forget to return?"
            return state.book(item.loaded, result_of(item.cell, outcome, reason), item.cell)
    agent, scenario = untouched(agent, scenario)
    cell = marked(item.cell, agent, scenario)
    try:
        return state.play(item.loaded, cell, agent, scenario)
    except (KeyboardInterrupt, pytest.exit.Exception, AlienBioError):
        raise
    except BaseException as error:  # noqa: BLE001 - skip, fail, a timeout plugin: the cell was started and is booked
        return state.book(item.loaded, ended_by_pytest(cell, error), cell)


def battery_of(item: pytest.Item | pytest.Function) -> tuple[Path, str | None]:
    """File and head that a `battery` mark names; the path is relative to the test's file."""
    mark = item.get_closest_marker("battery")
    args = mark.args if mark else ()
    named = args[0] if args else mark.kwargs.get("path") if mark else None
    if not isinstance(named, str | os.PathLike):
        raise pytest.Collector.CollectError(
            f'{item.nodeid}: expected @pytest.mark.battery("x.battery.yaml"), a path relative to the test; got {named!r}'
        )
    head = args[1] if len(args) > 1 else mark.kwargs.get("head") if mark else None
    return Path(os.path.abspath(item.path.parent / named)), head


def cell_of(item: pytest.Item) -> tuple[Loaded, Cell] | None:
    """The cell an item is about: a battery's own, or the one that a function marked `battery` takes; None for other tests."""
    if isinstance(item, CellNode):
        return item.loaded, item.cell
    callspec = getattr(item, "callspec", None)
    cell = callspec.params.get("cell") if callspec else None
    if item.get_closest_marker("battery") is None or not isinstance(cell, Cell):
        return None
    return state_of(item.config).find(*battery_of(item), item.session), cell


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Plays a function marked `@pytest.mark.battery("file")` once for each cell of that battery."""
    function = metafunc.definition
    path, head = battery_of(function)
    if "cell" not in metafunc.fixturenames:
        raise pytest.Collector.CollectError(f"{function.nodeid}: a function marked `battery` must take the fixture `cell`")
    try:
        loaded = state_of(metafunc.config).find(path, head, function.session)
    except SpecError as error:
        raise pytest.Collector.CollectError(str(error)) from None
    cells = [pytest.param(cell, id=function_id(cell), marks=pytest.mark.cell(**cell_mark(cell))) for cell in loaded.plan.cells]
    metafunc.parametrize("cell", cells)
