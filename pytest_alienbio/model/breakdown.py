"""One agent on one scenario, and on parts of it: each level of difficulty, each setting of its params."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .canonical import Json
from .estimate import Estimate


@dataclass(frozen=True, slots=True)
class Part:
    """What one agent did on some cells of one scenario."""

    cells: int
    """Records, whatever became of them; those that are not meant to run here (`skipped`) are none."""
    n: int
    """Cells with a score."""
    score: Estimate
    """Their mean over worlds; `missing` counts the cells without a score by outcome."""
    std: float | None
    """Sample standard deviation of the scores (ddof = 1); None for n < 2."""
    judged: int
    """Cells that passed or did not: those with a score, and trials of tasks."""
    passed: int
    pass_rate: Estimate
    """Over worlds, as `Leaf.pass_interval`."""
    difficulty: int | None = None
    """The level, of a part that is one level; else None."""
    params: Mapping[str, Json] = field(default_factory=dict)
    """The params, of a part that is one setting of them; else {}."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One agent on one scenario: all of it, and its parts where there are several."""

    scenario: str
    agent: str
    role: str
    whole: Part
    levels: tuple[Part, ...] = ()
    """By level of difficulty, easiest first, cells without a level before; () if there is one alone."""
    settings: tuple[Part, ...] = ()
    """By params, as first seen; () if there is one setting alone."""
