"""Trials as an experiment's `summary.json` tells them, whatever they were: a variation, a number, params, metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...model import Json, Result, Usage, canonical
from ...results.fields import number
from ...store.runs import trial_summary
from .source import Played

COLUMNS = (
    "experiment_id", "variation", "trial", "params", "metrics", "status", "error", "started_at", "ended_at", "duration_ms",
    "scenario", "difficulty", "outcome",
)  # fmt: skip
"""The first ten are those of `summary.json`."""
DURATION = "duration_ms"
"""Known of every trial."""
_TAKEN = ("tokens", "usd", "requests", "steps", "cost")
"""What a cell of an agent may have taken, as fields of a set of results are called."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial of one variation."""

    result: Result
    """Its agent is the variation, its params are those that tell no variation apart. One that broke has no numbers."""
    params: Mapping[str, Json]
    """All there are: of the agent or variation, and the cell's own."""
    metrics: Mapping[str, Json]
    """What was measured of a trial that ended: a task's metrics; of an agent's cell `score`, `scores.NAME`, `metrics.NAME`, and
    what it took (`tokens`, `usd`, `requests`, `steps`, `cost`). What is missing is left out; {} if it broke."""
    columns: Mapping[str, str]
    """Which field of a set of results each metric is."""

    def row(self) -> dict[str, Json]:
        """It as a row of `COLUMNS`."""
        told = trial_summary(self.result, self.params, {})
        return {name: told[name] for name in COLUMNS[:10]} | {
            "metrics": dict(self.metrics),
            "scenario": self.result.scenario,
            "difficulty": self.result.difficulty,
            "outcome": str(self.result.outcome),
        }


def trials_of(played: Sequence[Played]) -> tuple[Trial, ...]:
    """Each as a trial of its variation.

    A variation is what an experiment calls so; elsewhere it is the agent. Where cells of one scenario differ in their own
    params (a battery's `params:`), those params belong to it: `greedy [threshold=0.5]`.
    """
    varied = _varied(result for result, _ in played)
    return tuple(_trial(result, params, varied.get(result.scenario, ())) for result, params in played)


def metric_names(trials: Iterable[Trial], declared: Sequence[str] = ()) -> dict[str, str]:
    """Every metric that is a number in some trial, declared ones first, else as first seen, and which field it is."""
    found: dict[str, str] = {}
    for trial in trials:
        for name, value in trial.metrics.items():
            if name not in found and number(value) is not None:
                found[name] = trial.columns[name]
    return {name: found[name] for name in (*(each for each in declared if each in found), *found)}


def _trial(result: Result, params: Mapping[str, Json], varied: Sequence[str]) -> Trial:
    told = {name: result.params[name] for name in varied if name in result.params}
    name = result.agent
    if told:
        name += f" [{', '.join(f'{key}={_shown(value)}' for key, value in told.items())}]"
    rest = {key: value for key, value in result.params.items() if key not in told}
    measured = _measured(result) if result.outcome.scored else {}
    mine = result.with_(agent=name, params=rest)
    if not result.outcome.scored:
        mine = mine.with_(metrics={}, scores={}, usage=Usage(), trace=None)
    values = {key: value for key, (value, _) in measured.items()}
    return Trial(mine, params, values, {key: column for key, (_, column) in measured.items()})


def _measured(result: Result) -> dict[str, tuple[Json, str]]:
    """Each metric's value, and which field it is."""
    if result.task:
        return {name: (value, f"metrics.{name}") for name, value in result.metrics.items()}
    steps, cost = (result.trace.steps, result.trace.cost) if result.trace else (None, None)
    taken: tuple[Json, ...] = (result.tokens, result.usd, result.usage.requests, steps, cost)
    found: dict[str, Json] = {"score": result.score}
    found |= {f"scores.{name}": value for name, value in result.scores.items()}
    found |= zip(_TAKEN, taken, strict=True)
    found |= {f"metrics.{name}": value for name, value in result.metrics.items()}
    return {name: (value, name) for name, value in found.items() if value is not None}


def _varied(results: Iterable[Result]) -> dict[str, list[str]]:
    """Of each scenario the params in which its cells differ."""
    seen: dict[str, dict[str, set[str]]] = {}
    for result in results:
        mine = seen.setdefault(result.scenario, {})
        for name, value in result.params.items():
            mine.setdefault(name, set()).add(canonical(value))
    return {scenario: [name for name, values in mine.items() if len(values) > 1] for scenario, mine in seen.items() if mine}


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else canonical(value)
