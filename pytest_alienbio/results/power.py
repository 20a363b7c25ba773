"""How many seeds a battery needs to see a drop, by what its stored runs say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from statistics import median
from typing import TypedDict

from ..errors import SpecError
from ..model import NodePlan, PowerPlan, Query, SeedPlan, SpreadSeen, garbage
from ..stats import detectable_drop, required_seeds
from ..stats.pilot import PilotLeaf, from_pairs, from_seeds, spread_of
from ..stats.required_seeds import upper_sd, z_sum
from ..stats.units import Unit
from ..store.index import Index
from .contrast import unit_of
from .fields import CONSUMED, Field, number_field
from .groups import older_note
from .records import Record, columns, direction, latest, missing, records
from .standings import CANDIDATE


class Terms(TypedDict, total=False):
    """What a plan may be told: see `stats.required_seeds`."""

    alpha: float
    power: float
    tol: float
    paired: bool
    n_base: int | None
    population: bool
    between: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be seen, and how."""

    drop: float
    alpha: float = 0.05
    power: float = 0.8
    tol: float = 0.0
    paired: bool = True
    n_base: int | None = None
    population: bool = False
    between: float | None = None
    """How much the true drop varies from scenario to scenario; None: as the runs tell."""
    mean: float | None = None
    """Of no use beside runs; only where nothing is known of the spread."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a leaf has a number of."""

    cells: int = 0
    worlds: int = 0
    """Difficulty x seed: what a world is played with (params, variants) are no units of their own."""
    levels: int = 1


@dataclass(frozen=True, slots=True)
class Pilot:
    """The stored runs, agent by agent."""

    leaves: Mapping[str, tuple[PilotLeaf, ...]]
    sizes: Mapping[tuple[str, str], Size]
    """Of each leaf of the newest run."""
    kind: str
    """`pairs` or `seeds`."""
    dats: tuple[str, ...]
    """Those that were used."""
    better: str
    missing: Mapping[str, int]
    notes: tuple[str, ...] = ()


def power_plan(index: Index, query: Query, dats: Sequence[str], wanted: Wanted, *, metric: str = "score") -> PowerPlan:
    """Seeds for all agents together, each agent, each leaf; what the newest of `dats` could see; all with the spread they show.

    The spread is that of differences where two DATs (the newest first) hold the same cells, else from seed to seed of the
    newest one. Raises `SpecError` for an unknown metric, scores of both directions, or terms that make no sense.
    """
    field = number_field(metric, index, replace(query, dats=tuple(dats)))
    pilot = read_pilot(index, query, dats, field)
    try:
        nodes = tuple(_nodes(pilot, wanted))
    except ValueError as error:
        raise SpecError(str(error)) from error
    return PowerPlan(
        metric=field.column,
        better=pilot.better,
        drop=wanted.drop,
        alpha=wanted.alpha,
        power=wanted.power,
        tol=wanted.tol,
        paired=wanted.paired,
        n_base=wanted.n_base,
        population=wanted.population,
        pilot=pilot.kind,
        dats=pilot.dats,
        nodes=nodes,
        cells=sum(size.cells for size in pilot.sizes.values()),
        missing=pilot.missing,
        notes=pilot.notes,
    )


def read_pilot(index: Index, query: Query, dats: Sequence[str], field: Field) -> Pilot:
    """What the runs say of the spread. Of a cell with several records in one DAT the latest scored one counts.

    Of all agents the candidates of the newest run are meant, as a gate means them, or all if it has none; a query that names
    agents or roles means those.
    """
    read: list[dict[str, list[Unit]]] = []
    notes: list[str] = []
    gone: Mapping[str, int] = {}
    newest: list[Record] = []
    better = "lower" if field.column in CONSUMED else "higher"
    left: set[str] = set()
    for place, path in enumerate(dats):
        with garbage.kept():
            rows = index.rows(replace(query, dats=(path,)), columns(field, ()))
            found, older = latest(records(rows, field))
        if not place and not query.agents and not query.roles:
            left = _not_judged(found)
            notes += [f"{', '.join(sorted(left))}: gates judge candidates only; --agent plans for others"] if left else []
        found = [record for record in found if record.agent not in left]
        if field.is_score:
            better = direction(found, "spread") if found else better
        notes += [older_note(older)] if older and not place else []
        mine: dict[str, list[Unit]] = {}
        for record in found:
            mine.setdefault(record.agent, []).append(unit_of(record))
        read.append(mine)
        if not place:
            gone, newest = missing(found), found
    if len({(record.scenario, record.scenario_hash) for record in newest}) > len({record.scenario for record in newest}):
        notes.append("some scenarios were changed within the run")
    agents = list(read[0]) if read else []
    pairs = {agent: from_pairs([(a.get(agent, ()), b.get(agent, ())) for a, b in _by_two(read)]) for agent in agents}
    paired = any(leaf.variance is not None for leaves in pairs.values() for leaf in leaves)
    leaves = pairs if paired else {agent: from_seeds(read[0][agent]) for agent in agents}
    used = tuple(dats[: 2 * (len(dats) // 2)] if paired else dats[:1])
    if len(dats) > len(used):
        why = "has no older one beside it" if paired else "holds no cell that the newest one has, too"
        notes.append(f"left out, for it {why}: {', '.join(dats[len(used) :])}")
    return Pilot(leaves, _sizes(newest), "pairs" if paired else "seeds", used, better, gone, tuple(notes))


def _not_judged(found: Sequence[Record]) -> set[str]:
    """Agents that are no candidates; none, if nobody is one."""
    roles = {record.agent: record.role for record in found}
    return {agent for agent, role in roles.items() if role != CANDIDATE} if CANDIDATE in roles.values() else set()


def seeds_for(
    index: Index,
    query: Query,
    dats: Sequence[str],
    wanted: Wanted,
    *,
    metric: str = "score",
    scenarios: int | None = None,
    tests: int = 1,
) -> SeedPlan:
    """Seeds for the mean of all agents that `query` keeps, over as many `scenarios` (agent x scenario; as in these DATs).

    Raises `SpecError` as `power_plan`, and where the DATs show no spread.
    """
    field = number_field(metric, index, replace(query, dats=tuple(dats)))
    pilot = read_pilot(index, query, dats, field)
    every = [leaf for leaves in pilot.leaves.values() for leaf in leaves]
    try:
        plan, _ = plan_of(
            pilot, wanted, spread_of(every), leaves=len(every) if scenarios is None else scenarios, tests=tests, n=0
        )
    except ValueError as error:
        raise SpecError(str(error)) from error
    if plan is None:
        why = "no cell of theirs varies from seed to seed" if every else "no cell of theirs has a number"
        raise SpecError(f"the pilot tells no spread: {why}; name two runs of the same cells, or give sd_diff")
    return plan


def plan_of(
    pilot: Pilot, wanted: Wanted, seen: SpreadSeen, *, leaves: int, tests: int, n: int
) -> tuple[SeedPlan | None, float | None]:
    """The seeds for one question, and the drop that `n` a leaf show; None where that cannot be told.

    One run in which nothing varies says nothing of two; two that agree in every cell say that any difference is a change.
    """
    if seen.sd_diff is None or (seen.sd_diff == 0 and pilot.kind == "seeds"):
        return None, None
    if wanted.mean is not None:
        raise SpecError("mean= stands in where nothing is known of the spread; these runs tell it")
    between = seen.between if wanted.between is None else wanted.between
    if wanted.population and between is None:
        raise SpecError(
            "how much a drop varies from scenario to scenario is told by two runs of the same cells on two scenarios or more; "
            "name two such DATs"
        )
    plan = required_seeds(
        wanted.drop,
        seen.sd_diff,
        scenarios=leaves,
        tests=tests,
        alpha=wanted.alpha,
        power=wanted.power,
        paired=wanted.paired,
        n_base=wanted.n_base,
        tol=wanted.tol,
        population=wanted.population,
        pilot=seen.df + 1,
        between=between,
    )
    if wanted.population or not n or seen.sd_diff == 0:
        return plan, None
    shows = detectable_drop(
        n,
        upper_sd(seen.sd_diff, seen.df),
        scenarios=leaves,
        tests=tests,
        alpha=wanted.alpha,
        power=wanted.power,
        paired=wanted.paired,
        n_base=wanted.n_base,
        tol=wanted.tol,
    )
    return plan, shows


def _nodes(pilot: Pilot, wanted: Wanted) -> list[NodePlan]:
    every = [(agent, leaf) for agent, leaves in pilot.leaves.items() for leaf in leaves]
    found: list[NodePlan] = []
    if len(pilot.leaves) > 1 and not wanted.population:
        found.append(_node(pilot, wanted, "overall", every, tests=1))
    for agent, leaves in pilot.leaves.items():
        found.append(_node(pilot, wanted, "agent", [(agent, leaf) for leaf in leaves], tests=len(pilot.leaves)))
    if wanted.population:
        return found
    for agent, leaf in every:
        alone = spread_of([leaf])
        if not alone.sd_diff and (whole := spread_of(pilot.leaves[agent])).sd_diff:
            alone = replace(whole, borrowed=True)
        found.append(_node(pilot, wanted, "leaf", [(agent, leaf)], tests=len(every), seen=alone))
    return found


def _node(
    pilot: Pilot,
    wanted: Wanted,
    kind: str,
    members: Sequence[tuple[str, PilotLeaf]],
    *,
    tests: int,
    seen: SpreadSeen | None = None,
) -> NodePlan:
    seen = spread_of([leaf for _, leaf in members]) if seen is None else seen
    sizes = [pilot.sizes.get((agent, leaf.scenario), Size()) for agent, leaf in members] or [Size()]
    n = int(median([size.worlds for size in sizes]))
    levels = max(1, int(median([size.levels for size in sizes])))
    plan, shows = plan_of(pilot, wanted, seen, leaves=max(1, len(members)), tests=tests, n=n)
    instead = None
    if plan is not None and n and kind == "agent" and wanted.paired and not wanted.population:
        edge = z_sum(wanted.alpha / tests, wanted.power)
        instead = ceil((edge * plan.sd_diff / (wanted.drop - wanted.tol)) ** 2 / n - 1e-9)
    return NodePlan(
        kind=kind,
        agent=members[0][0] if kind != "overall" and members else "",
        scenario=members[0][1].scenario if kind == "leaf" else "",
        leaves=len(members),
        tests=tests,
        n=n,
        levels=levels,
        together=max(1, ceil(median([size.cells / max(1, size.worlds) for size in sizes]))),
        seen=seen,
        plan=plan,
        detectable=shows,
        scenarios_instead=instead,
    )


def _by_two(read: Sequence[Mapping[str, Sequence[Unit]]]) -> list[tuple[Mapping[str, Sequence[Unit]], ...]]:
    """(newer, older), each run in one couple only: then no difference depends on another."""
    return [(read[at], read[at + 1]) for at in range(0, len(read) - 1, 2)]


def _sizes(found: Sequence[Record]) -> dict[tuple[str, str], Size]:
    worlds: dict[tuple[str, str], list[tuple[int | None, int]]] = {}
    for record in found:
        if record.value is not None:
            worlds.setdefault((record.agent, record.scenario), []).append(record.world)
    return {leaf: Size(len(mine), len(set(mine)), len({level for level, _ in mine})) for leaf, mine in worlds.items()}
