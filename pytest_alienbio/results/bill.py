"""What results cost, by agent and scenario."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite

from ..model import Bill, Outcome, Result, Skewed, Spending
from ..stats.percentiles import skewed, sum_of

UNMEASURED = "not measured"


@dataclass(slots=True)
class _Sum:
    """What is kept of some cells: four numbers of each, None where nothing was measured."""

    usd: list[float | None] = field(default_factory=list)
    tokens: list[float | None] = field(default_factory=list)
    requests: list[float | None] = field(default_factory=list)
    seconds: list[float | None] = field(default_factory=list)
    passed: list[bool] = field(default_factory=list)

    def add(self, result: Result) -> None:
        usage = result.usage
        self.usd.append(_finite(usage.usd))
        self.tokens.append(_finite(usage.tokens))
        self.requests.append(_finite(usage.requests))
        # A duration of exactly 0 is what a record says that was never given one.
        self.seconds.append(_finite(result.duration_s or None))
        self.passed.append(result.passed is True)

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


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def _measured(values: list[float | None]) -> Skewed:
    known = [value for value in values if value is not None]
    return skewed(known, missing={UNMEASURED: len(values) - len(known)})


class Billing:
    """Collects results one by one; what is kept of a cell is four numbers."""

    def __init__(self) -> None:
        self._leaves: dict[tuple[str, str], _Sum] = {}

    def add(self, result: Result) -> None:
        """One cell's result; one that was never started cost nothing and is none."""
        if result.outcome not in (Outcome.SKIPPED, Outcome.NOT_RUN):
            self._leaves.setdefault((result.scenario, result.agent), _Sum()).add(result)

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


def bill(results: Iterable[Result]) -> Bill:
    """What results cost. Hand in one result a cell."""
    made = Billing()
    for result in results:
        made.add(result)
    return made.made()
