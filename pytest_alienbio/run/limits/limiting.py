"""What the runs of a session may take: whether a cell may start, and what its agent is held to while it plays.

All processes of a session share one ledger below the data root; the rates of providers are shared by all sessions there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from ...errors import AlienBioError, LimitStoreError, OverLimitError
from ...model import Caps, Cell, CellLimits, Ledger, Outcome, Result, Spent
from ...model.cap_use import CapUse, said
from ...play import result_of
from ...play.meter import CellMeter
from ...play.run_cell import unsettled
from .session import SessionLimits

GRACE_S = 10.0
"""Seconds that cells which play may go on after the time of their run is over: a call that is on its way is paid for."""
SESSION = "session"
_BOOKED = ("usd", "tokens", "cells")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one cell may take."""

    limits: CellLimits
    """Its own, its time cut to what is left of its run's."""
    meter: CellMeter = field(default_factory=CellMeter)
    over: str = ""
    """Why it is over the limit if its time runs out, where that is not its own time."""

    def read(self, result: Result) -> Result:
        """`result` by its true name: a cell that the run's time ended is over the limit, and was not too slow itself."""
        if not self.over or result.outcome is not Outcome.TIMED_OUT:
            return result
        stuck = ", and the cell could not be stopped" if "could not be stopped" in result.reason else ""
        return result.with_(outcome=Outcome.OVER_LIMIT, reason=f"{self.over}{stuck}")


@dataclass(frozen=True, slots=True)
class _Cap:
    """One cap: on what, as people said it, and the scope under which the ledger books what counts."""

    quantity: str
    most: float
    label: str
    scope: str
    together: bool

    @property
    def said(self) -> str:
        """As people said it, with its value."""
        return said(self.label, self.most)

    @property
    def mark(self) -> str:
        """The scope under which it is counted how often the cap was reached."""
        return f"{self.scope} reached"


class Limiting:
    """The limits of one run, in one process of its session; `name` is the same in all of them. Thread-safe but for
    `instead`, which one thread asks at a time."""

    def __init__(self, session: SessionLimits, caps: Caps, name: str) -> None:
        self.session, self.name, self.own, run = session, name, caps, f"run {name}"
        own = {quantity: f"limits.{quantity}" for quantity in (*_BOOKED, "wall_clock_s")}
        self._caps = [*_caps(session.caps, session.labels, SESSION), *_caps(caps, own, run)]
        self._clocks = tuple(cap for cap in self._caps if cap.quantity == "seconds")
        self._scopes = (SESSION, run, *(cap.scope for cap in self._caps if cap.quantity in ("usd", "tokens")))
        self._stopped = ""
        self._ready = False

    @property
    def capped(self) -> bool:
        """Whether money or tokens are, for all cells together."""
        return any(cap.quantity in ("usd", "tokens") for cap in self._caps)

    def instead(self, cell: Cell) -> Result | None:
        """What a cell gets that may not start any more: `not_run`, and which cap is reached. Any other counts as started."""
        if not self._caps or cell.agent.skip_reason:
            return None
        try:
            self._stopped = self._stopped or self._refusal()
        except LimitStoreError as error:
            self._stopped = str(error)
        return result_of(cell, Outcome.NOT_RUN, self._stopped) if self._stopped else None

    def allow(self, cell: Cell, limits: CellLimits) -> Allowance:
        """What `cell`, which is about to start, may take beside its own `limits`."""
        over, own = "", limits
        for cap in self._clocks:
            left = max(cap.most + GRACE_S - self._elapsed(cap), 0.001)
            if limits.wall_clock_s is None or left < limits.wall_clock_s:
                limits = replace(limits, wall_clock_s=left)
                over = f"{cap.said} was reached, and {GRACE_S:g} s later the cell still played"
        session = self.session
        meter = CellMeter(
            own,
            ledger=self._ledger if session.books else None,
            limiter=(lambda: session.limiter) if session.rates else None,
            scopes=(*self._scopes, self._cell_scope(cell)),
            capped=self.capped,
            on_refusal=self._refused,
            waiting=session.reserve if session.books else None,
        )
        return Allowance(limits, meter, over)

    def lost(self, cell: Cell, result: Result) -> Result:
        """`result` of a cell over which a worker died, with what is known of all that the cell took, or may have.

        So the result has what is in no other record; what was played of the cell after that is in there, too.
        """
        if not self.session.opened:
            return result
        try:
            ledger = self._ledger()
            ledger.release_dead()
            spent = ledger.spent(self._cell_scope(cell))
        except LimitStoreError:
            return result
        known, cut = result.usage, bool(spent.reserved_usd or spent.reserved_tokens)  # the dead one's: of another machine
        unknown = spent.unknown_requests + cut
        if not (spent.requests or unknown):
            return result
        metrics = dict(result.metrics)
        if unknown:
            usd = round(spent.unknown_usd + spent.reserved_usd, 9)
            metrics |= unsettled(unknown, spent.unknown_tokens + spent.reserved_tokens, usd)
        usage = replace(
            known,
            tokens=max(spent.tokens, known.tokens or 0),
            usd=max(spent.usd, known.usd or 0.0),
            requests=max(spent.requests + unknown, known.requests or 0),
        )
        return result.with_(usage=usage, metrics=metrics)

    def elapsed(self) -> dict[str, float]:
        """Seconds of the session ('') and of the run, as far as time is capped, for a worker on another machine to `hear`."""
        return {"" if cap.together else self.name: self._elapsed(cap) for cap in self._clocks}

    def uses(self) -> tuple[CapUse, ...]:
        """How far each cap was used; what dead workers had reserved counts as perhaps spent. () if nobody can tell."""
        try:
            if self._booked:
                self._ledger().release_dead()
            return tuple(map(self._use, self._caps))
        except AlienBioError:
            return ()

    # -- inside

    @property
    def _booked(self) -> list[_Cap]:
        return [cap for cap in self._caps if cap.quantity in _BOOKED]

    def _ledger(self) -> Ledger:
        ledger = self.session.ledger
        if not self._ready:
            for cap in self._booked:
                ledger.cap(cap.scope, label=cap.label.rstrip("="), **{cap.quantity: cap.most})  # type: ignore[arg-type]
            self._ready = True
        return ledger

    def _refusal(self) -> str:
        """Why no cell may start any more; '' if one may, which is counted then."""
        for cap in self._clocks:
            if self._elapsed(cap) >= cap.most:
                return f"{cap.said} is reached"
        if not self._booked:
            return ""
        ledger = self._ledger()
        for cap in self._booked:
            if ledger.spent(cap.mark).cells:
                return f"{cap.said} is reached"
        try:
            ledger.start([cap.scope for cap in self._booked if cap.quantity == "cells"])
        except OverLimitError as error:
            self._refused(error)
            return self._stopped or str(error)
        return ""

    def _refused(self, error: OverLimitError) -> None:
        """A cap left no room: from now on no process starts a cell under it."""
        for cap in self._booked:
            if cap.scope == error.scope:
                with suppress(LimitStoreError):  # the next cell meets it, too
                    self._ledger().start((cap.mark,))
                self._stopped = self._stopped or f"{cap.said} is reached"

    def _elapsed(self, cap: _Cap) -> float:
        """Seconds since the session began, or since the first cell of the run could start in any process."""
        return self.session.elapsed("" if cap.together else self.name)

    def _cell_scope(self, cell: Cell) -> str:
        return f"cell {self.name} {cell.id}"

    def _use(self, cap: _Cap) -> CapUse:
        if cap.quantity == "seconds":
            elapsed = self._elapsed(cap)
            return CapUse(cap.label, cap.quantity, cap.most, elapsed, reached=elapsed >= cap.most, together=cap.together)
        spent, reached = self._ledger().spent(cap.scope), bool(self._ledger().spent(cap.mark).cells)
        taken, reserved, unknown = _taken(spent, cap.quantity)
        return CapUse(cap.label, cap.quantity, cap.most, taken, reserved, unknown, reached, cap.together)


def _taken(spent: Spent, quantity: str) -> tuple[float, float, float]:
    """What is spent, reserved and perhaps spent."""
    if quantity == "cells":
        return spent.cells, 0, 0
    if quantity == "usd":
        return spent.usd, spent.reserved_usd, spent.unknown_usd
    return spent.tokens, spent.reserved_tokens, spent.unknown_tokens


def _caps(caps: Caps, labels: Mapping[str, str], scope: str) -> Iterator[_Cap]:
    for name in (*_BOOKED, "wall_clock_s"):
        most = getattr(caps, name)
        if most is not None:
            quantity = "seconds" if name == "wall_clock_s" else name
            yield _Cap(quantity, most, labels.get(name, name), f"{scope} {quantity}", scope == SESSION)
