"""What a run may take in all."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Caps:
    """Caps of one run, or of all runs of a session together; None = no cap. What one cell may take is in `CellLimits`."""

    usd: float | None = None
    """Money, at most: what a call may cost in the worst case is set aside before it is made."""
    tokens: int | None = None
    """Model tokens, sent and received, likewise."""
    cells: int | None = None
    """Cells that may be started."""
    wall_clock_s: float | None = None
    """Seconds after which no cell is started any more; those that play get a moment to end."""

    def __bool__(self) -> bool:
        return any(cap is not None for cap in astuple(self))


NO_CAPS = Caps()
