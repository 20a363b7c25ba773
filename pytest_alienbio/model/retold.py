"""A stored episode beside the world it was played in: what its score was on the way, and what could have been done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .trajectory import Trajectory
from .turn import Goal


@dataclass(frozen=True, slots=True)
class Retold:
    """What its world says of an episode, as far as that is known; nothing of it was shown to the agent."""

    so_far: tuple[float | None, ...] = ()
    """After each turn: the score it would have had if nothing more had been done. () = not known; the last is the
    recorded score."""
    reference: Trajectory | None = None
    """What the oracle does in the same world, with the true states."""
    goals: tuple[Goal, ...] = ()
    protected: Mapping[str, float] = field(default_factory=dict)
    """`{population: lowest allowed fraction of its starting level}`."""
    steps: int | None = None
    """Of time, from the first to the last, whoever is done before; None: not known."""
