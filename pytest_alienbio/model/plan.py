"""A battery with every name resolved: its cells, in their fixed order, under their fixed ids."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .battery import Battery
from .cell import Cell


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be played. A pure function of battery, catalog and profiles; order: look, scenario, difficulty, agent, seed."""

    battery: Battery
    cells: tuple[Cell, ...]

    def __len__(self) -> int:
        return len(self.cells)


def name_fault(text: str) -> str:
    """What keeps `text` from naming an agent or a scenario: that is part of test ids and chosen by globs. '' if nothing."""
    if any(ch in "[]" for ch in text):
        return "brackets"
    if "::" in text:
        return "'::'"
    if any(ch.isspace() for ch in text):
        return "blanks"
    if not text.isprintable():
        return "control characters"
    if any(ch in "*?" for ch in text):
        return "wildcards"
    return "an empty part, '.' or '..' between slashes" if {"", ".", ".."}.intersection(text.split("/")) else ""


def slug(text: str) -> str:
    """`text` with every character outside `[A-Za-z0-9_./+-]` turned into `-`: safe in ids and on a command line."""
    return re.sub(r"[^A-Za-z0-9_./+-]", "-", text)
