"""In which order cells are played where several play at once, and who is told that one process would be faster."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from ..run import instance_cache
from ..run.durations import Durations, jobs_of, read_durations
from ..run.order import Job, line_up
from .engines import xdist_plays

if TYPE_CHECKING:
    from xdist.scheduler import Scheduling

    from .lane.item import LaneItem
    from .loaded import Loaded
    from .state import SessionState

_KNOWN = pytest.StashKey[Durations]()

CHEAP_S = 0.002
"""A cell that takes less costs more in a worker than in one process: there, two processes are told of it."""
LEAST_CHEAP = 20
"""Cells that must be known to say so."""


def durations(state: SessionState) -> Durations:
    """What earlier runs tell of the session's cells; read once."""
    stash = state.config.stash
    if _KNOWN not in stash:
        cells = [cell for loaded in state.all_loaded() for cell in loaded.plan.cells if _plays(loaded, cell.id)]
        stash[_KNOWN] = read_durations(state.data_root, cells)
    return stash[_KNOWN]


def note_cheap(state: SessionState) -> None:
    """Notes that xdist's workers are slower than one process, where the cells are that cheap."""
    if not xdist_plays(state.config):
        return
    known = durations(state).cells
    took = [known[cell.id] for loaded in state.all_loaded() for cell in loaded.plan.cells if cell.id in known]
    if len(took) >= LEAST_CHEAP and median(took) < CHEAP_S:
        state.notices.append(
            f"alienbio: half of these cells took less than {median(took) * 1000:.1f} ms when they were last played; "
            "-n 0, or --bio-engine inline in place of -n, is faster than workers"
        )


def scheduler(state: SessionState, log: Any) -> Scheduling | None:
    """What hands the cells to xdist's workers; None leaves it to xdist: another `--dist`, no battery, an order to keep."""
    config = state.config
    if config.getvalue("dist") != "load" or not state.all_loaded() or order_is_given(state):
        return None
    from .longest_first import LongestFirst

    return LongestFirst(config, log, lambda ids: _jobs(state, ids), known=durations(state).tells)


def order_is_given(state: SessionState) -> bool:
    """Whether there is an order to keep: failures or new files first, step by step, by lot (pytest-randomly), or the plan's
    where only so many cells may be started: which these are must not hang on what others took."""
    config, batteries = state.config, [loaded.plan.battery for loaded in state.all_loaded()]
    if state.settings.caps.cells is not None or any(battery.caps.cells is not None for battery in batteries):
        return True
    asked = any(getattr(config.option, name, None) for name in ("failedfirst", "newfirst", "stepwise"))
    drawn = config.pluginmanager.hasplugin("randomly") and getattr(config.option, "randomly_reorganize", True)
    return bool(asked or drawn)


def lined_up(items: Sequence[LaneItem]) -> list[LaneItem]:
    """Cells of the engine lane in the order in which an engine that plays several at once should be given them."""
    from .state import state_of

    state, jobs = state_of(items[0].config), dict[int, Job]()
    if order_is_given(state):
        return list(items)
    for loaded in {id(item.loaded): item.loaded for item in items}.values():
        mine = [item for item in items if item.loaded is loaded]
        jobs |= zip(map(id, mine), _jobs_of(state, loaded, [item.cell.id for item in mine]), strict=True)
    return [items[at] for bundle in line_up([jobs[id(item)] for item in items]) for at in bundle]


def _jobs(state: SessionState, ids: Sequence[str]) -> list[Job]:
    """Each item of the session by its id: cells as they are known, other tests like a usual cell."""
    known = durations(state)
    jobs: dict[str, Job] = {}
    chosen = set(ids)
    for loaded in state.all_loaded():
        mine = [cell.id for cell in loaded.plan.cells if f"{loaded.name}::{cell.id}" in chosen]
        jobs |= zip((f"{loaded.name}::{each}" for each in mine), _jobs_of(state, loaded, mine), strict=True)
    return [jobs.get(each) or Job(known.usual) for each in ids]


def _jobs_of(state: SessionState, loaded: Loaded, ids: Sequence[str]) -> list[Job]:
    chosen = set(ids)
    cells = [cell for cell in loaded.plan.cells if cell.id in chosen]
    return jobs_of(cells, loaded.plan.battery, loaded.catalog, durations(state), instance_cache(state.data_root))


def _plays(loaded: Loaded, cell_id: str) -> bool:
    return loaded.kept is None or cell_id in loaded.kept
