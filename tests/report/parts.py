"""Summaries and documents for tests, in one short call."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pytest_alienbio.model import Failure, Finding, Interval, Leaf, Outcome, Standing, Summary
from pytest_alienbio.report import Counts, Document, as_json
from pytest_alienbio.report.build import build
from pytest_alienbio.results.failures import grouped
from pytest_alienbio.stats import wilson


def leaf(
    agent: str,
    scenario: str,
    n: int = 10,
    mean: float | None = 0.83,
    std: float | None = 0.12,
    rate: float | None = 0.8,
    errors: int = 0,
) -> Leaf:
    """A leaf with its real interval."""
    passed = 0 if rate is None else round(rate * n)
    return Leaf(agent, scenario, n, mean, std, passed, rate, wilson(passed, n), errors, {"completed": n})


def standing(
    rank: int | None,
    agent: str,
    role: str = "candidate",
    mean: float | None = 0.83,
    interval: Interval | None = Interval(0.71, 0.95),  # noqa: B008
    *,
    scenarios: int = 2,
    n: int = 20,
    errors: int = 0,
    skipped: int = 0,
    rate: float | None = 0.8,
) -> Standing:
    """A standing."""
    return Standing(
        rank, agent, role, mean, interval, n, 0 if rate is None else round(rate * n), rate, errors, skipped, scenarios
    )


def failure(
    id: str = "m/x[d2-greedy-s03]",
    outcome: Outcome = Outcome.COMPLETED,
    score: float | None = None,
    reason: str = "",
) -> Failure:
    """A failure with its command."""
    return Failure(id, outcome, score, 0.6, reason, f"pytest 'e/m.battery.yaml::m::{id}'")


def small() -> Document:
    """A battery of two scenarios and four agents in which a little of everything happened."""
    scenarios = ("mutualism/hidden_dependency", "mutualism/competition")
    leaves = [
        made
        for scenario in scenarios
        for made in (
            leaf("oracle", scenario, mean=1.0, std=0.0, rate=1.0),
            leaf("random", scenario, mean=0.2, std=0.15, rate=0.0),
            leaf("greedy", scenario, n=8, rate=0.75, errors=2)
            if scenario == scenarios[0]
            else leaf("greedy", scenario, 1, 0.7, None, 1.0),
        )
    ]
    leaves.append(leaf("late", scenarios[1], 0, None, None, None, 10))
    standings = (
        standing(1, "oracle", "reference", 1.0, None, rate=1.0),
        standing(2, "greedy", n=9, errors=2),
        standing(3, "random", "floor", 0.2, Interval(0.13, 0.27), rate=0.0),
        standing(None, "late", mean=None, interval=None, scenarios=0, n=0, errors=10, rate=None),
        standing(None, "gpt-4", mean=None, interval=None, scenarios=0, n=0, skipped=20, rate=None),
    )
    return build(
        title="mutualism_battery",
        summary=Summary(tuple(leaves), standings, {"completed": 49, "agent_error": 2, "timed_out": 10, "skipped": 20}),
        failures=grouped(
            [
                failure("mutualism/competition[d2-greedy-s3]", score=0.31),
                *(
                    failure(f"mutualism/competition[d2-late-s{i}]", Outcome.TIMED_OUT, reason="took more than 5 s")
                    for i in range(10)
                ),
            ]
        ),
        skipped={"gpt-4": "models are not supported yet"},
        findings=[Finding("mutualism/competition", "random_max", "mutualism/competition: random scores 0.71 on 10 cells")],
        notes=["the last line of cells/r1-main.jsonl was cut short"],
        dat_path="/data/results/mutualism_battery/2026-01-31_001",
        counts=Counts(100, 90, 81, before=1),
    )


def plain(
    leaves: Sequence[Leaf] = (),
    standings: Sequence[Standing] = (),
    outcomes: Mapping[str, int] | None = None,
    failures: Sequence[Failure] = (),
    *,
    better: str = "higher",
) -> Document:
    """A document of just these parts."""
    summary = Summary(tuple(leaves), tuple(standings), outcomes or {}, better)
    return build(title="t", summary=summary, failures=grouped(failures))


def told(document: Document) -> Any:
    """What machines get of each section."""
    return json.loads(as_json(document))["sections"]
