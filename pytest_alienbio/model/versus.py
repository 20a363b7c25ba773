"""What stored runs say of each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .canonical import Json
from .comparison import Comparison, Family
from .estimate import Estimate


@dataclass(frozen=True, slots=True)
class Side:
    """One of the runs that are compared: a result folder."""

    name: str
    """How tables call it."""
    path: str
    batteries: tuple[str, ...]
    agents: tuple[str, ...]
    cells: int
    """Cells that were asked for, whatever became of them; of each the latest record."""
    scored: int
    """Cells with the number that is compared."""
    older: int = 0
    """Records that do not count, since their cell has a later one."""
    imported: int = 0
    """Cells that were not played here."""
    commit: str = ""
    dirty: bool | None = None
    """Whether there were changes that were not committed; None: not told."""
    started: str = ""
    """When the folder was made, as it says itself."""
    is_open: bool = False
    """It was never closed: it is running, or was killed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One agent in all runs; '' stands for all agents together."""

    agent: str
    means: tuple[Estimate | None, ...]
    """By run, over its comparable cells; None: it did not play there."""
    against: tuple[Comparison | None, ...]
    """By run, that run - the reference on the cells of both; None for the reference itself."""


@dataclass(frozen=True, slots=True)
class Versus:
    """Runs side by side, and each against one of them."""

    sides: tuple[Side, ...]
    reference: int
    """The place of the run that the others are held against."""
    metric: str
    better: str
    """`higher`, `lower`, or `mixed`: then nothing is compared."""
    rows: tuple[Row, ...] = ()
    overall: Row | None = None
    """All agents that could be paired, each agent's scenario weighing the same. None if there is one alone."""
    leaves: Family | None = None
    """Of two runs, each agent on each scenario: exploratory."""
    tested: int = 0
    """Comparisons over which the p values of `rows` are adjusted (Holm)."""
    changed: tuple[str, ...] = ()
    """Scenarios whose content is another one in another run: left out, unless that was `forced`."""
    forced: bool = False
    unknown: tuple[str, ...] = ()
    """Scenarios of which some run does not tell the version (imported cells): taken for the same."""
    why: str = ""
    """Why nothing is compared."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Duel:
    """Agents side by side on the same records, and pair by pair."""

    dats: tuple[str, ...]
    metric: str
    better: str
    means: Mapping[str, Estimate]
    """By agent, over all its cells."""
    family: Family
    leaves: Family | None = None
    """Of two agents, each scenario by itself: exploratory."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell in two runs."""

    kind: str
    """`new`, `gone`, `broke` (ended well, and does no longer), `mended`, `outcome`, `passes`, `fails` (its verdict turned),
    `score`."""
    agent: str
    scenario: str
    ids: tuple[str, str]
    """In each run, '' where it is not: `DAT::id` names it."""
    outcomes: tuple[str, str]
    scores: tuple[float | None, float | None]
    passed: tuple[bool | None, bool | None]

    @property
    def size(self) -> float:
        """How far the score moved; 0 if there are not two."""
        before, after = self.scores
        return 0.0 if before is None or after is None else abs(after - before)


@dataclass(frozen=True, slots=True)
class Changed:
    """Something about a run that is another one in another run."""

    about: str
    """`battery`, `agents`, `scenarios`, `environment`."""
    key: str
    before: Json
    after: Json
    missing: str = ""
    """`before` or `after` if it is not there at all."""


@dataclass(frozen=True, slots=True)
class Diff:
    """What is different in a later run, cell by cell, and in what it was made of."""

    sides: tuple[Side, Side]
    same: int
    """Cells in both whose outcome, verdict and score are the same, up to 1e-9."""
    cells: tuple[CellChange, ...]
    """By kind, what matters first; of one kind the largest first."""
    around: tuple[Changed, ...]
    notes: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    """Of `cells`, by kind."""
