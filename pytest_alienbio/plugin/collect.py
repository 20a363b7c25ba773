"""Batteries as pytest nodes: `BatteryFile` > `BatteryNode` > `CellItem`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..errors import SpecError
from .compat import normalise_id, shared_fixtures
from .outcomes import CellFailedError, settle
from .state import Loaded, state_of

if TYPE_CHECKING:
    from _pytest._code.code import ExceptionInfo, TerminalRepr

    from ..model import Agent, Cell, Environment, Result


class BatteryFile(pytest.File):
    """A battery file; its children are its heads."""

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

    def collect(self) -> Iterator[CellItem]:
        first: CellItem | None = None
        for cell in self.loaded.plan.cells:
            item = CellItem.from_parent(
                self, name=cell.id, callobj=play_cell, cell=cell, loaded=self.loaded, **shared_fixtures(first)
            )
            first = first or item
            yield item


class CellItem(pytest.Function):
    """One cell. Its fixtures `agent` and `scenario` can be overridden in a conftest like any other."""

    def __init__(self, *, cell: Cell, loaded: Loaded, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        normalise_id(self)
        self.cell = cell
        self.loaded = loaded
        self.result: Result | None = None
        case = cell.case
        marks = {"scenario": case.scenario, "difficulty": case.difficulty, "agent": cell.agent.name, "seed": cell.seed}
        self.add_marker(pytest.mark.cell(**marks))
        self.extra_keyword_matches.update(case.tags, loaded.plan.battery.tags)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        line = self.loaded.plan.battery.line
        return self.path, line - 1 if line else None, self.name

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: object = None) -> str | TerminalRepr:
        if isinstance(excinfo.value, CellFailedError | pytest.xfail.Exception):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


def play_cell(request: pytest.FixtureRequest, agent: Agent | None, scenario: Environment | None) -> None:
    """What a `CellItem` runs: plays its cell with the fixtures as they stand, records it, and says what that means."""
    from .defaults import acted_by

    item = request.node
    assert isinstance(item, CellItem)
    cell = acted_by(item, item.cell, agent)
    item.result = state_of(item.config).play(item.loaded, cell, agent, scenario)
    item.ihook.pytest_alienbio_cell_finish(cell=cell, result=item.result)
    settle(item, item.loaded, item.cell, item.result)


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Plays a function marked `@pytest.mark.battery("file")` once for each cell of that battery."""
    mark = metafunc.definition.get_closest_marker("battery")
    assert mark is not None
    path = metafunc.definition.path.parent / str(mark.args[0] if mark.args else mark.kwargs.get("path", ""))
    head = mark.args[1] if len(mark.args) > 1 else mark.kwargs.get("head")
    if "cell" not in metafunc.fixturenames:
        raise SpecError(f"{metafunc.definition.nodeid}: a function marked `battery` must take the fixture `cell`")
    loaded = state_of(metafunc.config).find(path, head, metafunc.definition.session)
    ids = [cell.id.replace("[", "-").removesuffix("]") for cell in loaded.plan.cells]
    metafunc.parametrize("cell", loaded.plan.cells, ids=ids)
