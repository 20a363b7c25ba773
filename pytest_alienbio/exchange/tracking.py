"""How runs are written to a tracking store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tracking:
    """What a user may say about an export to a store."""

    experiment: str = ""
    """Under which all runs are written; '' = under one for each battery."""
    cells: bool = False
    """Whether each cell becomes a run of its own, below that of its agent."""
