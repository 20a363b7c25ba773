"""A way to a model that asks nobody: what was recorded of a cell is said again, faults included, in its order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

from ...errors import DivergedError, ProviderError
from ...model import Answer, ModelCall, Request, inert
from ...model.conversation import Remembering
from ...model.parting import numbered, parting

MOST_SHOWN = 300
"""Characters of each side of what diverged."""


class ReplayingWire(Remembering):
    """The recorded calls of one cell. A request that is not the recorded one is no question it can answer."""

    version = ""

    def __init__(self, provider: str, calls: Sequence[ModelCall], as_kept: Callable[[Request], Request]) -> None:
        """`as_kept`: a request as a record keeps it, secrets hidden."""
        self.provider = provider
        self._calls, self._as_kept = tuple(calls), as_kept
        self._next = 0
        self.parted: tuple[int, ModelCall | None, Request] | None = None
        """Where it diverged: the call's number, what was recorded (None: nothing), what was asked; None: nowhere."""

    def recall(self, request: Request, /) -> Answer | None:
        """The next recorded answer if it was kept from before when it was recorded, too."""
        call = self._calls[self._next] if self._next < len(self._calls) else None
        if call is None or not call.recalled or call.request.hash != self._as_kept(request).hash:
            return None
        self._next += 1
        return call.answer

    def remember(self, request: Request, answer: Answer, /) -> None:
        """It is in the record."""

    def ask(self, request: Request, *, timeout_s: float) -> Answer:
        """The next recorded answer, or the fault there was, without waiting.

        Raises `DivergedError` where the record holds another request, or none.
        """
        number = self._next + 1
        if self._next >= len(self._calls):
            self.parted = number, None, self._as_kept(request)
            raise DivergedError(f"diverged at call {number}: the record ends after {numbered(self._calls, 'call')}")
        call = self._calls[self._next]
        asked = self._as_kept(request)
        if asked.hash != call.request.hash:
            self.parted = number, call, asked
            raise DivergedError(_told(number, call, asked))
        self._next = number
        if call.answer is not None:
            return call.answer
        kind = "" if call.fault == "other" else call.fault
        raise ProviderError(call.said, kind=kind, status=call.status, retry_after_s=self._pause(call), tokens=call.tokens)

    def close(self) -> None:
        """Holds nothing."""

    def _pause(self, failed: ModelCall) -> float:
        """No time before a further attempt, if there was one; if there was none, longer than anybody waits."""
        after = self._calls[self._next] if self._next < len(self._calls) else None
        return 0.0 if after is not None and after.step == failed.step and after.attempt > failed.attempt else inf


def _told(number: int, call: ModelCall, asked: Request) -> str:
    found = parting(call.request, asked)
    if found is None:
        return f"diverged at call {number}: another request than the recorded one"
    one, other = (inert(side, most=MOST_SHOWN) for side in (found.one, found.other))
    return f"diverged at call {number}: {found.what} is not the recorded one | recorded: {one} | now: {other}"
