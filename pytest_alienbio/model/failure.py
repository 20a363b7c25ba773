"""What went wrong in cells, and what went wrong alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .outcome import Outcome


@dataclass(frozen=True, slots=True)
class Failure:
    """One cell that failed: it broke, or its score missed the bar."""

    id: str
    outcome: Outcome
    score: float | None = None
    passing_score: float | None = None
    reason: str = ""
    command: str = ""
    """The shell command that plays this cell again; kept whole when shown."""
    trace: str = ""
    agent: str = ""
    scenario: str = ""


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Failures that say the same: the first of them, how many there are, and of whom and where."""

    first: Failure
    count: int = 1
    agents: Mapping[str, int] = field(default_factory=dict)
    scenarios: Mapping[str, int] = field(default_factory=dict)
    cells: tuple[str, ...] = ()
    """Ids, in the order they came."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Failing cells, broken ones before low scores, larger groups first."""

    groups: tuple[FailureGroup, ...] = ()
    total: int = 0
    """Cells."""
    broken: int = 0
    missed: int = 0
    """Trials of tasks that did not meet their criteria."""
