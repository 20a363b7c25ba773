"""Waiting for one's place in a provider's queue."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from threading import Event


def sleep(seconds: float, cancel: Event | None = None) -> None:
    """Sleeps. Raises `CancelledError` at once if `cancel` is set, now or meanwhile."""
    if cancel is None:
        time.sleep(seconds)
    elif cancel.wait(seconds):
        raise CancelledError


def sleep_through(left: Callable[[], float], cancel: Event | None, pause: Callable[[float, Event | None], None]) -> float:
    """Sleeps as long as `left` says that there are seconds left; gives the seconds slept. Raises `CancelledError`."""
    waited = 0.0
    while seconds := left():
        pause(seconds, cancel)
        waited += seconds
    return waited
