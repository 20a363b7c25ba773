"""What attempts at cells took, added up by agent, scenario, cell or run: money, kinds of tokens, requests, retries, waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import fsum, isfinite

from ..model import Account, Accounts, Outcome, Repriced, Result, Tokens, Usage
from ..model.brief import Told
from ..model.result import UNSETTLED_CALLS, UNSETTLED_USD

Reprice = Callable[[Result], tuple[float | None, str]]
"""What an attempt would cost, and by which prices; None and why not. None and '': it is nothing that has a price."""

BY: Mapping[str, Callable[[Told], str]] = {
    "agent": lambda result: result.agent,
    "scenario": lambda result: result.scenario,
    "cell": lambda result: result.id,
    "run": lambda result: f"{path}#{result.run}" if (path := getattr(result, "dat_path", "")) else result.run,
}
"""What costs are added up by, and its name of a result."""


@dataclass(slots=True)
class _Sum:
    """What is kept of the attempts of one line."""

    cells: set[tuple[str, str, str]] = field(default_factory=set)
    attempts: int = 0
    usd: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    split: Tokens | None = None
    unpriced: int = 0
    unsettled_calls: int = 0
    unsettled_usd: list[float] = field(default_factory=list)
    models: dict[str, None] = field(default_factory=dict)
    repriced: list[float] = field(default_factory=list)
    booked: list[float] = field(default_factory=list)
    sources: dict[str, None] = field(default_factory=dict)
    booked_by: dict[str, None] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)

    def add(self, result: Told) -> None:
        usage = result.usage
        whole = result if isinstance(result, Result) else None  # in brief there is no model, and no open bill
        model, metrics = (whole.model, whole.metrics) if whole else (None, {})
        self.cells.add((whole.dat_path, whole.key, whole.id) if whole else ("", "", result.id))
        self.attempts += 1
        usd = usage.usd if usage.usd is not None and isfinite(usage.usd) else None
        if usd is None:
            self.unpriced += 1
        else:
            self.usd.append(usd)
        if usage.latency_s is not None and isfinite(usage.latency_s):
            self.waited.append(usage.latency_s)
        for name in ("tokens", "requests", "retries"):
            if (count := getattr(usage, name)) is not None:
                self.known.add(name)
                self.counts[name] += count
        if usage.split is not None:
            self.split = usage.split if self.split is None else self.split + usage.split
        calls, worst = metrics.get(UNSETTLED_CALLS), metrics.get(UNSETTLED_USD)
        self.unsettled_calls += calls if type(calls) is int else 0
        self.unsettled_usd.append(float(worst) if isinstance(worst, int | float) else 0.0)
        self.models |= dict.fromkeys(model.resolved or (model.requested,) if model else ())

    def reprice(self, result: Result, usd: float | None, said: str) -> None:
        if usd is None:
            self.left[said] += bool(said)
            return
        self.repriced.append(usd)
        self.sources.setdefault(said)
        if result.usage.usd is not None:
            self.booked.append(result.usage.usd)
        if result.model and result.model.price and result.model.price.source:
            self.booked_by.setdefault(result.model.price.source)

    def account(self, name: str, repriced: bool) -> Account:
        counts = {each: self.counts[each] if each in self.known else None for each in ("tokens", "requests", "retries")}
        usage = Usage(counts["tokens"], _sum(self.usd), counts["requests"], self.split, counts["retries"], _sum(self.waited))
        new = Repriced(
            usd=_sum(self.repriced),
            booked=_sum(self.booked),
            attempts=len(self.repriced),
            sources=tuple(self.sources),
            booked_by=tuple(self.booked_by),
            left=tuple((+self.left).most_common()),
        )
        return Account(
            name,
            len(self.cells),
            self.attempts,
            usage,
            self.unpriced,
            self.unsettled_calls,
            _sum(self.unsettled_usd) or 0.0,
            tuple(self.models),
            new if repriced else None,
        )


class Accounting:
    """Adds attempts up, one by one; memory grows with their cells."""

    def __init__(self, by: str, reprice: Reprice | None = None) -> None:
        """Raises `KeyError` for what is not in `BY`."""
        self._by, self._name_of, self._reprice = by, BY[by], reprice
        self._lines: dict[str, _Sum] = {}
        self._total = _Sum()
        self._elsewhere = 0

    def add(self, result: Told) -> None:
        """Takes in one attempt, each once; one that was never started took nothing and is none.

        Of a cell that was paid for another result folder (reused, replayed) only the number is told.
        """
        if result.outcome in (Outcome.SKIPPED, Outcome.NOT_RUN):
            return
        if isinstance(result, Result) and result.paid_elsewhere:
            self._elsewhere += 1
            return
        anew = self._reprice(result) if self._reprice and isinstance(result, Result) else None
        for into in (self._lines.setdefault(self._name_of(result), _Sum()), self._total):
            into.add(result)
            if anew and isinstance(result, Result):
                into.reprice(result, *anew)

    def made(self) -> Accounts:
        """What they took, the dearest first."""
        again = self._reprice is not None
        lines = sorted((found.account(name, again) for name, found in self._lines.items()), key=_dearest)
        return Accounts(self._by, tuple(lines), self._total.account("", again), self._elsewhere)


def accounts(attempts: Iterable[Result], by: str = "agent", reprice: Reprice | None = None) -> Accounts:
    """What `attempts` took: see `Accounting`."""
    made = Accounting(by, reprice)
    for result in attempts:
        made.add(result)
    return made.made()


def _dearest(account: Account) -> tuple[float, int, int]:
    usage = account.usage
    return -(usage.usd or 0.0), -(usage.tokens or 0), -(usage.requests or 0)


def _sum(values: list[float]) -> float | None:
    return round(fsum(values), 9) if values else None
