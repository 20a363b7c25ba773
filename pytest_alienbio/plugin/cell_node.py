"""What the items of both lanes have in common: an item that is one cell of a battery."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..errors import AlienBioError
from ..model import Cell, Json, slug, storable
from .loaded import Loaded
from .outcomes import CellFailedError

if TYPE_CHECKING:
    from _pytest._code.code import ExceptionInfo, TerminalRepr
    from _pytest.nodes import Node

    from ..model import Result


class CellNode(pytest.Item):
    """One cell of a battery. How it is played is its lane's business. Mark and tags are made when they are asked for."""

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
        if name in (None, "cell"):
            yield self, pytest.mark.cell(**cell_mark(self.cell)).mark
        yield from super().iter_markers_with_node(name)

    def listextrakeywords(self) -> set[str]:
        return super().listextrakeywords() | cell_tags(self.cell, self.loaded)

    def let_go(self) -> None:
        """Its reports have been made: nothing of its result is kept but what they say."""
        self.result = None

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        if isinstance(excinfo.value, CellFailedError | AlienBioError | pytest.xfail.Exception):
            return str(excinfo.value)
        return super().repr_failure(excinfo)  # a function's takes no style


def cell_mark(cell: Cell) -> dict[str, Json]:
    """What `-m "cell(...)"` compares with. A param that is no text, whole number or truth value stands there as in ids."""
    params = {name: value if isinstance(value, str | int | None) else slug(str(value)) for name, value in cell.params.items()}
    case = cell.case
    own = {"scenario": case.scenario, "difficulty": case.difficulty, "variant": case.variant}
    return {**params, **own, "agent": cell.agent.name, "seed": cell.seed}


def cell_tags(cell: Cell, loaded: Loaded) -> set[str]:
    """The words beside its name by which `-k` finds it."""
    return {*cell.case.tags, *loaded.plan.battery.tags}
