"""One request with all its attempts: each asks for leave, is booked for what it took, and is kept for the trace."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ...errors import ProviderError
from ...model import Answer, Endpoint, Meter, MeteredCall, ModelCall, ModelUse, Price, Request, Tokens, Usage, Wire
from ...model.conversation import Remembering
from ..leave import leave
from .faults import ASKED_S, pause_s, remedy
from .prices import price_of
from .reading import clean

_NAP_S = 0.2
"""At most so long without a look at whether the cell's time is up."""


def rest(seconds: float) -> None:
    """Waits; in naps, for an exception from outside that ends a cell is seen between two of them."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _NAP_S))


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, handed in."""

    rest: Callable[[float], None] = rest
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time


@dataclass(slots=True)
class Asking:
    """All requests of one cell, in order. `retries`: at most so many attempts after the first, whatever failed."""

    endpoint: Endpoint
    timeout_s: float
    retries: int
    clock: Clock = Clock()
    wire: Wire | None = None
    meter: Meter | None = None
    calls: list[ModelCall] = field(default_factory=list)
    price: Price | None = None
    """What it costs, once it is connected; None: nobody knows."""

    def __post_init__(self) -> None:
        if self.wire is not None:
            self.connect(self.wire)

    def connect(self, wire: Wire) -> None:
        """How the model is reached. What it costs is looked up then, unless its profile says so."""
        self.wire, self.price = wire, self.endpoint.price or price_of(self.endpoint)

    def ask(self, request: Request, step: int, worst_input: int) -> Answer:
        """The answer, after as many attempts as it takes. `worst_input`: tokens that the request has at most.

        Raises `ProviderError` when the last attempt failed too, `OverLimitError` if there is no room for one.
        """
        if (known := self._recalled(request, step)) is not None:
            return known
        attempt, failed = 1, Counter[str]()
        while True:
            try:
                return self._once(request, step, attempt, worst_input)
            except ProviderError as error:
                asked_s = error.retry_after_s
                failed[error.kind] += 1
                hopeless = asked_s is not None and asked_s > ASKED_S
                if hopeless or failed[error.kind] >= remedy(error.kind).tries or attempt > self.retries:
                    raise self._told(error, attempt) from error.__cause__
                self.clock.rest(pause_s(error.kind, failed[error.kind], asked_s))
                attempt += 1

    def _recalled(self, request: Request, step: int) -> Answer | None:
        """The answer that is kept from before: no leave is asked for it, and nothing of it is spent."""
        if not isinstance(self.wire, Remembering) or (kept := self.wire.recall(request)) is None:
            return None
        answer = clean(kept)
        taken = Tokens(input=0, output=0)
        self.calls.append(ModelCall(step, 1, request, answer, tokens=taken, usd=0.0, at=self.clock.now(), recalled=True))
        return answer

    def _once(self, request: Request, step: int, attempt: int, worst_input: int) -> Answer:
        if self.wire is None:
            raise RuntimeError("the agent is not connected to any model")
        price = self.price
        usd = None if price is None else price.most(worst_input, request.max_tokens)
        with leave(self.meter, self.endpoint.provider, tokens=worst_input + request.max_tokens, usd=usd) as call:
            at, began = self.clock.now(), self.clock.monotonic()
            try:
                answer = clean(self.wire.ask(request, timeout_s=self.timeout_s))
                if not (answer.text.strip() or answer.calls or answer.stop in CUT):
                    raise ProviderError(f"{request.model} answered nothing", kind="empty", tokens=answer.tokens)
            except ProviderError as error:
                took = error.tokens if isinstance(error.tokens, Tokens) else self._free(error)
                self._keep(ModelCall(step, attempt, request, tokens=took, at=at), began, call, error)
                if error.retry_after_s and error.retry_after_s <= ASKED_S:
                    call.slow_down(error.retry_after_s)
                raise
            self._keep(ModelCall(step, attempt, request, answer, tokens=answer.tokens, at=at), began, call, None)
            if isinstance(self.wire, Remembering):
                self.wire.remember(request, answer)
            return answer

    @staticmethod
    def _free(error: ProviderError) -> Tokens:
        """A provider that answered with an error has billed nothing; whether one that fell silent has, nobody knows."""
        return (
            Tokens(input=0, output=0) if error.status is not None and error.kind not in ("truncated", "too_large") else Tokens()
        )

    def _keep(self, kept: ModelCall, began: float, call: MeteredCall, error: ProviderError | None) -> None:
        price = self.price
        usd = price.of(kept.tokens) if price else None
        if error is not None:
            kept = replace(kept, fault=error.kind or "other", said=str(error), status=error.status)
        latency = self.clock.monotonic() - began
        self.calls.append(replace(kept, usd=usd, latency_s=latency, waited_s=call.waited_s))
        call.settle(tokens=kept.tokens.total, usd=usd)

    def _told(self, error: ProviderError, attempts: int) -> ProviderError:
        """The error with what was tried, and what a person can try."""
        tries = f" ({attempts} attempts)" if attempts > 1 else ""
        hint = remedy(error.kind).hint
        text = f"{error}{tries}" + (f"; {hint}" if hint else "")
        return ProviderError(text, kind=error.kind, status=error.status, retry_after_s=error.retry_after_s, tokens=error.tokens)

    @property
    def usage(self) -> Usage:
        """What all attempts took, as far as it is known. An answer that was kept from before is no request."""
        calls = self.calls
        if not calls:
            return Usage(0, 0.0, 0, Tokens(), 0, 0.0)
        tokens = sum((call.tokens for call in calls), Tokens())
        usd = [call.usd for call in calls if call.usd is not None]
        return Usage(
            tokens.total,
            round(sum(usd), 9) if usd else None,
            sum(not call.recalled for call in calls),
            tokens,
            sum(call.attempt > 1 for call in calls),
            sum(call.latency_s for call in calls),
        )

    @property
    def use(self) -> ModelUse | None:
        """Which model answered; None before it is connected."""
        if self.wire is None:
            return None
        answers = [call.answer for call in self.calls if call.answer is not None]
        return ModelUse(
            self.wire.provider,
            self.endpoint.model,
            tuple(dict.fromkeys(answer.model for answer in answers if answer.model)),
            self.wire.version,
            self.price,
            tuple(answer.id for answer in answers if answer.id),
        )


CUT = ("length", "max_tokens")
"""How providers call an answer that ended because it was long enough."""
