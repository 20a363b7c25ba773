"""Whether a run is worse than its baseline, and how sure that is. Pure: values in, values out."""

from .judge import judge

__all__ = ["judge"]
