"""A cell that broke is played again at once: `run: {retries: {provider_error: 3}}`. Each attempt is recorded."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from ..model import Result

_NAP_S = 0.1
FIRST_S, LONGEST_S = 1.0, 60.0
"""Seconds between the first attempt and the second; they double from attempt to attempt, up to the longest."""


def pause_s(tries: int) -> float:
    """How long to wait after so many attempts that broke: 1, 2, 4, ... seconds, 60 at most."""
    return min(FIRST_S * 2.0 ** min(tries - 1, 10), LONGEST_S)


Pause = Callable[[float, Callable[[], bool]], object]
"""Waits so many seconds, or until the second says that nothing is begun any more."""


def rest(seconds: float, over: Callable[[], bool]) -> None:
    """A `Pause` by the clock."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and not over():
        time.sleep(min(left, _NAP_S))


def until_it_holds(play: Callable[[], Result], retries: Mapping[str, int], pause: Pause, over: Callable[[], bool]) -> Result:
    """The result of `play`, which plays and records an attempt: the first that did not end in one of `retries`, by outcome, or
    one whose outcome was retried as often as it says. `pause` waits before each further
    attempt; there is none once `over` says so (a Ctrl-C)."""
    left, tries = dict(retries), 0
    while True:
        result = play()
        if left.get(result.outcome.value, 0) < 1:
            return result
        left[result.outcome.value] -= 1
        tries += 1
        pause(pause_s(tries), over)
        if over():
            return result
