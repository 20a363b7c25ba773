"""Results in, estimates out: how good an agent is, and how sure that is."""

from .forecast import Past, Share, added, expected_total, on_workers
from .intervals import Stratum, strata_mean, wilson
from .moments import Moments
from .sanity import MIN_CELLS, MIN_CELLS_SMOKE, broken
from .summarize import summarize

__all__ = [
    "MIN_CELLS",
    "MIN_CELLS_SMOKE",
    "Moments",
    "Past",
    "Share",
    "Stratum",
    "added",
    "broken",
    "expected_total",
    "on_workers",
    "strata_mean",
    "summarize",
    "wilson",
]
