"""What a scenario's check saw: worlds that agents climbed, and how the agents compare over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .estimate import Interval
from .result import Result

CPU = "cpu_s"
"""In the metrics of a checked cell: CPU seconds from building its world (out of the cache) to its score."""


@dataclass(frozen=True, slots=True)
class Climb:
    """One world, and what each agent made of it."""

    scenario: str
    difficulty: int | None
    seed: int
    results: tuple[Result, ...]
    """One an agent, in the agents' order, without trajectories."""
    attempts: int | None = None
    """Worlds drawn until this one was accepted; None if the scenario does not tell, or none was."""
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Those before it, by why they were refused."""
    generation_s: float | None = None
    """CPU seconds spent on generating it; None if it came from the cache, or nothing is generated."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Spearman's rank correlation of n pairs. `rho` and `p` (two-sided) are None where they cannot be told: `why` says so."""

    n: int
    rho: float | None = None
    p: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """Whether one agent scores higher than another over the n worlds that both were scored on."""

    better: str
    worse: str
    n: int
    difference: float | None = None
    """Mean of the paired differences; None for n = 0."""
    p: float | None = None
    """Wilcoxon's signed-rank test, one-sided; None where it cannot be told: `why` says so."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """Of n times: the median, and what 95% stay below, in seconds. None for n = 0."""

    n: int
    median: float | None = None
    p95: float | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """One level: mean score by agent, None without a score."""

    difficulty: int | None
    worlds: int
    means: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Worlds:
    """How worlds came about. `told` of them say how many attempts they took, `first_try` took one."""

    count: int
    told: int
    first_try: int
    rejected: Mapping[str, int]
    """Refused attempts by reason."""
    generation: Spread
    """CPU of those that were generated here."""


@dataclass(frozen=True, slots=True)
class ScenarioLadder:
    """One scenario: its levels, and how each agent's score goes with them."""

    scenario: str
    rungs: tuple[Rung, ...]
    trends: Mapping[str, Trend]
    worlds: Worlds


@dataclass(frozen=True, slots=True)
class AgentLine:
    """One agent over all scenarios; each scenario and level weighs the same."""

    agent: str
    n: int
    mean: float | None
    interval: Interval | None
    """Over seeds, with scenarios and levels fixed. None where it cannot be told."""
    across: Interval | None
    """Over scenarios, each as one unit: what other scenarios of their kind would give. None for fewer than two."""
    pass_rate: float | None
    trend: Trend
    cpu: Spread
    """Of a cell."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Everything the ladder table shows. Agents stand in the order they were asked for."""

    agents: tuple[str, ...]
    scenarios: tuple[ScenarioLadder, ...]
    rungs: tuple[Rung, ...]
    """Over all scenarios, each weighing the same."""
    lines: tuple[AgentLine, ...]
    comparisons: tuple[Lead, ...]
    """Of each agent with the next."""
    worlds: Worlds
    cpu: Spread
    """Of all cells."""
