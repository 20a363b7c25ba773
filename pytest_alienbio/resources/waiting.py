"""Waiting: for one's place in a provider's queue, and for room under a cap that others hold for now."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from threading import Event

from ..errors import OverLimitError
from ..model import Ledger

PAUSE_S = 0.05
"""Between two looks at a cap that is taken for now; doubled each time, up to `LONGEST_PAUSE_S`."""
LONGEST_PAUSE_S = 1.0
LOOK_FOR_DEAD_S = 5.0
"""How often who waits looks whether those it waits for still live."""


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


def reserve_when_free(
    ledger: Ledger,
    scopes: Sequence[str],
    *,
    tokens: int | None = 0,
    usd: float | None = 0.0,
    cancel: Event | None = None,
    pause: Callable[[float, Event | None], None] = sleep,
) -> str:
    """`ledger.reserve`, waiting as long as it is refused only `for_now`: until calls on their way turn out cheaper, or end.

    Never to be called by who holds a reservation under the same caps: two such could wait for one another. Raises what
    `reserve` raises, `OverLimitError` only if there is no room for good, and `CancelledError` if `cancel` was set.
    """
    seconds, looked = PAUSE_S, 0.0
    while True:
        try:
            return ledger.reserve(scopes, tokens=tokens, usd=usd)
        except OverLimitError as refused:
            if not refused.for_now:
                raise
        pause(seconds, cancel)
        looked += seconds
        if looked >= LOOK_FOR_DEAD_S:
            ledger.release_dead()
            looked = 0.0
        seconds = min(2 * seconds, LONGEST_PAUSE_S)
