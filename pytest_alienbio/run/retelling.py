"""Stored cells step by step, beside the worlds they were played in: what pages and terminals show of a trace."""

from __future__ import annotations

from collections.abc import Callable
from math import isclose
from typing import TYPE_CHECKING

from ..errors import AlienBioError, StoreError
from ..model import Json, Result, Retold, Trajectory
from ..model.cell_diff import world_of
from ..play import Catalog
from ..store import Dat, annotated, trajectory_of

if TYPE_CHECKING:
    from ..resources import FileCache

_SAME = 1e-9
"""Relative: what other platforms may make of one score."""
UNTOLD = Retold()


def retold(
    result: Result, trajectory: Trajectory | None, catalog: Catalog, cache: FileCache, *, generate: bool = True
) -> Retold:
    """What the world of a stored cell says of it: its score so far, the oracle's way, its goals.

    Nothing, where that cannot be told for certain: tasks, worlds of others, a scenario that is not here or has other content
    now and does not give the recorded score, a trace without true states. Nothing is written; without `generate` only
    worlds that are in the cache are asked.
    """
    if trajectory is None or not trajectory.turns or not trajectory.initial or result.task is not None:
        return UNTOLD
    try:
        info = catalog.scenario(result.scenario)
        if info.retell is None or info.cache_key is None:
            return UNTOLD
        case = info.case(result.difficulty, result.params, variant=result.variant)
        known = cache.has(info.cache_key(case, result.seed))
        if not (known or generate):
            return UNTOLD
        told = result.properties.get("attempts")
        attempts = told if isinstance(told, int) and not isinstance(told, bool) and told > 0 else None
        found = info.retell(case, trajectory, result.seed, attempts, cache if known else None)
    except (AlienBioError, ValueError, TypeError, ArithmeticError):
        return UNTOLD  # another world, or a damaged trace: what it would say is not of this cell
    last = found.so_far[-1]
    if result.score is None or last is None:
        return found if info.content_hash == result.scenario_hash else UNTOLD
    return found if isclose(last, result.score, rel_tol=_SAME, abs_tol=_SAME) else UNTOLD


def tracing(
    opened: Dat,
    catalog: Catalog,
    cache: FileCache,
    *,
    generate: bool = False,
    oracle: Callable[[Result], Result | None] | None = None,
) -> Callable[[Result], dict[str, Json]]:
    """Of one of the DAT's results what a page shows of its trace (`report.traces.data`); `retold` says what `generate` does.

    Where its world cannot be asked, the oracle's cell of the same run, if there is one, stands beside it; `oracle` finds it,
    else all of the DAT is read for it. A trace that cannot be read is none; what is wrong with it is said in its place.
    """
    from ..report.traces import trace_data

    said = annotated(opened.path)
    find = oracle or _oracle_of(opened)

    def read(result: Result) -> tuple[Trajectory | None, str]:
        try:
            trace = opened.trace(result)
            return (None if trace is None else trajectory_of(trace)), ""
        except StoreError as error:
            return None, str(error)

    def of(result: Result) -> dict[str, Json]:
        trajectory, damage = read(result)
        beside = retold(result, trajectory, catalog, cache, generate=generate)
        if beside.reference is None and trajectory and (found := find(result)):
            same, _ = read(found)
            beside = Retold(reference=same)
        return trace_data(result, trajectory, said.of(result.id), beside, damage=damage)

    return of


def _oracle_of(opened: Dat) -> Callable[[Result], Result | None]:
    """What finds the oracle's cell of the same world."""
    oracles = {world_of(each): each for each in opened.results() if each.agent == "oracle" and each.trace and each.trace.file}
    return lambda result: oracles.get(world_of(result))
