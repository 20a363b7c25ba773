"""Where a score fell: the commits that were played, and what each of them said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .estimate import Estimate

ProbeCall = Literal["good", "bad", "undecided", "skipped"]
"""`undecided`: all seeds were played, and neither is shown. `skipped`: it could not be played, or lacks a number."""
BisectStatus = Literal["found", "one of", "not worse"]


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, and what its author said of it. Texts are as they came."""

    hash: str
    author: str = ""
    date: str = ""
    """ISO with zone, of the author."""
    subject: str = ""
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """What one commit's cells said."""

    commit: Commit
    call: ProbeCall
    drop: Estimate
    """How far it is below the good end, over the cells both have; oriented so that positive is worse."""
    seeds: int = 0
    """How many seeds it was held on."""
    cells: int = 0
    """Cells that were compared."""
    played: int = 0
    """Cells that were played for it here and now, those without a score included."""
    reused: int = 0
    """Cells from an earlier bisection, or from a commit with the same inputs."""
    worse: float | None = None
    """Evidence against "no worse than the good end" (an e-value): 20 is as rare as one in 20. None: not asked."""
    sound: float | None = None
    """Evidence against "it has the drop"."""
    same_as: str = ""
    """The commit with the same inputs, whose cells these are; '' for none."""
    why: str = ""
    """Of a skipped one: what stood in the way."""
    role: str = ""
    """`GOOD` and `BAD` for the ends; '' for those between."""


@dataclass(frozen=True, slots=True)
class Bisection:
    """The search for the commit that lowered a score, and where it ended."""

    battery: str
    agent: str
    metric: str
    better: str
    good: Commit
    bad: Commit
    status: BisectStatus
    suspects: tuple[Commit, ...]
    """`found`: the one. `one of`: those that could not be told apart, the newest last. Otherwise none."""
    drop: Estimate
    """Between the ends."""
    least: float | None
    """The drop that was looked for; None if the ends showed none."""
    probes: tuple[Probe, ...]
    """In the order they were played, the ends first."""
    commits: int
    """How many were candidates."""
    seeds: tuple[int, ...]
    """Those that could be played."""
    alpha: float
    exact: bool = False
    """Whether cells that were played twice gave the same numbers: then every difference is real."""
    replayed: int = 0
    """Cells that were played twice to tell."""
    scenarios: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """What of the repository counts as input; empty: all but what is never read."""
    root: str = ""
    """The data root that keeps the cells."""
    notes: tuple[str, ...] = ()

    @property
    def played(self) -> int:
        """Cells that were played here and now."""
        return sum(probe.played for probe in self.probes)

    @property
    def reused(self) -> int:
        """Cells that were there before."""
        return sum(probe.reused for probe in self.probes)
