"""How surprising scores would be if nothing made a difference."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PValue:
    """A p value, two-sided unless `method` says otherwise, and what it stands on. None: it cannot be told, see `why`."""

    value: float | None
    method: str = ""
    """How it was got: `sign flips, all 4,096`, `relabelling, 9,999 draws`, `Welch t`, ..."""
    n: int = 0
    """Units that were flipped, relabelled or paired."""
    floor: float | None = None
    """The smallest p that so many units can give, whatever their scores: above alpha nothing is significant. None: no floor."""
    adjusted: float | None = None
    """Over `family`; None for a p that stands alone."""
    family: str = ""
    """Over what it was adjusted, and how: `Holm, 3 pairs`."""
    draws: int | None = None
    """Random draws; None if every possibility was counted, or there is a formula."""
    seed: int | None = None
    """Of the generator, where there were draws."""
    why: str = ""

    @property
    def best(self) -> float | None:
        """What to hold against alpha: adjusted where it was, else as it is."""
        return self.value if self.adjusted is None else self.adjusted


UNTOLD = PValue(None)
