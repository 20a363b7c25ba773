"""What people said of a run or of one of its cells: tags and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote about a run or a cell."""

    text: str
    author: str = ""
    at: float = 0.0
    """Unix seconds; 0 = not known."""


@dataclass(frozen=True, slots=True)
class Annotations:
    """What holds now of one run or one cell: its tags, in the order they were put on, and every note, oldest first."""

    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tags or self.notes)


@dataclass(frozen=True, slots=True)
class Annotated:
    """A DAT's annotations: the run's own, and those of its cells by id."""

    run: Annotations = Annotations()
    cells: Mapping[str, Annotations] = field(default_factory=dict)

    def of(self, cell_id: str) -> Annotations:
        """What holds of a cell: the run's annotations, then its own."""
        own = self.cells.get(cell_id)
        if own is None:
            return self.run
        return Annotations(tuple(dict.fromkeys((*self.run.tags, *own.tags))), (*self.run.notes, *own.notes))
