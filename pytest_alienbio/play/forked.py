"""An agent, or a world, that forks: the process that it makes is its own, and never plays on for us."""

from __future__ import annotations

import os
from contextlib import suppress


def end_unless(home: int) -> None:
    """Ends this process at once, if it is not `home`, in which the cell began.

    A child that goes on where `os.fork()` returned would end the cell a second time, record it through the same open files, and
    play all that is left. Nothing of it is flushed, nothing that it holds is closed twice: all that is the parent's.
    """
    if os.getpid() != home:
        said = "alienbio: a process that a cell forked came back out of the agent or the scenario, and was ended\n"
        with suppress(OSError):
            os.write(2, said.encode())
        os._exit(1)
