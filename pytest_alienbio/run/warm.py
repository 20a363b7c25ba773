"""Worlds generated before anybody plays in them, by several processes: what `bio warm` does."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from ..errors import AlienBioError
from ..model import Case, Cell
from ..play import Catalog, ScenarioInfo
from ..resources import FileCache, TimedCache
from .catalog import read_scenario
from .durations import Durations

LOST = "a process died while it generated worlds (out of memory, perhaps): fewer --jobs may help"


@dataclass(frozen=True, slots=True)
class World:
    """What the cells of one case and seed meet, however many agents and surfaces there are."""

    info: ScenarioInfo
    case: Case
    seed: int
    key: str
    """Its key in the instance cache."""

    @property
    def name(self) -> str:
        """`mutualism/competition, difficulty 2, seed 3`."""
        level = "" if self.case.difficulty is None else f", difficulty {self.case.difficulty}"
        return f"{self.case.scenario}{level}, seed {self.seed}"


@dataclass(frozen=True, slots=True)
class Warmed:
    """What came of one world."""

    world: World
    made_s: float | None = None
    """Seconds that generating it and planning in it took; None = it was there, and whole."""
    reason: str = ""
    """Why it is not in the cache now; '' if it is."""


def worlds_of(cells: Iterable[Cell], catalog: Catalog) -> list[World]:
    """The worlds that `cells` need and a cache can keep, each once."""
    found: dict[str, World] = {}
    seen: set[tuple[str, int | None, int]] = set()
    for cell in cells:
        case = cell.case
        info = catalog.scenario(case.scenario)
        place = (case.scenario, case.difficulty, cell.seed)
        if info.cache_key is None or (place in seen and not case.params):
            continue
        seen.add(place)
        key = info.cache_key(case, cell.seed)
        found.setdefault(key, World(info, case, cell.seed, key))
    return list(found.values())


def warm(
    worlds: Sequence[World],
    root: Path,
    *,
    jobs: int = 1,
    known: Durations | None = None,
    on_world: Callable[[Warmed], None] | None = None,
) -> list[Warmed]:
    """Sees to it that all `worlds` are in the cache at `root`, in so many processes; gives what came of each, as they ended.

    One that is there is replayed, as when a cell meets it, and generated anew if that does not come out. Those begin first
    that took longest before, as far as `known` tells. After a Ctrl-C those that have begun are finished and kept.
    """
    due = sorted(worlds, key=lambda world: -known.making(world.case)) if known else worlds
    done: list[Warmed] = []
    for warmed in _here(due, root) if min(jobs, len(due)) <= 1 else _in_processes(due, root, jobs):
        done.append(warmed)
        if on_world:
            on_world(warmed)
    return done


def usable_cpus() -> int:
    """How many processes can compute at once here."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _here(worlds: Iterable[World], root: Path) -> Iterator[Warmed]:
    for world in worlds:
        yield Warmed(world, *_made(world.info, world.case, world.seed, root))


def _in_processes(worlds: Sequence[World], root: Path, jobs: int) -> Iterator[Warmed]:
    """Of scenarios that are files: a process reads these by itself. Others are made here."""
    left = {world.key: world for world in worlds if world.info.source}
    # Spawned, not forked: nobody knows which threads and locks this process has
    pool = ProcessPoolExecutor(min(jobs, len(worlds)), mp_context=get_context("spawn"), initializer=_begin)
    running: dict[Future[tuple[float | None, str]], World] = {}

    def ended() -> Iterator[Warmed]:
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            warmed = Warmed(running[future], *future.result())
            del left[running.pop(future).key]
            yield warmed

    try:
        for world in list(left.values()):
            file = os.path.abspath(world.info.source)
            running[pool.submit(_made_there, file, world.case, world.seed, world.key, str(root))] = world
            if len(running) > jobs:
                yield from ended()
        while running:
            yield from ended()
    except BrokenProcessPool:
        yield from (Warmed(world, None, LOST) for world in left.values())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    yield from _here([world for world in worlds if not world.info.source], root)


def _begin() -> None:
    """Of a process: Ctrl-C is for the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _made_there(file: str, case: Case, seed: int, key: str, root: str) -> tuple[float | None, str]:
    """In a process of its own, which reads each scenario once."""
    try:
        info = read_scenario(Path(file))
    except AlienBioError as error:
        return None, str(error)
    if info.name != case.scenario or info.cache_key is None or info.cache_key(case, seed) != key:
        return None, f"{file} has changed meanwhile"
    return _made(info, case, seed, Path(root))


def _made(info: ScenarioInfo, case: Case, seed: int, root: Path) -> tuple[float | None, str]:
    """Seconds it took to make, None if it was there; and why it is not kept."""
    kept = FileCache(root, memo=0)
    timed = TimedCache(kept)
    try:
        info.factory(case, timed).reset(seed)
    except Exception as error:  # noqa: BLE001 - a scenario may raise whatever it likes; its world is told of, the others made
        return timed.made_s, str(error) if isinstance(error, AlienBioError) else f"{type(error).__name__}: {error}"
    return timed.made_s, kept.note
