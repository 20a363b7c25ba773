"""The garbage collector, at rest."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept() -> Iterator[None]:
    """While very many values are made that stay, and none of which refers back to another.

    The collector would walk through all of them again and again, for a third of the time, and find nothing. It is as it was
    before when this ends.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def settled() -> Iterator[None]:
    """While very much lies in memory that stays: what is there now is not walked through before this ends, what is made
    meanwhile is collected as ever. Does nothing where somebody has frozen something already."""
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
