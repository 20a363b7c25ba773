"""Results in, estimates out: how good an agent is, and how sure that is."""

from .intervals import Stratum, strata_mean, wilson
from .moments import Moments
from .sanity import broken
from .summarize import summarize

__all__ = ["Moments", "Stratum", "broken", "strata_mean", "summarize", "wilson"]
