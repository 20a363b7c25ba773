"""What a run took, as its results and the caps on it tell."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from ...model import Json, Outcome, Result, Tokens, Usage
from ...model.brief import Told
from ...model.cap_use import CapUse
from ...model.result import RECALLED, REPLAYED, UNSETTLED_CALLS, UNSETTLED_USD
from ...results.accounts import Accounting
from ...store.consumed import usage_row


class Took:
    """What a run's own cells consumed, added up while their results stream by; then held against its caps."""

    def __init__(self) -> None:
        self._usd: list[float] = []
        self._tokens: list[int] = []
        self._requests = 0
        self._unknown: list[float] = []
        self._unknown_calls = 0
        self._retries: int | None = None
        self._waited: list[float] = []
        self._split: Tokens | None = None
        self.by = {name: Accounting(name) for name in ("agent", "scenario")}
        """What each agent took, and each scenario, as far as anything was measured."""
        self.replayed = 0
        """Attempts that took nothing: they were played from another folder's record."""
        self.recalled = 0
        """Answers of models that were kept from before, and took nothing."""
        self.over = 0
        """Cells that a cap ended."""
        self.uses: Sequence[CapUse] = ()
        """How far each cap of the run was used."""

    def add(self, result: Told) -> None:
        """Takes in what one cell of this run took with the attempt that counts."""
        self.over += result.outcome is Outcome.OVER_LIMIT
        self.pay(result)

    def pay(self, result: Told) -> None:
        """Takes in what one attempt took, whether it counts or not; nothing of one that was paid for another DAT."""
        if isinstance(result, Result) and result.paid_elsewhere:
            self.replayed += result.origin.startswith(REPLAYED)
            for accounting in self.by.values():
                accounting.add(result)
            return
        usage = result.usage
        if usage.usd is not None:
            self._usd.append(usage.usd)
        if usage.tokens is not None:
            self._tokens.append(usage.tokens)
        self._requests += usage.requests or 0
        if not usage.usd is usage.tokens is usage.requests is None:
            for accounting in self.by.values():
                accounting.add(result)
        if usage.split is not None:
            self._split = usage.split if self._split is None else self._split + usage.split
        if usage.retries is not None:
            self._retries = (self._retries or 0) + usage.retries
        if usage.latency_s is not None:
            self._waited.append(usage.latency_s)
        if not isinstance(result, Result):
            return
        calls, usd = result.metrics.get(UNSETTLED_CALLS), result.metrics.get(UNSETTLED_USD)
        recalled = result.metrics.get(RECALLED)
        self.recalled += recalled if isinstance(recalled, int) else 0
        self._unknown_calls += calls if isinstance(calls, int) else 0
        self._unknown.append(float(usd) if isinstance(usd, int | float) else 0.0)

    @property
    def usage(self) -> Usage:
        """What is known of all of it; None = nothing was measured."""
        return Usage(
            sum(self._tokens) if self._tokens else None,
            round(fsum(self._usd), 9) if self._usd else None,
            self._requests or None,
            self._split,
            self._retries,
            round(fsum(self._waited), 3) if self._waited else None,
        )

    @property
    def unknown(self) -> tuple[int, float]:
        """Calls of which nobody knows what they cost, and their worst case in dollars."""
        return self._unknown_calls, round(fsum(self._unknown), 9)

    @property
    def reached(self) -> tuple[CapUse, ...]:
        """The caps that kept something from being played."""
        return tuple(use for use in self.uses if use.reached)

    def status(self) -> dict[str, Json]:
        """For a DAT's status: `spent`, and `limits` if there are caps."""
        usage, (calls, usd) = self.usage, self.unknown
        spent: dict[str, Json] = {name: value for name, value in usage_row(usage).items() if value is not None}
        if calls:
            spent |= {UNSETTLED_CALLS: calls, UNSETTLED_USD: usd}
        limits: list[Json] = [
            {
                "cap": use.label.rstrip("="),
                "quantity": use.quantity,
                "most": use.most,
                "spent": use.spent,
                **({"reserved": use.reserved} if use.reserved else {}),
                **({"unknown": use.unknown} if use.unknown else {}),
                "reached": use.reached,
            }
            for use in self.uses
        ]
        return {**({"spent": spent} if spent else {}), **({"limits": limits} if limits else {})}
