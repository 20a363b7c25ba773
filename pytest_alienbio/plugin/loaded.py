"""A battery of the session, read and planned once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..model import Cell, Plan
from ..play import Catalog
from ..run import Run
from ..run.judging import Gate
from .extra import Place


@dataclass(slots=True, eq=False)
class Loaded:
    """One battery of the session: its plan, the catalog it was made with, and, once claimed, its DAT and run."""

    path: Path
    file_id: str
    """The file as it stands in node ids."""
    plan: Plan
    catalog: Catalog
    kept: frozenset[str] | None = None
    """Ids of the cells that the selecting options leave; None = all."""
    dat_path: Path | None = None
    run: Run | None = None
    gates: tuple[Gate, ...] | None = None
    """Its gates with their baselines, once they were looked for."""

    @property
    def head(self) -> str:
        """The battery's name."""
        return self.plan.battery.name

    @property
    def name(self) -> str:
        """`file::head` as in node ids."""
        return f"{self.file_id}::{self.head}"

    def place(self, name: str, line: int = 0) -> Place:
        """Where a report of its own, called `name`, points: at `line` (from 1) of the file, else at its head."""
        return Place(self.file_id, max(0, (line or self.plan.battery.line) - 1), name)

    def keeps(self, cell: Cell) -> bool:
        """Whether the selecting options leave this cell."""
        return self.kept is None or cell.id in self.kept
