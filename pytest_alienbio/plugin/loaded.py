"""A battery of the session, read and planned once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..model import Cell, Plan
from .extra import Place

if TYPE_CHECKING:
    from ..play import Catalog
    from ..run import Run
    from ..run.again.start import Start
    from ..run.gates.judging import Gate
    from ..store.holding import Hold, Presence


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
    start: Start | None = None
    """What of it is played, if the session uses earlier runs; None = all that is selected."""
    dat_path: Path | None = None
    hold: Hold | Presence | None = None
    """On its DAT: of the session in the process that opened it, else of this worker."""
    run: Run | None = None
    where: tuple[str, int | None] | None = None
    """File and line (from 0) as reports of its cells have them, once one was asked for."""
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

    def release(self) -> None:
        """Lets others go on with its DAT."""
        if self.start:
            self.start.release()
        if self.hold:
            self.hold.release()

    @property
    def playing(self) -> frozenset[str]:
        """Ids of the cells that are to be played, as far as is known before anything is collected."""
        ids = frozenset(cell.id for cell in self.plan.cells) if self.kept is None else self.kept
        return ids if self.start is None else ids & self.start.play

    def plays(self, cell: Cell) -> bool:
        """Whether this cell is to be played, and has not its record from before."""
        return self.start is None or cell.id in self.start.play

    def keeps(self, cell: Cell) -> bool:
        """Whether the selecting options leave this cell."""
        return self.kept is None or cell.id in self.kept


def function_id(cell: Cell) -> str:
    """A cell as it stands in the brackets of a Python test's id."""
    return cell.id.replace("[", "-").removesuffix("]")
