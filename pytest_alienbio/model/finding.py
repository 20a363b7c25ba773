"""What a check of the results found wrong with a scenario, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One scenario that looks broken. `rule` is the bound that was crossed (`oracle_min`, ...) or `error`."""

    scenario: str
    rule: str
    sentence: str
    """For people, with the numbers: what was seen on how many cells, what was expected, what it may mean."""
