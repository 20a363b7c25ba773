"""What one page holds, decided before anybody writes HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...model import CellSheet
from ..document import Document

COLUMNS: Mapping[str, str] = {
    "run": "run",
    "id": "cell",
    "battery": "battery",
    "scenario": "scenario",
    "difficulty": "difficulty",
    "agent": "agent",
    "role": "role",
    "seed": "seed",
    "outcome": "outcome",
    "passed": "passed",
    "score": "score",
    "steps": "steps",
    "seconds": "time",
    "tokens": "tokens",
    "usd": "cost",
    "why": "why",
    "params": "params",
    "started": "started (UTC)",
    "requests": "requests",
    "retries": "retries",
    "attempt": "attempt",
    "worker": "worker",
    "tags": "tags",
    "note": "note",
}
"""The columns of a page's cells that it knows how to spell, and their headers; others are shown under their own names.

`run` and `id` name a row, together unlike any other: a route `#trace?run=...&cell=...` looks for them. `passed` is True,
False or None, `seconds` wall time, `started` Unix seconds, `usd` dollars, `why` what an error said; None is missing everywhere.
"""


def _no_cells() -> CellSheet:
    return CellSheet({})


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page before it is laid out: its document, every cell, and the traces that can be opened from it.

    A chunk holds some traces, packed (`packed.pack`: JSON, gzip, base64): `{run: {cell id: trace}}`, both
    spelled as the table of cells spells them (`blocks.tame`). Chunks of `traces` are
    in the page itself, those of `beside` in files next to it. Equal contents make equal pages, byte for byte.
    """

    document: Document
    cells: CellSheet = field(default_factory=_no_cells)
    """Of `COLUMNS` as many as there are; no columns: the page has no table of cells."""
    traces: Mapping[str, str] = field(default_factory=dict)
    """By name (`traces-0001`): a packed chunk in the page."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """By name, going on after those of `traces`: a packed chunk that is loaded when somebody asks for it."""
    places: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """`places[run][cell id]` names the chunk with that trace, both spelled as in the table; a cell in none has none here."""
    dats: Mapping[str, str] = field(default_factory=dict)
    """`dats[run]` is that result folder as a path, for commands that show what is not here."""
    made_at: str = ""
    """When, as ISO 8601 in UTC; '' is not told."""
    made_by: str = ""
    """`pytest-alienbio 0.1.0`."""
    ways: Sequence[tuple[str, str]] = ()
    """Where one can go from the page, as text and address; an empty address is the page itself."""

    def __post_init__(self) -> None:
        if both := self.traces.keys() & self.beside.keys():
            raise ValueError(f"chunks both in the page and beside it: {', '.join(sorted(both))}")
        known = self.traces.keys() | self.beside.keys()
        if lost := {name for cells in self.places.values() for name in cells.values()} - known:
            raise ValueError(f"traces are said to be in chunks that are not there: {', '.join(sorted(lost))}")
