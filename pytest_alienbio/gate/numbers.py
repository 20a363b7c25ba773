"""Which cells have a number that can be compared."""

from __future__ import annotations

from ..model import BatchCell
from ..stats.units import LARGEST, TOO_LARGE


def lacks(cell: BatchCell, metric: str) -> str:
    """Why a cell has no number that can be compared; '' if it has one."""
    value = cell.values.get(metric)
    if value is None:
        return cell.why or f"without {metric}"
    return TOO_LARGE if abs(value) > LARGEST else ""
