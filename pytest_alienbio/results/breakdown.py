"""Scores taken apart: by scenario and agent, by difficulty, by params."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from ..model import Breakdown, Json, Outcome, Part
from ..model.brief import Told
from ..model.canonical import canonical
from ..stats.means import leaf_mean
from ..stats.moments import Moments
from ..stats.proportions import pass_rate

World = tuple[int | None, int]
"""Difficulty and seed."""


@dataclass(slots=True)
class _Tally:
    """What is kept of the cells of one part."""

    scores: list[float] = field(default_factory=list)
    worlds: list[World] = field(default_factory=list)
    """Of each score."""
    judged: dict[World, int] = field(default_factory=dict)
    passed: int = 0
    unscored: Counter[str] = field(default_factory=Counter)
    """Cells without a score, by why."""
    unjudged: Counter[str] = field(default_factory=Counter)
    """Cells that neither passed nor did not, by why."""
    cells: int = 0

    def add(self, world: World, score: float | None, why: str, passed: bool | None) -> None:
        """`why`: the cell has no score; '' if it has one."""
        self.cells += 1
        if why:
            self.unscored[why] += 1
        elif score is not None:
            self.scores.append(score)
            self.worlds.append(world)
        if passed is None or why not in ("", "no score"):
            self.unjudged[why or "no bar"] += 1
        else:
            self.judged[world] = self.judged.get(world, 0) + 1
            self.passed += passed

    def part(self, bounds: tuple[float, float] | None) -> Part:
        variance = Moments.of(self.scores).variance
        judged = sum(self.judged.values())
        # What a world shows under another surface or param is no new world: it must not make the interval narrower.
        share = len(self.judged) / judged if judged else 1.0
        return Part(
            cells=self.cells,
            n=len(self.scores),
            score=leaf_mean(self.scores, worlds=self.worlds, bounds=bounds, missing=self.unscored),
            std=None if variance is None else variance**0.5,
            judged=judged,
            passed=self.passed,
            pass_rate=pass_rate(self.passed * share, judged * share, missing=self.unjudged),
        )


def _tallies() -> defaultdict[Any, _Tally]:
    return defaultdict(_Tally)


class Breakdowns:
    """Collects results one by one; what is kept of a cell is its score and its world."""

    def __init__(self) -> None:
        self._roles: dict[tuple[str, str], str] = {}
        self._whole: defaultdict[tuple[str, str], _Tally] = defaultdict(_Tally)
        self._levels: defaultdict[tuple[str, str], defaultdict[int | None, _Tally]] = defaultdict(_tallies)
        self._settings: defaultdict[tuple[str, str], defaultdict[str, _Tally]] = defaultdict(_tallies)
        self._params: dict[str, dict[str, Json]] = {}
        """By their text, as settings are named."""

    def add(self, result: Told) -> None:
        """One cell's result; one that was not meant to run here is none."""
        if result.outcome is Outcome.SKIPPED:
            return
        leaf = (result.scenario, result.agent)
        self._roles.setdefault(leaf, result.role)
        setting = canonical(dict(result.params)) if result.params else ""
        if setting not in self._params:
            self._params[setting] = dict(result.params)
        score, why = result.score, str(result.outcome)
        if result.outcome.scored:
            # A score that is no finite number is an error, as in every mean.
            why = "no score" if score is None else "" if isfinite(score) else str(Outcome.SCORER_ERROR)
        for tally in (self._whole[leaf], self._levels[leaf][result.difficulty], self._settings[leaf][setting]):
            tally.add((result.difficulty, result.seed), score, why, result.passed)

    def made(self) -> tuple[Breakdown, ...]:
        """By scenario, then agent, as first seen."""
        agents = dict.fromkeys(agent for _, agent in self._whole)
        scenarios = dict.fromkeys(scenario for scenario, _ in self._whole)
        leaves = [(scenario, agent) for scenario in scenarios for agent in agents if (scenario, agent) in self._whole]
        unit = all(0.0 <= score <= 1.0 for tally in self._whole.values() for score in tally.scores)
        return tuple(self._breakdown(leaf, (0.0, 1.0) if unit else None) for leaf in leaves)

    def _breakdown(self, leaf: tuple[str, str], bounds: tuple[float, float] | None) -> Breakdown:
        scenario, agent = leaf
        levels = sorted(self._levels[leaf].items(), key=lambda item: -1 if item[0] is None else item[0])
        settings = self._settings[leaf].items()
        return Breakdown(
            scenario=scenario,
            agent=agent,
            role=self._roles[leaf],
            whole=self._whole[leaf].part(bounds),
            levels=tuple(replace(tally.part(bounds), difficulty=level) for level, tally in levels) if len(levels) > 1 else (),
            settings=tuple(replace(tally.part(bounds), params=self._params[name]) for name, tally in settings)
            if len(settings) > 1
            else (),
        )


def breakdowns(results: Iterable[Told]) -> tuple[Breakdown, ...]:
    """Scores by scenario and agent, by difficulty, by params. Hand in one result a cell."""
    made = Breakdowns()
    for result in results:
        made.add(result)
    return made.made()
