"""What the results say about an agent, with how sure they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided confidence interval."""

    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number about some scores, how sure it is, and what it stands on. A number that cannot be told is None, never 0."""

    value: float | None
    interval: Interval | None = None
    """None: it cannot be told; `why` says why."""
    n: int = 0
    """Units that entered the number: worlds, scenarios, pairs, as `method` says."""
    missing: Mapping[str, int] = field(default_factory=dict)
    """Units without a number, counted by why: an outcome (`timed_out`), or a sentence (`no partner`). In no denominator."""
    stderr: float | None = None
    df: float | None = None
    """Degrees of freedom of a t interval."""
    method: str = ""
    """How it was made: `t`, `wilson`, `strata t`, `BCa`, ..."""
    mark: str = ""
    """`exact` (declared deterministic), `degenerate` (no spread seen), `pooled variance`; "" if the interval is as usual."""
    why: str = ""
    """Why there is no value, or no interval."""
    notes: tuple[str, ...] = ()
    """What else a reader must know: few clusters, a bound that was reached."""
    resamples: int | None = None
    seed: int | None = None
    """Of the generator, where numbers were drawn: the same seed gives the same number."""


@dataclass(frozen=True, slots=True)
class OverScenarios:
    """The mean of one agent over scenarios, each weighing the same, with both its intervals."""

    fixed: Estimate
    """On these very scenarios: they are strata, and what is uncertain is which worlds were drawn."""
    population: Estimate
    """On scenarios of this kind: they (or their families) are the sample."""

    WIDER: ClassVar[float] = 1.5

    @property
    def differ(self) -> bool:
        """Whether both must be shown: one interval is more than 1.5 times as wide as the other."""
        if self.fixed.interval is None or self.population.interval is None:
            return False
        narrow, wide = sorted(interval.high - interval.low for interval in (self.fixed.interval, self.population.interval))
        return wide > self.WIDER * narrow


@dataclass(frozen=True, slots=True)
class Bracket:
    """Between what the mean would have been had every missing score been the worst, and the best. No confidence interval."""

    worst: Estimate
    best: Estimate


@dataclass(frozen=True, slots=True)
class Skewed:
    """Numbers with a long tail (costs, tokens, seconds): no mean +- t on the raw scale."""

    median: Estimate
    p90: Estimate
    """The largest, labelled `max` in `method`, below 10 values."""
    geometric: Estimate
    """Geometric mean with a t interval of the logarithms; none if a value is 0 or less."""
    total: float | None
    """Of the values there are; None without any."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric of a task, over the trials of a variation that gave it."""

    n: int
    mean: float
    std: float | None
    """Sample standard deviation (ddof = 1); None for n < 2."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One agent on one scenario. `n` counts scored cells only; everything else is counted in `outcomes`."""

    agent: str
    scenario: str
    n: int
    mean: float | None
    """Of the scores; None for n = 0."""
    std: float | None
    """Sample standard deviation (ddof = 1); None for n < 2."""
    passed: int
    pass_rate: float | None
    pass_interval: Interval
    """Wilson, on worlds; [0, 1] for n = 0."""
    errors: int
    """Cells that broke, in no denominator."""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    worlds: int | None = None
    """Different worlds (difficulty x seed) among the `n`; surfaces and params of one world are no new ones. None: not told."""
    unscored: int = 0
    """Cells that ended well and carry no score: trials of a task that none ranks. `passed` and its rate count them, too."""
    measures: Mapping[str, Measure] = field(default_factory=dict)
    """A task's metrics that are numbers, as declared, then as first seen."""
    is_task: bool = False
    """Whether its cells are trials of a task."""
    interval: Interval | None = None
    """Of the mean, over worlds: t, or Wilson where every score is 0 or every score is 1. None: `why` says why."""
    why: str = ""
    """Why there is no mean, or no interval of it: one world, no spread."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One agent over all scenarios of the battery: each scenario weighs the same."""

    rank: int | None
    """From 1; None if the agent has no score."""
    agent: str
    role: str
    mean: float | None
    interval: Interval | None
    """Of the mean, scenarios as fixed strata (t, Satterthwaite); None when it cannot be estimated."""
    n: int
    passed: int
    pass_rate: float | None
    """Mean over scenarios of the leaf pass rates."""
    errors: int
    skipped: int
    scenarios: int
    """On how many scenarios it has a score; fewer than the battery's means the rank is not like for like."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything a run's summary shows, decided once."""

    leaves: tuple[Leaf, ...]
    standings: tuple[Standing, ...]
    outcomes: Mapping[str, int]
    better: str = "higher"
    """Direction of the scores: `higher`, `lower`, or `mixed` (then no agent has a mean over scenarios)."""
