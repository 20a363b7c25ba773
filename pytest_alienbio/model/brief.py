"""A recorded cell in brief."""

from __future__ import annotations

from typing import NamedTuple

from .outcome import Outcome
from .result import Result, Usage


class Brief(NamedTuple):
    """What a run's end asks of a cell that was played for it, is no task, and broke nothing; fields as those of `Result`.

    A tenth of a `Result` to make: of 100,000 cells it is kept what would else be read twice.
    """

    id: str
    scenario: str
    difficulty: int | None
    agent: str
    role: str
    seed: int
    outcome: Outcome
    score: float | None
    better: str
    passed: bool | None
    passing_score: float | None
    reason: str
    run: str
    usage: Usage


Told = Result | Brief
"""A recorded cell, whole or in brief."""
