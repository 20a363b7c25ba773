"""What the items of both lanes have in common: an item that is one cell of a battery."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..errors import AlienBioError
from ..model import Cell, Json, slug, storable
from .loaded import Loaded
from .outcomes import CellFailedError, book_unplayed, note_done

if TYPE_CHECKING:
    from _pytest._code.code import ExceptionInfo, TerminalRepr
    from _pytest.nodes import Node
    from pluggy import HookRelay

    from ..model import Result
    from .collect import BatteryNode


class CellNode(pytest.Item):
    """One cell of a battery. How it is played is its lane's business. Mark and tags are made when they are asked for."""

    parent: BatteryNode
    bare_mark = pytest.mark.cell
    """One for all of them: pytest makes a new one each time that it is asked."""

    def __init__(self, *, cell: Cell, loaded: Loaded, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cell = cell
        self.loaded = loaded
        self.result: Result | None = None
        """What its latest attempt gave; None before, and once it was reported."""
        self.keywords["cell"] = self.bare_mark

    @property
    def ihook(self) -> HookRelay:
        """The hooks of the battery's folder."""
        return self.parent.hooks

    @property
    def location(self) -> tuple[str, int | None, str]:
        # As pytest's own, which looks for the file once for each item
        if self.loaded.where is None:
            file, line, _ = super().location
            self.loaded.where = file, line
        return (*self.loaded.where, self.name)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        line = self.loaded.plan.battery.line
        return Path(storable(str(self.path))), line - 1 if line else None, self.name

    def iter_markers_with_node(self, name: str | None = None) -> Iterator[tuple[Node, pytest.Mark]]:
        marks = super().iter_markers_with_node(name)
        # Every phase asks for marks of other names
        return chain(self._own_mark(), marks) if name in (None, "cell") else marks

    def _own_mark(self) -> Iterator[tuple[Node, pytest.Mark]]:
        yield self, pytest.mark.cell(**cell_mark(self.cell)).mark

    def listextrakeywords(self) -> set[str]:
        return super().listextrakeywords() | cell_tags(self.cell, self.loaded)

    def finish_report(self, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        """Gives a report of its the cell's own time; books a cell whose fixtures failed before it could play."""
        # The names of the folders above are among them, in whatever bytes; a report has to travel.
        if not "".join(report.keywords).isascii():
            report.keywords = {storable(word): value for word, value in report.keywords.items()}
        result = self.result
        if report.when == "call":
            if result and result.started_at:
                report.duration = result.duration_s
                report.start, report.stop = result.started_at, result.ended_at
        elif report.when == "teardown":
            self.let_go()
        elif result is None and not report.passed:
            book_unplayed(self, call, report)

    def let_go(self) -> None:
        """Its reports have been made: nothing of its result is kept but what they say."""
        self.result = None

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        if isinstance(excinfo.value, CellFailedError | AlienBioError | pytest.xfail.Exception):
            return str(excinfo.value)
        return super().repr_failure(excinfo)  # a function's takes no style


def finish_report(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """What a report is to say of a cell, and what it says of one, in a session with batteries."""
    if isinstance(item, CellNode):
        item.finish_report(call, report)
    else:
        note_done(item, report)


def cell_mark(cell: Cell) -> dict[str, Json]:
    """What `-m "cell(...)"` compares with. A param that is no text, whole number or truth value stands there as in ids."""
    params = {name: value if isinstance(value, str | int | None) else slug(str(value)) for name, value in cell.params.items()}
    case = cell.case
    own = {"scenario": case.scenario, "difficulty": case.difficulty, "variant": case.variant}
    return {**params, **own, "agent": cell.agent.name, "seed": cell.seed}


def cell_tags(cell: Cell, loaded: Loaded) -> set[str]:
    """The words beside its name by which `-k` finds it."""
    return {*cell.case.tags, *loaded.plan.battery.tags}
