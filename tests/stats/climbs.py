"""Climbs for tests, in one short call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pytest_alienbio.model import CellError, Climb, Outcome, Result
from pytest_alienbio.model.ladder import CPU

from .results import result

KINDS = {"oracle": "oracle", "greedy": "greedy", "dice": "random", "idle": "noop"}
"""Agents of tests, by name; two are called otherwise than their kind."""
ROLES = {"oracle": "reference", "greedy": "candidate", "dice": "floor", "idle": "floor"}


def climb(
    difficulty: int | None = 1,
    seed: int = 0,
    *,
    scenario: str = "s",
    attempts: int | None = 1,
    rejected: Mapping[str, int] | None = None,
    generation_s: float | None = None,
    better: str = "higher",
    bar: float = 0.6,
    raw: bool = True,
    **scores: float | None,
) -> Climb:
    """A world with these agents' scores; None is an error. `raw`: on the scale that oracle and noop fix."""
    results = [
        _played(result(scenario, agent, score, role=ROLES[agent], seed=seed, better=better, bar=bar), difficulty, raw=raw)
        for agent, score in scores.items()
    ]
    return Climb(scenario, difficulty, seed, tuple(results), attempts, rejected or {}, generation_s)


def stairs(levels: Iterable[int] = (1, 2, 3), seeds: int = 4, **changes: float) -> list[Climb]:
    """A sound scenario, `changes` being other scores at every level."""
    return [
        climb(
            level,
            seed,
            **{"oracle": 1.0, "greedy": max(0.0, 1.0 - 0.25 * level - 0.01 * seed), "dice": 0.1, "idle": 0.0, **changes},  # type: ignore[arg-type]
        )
        for level in levels
        for seed in range(seeds)
    ]


def _played(found: Result, difficulty: int | None, *, raw: bool) -> Result:
    found = replace(found, difficulty=difficulty, id=f"{found.scenario}[d{difficulty}-{found.agent}-s{found.seed}]")
    if found.score is None:
        error = CellError("pytest_alienbio.errors.GenerationError", "no world", "")
        reason = "no acceptable instance in 40 attempts: 40x trivial (random actions score too much)"
        return replace(found, outcome=Outcome.ENVIRONMENT_ERROR, error=error, reason=reason)
    scores = {"raw_score": found.score} if raw else {}
    return replace(found, scores=scores, metrics={CPU: 0.002 * (1 + found.seed)})
