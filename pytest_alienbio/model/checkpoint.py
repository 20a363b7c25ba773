"""A cell between two of its turns: what it takes to go on from there in another process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .canonical import Json
from .result import Usage
from .trajectory import Trajectory
from .turn import Observation


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a cell stood after a turn. With the same agent and environment, what follows is what would have followed then."""

    trajectory: Trajectory
    """Every turn until here."""
    observation: Observation
    """What the agent sees next."""
    agent: Json
    """What its `checkpoint()` gave."""
    environment: Json
    started_at: float
    """When the cell was first begun, in Unix seconds."""
    duration_s: float
    """Seconds it has been played until here: all parts together, without what was lost between them."""
    usage: Usage = Usage()  # noqa: RUF009 - frozen
    """What its agent's meter had counted until here; nothing if it takes none."""


class Keeper(Protocol):
    """Keeps the checkpoints of one cell, where a later process finds them. Thread-safe."""

    @property
    def every(self) -> int:
        """Turns from one checkpoint to the next."""

    def load(self) -> Checkpoint | None:
        """The last checkpoint of just this cell; None if there is none. Raises `StoreError` for one that is damaged."""

    def save(self, checkpoint: Checkpoint, /) -> None:
        """Puts it in the place of the one before. Raises `StoreError`."""

    def lacking(self, what: str, /) -> None:
        """Is told why this cell can have no checkpoints."""


def offers_checkpoints(thing: object, acts: str) -> bool:
    """Whether an agent (`acts`: "decide") or an environment ("step") has `checkpoint` and `restore` of its own.

    What is inherited counts only as long as how it acts is inherited, too: a subclass that acts in another way may have more
    to remember than its parent, and has to say so itself.
    """
    if not (callable(getattr(thing, "checkpoint", None)) and callable(getattr(thing, "restore", None))):
        return False
    line = [vars(cls) for cls in type(thing).__mro__]

    def place(name: str) -> int:
        return next((place for place, own in enumerate(line) if name in own), 0)

    return max(place("checkpoint"), place("restore")) <= place(acts)
