"""A run in a list of runs."""

from __future__ import annotations

from dataclasses import dataclass

from .sighting import Life


@dataclass(frozen=True, slots=True)
class RunListed:
    """What a DAT says of itself at a glance; texts are as they stand there: not safe to print."""

    dat: str
    name: str
    """Its path below the data root."""
    battery: str = ""
    began_at: float = 0.0
    """Unix seconds; 0 if it does not say."""
    by: str = ""
    life: Life = Life.UNKNOWN
    verdict: str = ""
    """As it was closed with; '' before."""
    recorded: int | None = None
    """Cells with a record when it was closed; None before, or if it does not say."""
    planned: int | None = None
    tags: tuple[str, ...] = ()
    trouble: str = ""
    """Why it cannot be read."""
