"""What a cell that is replayed may take: nothing of it is spent, so that nobody counts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ...model import Cell, CellLimits, Result
from ...play.catalog import Records
from ...play.meter import CellMeter
from .limiting import Allowance


@dataclass(frozen=True, slots=True)
class _AsRecorded(Allowance):
    settled: Callable[[Result], Result] = field(default=lambda result: result)

    def read(self, result: Result) -> Result:
        """`result` held against its record."""
        return self.settled(result)


def as_recorded(cell: Cell, records: Records, limits: CellLimits) -> Allowance:
    """Its limits, but for money and tokens; no ledger hears of it."""
    own = replace(limits, usd=None, tokens=None)
    return _AsRecorded(own, CellMeter(own), settled=lambda result: records.settled(cell, result))
