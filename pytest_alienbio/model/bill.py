"""What cells consumed: money, tokens, requests and time."""

from __future__ import annotations

from dataclasses import dataclass

from .estimate import Skewed
from .result import Usage


@dataclass(frozen=True, slots=True)
class Spending:
    """What some cells consumed that were started. What was not measured is in no number, and counted as missing."""

    agent: str
    """'' for all of them."""
    scenario: str
    """'' for all of them."""
    cells: int
    passed: int
    usd: Skewed
    tokens: Skewed
    requests: Skewed
    seconds: Skewed
    """Wall clock of a cell, from its start to its end."""
    usd_per_pass: float | None
    """All that the cells with a known price cost, by how many of these passed. None if no price is known, or none passed."""


@dataclass(frozen=True, slots=True)
class Bill:
    """Spending by agent, by scenario, by both, and in all."""

    total: Spending
    agents: tuple[Spending, ...]
    scenarios: tuple[Spending, ...]
    leaves: tuple[Spending, ...]


@dataclass(frozen=True, slots=True)
class Repriced:
    """What attempts would cost under other prices, beside what was booked for just these."""

    usd: float | None
    """None: none of them could be priced anew."""
    booked: float | None
    attempts: int
    """How many could be."""
    sources: tuple[str, ...] = ()
    """Where the new prices come from."""
    booked_by: tuple[str, ...] = ()
    """Where those come from by which they were booked."""
    left: tuple[tuple[str, int], ...] = ()
    """Why others could not be, and how many each."""


@dataclass(frozen=True, slots=True)
class Account:
    """What attempts at cells took, those that failed included. What was not measured is in no number: it is counted apart."""

    name: str
    """The agent, scenario, cell or run it is of; '' for all."""
    cells: int
    attempts: int
    usage: Usage
    """Sums of what was measured; None where nothing was."""
    unpriced: int = 0
    """Attempts of which no price is known."""
    unsettled_calls: int = 0
    """Calls of which nobody knows what they cost."""
    unsettled_usd: float = 0.0
    """Their worst case, which is in no sum."""
    models: tuple[str, ...] = ()
    """What answered, as the provider calls it."""
    repriced: Repriced | None = None


@dataclass(frozen=True, slots=True)
class Accounts:
    """What was consumed, by `by` and in all."""

    by: str
    """`agent`, `scenario`, `cell` or `run`."""
    lines: tuple[Account, ...]
    total: Account
    elsewhere: int = 0
    """Cells that are in none of it, since they were paid for another result folder."""
