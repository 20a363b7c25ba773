"""Where a rescoring goes: a result folder of its own inside the run's, which stays as it was."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any

from ...errors import StoreError
from ...model import Case, Cell, Json, Plan, digest
from ...store import Dat, dat, provenance
from ...store.layout import JUDGEMENTS, RESCORED, safe_name
from ..opening import new_run_id
from ..recorded_plan import recorded_plan
from .method import Method

WORKER = "rescore"
"""The name under which a rescoring writes its journal."""


def claim(of: Dat, method: Method, project: Path, command: Sequence[str] | None = None) -> tuple[Dat, str, dict[str, str]]:
    """A new folder `rescored/<name>-<seq>` in `of`, the id of this run, and by id the keys of cells that have others now.

    It is a result folder like any other: its spec is the run's, with the hashes that hold now and, in `resolved: rescored:`,
    what scored it and what it was made of. Raises `StoreError`.
    """
    run_id = new_run_id()
    spec, keys = spec_of(of, method)
    argv = list(sys.argv if command is None else command)
    made = dat.claim(
        of.path / RESCORED,
        f"{safe_name(method.name, most=60)}-{{seq}}",
        run_id=run_id,
        spec=spec,
        fields={"battery": str(of.spec().get("battery") or method.name)},
        command=argv,
        environment=provenance.capture(project, argv),
        details={"author": provenance.identity(project), "rescored": of.path.name, "scorer": method.name},
    )
    return made, run_id, keys


def spec_of(of: Dat, method: Method) -> tuple[dict[str, Json], dict[str, str]]:
    """The spec of `of` as `method` scores it, and the keys that its cells have then, where they are others than before."""
    spec: dict[str, Any] = copy.deepcopy(of.spec())
    was = {name: spec.pop(name, None) for name in ("v", "run")}
    resolved = spec.setdefault("resolved", {})
    for case in resolved.get("cases") or []:
        now = method.case(_case(case))
        case |= {"content_hash": now.content_hash, "scoring_hash": now.scoring_hash, "passing_score": now.passing_score}
        if now.world_hash:
            case["world_hash"] = now.world_hash
        if not now.deterministic:
            case.pop("deterministic", None)
    keys: dict[str, str] = {}
    with suppress(StoreError):  # imported: there is no plan, and cells keep their keys
        plan = recorded_plan(of.path)
        cells = rescored_cells(plan, method)
        keys = {cell.id: cell.key for cell, before in zip(cells, plan.cells, strict=True) if cell.key != before.key}
        resolved["plan_hash"] = digest([cell.key for cell in cells])
    about = dict(method.about)
    resolved["rescored"] = {"of": of.path.name, "format": was["v"], "run": was["run"], "scorer": about}
    return spec, keys


def rescored_cells(plan: Plan, method: Method) -> list[Cell]:
    """The plan's cells as `method` scores them."""
    cases: dict[int, Case] = {}
    for cell in plan.cells:
        if id(cell.case) not in cases:
            cases[id(cell.case)] = method.case(cell.case)
    return [replace(cell, case=cases[id(cell.case)]) for cell in plan.cells]


@contextmanager
def judgements(path: Path) -> Iterator[Any]:
    """A function that appends one line to the file of replicates and calls, which is made with the first."""
    import json

    from ...store.disk import OwnFile

    own = OwnFile(path / JUDGEMENTS)

    def write(line: Mapping[str, Json]) -> None:
        own.append(json.dumps(finite(line), separators=(",", ":"), allow_nan=False, default=dict).encode() + b"\n")

    try:
        yield write
    finally:
        own.close()


def finite(value: Json) -> Json:
    """`value` with numbers that JSON has none of as text: a model's answer may hold anything."""
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    return value


def _case(told: Mapping[str, Any]) -> Case:
    bar = told.get("passing_score")
    return Case(
        str(told.get("scenario")),
        told.get("difficulty"),
        dict(told.get("params") or {}),
        str(told.get("content_hash") or ""),
        passing_score=bar if isinstance(bar, int | float) else None,
        scoring_hash=str(told.get("scoring_hash") or ""),
        deterministic=told.get("deterministic") is True,
        world_hash=str(told.get("world_hash") or ""),
    )
