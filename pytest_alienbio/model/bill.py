"""What cells consumed: money, tokens, requests and time."""

from __future__ import annotations

from dataclasses import dataclass

from .estimate import Skewed


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
