"""A recorded cell in brief."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from .canonical import Json
from .outcome import Outcome
from .result import Result, Usage


class Brief(NamedTuple):
    """What a run's end, and a report, ask of a cell that is no task, and broke nothing; fields as those of `Result`.

    A tenth of a `Result` to make: of 100,000 cells it is kept what would else be read twice. From `key` on only reports ask.
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
    key: str = ""
    battery: str = ""
    params: Mapping[str, Json] = MappingProxyType({})
    duration_s: float = 0.0
    origin: str = ""
    dat_path: str = ""


Told = Result | Brief
"""A recorded cell, whole or in brief."""
