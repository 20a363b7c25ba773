"""What results cost, by agent and scenario."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite

from ..model import Bill, Outcome, Result, Skewed, Spending
from ..model.brief import Told
from ..stats.percentiles import skewed, sum_of

UNMEASURED = "not measured"
_FREE = (Outcome.SKIPPED, Outcome.NOT_RUN)


@dataclass(slots=True)
class _Sum:
    """What is kept of some cells: four numbers of each, None where nothing was measured."""

    usd: list[float | None] = field(default_factory=list)
    tokens: list[float | None] = field(default_factory=list)
    requests: list[float | None] = field(default_factory=list)
    seconds: list[float | None] = field(default_factory=list)
    passed: list[bool] = field(default_factory=list)

    def add(self, result: Told, others: Sequence[Result] = ()) -> None:
        # A duration of exactly 0 is what a record says that was never given one.
        self.passed.append(result.passed is True)
        if not others:
            used = result.usage
            self.usd.append(_known(used.usd))
            self.tokens.append(_known(used.tokens))
            self.requests.append(_known(used.requests))
            self.seconds.append(_known(result.duration_s or None))
            return
        made = (result, *others)
        self.usd.append(_added([each.usage.usd for each in made]))
        self.tokens.append(_added([each.usage.tokens for each in made]))
        self.requests.append(_added([each.usage.requests for each in made]))
        self.seconds.append(_added([each.duration_s or None for each in made]))

    def extend(self, other: _Sum) -> None:
        for mine, others in zip(self._lists(), other._lists(), strict=True):
            mine.extend(others)
        self.passed += other.passed

    def _lists(self) -> tuple[list[float | None], ...]:
        return self.usd, self.tokens, self.requests, self.seconds

    def spending(self, agent: str, scenario: str) -> Spending:
        prices = [(price, passed) for price, passed in zip(self.usd, self.passed, strict=True) if price is not None]
        wins = sum(passed for _, passed in prices)
        paid = sum_of([price for price, _ in prices])
        usd, tokens, requests, seconds = map(_measured, self._lists())
        return Spending(
            agent=agent,
            scenario=scenario,
            cells=len(self.passed),
            passed=sum(self.passed),
            usd=usd,
            tokens=tokens,
            requests=requests,
            seconds=seconds,
            usd_per_pass=paid / wins if wins and paid is not None else None,
        )


def _added(values: Sequence[float | None]) -> float | None:
    """What is known of them; None if nothing is."""
    return sum_of([value for value in map(_known, values) if value is not None])


def _known(value: float | None) -> float | None:
    return float(value) if value is not None and isfinite(value) else None


def _measured(values: list[float | None]) -> Skewed:
    known = [value for value in values if value is not None]
    return skewed(known, missing={UNMEASURED: len(values) - len(known)})


class Billing:
    """Collects results one by one; what is kept of a cell is four numbers."""

    def __init__(self) -> None:
        self._leaves: dict[tuple[str, str], _Sum] = {}

    def add(self, result: Told, others: Sequence[Result] = ()) -> None:
        """One cell's result, and the other attempts at it, which were paid too; one that was never started is none."""
        others = [each for each in others if each.outcome not in _FREE]
        if result.outcome not in _FREE or others:
            self._leaves.setdefault((result.scenario, result.agent), _Sum()).add(result, others)

    def made(self) -> Bill:
        """Agents and scenarios as first seen."""
        agents: dict[str, _Sum] = {}
        scenarios: dict[str, _Sum] = {}
        total = _Sum()
        for (scenario, agent), found in self._leaves.items():
            for spent in (agents.setdefault(agent, _Sum()), scenarios.setdefault(scenario, _Sum()), total):
                spent.extend(found)
        return Bill(
            total=total.spending("", ""),
            agents=tuple(found.spending(agent, "") for agent, found in agents.items()),
            scenarios=tuple(found.spending("", scenario) for scenario, found in scenarios.items()),
            leaves=tuple(found.spending(agent, scenario) for (scenario, agent), found in self._leaves.items()),
        )


def bill(results: Iterable[Told]) -> Bill:
    """What results cost. Hand in one result a cell."""
    made = Billing()
    for result in results:
        made.add(result)
    return made.made()
