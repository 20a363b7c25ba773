"""Results in, estimates out: how good an agent is, and how sure that is."""

from .forecast import Past, Share, added, expected_total, on_workers
from .intervals import Stratum, strata_mean, wilson
from .ladder import compare, ladder
from .moments import Moments
from .ranks import spearman, wilcoxon
from .sanity import MIN_CELLS, MIN_CELLS_SMOKE, broken
from .soundness import doubts, unsound
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
    "compare",
    "doubts",
    "expected_total",
    "ladder",
    "on_workers",
    "spearman",
    "strata_mean",
    "summarize",
    "unsound",
    "wilcoxon",
    "wilson",
]
