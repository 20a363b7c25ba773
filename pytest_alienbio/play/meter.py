"""What a cell's agent spends: every paid call passes here before it is made."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from math import inf
from threading import Lock
from types import TracebackType

from ..errors import LimitStoreError, OverLimitError, ProviderError
from ..model import CellLimits, Ledger, Limiter, Usage

_DIGITS = 9
"""US dollars are kept in whole billionths, as a ledger does: sums are the same in any order."""
_CELL = "limits.per_cell"


class CellMeter:
    """The `Meter` of one cell: counts what its agent spends, and holds it to the cell's caps and to those of run and session.

    `ledger` and `limiter` are asked for with the first call; without them only the cell's own caps hold. All is booked under
    `scopes`. `capped` is whether a shared cap on money or tokens may refuse. `on_refusal` hears of a shared one that did.
    `waiting` reserves like the ledger, and waits while calls on their way hold the room for now; it tells `waited` how long.
    """

    def __init__(
        self,
        limits: CellLimits = CellLimits(),  # noqa: B008 - frozen
        *,
        ledger: Callable[[], Ledger] | None = None,
        limiter: Callable[[], Limiter] | None = None,
        scopes: Sequence[str] = (),
        capped: bool = False,
        on_refusal: Callable[[OverLimitError], None] | None = None,
        waiting: Callable[..., str] | None = None,
    ) -> None:
        self._limits, self._scopes, self._capped, self._on_refusal = limits, tuple(scopes), capped, on_refusal
        self._make_ledger, self._make_limiter, self._waiting = ledger, limiter, waiting
        self._lock = Lock()
        self._tokens, self._usd, self._calls = 0, 0.0, 0
        self._open: dict[int, tuple[int, float]] = {}
        self._over = False
        self._deposit: str | None = None
        self.refused: OverLimitError | LimitStoreError | None = None
        """Why a call was not allowed, once one was not: the cell is over its limit, whatever its agent makes of that."""
        self.exceeded = ""
        """That a call took more than its worst case, so that a cap may be exceeded; '' if none did."""
        self.unknown_calls = 0
        """Calls whose price nobody knows, as they were cut off."""
        self.unknown_tokens, self.unknown_usd = 0, 0.0
        """Their worst case; not in `usage`."""
        self.waited_s = 0.0
        """What its calls waited for leave, all together, those included that got none."""

    @property
    def used(self) -> bool:
        """Whether a call was made."""
        return self._calls > 0

    @property
    def usage(self) -> Usage:
        """What the calls took, as far as it is known."""
        return Usage(self._tokens, round(self._usd, _DIGITS), self._calls)

    def end(self) -> None:
        """The cell is over: no call begins any more, and what those take that are on their way nobody knows yet."""
        with self._lock:
            if self._over:
                return
            self._over = True
            self._calls += len(self._open)
            self.unknown_calls += len(self._open)
            for tokens, usd in self._open.values():
                self._unknown(tokens, usd)

    def carry(self, before: Usage) -> None:
        """Counts what the cell took before it was cut off, which its run has booked then."""
        self._tokens += before.tokens or 0
        self._usd += before.usd or 0.0
        self._calls += before.requests or 0

    def call(self, provider: str, *, tokens: int | None = 0, usd: float | None = 0.0) -> MeteredCall:
        """Leave for one call that takes at most so much; see `model.Meter`. None: no worst case is known.

        Waits while calls of others hold room that they may give back, and for the provider's rate.
        """
        _check("tokens", tokens)
        _check("usd", usd)
        return MeteredCall(self, provider, tokens, usd)

    def set_aside(self) -> None:
        """Reserves all that the cell may spend, for an agent that says only afterwards what it took.

        Raises `OverLimitError` if a shared cap leaves no room, or the cell has no cap of its own, hence no worst case.
        """
        if self._capped and self._deposit is None:
            self._deposit = self._reserve(self._limits.tokens, self._limits.usd)

    def take(self, usage: Usage) -> None:
        """Books what an agent says it took in place of what was set aside; once."""
        if self._deposit is not None and self._make_ledger is not None:
            deposit, self._deposit = self._deposit, None
            try:
                self._make_ledger().settle(deposit, tokens=usage.tokens, usd=usage.usd)
            except LimitStoreError as error:  # what the cell gave stands; no other is started under a ledger that is gone
                self.refused = error

    def check(self, usage: Usage) -> None:
        """Raises `OverLimitError` if an agent says it took more than the cell may."""
        for quantity, took, most in (("usd", usage.usd, self._limits.usd), ("tokens", usage.tokens, self._limits.tokens)):
            if took is not None and most is not None and took > most:
                said = f"{_CELL}.{quantity}: {_amount(quantity, most)} at most, and it has used {_amount(quantity, took)}"
                raise self._refuse(OverLimitError(said, scope=_CELL, quantity=quantity, left=0.0))

    def _begin(self, call: MeteredCall) -> None:
        self._own_room(call)
        try:
            if self._make_ledger is not None:
                call.reservation = self._reserve(call.tokens, call.usd, call)
            if self._make_limiter is not None:
                self._queue(self._make_limiter(), call)
        except BaseException as error:
            self._forget(call)
            if isinstance(error, LimitStoreError):
                self.refused = self.refused or error
            raise

    def _queue(self, limiter: Limiter, call: MeteredCall) -> None:
        began = time.monotonic()
        try:
            self._waited(limiter.acquire(call.provider, tokens=call.tokens or 0), call)
        except LimitStoreError:
            raise
        except BaseException:  # the cell was cut off while it waited
            self._waited(time.monotonic() - began, call)
            raise

    def _waited(self, seconds: float, call: MeteredCall | None) -> None:
        with self._lock:
            self.waited_s += seconds
            if call is not None:
                call.waited_s += seconds

    def _own_room(self, call: MeteredCall) -> None:
        """Takes the worst case out of what the cell itself may spend."""
        with self._lock:
            if self._over:
                raise ValueError("the cell of this meter is over: each cell hands its agent a meter of its own, in attach()")
            for quantity, asked, most, spent in (
                ("usd", call.usd, self._limits.usd, self._usd + self.unknown_usd + sum(usd for _, usd in self._open.values())),
                (
                    "tokens",
                    call.tokens,
                    self._limits.tokens,
                    self._tokens + self.unknown_tokens + sum(tokens for tokens, _ in self._open.values()),
                ),
            ):
                if most is None or (asked is not None and round(spent + asked, _DIGITS) <= most):
                    continue
                left = max(0.0, round(most - spent, _DIGITS))
                worst = "has no worst case" if asked is None else f"may take {_amount(quantity, asked)}"
                has = f"{_amount(quantity, most)} at most, {_amount(quantity, left)} left"
                said = f"{_CELL}.{quantity}: {has}, and the next call {worst}"
                raise self._refuse(OverLimitError(said, scope=_CELL, quantity=quantity, left=left))
            self._open[id(call)] = (call.tokens or 0, call.usd or 0.0)

    def _reserve(self, tokens: int | None, usd: float | None, call: MeteredCall | None = None) -> str:
        """Books the worst case under the shared caps, as soon as there is room."""
        assert self._make_ledger is not None
        held = len(self._open) > 1 or self._deposit is not None  # nobody else would give that back
        try:
            if held or self._waiting is None:
                return self._make_ledger().reserve(self._scopes, tokens=tokens, usd=usd)
            return self._waiting(self._scopes, tokens=tokens, usd=usd, waited=lambda seconds: self._waited(seconds, call))
        except OverLimitError as error:
            if self._on_refusal is not None:
                self._on_refusal(error)
            raise self._refuse(error) from None

    def _refuse(self, error: OverLimitError) -> OverLimitError:
        self.refused = self.refused or error
        return error

    def _forget(self, call: MeteredCall) -> None:
        """The call was never made."""
        with self._lock:
            self._open.pop(id(call), None)
        if call.reservation and self._make_ledger is not None:
            self._make_ledger().release(call.reservation)

    def _end(self, call: MeteredCall, tokens: int | None, usd: float | None) -> None:
        with self._lock:
            self._open.pop(id(call), None)
            if not self._over:
                self._count(call, tokens, usd)
        try:
            self._book(call, tokens, usd)
        except LimitStoreError as error:
            self.refused = self.refused or error
            raise

    def _count(self, call: MeteredCall, tokens: int | None, usd: float | None) -> None:
        self._calls += 1
        self.exceeded = self.exceeded or _exceeded(call, tokens, usd)
        self._tokens += tokens or 0
        self._usd += round(usd or 0.0, _DIGITS)
        if (tokens is None and call.tokens != 0) or (usd is None and call.usd != 0):
            self.unknown_calls += 1
            self._unknown((call.tokens or 0) if tokens is None else 0, (call.usd or 0.0) if usd is None else 0.0)

    def _unknown(self, tokens: int, usd: float) -> None:
        self.unknown_tokens += tokens
        self.unknown_usd = round(self.unknown_usd + usd, _DIGITS)

    def _book(self, call: MeteredCall, tokens: int | None, usd: float | None) -> None:
        if call.reservation and self._make_ledger is not None:
            self._make_ledger().settle(call.reservation, tokens=tokens, usd=usd)
        if self._make_limiter is not None and tokens is not None:
            self._make_limiter().correct(call.provider, expected=call.tokens or 0, used=tokens)

    def _pause(self, provider: str, seconds: float) -> None:
        if self._make_limiter is not None:
            self._make_limiter().slow_down(provider, seconds)


class MeteredCall:
    """One call, as a context: entering waits for leave and may raise `OverLimitError`."""

    __slots__ = ("_begun", "_meter", "_settled", "provider", "reservation", "tokens", "usd", "waited_s")

    def __init__(self, meter: CellMeter, provider: str, tokens: int | None, usd: float | None) -> None:
        self._meter, self.provider, self.tokens, self.usd = meter, provider, tokens, usd
        self.reservation, self.waited_s = "", 0.0
        self._begun = self._settled = False

    def __enter__(self) -> MeteredCall:
        if self._begun:
            raise ValueError("this call was made already: ask for another one, `with meter.call(...)`, for each attempt")
        self._begun = True
        self._meter._begin(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._settled:
            return
        # A provider that answered with an error has not billed it; whether one that fell silent has, nobody knows.
        free = isinstance(error, ProviderError) and error.status is not None
        self.settle(tokens=0 if free else None, usd=0.0 if free else None)

    def settle(self, *, tokens: int | None = None, usd: float | None = None) -> None:
        """What it took; None = unknown. Raises `ValueError` the second time, and for what is no amount."""
        _check("tokens", tokens)
        _check("usd", usd)
        if not self._begun:
            raise ValueError("this call has not begun: no room was reserved; write `with meter.call(...) as call:` around it")
        if self._settled:
            raise ValueError("this call is settled already: call settle() once, with all that it took")
        self._settled = True
        self._meter._end(self, tokens, usd)

    def slow_down(self, seconds: float) -> None:
        """The provider asked for a pause of so many seconds: nobody calls it until then."""
        _check("seconds", seconds)
        self._meter._pause(self.provider, seconds)


def _exceeded(call: MeteredCall, tokens: int | None, usd: float | None) -> str:
    for quantity, took, worst in (("tokens", tokens, call.tokens), ("usd", usd, call.usd)):
        if took is not None and worst is not None and round(took, _DIGITS) > round(worst, _DIGITS):
            return f"a call took {_amount(quantity, took)}, and its worst case was {_amount(quantity, worst)}"
    return ""


def _check(name: str, value: float | None) -> None:
    number = isinstance(value, int) if name == "tokens" else isinstance(value, int | float)
    if value is not None and (isinstance(value, bool) or not number or not 0 <= value < inf):
        kind = "a whole number" if name == "tokens" else "a number"
        raise ValueError(f"{name} cannot be {value!r:.60}; expected {kind} of at least 0, or None for unknown")


def _amount(quantity: str, value: float) -> str:
    return f"${value:.6g}" if quantity == "usd" else f"{value:,.0f} {quantity}"
