"""What the runs of a battery say over time."""

from __future__ import annotations

from dataclasses import dataclass

from .estimate import UNKNOWN, Estimate


@dataclass(frozen=True, slots=True)
class PastRun:
    """One result folder of the battery, in its place in time."""

    name: str
    """How tables call it."""
    path: str
    at: float | None
    """When its first cell began; Unix seconds. None: no cell tells."""
    era: int
    """Place in `History.eras`."""
    cells: int
    commit: str = ""
    dirty: bool | None = None
    """Whether there were changes that were not committed; None: not told."""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Era:
    """Runs that played the same scenarios in the same versions: only these have a mean that can be followed."""

    runs: tuple[int, ...]
    """Places in `History.runs`, in order of time."""
    scenarios: tuple[str, ...]
    began: tuple[str, ...] = ()
    """What changed before it, a sentence each; empty for the first."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One agent's number in one run."""

    run: int
    """Place in `History.runs`."""
    value: Estimate
    """Its mean over scenarios, each weighing the same, with its interval on these scenarios."""
    z: float | None = None
    """How many standard errors of the difference it is above the anchor (higher is better); None: not charted."""
    sum: float | None = None
    """The chart's S after it."""
    why: str = ""
    """Why it is in no chart and no level: too much of it is missing."""
    other_agent: bool = False
    """The agent's settings are others than in the reading before."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """The chart says that the mean fell."""

    run: int
    """The run that raised it."""
    zero: int | None
    """The last run with S = 0: the chart's own word for the last one before the fall. None: there is none, or the anchor's."""
    last: int | None
    """The last run before the fall: before the level that ends there, if one does, else `zero`."""
    first: int
    """The first run after it."""
    supported: bool = False
    """Whether a level, which no anchor decides, ends in it: else it may be that the anchor was lucky."""
    again: tuple[int, ...] = ()
    """Runs that raised it anew, since it never came back."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Another level holds from one run to the next."""

    last: int
    """The last run before it."""
    first: int
    """The first after it: what did it lies between their commits."""
    before: float
    """The level that held until then, and the one that holds since; of a long tail medians."""
    after: float
    worse: bool
    size: float | None = None
    """In its own standard errors; None where these are not known."""


@dataclass(frozen=True, slots=True)
class Series:
    """One agent in the runs of one era; '' for all agents together."""

    agent: str
    era: int
    kind: str
    """`means` (with standard errors), `exact` (equal cells give equal numbers: any change is a step), `long tail`."""
    readings: tuple[Reading, ...]
    agents: tuple[str, ...] = ()
    """Who is in it, where it is of several."""
    anchor: Estimate = UNKNOWN
    """What the chart is pinned to."""
    pinned: str = ""
    """What that is called; '' for the first run with a number."""
    anchor_run: int | None = None
    """The run that it is of, else the last one that began no later; None: it is older than all. The chart begins after it."""
    alarms: tuple[Alarm, ...] = ()
    charted: bool = False
    chance: float | None = None
    """Of an alarm by now if nothing had changed: larger than a chart promises where the anchor has few seeds."""
    shifts: tuple[Shift, ...] = ()
    tau: float | None = None
    """Kendall's tau-b of the means and their order, two-sided p beside it; None: too few, or all equal."""
    tau_p: float | None = None
    why: str = ""
    """Why there is no chart."""

    @property
    def values(self) -> tuple[Reading, ...]:
        """The readings that levels are made of."""
        return tuple(each for each in self.readings if each.value.value is not None and not each.why)


@dataclass(frozen=True, slots=True)
class History:
    """A battery over time."""

    battery: str
    metric: str
    better: str
    runs: tuple[PastRun, ...]
    """All of its result folders, in order of time."""
    eras: tuple[Era, ...]
    series: tuple[Series, ...]
    """By era; in each by agent, all together last."""
    notes: tuple[str, ...] = ()
