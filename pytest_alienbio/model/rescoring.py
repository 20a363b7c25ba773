"""What a rescoring says beside what was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .canonical import Json
from .comparison import Comparison
from .noise import Noise


@dataclass(frozen=True, slots=True)
class Leaf:
    """An agent on a scenario, scored several times a cell."""

    agent: str
    scenario: str
    mean: float | None
    noise: Noise


@dataclass(frozen=True, slots=True)
class RescoredAgent:
    """One agent's cells before and after."""

    agent: str
    cells: int
    scored: int
    """By the rescoring."""
    changed: int
    """Of the cells that have a score before and after, those with another one."""
    before: float | None
    """Mean over scenarios of the mean over cells that have a score before and after."""
    after: float | None
    against: Comparison | None
    """After minus before, cell by cell; None if the two are no scores of one kind."""


@dataclass(frozen=True, slots=True)
class RescoredCell:
    """One cell whose score is another one."""

    id: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Rescoring:
    """A run, scored again."""

    of: str
    """The run's folder, as it is to be shown."""
    path: str
    """The rescoring's own."""
    scorer: Mapping[str, Json]
    """What scored: kind, name, hashes, files, versions."""
    cells: int
    scored: int
    better: str = "higher"
    agents: tuple[RescoredAgent, ...] = ()
    changed: tuple[RescoredCell, ...] = ()
    """The greatest changes first."""
    unscored: Mapping[str, int] = field(default_factory=dict)
    """Cells that have no score, by why."""
    noise: Noise | None = None
    """Of all cells together; None if each was scored once."""
    leaves: tuple[Leaf, ...] = ()
    """The same of each agent on each scenario, the noisiest mean first."""
    margin: float | None = None
    """What a gate on this score calls no change; None without replicates."""
    margin_of: str = ""
    """The gate it is of; '' for the usual one."""
    too_noisy: tuple[Leaf, ...] = ()
    """Leaves whose mean may be off by more than the margin through judging alone."""
    usd: float | None = None
    requests: int | None = None
    notes: tuple[str, ...] = ()
