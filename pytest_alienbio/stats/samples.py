"""Two agents that did not play the same cells: two samples, level by level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import TypeAlias

from ..model import Estimate, PValue
from .aggregate import fixed_mean, population_mean
from .improvement import Match
from .intervals import Stratum
from .pairing import Grid
from .permutation import relabelling

WELCH = 10
"""Worlds a side of every level needs for the t test; with fewer labels are exchanged."""

Kind: TypeAlias = tuple[int, str, int, tuple[tuple[str, int], ...]]
"""What worlds must share to be compared: scenario, version, difficulty, and the params and variants that were scored."""


@dataclass(frozen=True, slots=True)
class Level:
    """The worlds of one kind that A played, and those that B played: a number each, the mean over the world's cells."""

    scenario: int
    weight: float
    """Of its difference of means; over all levels they sum to 1."""
    cells: int
    """Of each world."""
    a: tuple[float, ...]
    b: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """Two agents on the levels that both played. Within a scenario a level weighs n_a n_b / (n_a + n_b), as in a fit."""

    levels: tuple[Level, ...]
    scenarios: tuple[str, ...]
    families: tuple[str, ...]

    @classmethod
    def of(cls, grid: Grid, a: int, b: int) -> Samples:
        """Levels that one of them did not play are left out."""
        first, second = _worlds(grid, a), _worlds(grid, b)
        both = [kind for kind in sorted(first) if kind in second]
        here = sorted({kind[0] for kind in both})
        sizes = {kind: len(kind[3]) / (1 / len(first[kind]) + 1 / len(second[kind])) for kind in both}
        levels = []
        for kind in both:
            own = fsum(sizes[other] for other in both if other[0] == kind[0])
            weight = sizes[kind] / own / len(here)
            levels.append(Level(here.index(kind[0]), weight, len(kind[3]), tuple(first[kind]), tuple(second[kind])))
        names = tuple(grid.scenarios[at] for at in here)
        return cls(tuple(levels), names, tuple(grid.families[at] for at in here))

    def used(self) -> tuple[int, int]:
        """Cells of A and of B."""
        return sum(level.cells * len(level.a) for level in self.levels), sum(
            level.cells * len(level.b) for level in self.levels
        )

    def by_scenario(self) -> Iterator[tuple[str, Samples]]:
        """Each scenario by itself."""
        for at, name in enumerate(self.scenarios):
            levels = [replace(level, scenario=0, weight=level.weight * len(self.scenarios)) for level in self.levels
                      if level.scenario == at]  # fmt: skip
            yield name, Samples(tuple(levels), (name,), (self.families[at],))

    def differences(self) -> list[float]:
        """Of each scenario, A - B."""
        found = []
        for at in range(len(self.scenarios)):
            mine = [level for level in self.levels if level.scenario == at]
            found.append(fsum(level.weight * len(self.scenarios) * _gap(level) for level in mine))
        return found

    def fixed(self, level: float, bounds: tuple[float, float] | None) -> Estimate:
        """The mean over scenarios of the differences; t interval, each side of a level a stratum with its own variance."""
        sides = [Stratum.of(scores) for each in self.levels for scores in (each.a, each.b)]
        shares = [share for each in self.levels for share in (each.weight, -each.weight)]
        found = fixed_mean(sides, shares=shares, bounds=bounds, level=level)
        notes = ("levels with one world borrow the spread of the others",) if found.mark else ()
        value = fsum(self.differences()) / len(self.scenarios) if self.scenarios else None
        return replace(found, value=value, n=len(self.scenarios), method="strata t, two samples", notes=notes)

    def population(self, level: float, bounds: tuple[float, float] | None) -> Estimate:
        """The same number, its interval for new scenarios (families) of this kind."""
        alone = self.families == self.scenarios
        return population_mean(self.differences(), families=None if alone else self.families, bounds=bounds, level=level)

    def test(self, fixed: Estimate, *, draws: int, seed: int) -> PValue:
        """Welch's t if each side of every level has ten worlds, else labels exchanged within levels."""
        sides = [(level.a, level.b) for level in self.levels]
        if (
            sides
            and all(min(len(a), len(b)) >= WELCH for a, b in sides)
            and fixed.stderr
            and fixed.df
            and fixed.value is not None
        ):
            from scipy.special import stdtr  # type: ignore[import-untyped, unused-ignore]

            n = sum(len(a) + len(b) for a, b in sides)
            return PValue(min(1.0, 2 * float(stdtr(fixed.df, -abs(fixed.value) / fixed.stderr))), "Welch t", n)
        return relabelling(sides, [level.weight for level in self.levels], draws=draws, seed=seed)

    def matches(self) -> list[Match]:
        """The levels, for the chance of doing better: who played more of the easy ones is not better for it."""
        import numpy as np

        found, seen = [], Counter[int]()
        for level in self.levels:
            a, b = np.array(level.a), np.array(level.b)
            weight, stage = level.weight * len(self.scenarios), seen[level.scenario]
            seen[level.scenario] += 1
            name = self.scenarios[level.scenario]
            found.append(Match(name, a, b, np.arange(len(a)), np.arange(len(b)), level=stage, weight=weight))
        return found


def _gap(level: Level) -> float:
    return fsum(level.a) / len(level.a) - fsum(level.b) / len(level.b)


def _worlds(grid: Grid, agent: int) -> dict[Kind, list[float]]:
    """The agent's worlds, by kind, ascending."""
    cells: dict[int, list[int]] = {}
    worlds, scores = grid.world.tolist(), grid.scores[agent].tolist()
    for row, (world, score) in enumerate(zip(worlds, scores, strict=True)):
        if score == score:  # not NaN
            cells.setdefault(world, []).append(row)
    found: dict[Kind, list[float]] = {}
    for rows in cells.values():
        _, version, difficulty, _, _, _ = grid.keys[rows[0]]
        kind = (int(grid.scenario[rows[0]]), version, difficulty, tuple(grid.keys[row][4:] for row in rows))
        found.setdefault(kind, []).append(_mean([scores[row] for row in rows]))
    return {kind: sorted(means) for kind, means in found.items()}


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)
