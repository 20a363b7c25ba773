"""Cells that a run was to play, or played, and of which nothing is known: no record tells how they ended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """The cells of one result folder that have no record."""

    dat: str
    """The folder, as people are told."""
    cells: int
    """How many; at least 1."""
    planned: int
    """Of how many: those that had one when the run was closed; of a run that was not closed, all that it planned."""
    closed: bool
    """Whether the run came to its end. Else it is running, or was killed."""
    chosen: bool = False
    """Whether a run that was not closed was to play only some of `planned`; nobody knows which."""

    @property
    def sentence(self) -> str:
        """How many, and what became of them as far as that can be told."""
        cells = f"{self.cells:,} of {self.planned:,}"
        if self.closed:
            return f"{cells} cells have no record any more: files below cells/ were removed or changed since the run was closed"
        some = ", or not selected" if self.chosen else ""
        return f"{cells} planned cells have no record: the run was not closed, so it is still running or was killed{some}"
