"""The plan that a result folder records: worked out from its spec alone, wherever its agents and scenarios are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import StoreError
from ..model import AgentProfile, Battery, Case, Cell, Json, Plan, digest
from ..spec import read_source
from ..spec.battery import batteries
from ..store import dat
from ..store.layout import SPEC
from .plan import around_seed, look_of, seed_digits

_HEAD = "experiment."


def recorded_plan(dat_path: Path) -> Plan:
    """The plan of the DAT at `dat_path`, with the ids, keys and order it was played with; no catalog is asked.

    Nothing of it can be played: its cases know no tags, and what they are is not looked up. Raises `StoreError` for a DAT
    that does not tell (imported, or copied into an aggregate), and for one whose cells do not come out as they were.
    """
    spec = dat.open(dat_path).spec()
    found = batteries(read_source(dat_path / SPEC)) if any(key.startswith(_HEAD) for key in spec) else ()
    if len(found) != 1:
        raise StoreError(f"{dat_path}: {SPEC} records no battery; was it imported from elsewhere?")
    resolved = _mapping(spec.get("resolved"))
    battery = found[0]
    cells = tuple(_cells(battery, spec, resolved))
    if battery.looks:
        look = look_of(battery)
        cells = tuple(sorted(cells, key=lambda cell: look[cell.seed]))
    if digest([cell.key for cell in cells]) != resolved.get("plan_hash"):
        raise StoreError(f"{dat_path}: the cells that {SPEC} describes are not those of its plan_hash: it was edited")
    return Plan(battery, cells)


def _cells(battery: Battery, spec: Mapping[str, Json], resolved: Mapping[str, Json]) -> Iterator[Cell]:
    head = _mapping(spec.get(f"{_HEAD}{battery.name}"))
    told = _mapping(resolved.get("agents"))
    cases = [_case(_mapping(each)) for each in _list(resolved.get("cases"))]
    agents = {str(line.get("name")): _agent(line, told) for line in map(_mapping, _list(head.get("agents")))}
    taken = {name: {str(axis) for axis in _list(_mapping(told.get(name)).get("axes"))} for name in agents}
    whole: list[list[Any]] = [[at, agent, {}] for at in range(len(cases)) for agent in agents]
    width = seed_digits(battery) if battery.seeds else 0
    for each in _list(resolved.get("played")) if battery.params else whole:
        at, name, values = each if isinstance(each, list) and len(each) == 3 else (None, None, None)
        if type(at) is not int or not 0 <= at < len(cases) or name not in agents or not isinstance(values, Mapping):
            continue  # the plan's hash will not come out
        mine = {axis: value for axis, value in values.items() if axis in taken[name]}
        agent = replace(agents[name], params={**agents[name].params, **mine}) if mine else agents[name]
        own = {param: value for param, value in cases[at].params.items() if param not in values}
        before, after = around_seed(replace(cases[at], params=own), name, values)
        for seed in battery.seeds:
            yield Cell(battery.name, cases[at], agent, seed, f"{before}-s{seed:0{width}d}{after}", dict(values))


def _case(told: Mapping[str, Any]) -> Case:
    bar, level, variant = told.get("passing_score"), told.get("difficulty"), told.get("variant", 1)
    return Case(
        str(told.get("scenario")),
        level if isinstance(level, int) else None,
        dict(_mapping(told.get("params"))),
        str(told.get("content_hash") or ""),
        passing_score=float(bar) if isinstance(bar, int | float) else None,
        variant=variant if isinstance(variant, int) else 1,
        scoring_hash=str(told.get("scoring_hash") or ""),
        deterministic=told.get("deterministic") is True,
        world_hash=str(told.get("world_hash") or ""),
    )


def _agent(line: Mapping[str, Any], told: Mapping[str, Json]) -> AgentProfile:
    about = _mapping(told.get(str(line.get("name"))))
    return AgentProfile(
        str(line.get("name")),
        str(line.get("kind")),
        dict(_mapping(line.get("params"))),
        str(line.get("role") or "candidate"),
        str(about.get("skipped") or ""),
        about.get("deterministic") is True,
    )


def _mapping(value: Json) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Any]:
    return value if isinstance(value, list) else []
