"""A run's report as a value: what is shown, in which order, and what is left out. Every renderer shows these numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..model import Leaf, Outcome, Standing


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cells the battery plans, how many were selected for this run, how many have a result."""

    planned: int
    selected: int
    recorded: int
    """With a result, those from before included."""
    before: int = 0
    """Recorded by an earlier run of the same DAT."""


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


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Failures that say the same: the first of them, and how many there are."""

    first: Failure
    count: int = 1


@dataclass(frozen=True, slots=True)
class Failures:
    """Failing cells, broken ones before low scores, larger groups first. `total` and `left_out` count cells."""

    groups: tuple[FailureGroup, ...] = ()
    total: int = 0
    broken: int = 0
    missed: int = 0
    """Trials of tasks that did not meet their criteria."""
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Agents x scenarios. Leaves in which nothing was started are not rows; `left_out` counts rows beyond the bound."""

    leaves: tuple[Leaf, ...] = ()
    left_out: int = 0
    metrics_left_out: int = 0
    """Metrics of tasks beyond their bound, which the leaves do not hold."""


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """Standings, best first. `scenarios` is how many the battery has: a standing on fewer is not like for like."""

    standings: tuple[Standing, ...] = ()
    interval_notes: Mapping[str, str] = field(default_factory=dict)
    """For an agent with a mean but no interval: why."""
    scenarios: int = 0
    better: str = "higher"
    left_out: int = 0

    def partial(self, standing: Standing) -> bool:
        """Whether this agent has scores, but not on every scenario."""
        return 0 < standing.scenarios < self.scenarios


@dataclass(frozen=True, slots=True)
class SkippedGroup:
    """Agents whose cells were skipped for one reason."""

    reason: str
    agents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Everything a run's report says. Its texts are inert: one line each, no control characters, bounded."""

    title: str
    counts: Counts
    outcomes: Mapping[str, int]
    scores: ScoreTable
    leaderboard: Leaderboard
    failures: Failures
    findings: tuple[str, ...]
    skipped: tuple[SkippedGroup, ...]
    notes: tuple[str, ...]
    dat_path: str
