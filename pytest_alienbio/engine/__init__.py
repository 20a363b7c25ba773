"""Who runs many: engines over `concurrent.futures`. An engine is handed its function and knows nothing of cells."""

from .engine import Engine, open_engine
from .inline import Inline
from .threads import Threads

__all__ = ["Engine", "Inline", "Threads", "open_engine"]
