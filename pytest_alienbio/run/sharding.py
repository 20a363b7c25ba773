"""A plan cut into shards for as many machines: which cell is in which. A function of the plan alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..model import AgentProfile, Case, Json, Plan, canonical


class _Place(NamedTuple):
    """Where a cell stands before the cuts: those of one world side by side, the worlds in an order like a draw of lots."""

    world: bytes
    agent: str
    axes: str
    variant: int
    id: str


def sharded(plan: Plan, count: int) -> dict[str, int]:
    """The shard, from 1 to `count`, of each cell of `plan` by id.

    The cells are lined up by a hash of the world they are played in (scenario, content, difficulty, params, seed), and the
    line is cut into `count` parts whose sizes differ by one at most. So a world is generated in one shard, but for the
    `count - 1` worlds that a cut may go through; scenarios, levels and seeds are spread over all shards; and m cells added
    to or taken from the battery move at most m + 1 others at each cut. The order in which a battery lists things does not
    matter. With fewer cells than `count` some shards are empty.
    """
    line = [name for _, name in sorted(_places(plan))]
    return {name: at * count // len(line) + 1 for at, name in enumerate(line)}


def said_shard(shard: tuple[int, int]) -> str:
    """A shard as people write it, and as a result folder's spec records it: `2/4`."""
    return f"{shard[0]}/{shard[1]}"


def recorded_shard(spec: Mapping[str, Json]) -> str:
    """Which shard a result folder's spec says it is, `2/4`; '' for none."""
    resolved = spec.get("resolved")
    chosen = resolved.get("selection") if isinstance(resolved, Mapping) else None
    told = chosen.get("shard") if isinstance(chosen, Mapping) else None
    return told if isinstance(told, str) else ""


def shard_trouble(status: Mapping[str, Json], found: int) -> str:
    """Why a shard of this status in which so many cells have a record has not all of its cells; '' if it has."""
    if status.get("state") == "open":
        return "it is open: its run goes on, or died before its end"
    cells = status.get("cells")
    had = cells.get("selected") if isinstance(cells, Mapping) else None
    lost = had - found if isinstance(had, int) else 0
    count = f"{lost:,} cell{'' if lost == 1 else 's'}"
    return f"it is damaged: {count} that it was closed with cannot be read any more" if lost > 0 else ""


def _places(plan: Plan) -> Iterator[tuple[_Place, str]]:
    worlds: dict[tuple[int, int], bytes] = {}
    agents: dict[int, str] = {}
    for cell in plan.cells:
        at = (id(cell.case), cell.seed)
        if at not in worlds:
            worlds[at] = _world(cell.case, cell.seed)
        if id(cell.agent) not in agents:
            agents[id(cell.agent)] = _agent(cell.agent)
        axes = canonical(dict(cell.axes)) if cell.axes else ""
        yield _Place(worlds[at], agents[id(cell.agent)], axes, cell.case.variant, cell.id), cell.id


def _world(case: Case, seed: int) -> bytes:
    """The surfaces of a world are one world."""
    content: list[Json] = [case.scenario, case.content_hash, case.difficulty, dict(case.params), seed]
    return hashlib.sha256(canonical(content).encode()).digest()


def _agent(agent: AgentProfile) -> str:
    return f"{agent.hash} {agent.name}"
