"""What an engine is, and which one is meant."""

from __future__ import annotations

from abc import abstractmethod
from concurrent.futures import Executor

from ..model import EngineChoice


class Engine(Executor):
    """An executor that knows how many calls it makes at once."""

    width: int
    """Calls made at once."""
    replaces = False
    """Whether it can leave a thread behind that does not come back from its call, see `replace`."""
    at_home = True
    """Whether calls are made in this process; False: they only wait here for what is done elsewhere."""

    @property
    @abstractmethod
    def ahead(self) -> int:
        """Calls to have submitted and not yet taken, so that nobody waits for work while results are looked at."""

    def replace(self, thread: int, result: object) -> bool:
        """Leaves the thread of this identifier behind, in the middle of its call: the call's future gets `result`, what it
        gives later is dropped, and another thread takes its place. False if that cannot be done here.
        """
        return False


def open_engine(choice: EngineChoice) -> Engine:
    """The engine that is meant, ready to be submitted to. Raises what opening it raises (see `Dask`)."""
    from .inline import Inline
    from .threads import Threads

    if choice.kind == "inline":
        return Inline()
    if choice.kind == "threads":
        return Threads(choice.width or 1)
    from .dask import Dask

    return Dask(choice)
