"""A stored cell as a scorer sees it, and what a scorer is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from .canonical import Json
from .outcome import Outcome
from .trajectory import Turn
from .turn import Briefing, Scores


@dataclass(frozen=True, slots=True)
class Trial:
    """What was recorded of a cell that ended well. A copy: nothing that a scorer does to it changes a record."""

    id: str
    scenario: str
    difficulty: int | None
    variant: int
    params: Mapping[str, Json]
    agent: str
    role: str
    seed: int
    outcome: Outcome
    score: float | None
    """As it was recorded."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """Its parts, as they were recorded."""
    better: str = "higher"
    metrics: Mapping[str, Json] = field(default_factory=dict)
    properties: Mapping[str, Json] = field(default_factory=dict)
    """Figures about the world; {} if none were told."""
    briefing: Briefing | None = None
    """What the agent was told; None where the scenario is not known here as it was, or tells nothing."""
    turns: tuple[Turn, ...] = ()
    initial: Mapping[str, float] = field(default_factory=dict)
    """The true state before the first turn; {} if the environment does not tell."""
    budget: float = 0.0
    cost: float = 0.0


class Scorer(Protocol):
    """Scores a stored cell: a function of a `Trial`. Whatever it raises is that cell's `scorer_error`, and nothing else's."""

    def __call__(self, trial: Trial, /) -> Scores:
        """Its score and named parts; a score of None is *unscored*."""
