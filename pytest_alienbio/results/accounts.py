"""What attempts at cells took, added up by agent, scenario, cell or run: money, kinds of tokens, requests, retries, waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import fsum, isfinite

from ..model import Account, Accounts, Outcome, Repriced, Result, Tokens, Usage
from ..model.result import UNSETTLED_CALLS, UNSETTLED_USD

Reprice = Callable[[Result], tuple[float | None, str]]
"""What an attempt would cost, and by which prices; None and why not. None and '': it is nothing that has a price."""

BY: Mapping[str, Callable[[Result], str]] = {
    "agent": lambda result: result.agent,
    "scenario": lambda result: result.scenario,
    "cell": lambda result: result.id,
    "run": lambda result: f"{result.dat_path}#{result.run}" if result.dat_path else result.run,
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

    def add(self, result: Result) -> None:
        usage, model = result.usage, result.model
        self.cells.add((result.dat_path, result.key, result.id))
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
        calls, worst = result.metrics.get(UNSETTLED_CALLS), result.metrics.get(UNSETTLED_USD)
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


def accounts(attempts: Iterable[Result], by: str = "agent", reprice: Reprice | None = None) -> Accounts:
    """What `attempts` took, the dearest first. Hand in every attempt once; those never started took nothing and are none.

    Of cells that were paid for another result folder (reused, replayed) only their number is told. One pass; memory grows
    with the cells. Raises `KeyError` for what is not in `BY`.
    """
    name_of = BY[by]
    lines: dict[str, _Sum] = {}
    total = _Sum()
    elsewhere = 0
    for result in attempts:
        if result.outcome in (Outcome.SKIPPED, Outcome.NOT_RUN):
            continue
        if result.paid_elsewhere:
            elsewhere += 1
            continue
        into = (lines.setdefault(name_of(result), _Sum()), total)
        anew = reprice(result) if reprice else None
        for each in into:
            each.add(result)
            if anew:
                each.reprice(result, *anew)
    made = sorted((found.account(name, reprice is not None) for name, found in lines.items()), key=_dearest)
    return Accounts(by, tuple(made), total.account("", reprice is not None), elsewhere)


def _dearest(account: Account) -> tuple[float, int, int]:
    usage = account.usage
    return -(usage.usd or 0.0), -(usage.tokens or 0), -(usage.requests or 0)


def _sum(values: list[float]) -> float | None:
    return round(fsum(values), 9) if values else None
