"""What is compared: the cells of an agent, with what tells them apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias

from ..model import Result, canonical

LARGEST = 1e150
"""What is larger has no square among the floats: no spread can be told of it."""
TOO_LARGE = "too large to compare"

Key: TypeAlias = tuple[str, str, int, int, str, int]


@dataclass(frozen=True, slots=True)
class Unit:
    """One cell of one agent. Two agents' units are partners if all of `key` is equal."""

    scenario: str
    seed: int
    score: float | None
    """None: it has none, and is missing, with `why`."""
    difficulty: int | None = None
    params: str = ""
    """As canonical JSON, so that equal params are equal text."""
    variant: int = 1
    version: str = ""
    """The scenario's hash: a scenario that was changed is another one, whatever its name."""
    passed: bool | None = None
    family: str = ""
    """Scenarios made from one template are no independent sample of scenarios; "": the scenario is its own family."""
    why: str = ""
    """Without a score: the outcome."""

    def __post_init__(self) -> None:
        if self.score is not None and not isfinite(self.score):
            raise ValueError(
                f"a score must be a finite number or missing, got {self.score!r} ({self.scenario}, seed {self.seed})"
            )

    @property
    def key(self) -> Key:
        """Scenario, version, difficulty (-1: none), seed, params, variant: the first four are a world."""
        level = -1 if self.difficulty is None else self.difficulty
        return self.scenario, self.version, level, self.seed, self.params, self.variant


def units(results: Iterable[Result], families: Mapping[str, str] | None = None) -> dict[str, tuple[Unit, ...]]:
    """The units of each agent, in the order agents are first seen. Hand in one result a cell.

    Only a finite score of a scored outcome is a number; everything else is missing under its outcome (`not a number`,
    `no score`). `families`: scenario -> family.
    """
    found: dict[str, list[Unit]] = {}
    for result in results:
        score: float | None = None
        why = str(result.outcome)
        if result.outcome.scored:
            score = result.score
            why = "no score" if score is None else ""
            if score is not None and not isfinite(score):
                score, why = None, "not a number"
        found.setdefault(result.agent, []).append(
            Unit(
                scenario=result.scenario,
                seed=result.seed,
                score=score,
                difficulty=result.difficulty,
                params=canonical(result.params) if result.params else "",
                version=result.scenario_hash,
                variant=result.variant,
                passed=result.passed,
                family=(families or {}).get(result.scenario, ""),
                why=why,
            )
        )
    return {agent: tuple(mine) for agent, mine in found.items()}
