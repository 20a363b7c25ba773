"""Everything a report shows of some results, decided once."""

from __future__ import annotations

from dataclasses import dataclass

from .bill import Bill
from .breakdown import Breakdown
from .estimate import Summary
from .failure import Failures
from .trends import Links, Slopes
from .unrecorded import Unrecorded


@dataclass(frozen=True, slots=True)
class Review:
    """Some results, taken together, taken apart, and what went wrong and what it cost."""

    title: str
    dats: tuple[str, ...]
    """Paths of the result folders they are from."""
    summary: Summary
    breakdowns: tuple[Breakdown, ...]
    errors: Failures
    """Cells that broke."""
    below: Failures
    """Candidates and references below their bar: a group for each of an agent's scenarios, the lowest score first."""
    bill: Bill
    links: Links | None = None
    """How scores go with what was played; None: it was not asked."""
    slopes: Slopes | None = None
    """How they go over difficulty; None: it was not asked."""
    unrecorded: tuple[Unrecorded, ...] = ()
    """Folders of these that lack cells."""
    notes: tuple[str, ...] = ()
    """What could not be read, and what else a reader must know."""
