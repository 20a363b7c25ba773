"""What a run would be, before it is one: the noun a dry run prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """An expected amount with its 95% interval. None: nothing to go by; no interval where nothing tells the spread.

    Where cells are `assumed`, its ends are no more than guesses.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    known: int = 0
    """Of the cells it is for, how many earlier runs say something about: `value` is for those."""
    cells: int = 0
    """The cells it is for."""
    assumed: int = 0
    """Of `known`, cells of which no earlier run says anything: their `low` and `high` are a lowest and a highest guess."""


@dataclass(frozen=True, slots=True)
class PlannedLeaf:
    """The selected cells of one scenario x agent. `skipped` of its `cells` would not be played, for `reason`."""

    scenario: str
    agent: str
    cells: int
    skipped: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """One battery's plan as people read it. Its texts are as the files spell them: not yet safe to print."""

    title: str
    planned: int
    """Cells of the battery."""
    selected: int
    """Of those, cells the options leave."""
    leaves: tuple[PlannedLeaf, ...] = ()
    """Selected cells by scenario and agent, in the plan's order."""
    cases: int = 0
    seeds: int = 0
    instances: int = 0
    """Worlds that the cells to be played need, as far as the cache can hold them."""
    to_generate: int = 0
    """Of those, worlds that are not in the cache."""
    seconds: Quantity = Quantity()
    """Wall time with `workers` cells at once, generating included."""
    calls: Quantity = Quantity()
    """Requests to models; of cells whose agents are known to make any, as `tokens` and `usd` are."""
    tokens: Quantity = Quantity()
    usd: Quantity = Quantity()
    bytes: Quantity = Quantity()
    """Size of the result folder."""
    workers: int = 1
    engine: str = ""
    """What plays so many cells at once, `threads:16`; '' = that many processes."""
    basis: tuple[str, ...] = ()
    """Which earlier runs `seconds` and `bytes` rest on, newest first, as folders below the data root."""
    gates: tuple[str, ...] = ()
    """A sentence on each gate: what it is held against, or what is missing for that."""
    target: str = ""
    """Where results would go: data root and template."""
    notes: tuple[str, ...] = ()
