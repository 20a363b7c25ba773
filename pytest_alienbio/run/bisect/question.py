"""What a bisection is asked."""

from __future__ import annotations

from dataclasses import dataclass

from ...model.bisection import Commit
from .probe import Play


@dataclass(frozen=True, slots=True)
class Question:
    """Which of these commits lowered the score of this agent on this battery?"""

    play: Play
    good: Commit
    bad: Commit
    commits: tuple[Commit, ...]
    """That may be the one: after `good`, up to `bad`; parents first."""
    seeds: tuple[int, ...]
    """In the order they are played."""
    drop: float | None = None
    """The drop to look for; None: what the ends show."""
    alpha: float = 0.05
    better: str = ""
    """`higher` or `lower`; '' = as the results say."""
    bounds: tuple[float, float] | None = None
    """Of the metric; None: 0 and 1 of scores, else not known."""
    paths: tuple[str, ...] = ()
    """What counts as input; empty: all but `inputs.UNREAD` and `unread`."""
    unread: tuple[str, ...] = ()
