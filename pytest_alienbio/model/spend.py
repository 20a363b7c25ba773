"""What the workers of a session spend together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spent:
    """What is booked under one scope of a ledger. US dollars are kept in whole billionths: sums are the same in any order."""

    tokens: int = 0
    usd: float = 0.0
    requests: int = 0
    """Calls that were settled."""
    cells: int = 0
    """Cells that were started."""
    reserved_tokens: int = 0
    reserved_usd: float = 0.0
    """The worst case of calls that are on their way."""
    unknown_tokens: int = 0
    unknown_usd: float = 0.0
    """The worst case of calls whose end nobody saw (their worker died): perhaps spent, so it counts against the cap."""
    unknown_requests: int = 0
    """How many such calls there are."""
    unbounded_requests: int = 0
    """How many of these had no worst case in tokens or USD: what they may have cost is in no number."""


@dataclass(frozen=True, slots=True)
class Excess:
    """A cap that was exceeded by what was really spent, since a call cost more than its worst case."""

    scope: str
    label: str
    """What a person calls the cap."""
    quantity: str
    """`tokens` or `usd`."""
    cap: float
    spent: float


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A reservation whose worker died: its call may have been paid for, so its worst case counts as unknown spend."""

    reservation: str
    holder: str
    """`<process id>:<when it started>@<host>`."""
    scopes: tuple[str, ...]
    tokens: int | None
    """The worst case; None: none was known."""
    usd: float | None
