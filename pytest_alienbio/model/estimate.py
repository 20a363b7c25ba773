"""What the results say about an agent, with how sure they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from .digits import decimals, fixed
from .html import facts_html


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided confidence interval."""

    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, slots=True, repr=False)
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
    unit: str = ""
    """What `n` counts, in the plural: `worlds`, `scenarios`, `pairs`."""

    def __float__(self) -> float:
        """The value. Raises `ValueError` saying why if there is none: a missing value is no number."""
        if self.value is None:
            raise ValueError(f"this estimate has no value: {self.why or 'nothing to estimate it from'}")
        return self.value

    def __repr__(self) -> str:
        return f"<Estimate {self}>"

    def __str__(self) -> str:
        """`0.430 [0.390, 0.470] (n = 120 worlds, 3 missing: 2 timed_out, 1 agent_error)`."""
        about = [f"n = {self.n}{f' {self.unit}' if self.unit else ''}"]
        if gone := sum(self.missing.values()):
            about.append(f"{gone} missing: {', '.join(f'{count} {why}' for why, count in self.missing.items())}")
        notes = [self.mark, *([self.why] if self.why and self.interval is None else []), *self.notes]
        return f"{self._figures()} ({'; '.join([', '.join(about), *filter(None, notes)])})"

    def __format__(self, spec: str) -> str:
        """With a format (`.2f`) of the value alone, `missing` if there is none; without one all of it."""
        if not spec:
            return str(self)
        return "missing" if self.value is None else format(self.value, spec)

    def _repr_html_(self) -> str:
        """How a notebook shows it: all that it stands on."""
        gone = ", ".join(f"{count} {why}" for why, count in self.missing.items())
        level = "" if self.interval is None else f", {100 * self.interval.level:g}% interval"
        facts = (
            ("n", f"{self.n:,} {self.unit}".rstrip()),
            ("missing", gone),
            ("method", self.method),
            ("mark", self.mark),
            ("why", self.why if self.interval is None else ""),
        )
        return facts_html(f"{self._figures()}{level}", facts, *self.notes)

    def _figures(self) -> str:
        if self.value is None:
            return "missing"
        if self.interval is None:
            return f"{self.value:.4g}"
        low, high = self.interval.low, self.interval.high
        half = high / 2 - low / 2
        digits = decimals(half) if half else 3
        return f"{fixed(self.value, digits)} [{fixed(low, digits)}, {fixed(high, digits)}]"


FEW_CLUSTERS = 6
"""Clusters (scenarios, families) below which their interval is told with a warning."""


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
    """Of the values there are; None without any, or beyond floats."""


UNKNOWN = Estimate(None)


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
    """From 1; None if the agent has no score, and on a leaderboard for what is no candidate: `role` says which is its ceiling
    (`reference`) and which its floor (`floor`)."""
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
    population: Interval | None = None
    """Of the mean, scenarios as a sample of their kind: how such an agent does on new ones. None: not told, or it cannot be."""
    rank_interval: tuple[int, int] | None = None
    """First and last rank that resampled worlds give it in 95 of 100 cases, among the candidates; None: not told."""
    tied_with_above: bool = False
    """Whether the data do not tell it from the candidate one place above (paired test, p > 0.05 after Holm)."""
    p_above: float | None = None
    """That p, adjusted; None for the first, where nothing is paired, and where no test was made."""
    missing: Mapping[str, int] = field(default_factory=dict)
    """Its cells without a number, by outcome; in no mean."""
    why: str = ""
    """Why there is no interval, or no test against the agent above."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything a run's summary shows, decided once."""

    leaves: tuple[Leaf, ...]
    standings: tuple[Standing, ...]
    outcomes: Mapping[str, int]
    better: str = "higher"
    """Direction of the scores: `higher`, `lower`, or `mixed` (then no agent has a mean over scenarios)."""
    older: int = 0
    """Records that do not count: of a cell that several result folders hold, the latest scored one does."""
    resamples: int | None = None
    seed: int | None = None
    """Of the generator behind rank intervals: the same seed gives the same intervals."""
    notes: tuple[str, ...] = ()
    """What else a reader must know."""
