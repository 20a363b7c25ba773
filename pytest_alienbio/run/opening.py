"""Claiming the result folder of a plan: what is written into it before the first cell plays."""

from __future__ import annotations

import secrets
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ..model import Case, Json, Plan, digest
from ..store import dat, provenance


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
    traces: str | None = None,
    command: Sequence[str] | None = None,
) -> Path:
    """The DAT of `plan` under `run_id`: created on the first call of a session, found again by every other process.

    `source` is the battery's file as node ids spell it. Raises `StoreError` if the folder cannot be made.
    """
    argv = list(sys.argv if command is None else command)
    environment = provenance.capture(project, argv)
    git = environment.get("git")
    commit = str(git.get("commit") or "none")[:12] if isinstance(git, dict) else "none"
    return dat.claim(
        data_root,
        plan.battery.output_path,
        run_id=run_id,
        spec=spec_of(plan, source=source, traces=traces),
        fields={
            "battery": plan.battery.name,
            "user": str(environment.get("user") or "unknown"),
            "host": str(environment.get("host") or "unknown"),
            "commit": commit,
            "source": source,
        },
        command=argv,
        environment=environment,
    ).path


def spec_of(plan: Plan, *, source: str = "", traces: str | None = None) -> dict[str, Json]:
    """The exact parameters of a run: a battery that plays the same cells again, and what they resolved to."""
    battery = plan.battery
    cases = {id(cell.case): cell.case for cell in plan.cells}.values()
    agents = {cell.agent.name: cell.agent for cell in plan.cells}.values()
    limits = {"steps": battery.limits.steps, "wall_clock_s": battery.limits.wall_clock_s}
    per_cell: dict[str, Json] = {name: limit for name, limit in limits.items() if limit is not None}
    head: dict[str, Json] = {
        "description": battery.description,
        "scenarios": [_entry(case) for case in cases],
        "agents": [
            {"name": agent.name, "kind": agent.kind, "params": dict(agent.params), "role": agent.role} for agent in agents
        ],
        "seeds": list(battery.seeds),
        "output_path": battery.output_path,
        "passing_score": battery.passing_score,
        "cells": battery.cells,
        "sanity": {
            "oracle_min": battery.sanity.oracle_min,
            "noop_max": battery.sanity.noop_max,
            "random_max": battery.sanity.random_max,
        },
        "limits": {"per_cell": per_cell} if per_cell else "",
        "run": {"traces": traces or battery.traces, "trace_files": battery.trace_files},
        "tags": list(battery.tags),
    }
    head = {name: value for name, value in head.items() if value not in (None, "", [])}
    return {
        f"experiment.{battery.name}": head,
        "resolved": {
            "source": source,
            "cells": len(plan),
            "cells_by_scenario": dict(Counter(cell.case.scenario for cell in plan.cells)),
            "cases": [
                {
                    "scenario": case.scenario,
                    "difficulty": case.difficulty,
                    "params": dict(case.params),
                    "content_hash": case.content_hash,
                    "passing_score": case.passing_score,
                }
                for case in cases
            ],
            "agents": {
                agent.name: {"hash": agent.hash, **({"skipped": agent.skip_reason} if agent.skip_reason else {})}
                for agent in agents
            },
            "plan_hash": digest([cell.key for cell in plan.cells]),
        },
    }


def _entry(case: Case) -> Json:
    """A line of `scenarios:` that means just this case: no set, glob or file has to be found again."""
    spelled: dict[str, Json] = {"name": case.scenario}
    if case.difficulty is not None:
        spelled["difficulty"] = [case.difficulty]
    if case.params:
        spelled["params"] = dict(case.params)
    return case.scenario if len(spelled) == 1 else spelled
