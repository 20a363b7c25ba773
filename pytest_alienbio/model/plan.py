"""A battery with every name resolved: its cells, in their fixed order, under their fixed ids."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .battery import Battery
from .cell import Cell


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be played. A pure function of battery, catalog and profiles; order: scenario, difficulty, agent, seed."""

    battery: Battery
    cells: tuple[Cell, ...]

    def __len__(self) -> int:
        return len(self.cells)


def slug(text: str) -> str:
    """`text` with every character outside `[A-Za-z0-9_./+-]` turned into `-`: safe in ids and on a command line."""
    return re.sub(r"[^A-Za-z0-9_./+-]", "-", text)
