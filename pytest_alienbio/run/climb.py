"""The worlds of a scenario's check, each played by every agent, in one process or several. Nothing is recorded."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

from ..errors import AlienBioError, GenerationError
from ..model import AgentProfile, Case, Cell, CellLimits, Climb, InstanceCache, Result
from ..model.ladder import CPU
from ..play import Catalog, ScenarioInfo, look, run_cell
from ..resources import FileCache, TimedCache
from .catalog import build_catalog, with_scenario_file
from .where import instance_cache

LIMITS = CellLimits(steps=1000, wall_clock_s=60.0)
"""Of a checked cell: a scenario of somebody's may never end."""

Question = tuple[Case, int]
"""A case at a seed."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a process needs to play: it builds its catalog itself, since factories do not travel."""

    files: tuple[Path, ...]
    """The project's scenario files, and those named on the command line."""
    data_root: Path


def questions(info: ScenarioInfo, levels: Sequence[int | None], seeds: Sequence[int]) -> list[Question]:
    """Every level at every seed."""
    return [(info.case(level), seed) for level in levels for seed in seeds]


def climb(
    asked: Sequence[Question], agents: Sequence[AgentProfile], catalog: Catalog, workshop: Workshop, *, jobs: int = 1
) -> Iterator[Climb]:
    """Every question as a climb, in their order, as they come. `jobs` above 1: in so many processes (spawned), each of which
    makes the `catalog` of `workshop` for itself.

    Worlds come from the cache of the data root, or go there. What a world or an agent does wrong is in the results. Raises
    `AlienBioError` if a process dies.
    """
    if jobs <= 1 or len(asked) <= 1:
        store = instance_cache(workshop.data_root)
        yield from (climb_one(question, agents, catalog, store) for question in asked)
        return
    pool = ProcessPoolExecutor(min(jobs, len(asked)), get_context("spawn"), _let_the_parent_hear_ctrl_c)
    try:
        yield from pool.map(partial(_in_a_process, agents=tuple(agents), workshop=workshop), asked)
    except BrokenProcessPool as error:
        raise AlienBioError("a process that played worlds died; --jobs 1 plays them here, and shows where") from error
    finally:
        pool.shutdown(cancel_futures=True)


def climb_one(question: Question, agents: Sequence[AgentProfile], catalog: Catalog, store: InstanceCache) -> Climb:
    """One world, generated or out of the cache, and then every agent in it."""
    case, seed = question
    timed = TimedCache(store)
    began = time.process_time()
    attempts, rejected = None, {}
    try:
        told = look(case, catalog, seed, timed).properties
    except GenerationError as error:
        rejected = dict(error.reasons)
    except AlienBioError:
        pass  # every cell below will say so
    else:
        attempts, rejected = _drawn(told.get("attempts"), told.get("rejected"))
    generation_s = time.process_time() - began if timed.made_s is not None else None
    results = tuple(_played(case, agent, seed, catalog, store) for agent in agents)
    return Climb(case.scenario, case.difficulty, seed, results, attempts, rejected, generation_s)


def _drawn(attempts: object, rejected: object) -> tuple[int | None, dict[str, int]]:
    """What a scenario's properties say about how its world was found, as far as it is what it should be."""
    counted = rejected if isinstance(rejected, dict) else {}
    return (
        attempts if isinstance(attempts, int) else None,
        {str(reason): count for reason, count in counted.items() if isinstance(count, int)},
    )


def _played(case: Case, agent: AgentProfile, seed: int, catalog: Catalog, store: InstanceCache) -> Result:
    level = "" if case.difficulty is None else f"d{case.difficulty}-"
    cell = Cell("check", case, agent, seed, f"{case.scenario}[{level}{agent.name}-s{seed}]")
    began = time.process_time()
    result = run_cell(cell, catalog, limits=LIMITS, cache=store)
    return result.with_(trajectory=None, metrics={**result.metrics, CPU: time.process_time() - began})


def _in_a_process(question: Question, agents: Sequence[AgentProfile], workshop: Workshop) -> Climb:
    return climb_one(question, agents, *_tools(workshop))


@cache
def _tools(workshop: Workshop) -> tuple[Catalog, FileCache]:
    catalog = build_catalog()
    for path in workshop.files:
        catalog = with_scenario_file(catalog, path)[0]
    return catalog, instance_cache(workshop.data_root)


def _let_the_parent_hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
