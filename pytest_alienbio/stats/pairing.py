"""Who played what: the cells of several agents side by side, and which of two agents' cells belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .intervals import Stratum
from .units import LARGEST, TOO_LARGE, Key, Unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SLACK = 1e-14
"""Share of the scores themselves within which two of their differences are equal."""
NO_PARTNER = "no partner"
NOT_JUDGED = "not judged"

Measure = Literal["score", "passed"]


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells as rows, in ascending order of their keys, and a column of scores for each agent; NaN: none, inside only."""

    keys: tuple[Key, ...]
    scenario: Ints
    """Of each row, as a place in `scenarios`."""
    world: Ints
    """Scenario, version, difficulty and seed, as a number that ascends with the rows."""
    scenarios: tuple[str, ...]
    families: tuple[str, ...]
    """Of each scenario."""
    scores: Floats
    """Shape (agents, rows)."""
    cells: tuple[int, ...]
    """Of each agent, with a score or without."""
    lost: tuple[Mapping[str, int], ...]
    """Of each agent, the cells without a score, by why."""

    @classmethod
    def of(cls, agents: Sequence[Sequence[Unit]], measure: Measure = "score") -> Grid:
        """Raises `ValueError` for two units of one key in one agent, or a scenario in two families."""
        import numpy as np

        keyed = [[(unit.key, unit) for unit in units] for units in agents]
        keys = sorted({key for mine in keyed for key, _ in mine})
        place = {key: row for row, key in enumerate(keys)}
        scores = np.full((len(agents), len(keys)), np.nan)
        families: dict[str, str] = {}
        lost = []
        for agent, mine in enumerate(keyed):
            seen: set[Key] = set()
            absent: Counter[str] = Counter()
            for key, unit in mine:
                if key in seen:
                    raise ValueError(f"two cells of one agent for {_named(unit)}: hand in one result a cell")
                seen.add(key)
                family = unit.family or unit.scenario
                if families.setdefault(unit.scenario, family) != family:
                    raise ValueError(f"{unit.scenario} is in two families, {families[unit.scenario]} and {family}")
                if unit.score is None and measure == "score":
                    absent[unit.why or "no score"] += 1
                elif measure == "passed" and unit.passed is None:
                    absent[unit.why or NOT_JUDGED] += 1
                elif measure == "score" and abs(unit.score or 0.0) > LARGEST:
                    absent[TOO_LARGE] += 1
                else:
                    scores[agent, place[key]] = unit.score if measure == "score" else unit.passed
            lost.append(dict(sorted(absent.items())))
        names = sorted(families)
        spot = {name: at for at, name in enumerate(names)}
        worlds: dict[tuple[str, str, int, int], int] = {}
        return cls(
            keys=tuple(keys),
            scenario=np.array([spot[key[0]] for key in keys], dtype=np.int64),
            world=np.array([worlds.setdefault(key[:4], len(worlds)) for key in keys], dtype=np.int64),
            scenarios=tuple(names),
            families=tuple(families[name] for name in names),
            scores=scores,
            cells=tuple(map(len, agents)),
            lost=tuple(lost),
        )

    def pairs(self, a: int, b: int) -> Pairs:
        """The cells that both agents have a score of."""
        import numpy as np

        both = np.flatnonzero(np.isfinite(self.scores[a]) & np.isfinite(self.scores[b]))
        return Pairs.at(self, both, self.scores[a][both], self.scores[b][both])

    def missing(self, agent: int, used: int) -> dict[str, int]:
        """The agent's cells that do not enter, by why, if `used` of them do."""
        alone = self.cells[agent] - sum(self.lost[agent].values()) - used
        return {**self.lost[agent], **({NO_PARTNER: alone} if alone else {})}


@dataclass(frozen=True, slots=True)
class Pairs:
    """Scores of two agents on the same cells. Cells of one world go together: they are no units of their own."""

    a: Floats
    b: Floats
    """Shape (cells,), as `a`."""
    world: Ints
    """Of each cell, from 0, ascending."""
    starts: tuple[int, ...]
    """Where each scenario's cells start, and the end of the last."""
    world_starts: tuple[int, ...]
    """The same for its worlds."""
    scenarios: tuple[str, ...]
    families: tuple[str, ...]

    @classmethod
    def at(cls, grid: Grid, rows: Ints, a: Floats, b: Floats) -> Pairs:
        """The pairs in these rows of the grid, which ascend."""
        import numpy as np

        _, world = np.unique(grid.world[rows], return_inverse=True)
        here, starts = np.unique(grid.scenario[rows], return_index=True)
        firsts = world[starts].tolist() if len(rows) else []
        return cls(
            a=a,
            b=b,
            world=world,
            starts=(*starts.tolist(), len(rows)),
            world_starts=(*firsts, int(world[-1]) + 1 if len(rows) else 0),
            scenarios=tuple(grid.scenarios[at] for at in here.tolist()),
            families=tuple(grid.families[at] for at in here.tolist()),
        )

    @classmethod
    def joined(cls, parts: Sequence[Pairs]) -> Pairs:
        """Several agents' pairs as one: each agent's scenario is a stratum of its own, named and of a family as before."""
        import numpy as np

        cells = np.cumsum([0, *(len(part) for part in parts)]).tolist()
        worlds = np.cumsum([0, *(part.world_starts[-1] for part in parts)]).tolist()
        moved = list(zip(parts, cells, worlds, strict=False))
        return cls(
            a=np.concatenate([part.a for part in parts]),
            b=np.concatenate([part.b for part in parts]),
            world=np.concatenate([part.world + world for part, _, world in moved]),
            starts=(*(start + cell for part, cell, _ in moved for start in part.starts[:-1]), cells[-1]),
            world_starts=(*(start + world for part, _, world in moved for start in part.world_starts[:-1]), worlds[-1]),
            scenarios=tuple(name for part in parts for name in part.scenarios),
            families=tuple(family for part in parts for family in part.families),
        )

    def __len__(self) -> int:
        return len(self.a)

    def strata(self) -> list[Stratum]:
        """Of each scenario the mean difference, and its variance over worlds (CR1 where a world has several cells)."""
        import numpy as np

        totals, counts = np.bincount(self.world, self.a - self.b), np.bincount(self.world)
        sizes = np.bincount(self.world, np.maximum(np.abs(self.a), np.abs(self.b)))
        found = []
        for first, last in zip(self.world_starts, self.world_starts[1:], strict=False):
            total, count, n = totals[first:last], counts[first:last], last - first
            size = int(count.sum())
            mean = float(total.sum()) / size
            variance = None
            if n > 1:
                # The variance of the mean is C/(C-1) sum_c (sum_{i in c} (d_i - mean))^2 / N^2; that of a unit C times it.
                variance = n * n / ((n - 1) * size * size) * float(((total - count * mean) ** 2).sum())
                # 0.9 - 0.6 and 0.8 - 0.5 differ by rounding alone, which is no spread.
                rounding = SLACK * float((sizes[first:last] / count).max())
                variance = 0.0 if float(np.abs(total / count - mean).max()) <= rounding else variance
            found.append(Stratum(n, mean, variance))
        return found

    def shares(self) -> Floats:
        """Of each world what it adds to the mean over scenarios of the mean difference; they sum to it."""
        import numpy as np

        sizes = np.diff(self.starts)
        weights = np.repeat(1.0 / (len(sizes) * sizes), np.diff(self.world_starts))
        return np.bincount(self.world, self.a - self.b) * weights

    def median(self) -> float:
        """Of the differences, each scenario weighing the same; between two middles their mean."""
        import numpy as np

        sizes = np.diff(self.starts)
        weights = np.repeat(1.0 / sizes, sizes)
        differences = self.a - self.b
        order = np.argsort(differences, kind="stable")
        below = np.cumsum(weights[order])
        half = below[-1] / 2
        low = int(np.searchsorted(below, half * (1 - 1e-12)))
        high = int(np.searchsorted(below, half * (1 + 1e-12), side="right"))
        return float(differences[order[low]] + differences[order[high]]) / 2


def _named(unit: Unit) -> str:
    level = "" if unit.difficulty is None else f", difficulty {unit.difficulty}"
    return f"{unit.scenario}{level}, seed {unit.seed}"
