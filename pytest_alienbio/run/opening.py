"""Claiming the result folder of a plan: what is written into it before the first cell plays."""

from __future__ import annotations

import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

from ..errors import SpecError
from ..model import AgentProfile, Case, Json, Plan, Selection, canonical, digest
from ..spec.models import access_written
from ..store import aggregate, dat, provenance
from .gates.rules import gates_hash, written
from .plan import seed_digits
from .sharding import said_shard
from .surroundings import declared, git_of

Made = TypeVar("Made", Case, AgentProfile)


def new_run_id() -> str:
    """A short id that sorts by time and no two runs share: `20260109T101530-3f9c2a`."""
    return f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"


def open_dat(
    data_root: Path,
    plan: Plan,
    *,
    run_id: str,
    project: Path,
    source: str = "",
    command: Sequence[str] | None = None,
    selection: Selection | None = None,
    said: Mapping[str, Json] | None = None,
    on_made: Callable[[Path], None] | None = None,
) -> Path:
    """The DAT of `plan` under `run_id`: created on the first call of a session, found again by every other process.

    `source` is the battery's file as node ids spell it; `selection` what the command line leaves of the plan; `said` its
    labels and note (`store.annotations.said_at_start`). `on_made` is told of a new folder before others find it. Raises
    `StoreError` if the folder cannot be made.
    """
    argv = list(sys.argv if command is None else command)
    environment = provenance.capture(project, argv)
    commit = str(git_of(environment).get("commit") or "none")[:12]
    if plan.battery.experiment:
        environment["declared"] = declared(plan.battery.experiment, environment)
    fields = {
        "battery": plan.battery.name,
        "user": str(environment.get("user") or "unknown"),
        "host": str(environment.get("host") or "unknown"),
        "commit": commit,
        "source": source,
    }
    details: dict[str, Json] = {"author": provenance.identity(project), **(said or {})}
    if plan.battery.aggregate:
        wanted, output = plan.battery.aggregate, plan.battery.output_path
        try:
            details["aggregate"] = aggregate.place(data_root, wanted, fields, output=output)
        except SpecError as error:
            raise SpecError(plan.battery.complain(str(error), "aggregate")) from None
    return dat.claim(
        data_root,
        plan.battery.output_path,
        run_id=run_id,
        spec=spec_of(plan, source=source, selection=selection),
        fields=fields,
        command=argv,
        environment=environment,
        details=details,
        on_made=on_made,
    ).path


def spec_of(plan: Plan, *, source: str = "", selection: Selection | None = None) -> dict[str, Json]:
    """The exact parameters of a run: a battery that plays the same cells again, and what they resolved to.

    Sets, globs, profiles, `select:` and configured defaults are resolved; axes are kept as axes. An agent that was given as
    a class is named only: it plays again where that name is registered. `selection` is recorded, and no part of the battery.
    `source` is that of the first run if a run's record is played again, with that record under `replayed`.
    """
    battery = plan.battery
    cases, agents = _written(plan)
    swept = _swept_agents(plan)
    per_cell: dict[str, Json] = {name: limit for name, limit in asdict(battery.limits).items() if limit is not None}
    limits: dict[str, Json] = {name: cap for name, cap in asdict(battery.caps).items() if cap is not None}
    head: dict[str, Json] = {
        "description": battery.description,
        "scenarios": _entries(cases),
        "agents": [
            {
                "name": agent.name,
                "kind": agent.kind,
                "params": dict(agent.params),
                "role": agent.role,
                **access_written(agent.access),
            }
            for agent in agents
        ],
        "seeds": list(battery.seeds),
        "params": {name: list(values) for name, values in battery.params.items()},
        "mode": battery.mode if battery.params else "",
        "samples": battery.samples if battery.params and battery.mode == "sample" else None,
        "output_path": battery.output_path,
        "aggregate": battery.aggregate,
        "passing_score": battery.passing_score,
        "cells": battery.cells,
        "gates": [written(rule) for rule in battery.gates],
        "sanity": {
            "oracle_min": battery.sanity.oracle_min,
            "noop_max": battery.sanity.noop_max,
            "random_max": battery.sanity.random_max,
        },
        "limits": {**limits, **({"per_cell": per_cell} if per_cell else {})},
        "run": {
            "traces": battery.traces,
            "trace_files": battery.trace_files,
            **({"engine": battery.engine} if battery.engine and not battery.engine_by_default else {}),
            **({"concurrency": battery.concurrency} if battery.concurrency else {}),
            **({"retries": dict(battery.retries)} if battery.retries else {}),
            **({"checkpoint": battery.checkpoint} if battery.checkpoint else {}),
        },
        "report": list(battery.report),
        "tags": list(battery.tags),
    }
    head = {name: value for name, value in head.items() if value not in (None, "", [], {})}
    resolved: dict[str, Json] = {
        "source": battery.origin or source,
        **({"replayed": source} if battery.origin else {}),
        "seed_digits": seed_digits(battery),
        "cells": len(plan),
        "cells_by_scenario": dict(Counter(cell.case.scenario for cell in plan.cells)),
        "cases": [
            {
                "scenario": case.scenario,
                "difficulty": case.difficulty,
                "params": dict(case.params),
                **({"variant": case.variant} if case.variant > 1 else {}),
                "content_hash": case.content_hash,
                "scoring_hash": case.scoring_hash,
                **({"world_hash": case.world_hash} if case.world_hash else {}),
                "passing_score": case.passing_score,
                **({"deterministic": True} if case.deterministic else {}),
            }
            for case in {id(cell.case): cell.case for cell in plan.cells}.values()
        ],
        **({"world": world} if (world := ", ".join(sorted({cell.case.world for cell in plan.cells} - {""}))) else {}),
        "agents": {
            agent.name: {
                "hash": agent.hash,
                **({"axes": swept[agent.name]} if swept.get(agent.name) else {}),
                **({"deterministic": True} if agent.deterministic else {}),
                **({"skipped": agent.skip_reason} if agent.skip_reason else {}),
            }
            for agent in agents
        },
        **_swept(plan),
        **({"looks": list(battery.looks)} if battery.looks else {}),
        **({"gates_hash": gates_hash(battery.gates)} if battery.gates else {}),
        **_experiment(plan),
        "plan_hash": digest([cell.key for cell in plan.cells]),
    }
    if selection:
        chosen = {name: value for name, value in asdict(selection).items() if value not in ((), "", False, None)}
        resolved["selection"] = {**chosen, **({"shard": said_shard(selection.shard)} if selection.shard else {})}
    return {f"experiment.{battery.name}": head, "resolved": resolved}


def _swept(plan: Plan) -> dict[str, Json]:
    """Of a battery with axes, what it plays at each seed: a case (its place in `cases`), an agent, their values of the axes."""
    if not plan.battery.params:
        return {}
    places: dict[int, int] = {}
    played: dict[str, Json] = {}
    for cell in plan.cells:
        at = places.setdefault(id(cell.case), len(places))
        played.setdefault(canonical([at, cell.agent.name, cell.axes]), [at, cell.agent.name, dict(cell.axes)])
    return {"played": list(played.values())}


def _swept_agents(plan: Plan) -> dict[str, list[Json]]:
    """Of each agent the axes that it takes itself; the others are its scenarios'."""
    found: dict[str, dict[str, None]] = {}
    if plan.battery.params:
        for cell in plan.cells:
            taken = (name for name in cell.axes if name in cell.agent.params)
            found.setdefault(cell.agent.name, {}).update(dict.fromkeys(taken))
    return {agent: list(names) for agent, names in found.items()}


def _experiment(plan: Plan) -> dict[str, Json]:
    """What an experiment's file says about itself, and from what its trials' seeds are derived."""
    experiment = plan.battery.experiment
    if experiment is None:
        return {}
    about = {"id": experiment.id, "name": experiment.name, "author": experiment.author, "created": experiment.created}
    seeds: dict[str, Json] = {name: task.random_seed for name, task in plan.battery.tasks.items()}
    return {"experiment": {name: value for name, value in about.items() if value}, "random_seed": seeds}


def _written(plan: Plan) -> tuple[list[Case], list[AgentProfile]]:
    """The cases and agents of a plan as a battery writes them, in order: without what its axes give them."""
    cases: dict[int, Case] = {}
    agents: dict[str, AgentProfile] = {}
    for cell in plan.cells:
        if id(cell.case) not in cases:
            cases[id(cell.case)] = _without(cell.case, cell.axes)
        if cell.agent.name not in agents:
            agents[cell.agent.name] = _without(cell.agent, cell.axes)
    return list(cases.values()), list(agents.values())


def _without(made: Made, axes: Mapping[str, Json]) -> Made:
    return replace(made, params={name: value for name, value in made.params.items() if name not in axes})


def _entries(cases: Iterable[Case]) -> list[Json]:
    """Lines of `scenarios:` that mean just these cases, in order: no set, glob or file has to be found again.

    A line stands for all surfaces up to its own; those a former line has named already are not played twice.
    """
    entries: list[dict[str, Json]] = []
    for case in {canonical([c.scenario, c.difficulty, c.params, c.variant]): c for c in cases}.values():
        entry: dict[str, Json] = {"name": case.scenario}
        if case.difficulty is not None:
            entry["difficulty"] = [case.difficulty]
        if case.params:
            entry["params"] = dict(case.params)
        if case.variant > 1:
            before = {**entry, "variants": case.variant - 1} if case.variant > 2 else entry
            entry = {**entry, "variants": case.variant}
            if entries and entries[-1] == before:
                entries.pop()
        entries.append(entry)
    return [entry["name"] if len(entry) == 1 else entry for entry in entries]
