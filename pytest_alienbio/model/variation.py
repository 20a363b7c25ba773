"""What the trials of one variation came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .estimate import UNKNOWN, Estimate


@dataclass(frozen=True, slots=True)
class Variation:
    """One of the things that an experiment compares. Each trial counts once, by its latest record that ended well."""

    name: str
    trials: int
    """Those that were started."""
    good: int
    """Ended well, and met the criteria or the bar, if there is one."""
    missed: int
    """Ended, and did not."""
    broke: Mapping[str, int] = field(default_factory=dict)
    """Broke, by outcome: in no rate and no mean."""
    rate: Estimate = UNKNOWN
    """The share of good ones among those that ended and were judged."""
    metrics: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)
    """Of each metric `mean`, `std`, `min`, `max` and `median`."""
