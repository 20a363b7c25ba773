"""What a DAT says of its cells by their ids: how each ended, and how often it was played. For who goes on with a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from ..model import Outcome
from .fields import SCORED
from .scan import scan

NEVER_BEGAN = (Outcome.NOT_RUN.value, Outcome.SKIPPED.value)
"""Outcomes of cells that were not started: they are no attempts."""


class Record(NamedTuple):
    """The result of a cell that counts, in short."""

    outcome: str
    attempts: int
    """The number of its last attempt; 0 if it was never started."""


def recorded(dat: Path) -> dict[str, Record]:
    """Of each cell that has a record its `Record`, by id; reads every journal once. Damaged lines are no records.

    A cell whose agent or scenario was replaced by a fixture has another key than its plan says: its id tells whose it is.
    """
    attempts: dict[str, int] = {}

    def keep(row: dict[str, Any]) -> tuple[str, str]:
        name, outcome = row["id"], row["outcome"]
        if outcome not in NEVER_BEGAN:
            attempts[name] = max(attempts.get(name, 0), row["attempt"])
        return name, outcome

    found: dict[str, tuple[tuple[bool, float, int], str]] = {}
    for cell in scan(dat, keep).cells:
        assert isinstance(cell.kept, tuple)
        name, outcome = cell.kept
        if name not in found or cell.rank > found[name][0]:
            found[name] = cell.rank, outcome
    return {name: Record(outcome, attempts.get(name, 0)) for name, (_, outcome) in found.items()}


def is_scored(record: Record) -> bool:
    """Whether the cell ended so that it carries a score."""
    return record.outcome in SCORED
