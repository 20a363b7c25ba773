"""What happened in a cell, call by call. On disk it is called a *trace*."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .canonical import Json
from .conversation import ModelCall


@dataclass(frozen=True, slots=True)
class Turn:
    """One call of the agent and what came of it."""

    step: int
    """Steps of time that had passed when the agent decided."""
    action: str
    params: Mapping[str, Json] = field(default_factory=dict)
    ok: bool = True
    reason: str = ""
    cost: float = 0.0
    seen: Mapping[str, float] = field(default_factory=dict)
    """What the agent saw when it decided."""
    reading: Mapping[str, Json] = field(default_factory=dict)
    reasoning: str = ""
    state: Mapping[str, float] = field(default_factory=dict)
    """The true state after the call, where the environment tells; never shown to an agent."""


@dataclass(frozen=True, slots=True)
class Trajectory:
    """All turns of a cell, with the true state it started from. `cost` and `budget` are in-world units."""

    turns: tuple[Turn, ...] = ()
    initial: Mapping[str, float] = field(default_factory=dict)
    budget: float = 0.0
    calls: tuple[ModelCall, ...] = ()
    """Every attempt to ask a model, in order; () for an agent that asks none, or keeps none."""

    @property
    def cost(self) -> float:
        """Budget units spent, summed over the turns in order."""
        total = 0.0
        for turn in self.turns:
            total += turn.cost
        return total

    @property
    def steps(self) -> int:
        """Calls the agent made."""
        return len(self.turns)
