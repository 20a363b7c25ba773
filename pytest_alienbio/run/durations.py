"""What each cell took when it was last played, for the order in which cells are played."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from ..model import Battery, Case, Cell, Outcome
from ..play import Catalog
from ..resources import FileCache
from ..store import Costs, Dat, find_dats
from .history import UNTOLD, mentions
from .order import Job, line_up
from .plan import look_of

MOST_RUNS = 5
"""Earlier runs that are read, the newest ones with any of the scenarios."""
MOST_LOOKED_AT = 50
"""Result folders that are looked at to find them."""
MOST_LINES = 20_000
"""Recorded cells that are read, over all of them, and no more than `LINES_A_CELL` for each cell in question."""
LINES_A_CELL = 3
UNKNOWN_S, UNKNOWN_MAKING_S = 0.05, 0.3
"""Seconds of a cell and of generating a world that nothing tells about: what those of the built-in agents often take."""


@dataclass(frozen=True, slots=True)
class Durations:
    """Seconds of cells, without generating their worlds, and of generating."""

    cells: Mapping[str, float] = field(default_factory=dict)
    """By the cell's id, when it was last played to its end."""
    kinds: Mapping[Hashable, float] = field(default_factory=dict)
    """Medians: of scenario, agent and difficulty; of scenario and agent; of a scenario; of all, under ()."""
    worlds: Mapping[Hashable, float] = field(default_factory=dict)
    """Medians: of scenario and difficulty; of a scenario; of all, under ()."""

    @property
    def tells(self) -> bool:
        """Whether anything is known of cells."""
        return bool(self.kinds)

    @property
    def usual(self) -> float:
        """What a cell takes of which nothing is known."""
        return self.kinds.get((), UNKNOWN_S)

    def of(self, cell: Cell) -> float:
        """What `cell` will take: as the last time, or as others of its kind; `UNKNOWN_S` if nothing tells."""
        if (known := self.cells.get(cell.id)) is not None:
            return known
        return next((self.kinds[kind] for kind in _kinds(cell.case, cell.agent.name) if kind in self.kinds), self.usual)

    def making(self, case: Case) -> float:
        """What generating a world of `case` will take."""
        return next((self.worlds[kind] for kind in _worlds(case) if kind in self.worlds), UNKNOWN_MAKING_S)


def read_durations(data_root: Path, cells: Sequence[Cell]) -> Durations:
    """What the newest runs below `data_root` tell of these cells and their like. What cannot be read tells nothing."""
    scenarios = {cell.case.scenario for cell in cells}
    missing = {(cell.case.scenario, cell.agent.name) for cell in cells}
    lines = min(MOST_LINES, LINES_A_CELL * len(cells))
    known: dict[str, float] = {}
    kinds: dict[Hashable, list[float]] = {}
    worlds: dict[Hashable, list[float]] = {}
    used = 0
    for path in find_dats(data_root)[:MOST_LOOKED_AT]:
        costs = Costs(path, lines)
        found: dict[str, float] = {}
        try:
            if not mentions(Dat(path).spec(), scenarios):
                continue
            for cost in costs:
                case = Case(cost.scenario, cost.difficulty)
                if cost.generation_s is not None:
                    _add(worlds, _worlds(case), cost.generation_s)
                if cost.scenario in scenarios and cost.outcome not in {*UNTOLD, Outcome.SKIPPED}:
                    found[cost.id] = cost.seconds
                    missing.discard((cost.scenario, cost.agent))
                    _add(kinds, [*_kinds(case, cost.agent), ()], cost.seconds)
        except OSError:
            continue
        known = found | known
        lines -= costs.read
        used += bool(found)
        if lines <= 0 or used >= MOST_RUNS or not missing:
            break
    return Durations(known, _medians(kinds), _medians(worlds))


def jobs_of(cells: Iterable[Cell], battery: Battery, catalog: Catalog, durations: Durations, cache: FileCache) -> list[Job]:
    """Each cell as the order sees it: what it will take, which world it meets and whether that is in the `cache`."""
    stages = look_of(battery) if battery.looks else {}
    worlds: dict[tuple[int, int], tuple[str, float]] = {}
    made: dict[str, float] = {}
    jobs: list[Job] = []
    for cell in cells:
        case = cell.case
        if cell.agent.skip_reason:
            jobs.append(Job(0.0, stage=stages.get(cell.seed, 0)))
            continue
        place = (id(case), cell.seed)
        if place not in worlds:
            key_of = catalog.scenario(case.scenario).cache_key
            key = key_of(case, cell.seed) if key_of else ""
            if key and key not in made:
                made[key] = 0.0 if cache.has(key) else durations.making(case)
            worlds[place] = key, made.get(key, 0.0)
        jobs.append(Job(durations.of(cell), *worlds[place], stages.get(cell.seed, 0)))
    return jobs


def longest_first(cells: Sequence[Cell], battery: Battery, catalog: Catalog, data_root: Path, cache: FileCache) -> list[Cell]:
    """`cells` in the order in which an engine that plays several at once should be given them."""
    jobs = jobs_of(cells, battery, catalog, read_durations(data_root, cells), cache)
    return [cells[at] for bundle in line_up(jobs) for at in bundle]


def _kinds(case: Case, agent: str) -> Iterator[Hashable]:
    """From the one that tells most to the one that tells least."""
    yield case.scenario, agent, case.difficulty
    yield case.scenario, agent
    yield case.scenario


def _worlds(case: Case) -> Iterator[Hashable]:
    yield case.scenario, case.difficulty
    yield case.scenario
    yield ()


def _add(found: dict[Hashable, list[float]], kinds: Iterable[Hashable], seconds: float) -> None:
    for kind in kinds:
        found.setdefault(kind, []).append(seconds)


def _medians(found: Mapping[Hashable, list[float]]) -> dict[Hashable, float]:
    return {kind: median(values) for kind, values in found.items()}
