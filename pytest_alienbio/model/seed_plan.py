"""How many seeds a drop needs before it can be seen, and what is known of the spread that decides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SeedPlan:
    """Seeds a scenario for one question: would a drop of that size be seen? Drops are in the metric's unit."""

    n: int | None
    """New worlds (seeds, at each difficulty) of a scenario; None: no number of them can do it, and `note` says what can."""
    power_at_n: float | None
    """The chance to see the drop with so many."""
    detectable_at: float | None
    """The smallest drop that is seen at `n` with the chance that was asked for."""
    floor: int | None
    """Fewer can never reject, however large the drop: too few relabellings. None: no number can."""
    total_cells: int | None
    """`n` on each scenario: what there is to play on one side."""
    note: str = ""
    """What else a reader must know, in sentences; "" if nothing."""
    sd_diff: float = 0.0
    """The standard deviation of a difference that was reckoned with: raised to an upper limit if it came from a pilot."""
    scenarios_needed: int | None = None
    """Where seeds cannot help: the fewest scenarios with which they could."""

    def __str__(self) -> str:
        """`58 seeds a scenario, 58 cells: seen with a chance of 0.80`, or why no number does it."""
        if self.n is None:
            return self.note
        said = f"{self.n:,} {'seed' if self.n == 1 else 'seeds'} a scenario, {self.total_cells:,} cells"
        said += "" if self.power_at_n is None else f": seen with a chance of {self.power_at_n:.2f}"
        return f"{said}; {self.note}" if self.note else said


@dataclass(frozen=True, slots=True)
class SpreadSeen:
    """How much the difference of two runs of one cell varies, as earlier runs tell it."""

    sd_diff: float | None
    """Root of the mean over leaves of the variance within each; None: no leaf has two numbers."""
    df: float = 0.0
    """Degrees of freedom of it."""
    between: float | None = None
    """Standard deviation of the true drop from scenario to scenario; None: one run alone does not tell it."""
    borrowed: bool = False
    """It showed no spread of its own, or could not: that of its agent, or of all, stands in."""


@dataclass(frozen=True, slots=True)
class NodePlan:
    """What one part of a battery needs."""

    kind: str
    """`overall`, `agent` or `leaf`."""
    agent: str
    scenario: str
    leaves: int
    """Over how many leaves its mean goes."""
    tests: int
    """How many questions of its kind share alpha."""
    n: int
    """Worlds (difficulty x seed) with a number that a leaf has here: the median."""
    levels: int
    """Difficulties that they are on: the median."""
    together: int
    """Cells that a world is played with, at several params or variants: the median."""
    seen: SpreadSeen
    plan: SeedPlan | None
    """None: nothing is known of its spread."""
    detectable: float | None
    """The smallest drop that as many worlds as here show with the chance that was asked for; None: no drop could, or it
    cannot be told."""
    scenarios_instead: int | None = None
    """Of an agent: scenarios over which as many worlds of each as here would show the drop."""

    @property
    def seeds(self) -> int | None:
        """Seeds to ask for: each gives a world at every difficulty."""
        return None if self.plan is None or self.plan.n is None else -(-self.plan.n // self.levels)

    @property
    def cells(self) -> int | None:
        """What so many seeds come to: cells to play on one side."""
        return None if self.seeds is None else self.seeds * self.levels * self.together * self.leaves


@dataclass(frozen=True, slots=True)
class PowerPlan:
    """How many seeds a battery needs to see a drop, by what earlier runs of it say."""

    metric: str
    better: str
    drop: float
    alpha: float
    power: float
    tol: float
    paired: bool
    n_base: int | None
    population: bool
    pilot: str
    """`pairs` (two runs of the same cells) or `seeds` (one run, from seed to seed)."""
    dats: tuple[str, ...]
    """What was read, the newest first."""
    nodes: tuple[NodePlan, ...]
    """Overall (with two agents or more), agents, leaves."""
    cells: int = 0
    """With a number."""
    missing: Mapping[str, int] = field(default_factory=dict)
    """Cells without a number, by why."""
    notes: tuple[str, ...] = ()
