"""Shards of one run, played on several machines, become one DAT, which is then closed and judged as if one had played it."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ..errors import Complaint, SpecError, StoreError
from ..model import Json, Plan, Selection, canonical, inert
from ..report import many
from ..store import dat, log, scan
from ..store.annotations import NOTED, TAGGED, UNTAGGED
from ..store.joining import join
from .closing import Closed, close_dat
from .gates.judging import Judging, gates_of
from .opening import new_run_id
from .project import Project
from .recorded_plan import recorded_plan
from .selection import select
from .sharding import recorded_shard, said_shard, shard_trouble, sharded

MERGED = "merged"
"""The event in a merged DAT's log, with the shards it was made of."""
_MOST = 6
_KEPT = (TAGGED, UNTAGGED, NOTED)
_WRITTEN = ("v", "event", "at", "user", "host", "author")
"""Of an entry of a log: what is written with it."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of the DATs that are merged."""

    path: Path
    name: str
    """As people named it."""
    run: str
    """Its first session's."""
    runs: frozenset[str]
    """Of all sessions that played it."""
    number: int
    count: int
    spec: Mapping[str, Any]
    cells: frozenset[str]
    """Ids of the cells with a record."""
    trouble: str
    """Why it has not all of its cells; '' if it has."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of them."""

    closed: Closed
    plan: Plan
    shards: tuple[Shard, ...]
    missing: tuple[int, ...]
    """The shards that are not among them, though they have cells."""


def merge(
    sources: Sequence[tuple[str, Path]],
    project: Project,
    data_root: Path,
    *,
    out: str = "",
    allow_missing: bool = False,
    strict: bool = False,
    command: Sequence[str] = (),
    author: str = "",
) -> Merged:
    """Joins the DATs `sources` (what each is called, and where it lies) into a new one, closes it and judges its gates.

    `out` is its path template below `data_root`, by default that of the battery. Raises `SpecError`, with everything that is
    wrong, for DATs that are no shards, of different plans, overlapping, open, damaged, or too few; with `allow_missing`
    for the first three only: then cells without a record are `not_run`, and the run is incomplete. Raises `StoreError` for
    what cannot be read or written; then nothing is left.
    """
    shards = [_shard(name, path) for name, path in sources]
    first = shards[0]
    complaints = [*_differences(first, shards), *_overlaps(shards)]
    if complaints:
        raise SpecError(complaints)
    plan = recorded_plan(first.path)
    of = sharded(plan, first.count)
    there = {shard.number for shard in shards}
    missing = sorted(set(of.values()) - there)
    complaints = list(_strangers(shards, of))
    if not allow_missing:
        complaints += _incomplete(shards, missing)
    if complaints:
        raise SpecError(complaints)
    lost = {*missing, *(shard.number for shard in shards if shard.trouble)}
    due = {cell.id for cell in select(plan, _rest(first))} if lost else set()
    due = {name for name in due if of[name] in lost}
    recorded = frozenset(name for shard in shards for name in shard.cells)
    run_id = new_run_id()
    path = _made(shards, plan, run_id, data_root, out, command, author)
    gates = gates_of(plan, project=project.root, data_root=data_root, exclude=path)
    closed = close_dat(
        path,
        plan,
        run_id=run_id,
        runs=frozenset(run for shard in shards for run in shard.runs),
        selected=recorded | due,
        due=due,
        interrupted=False,
        command=lambda cell: f"pytest {shlex.quote(f'{plan.battery.origin}::{plan.battery.name}::{cell.id}')}",
        judging=Judging(gates, strict=strict),
        data_root=data_root,
    )
    if closed is None:
        raise StoreError("nothing is merged: no shard has a cell with a record")
    return Merged(closed, plan, tuple(shards), tuple(missing))


def _shard(name: str, path: Path) -> Shard:
    opened = dat.open(path)
    spec = opened.spec()
    number, _, count = recorded_shard(spec).partition("/")
    if not (number.isdigit() and count.isdigit() and 1 <= int(number) <= int(count)):
        what = "it is no shard: its run was not played with --bio-shard"
        where, expected = inert(name, most=400, verbatim=True), "result folders of pytest --bio-shard I/N"
        raise SpecError(Complaint(what, where, expected=expected))
    runs = {str(spec.get("run"))}

    def keep(row: dict[str, Any]) -> str:
        runs.add(row["run"])
        return str(row["id"])

    ids = frozenset(str(light.kept) for light in scan.scan(path, keep).cells)
    trouble = shard_trouble(opened.status(), len(ids))
    return Shard(path, name, str(spec.get("run")), frozenset(runs), int(number), int(count), spec, ids, trouble)


def _selection(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    resolved = spec.get("resolved")
    told = resolved.get("selection") if isinstance(resolved, Mapping) else None
    return told if isinstance(told, Mapping) else {}


def _differences(first: Shard, shards: Sequence[Shard]) -> Iterator[Complaint]:
    """What one of them records otherwise than the first."""
    one = dict(_flat(_common(first.spec)))
    for shard in shards[1:]:
        other = dict(_flat(_common(shard.spec)))
        keys = [key for key in dict.fromkeys((*one, *other)) if one.get(key) != other.get(key)]
        if shard.count != first.count:
            what = f"it is shard {shard.number} of {shard.count}, and {inert(first.name)} is one of {first.count}"
            yield _about(shard, what, "play all of them with the same N")
        elif keys:
            # A hash says that something differs; what does is said by the others.
            keys = [key for key in keys if not key.endswith("_hash")] or keys
            told = "; ".join(f"{key} is {_short(other.get(key))}, there {_short(one.get(key))}" for key in keys[:_MOST])
            more = f" and {len(keys) - _MOST} more" if len(keys) > _MOST else ""
            what = f"it is a shard of another plan than {inert(first.name)}: {told}{more}"
            yield _about(shard, what, "play both from the same commit, with the same options")


def _common(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What all shards of one run record alike."""
    resolved = {name: value for name, value in dict(spec.get("resolved") or {}).items() if name != "selection"}
    chosen = {name: value for name, value in _selection(spec).items() if name != "shard"}
    return {**{name: value for name, value in spec.items() if name != "run"}, "resolved": {**resolved, "selection": chosen}}


def _flat(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Every value by its dotted place."""
    if isinstance(value, Mapping) and value:
        for name, each in value.items():
            yield from _flat(each, f"{at}.{name}" if at else str(name))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping | list):
        for number, each in enumerate(value):
            yield from _flat(each, f"{at}[{number}]")
    else:
        yield at, canonical(value)


def _overlaps(shards: Sequence[Shard]) -> Iterator[Complaint]:
    known: dict[int, Shard] = {}
    for shard in shards:
        other = known.setdefault(shard.number, shard)
        if other is not shard:
            what = f"it is shard {said_shard((shard.number, shard.count))}, and so is {inert(other.name, most=200)}"
            yield _about(shard, what, "name each shard once: the run that counts")


def _strangers(shards: Sequence[Shard], of: Mapping[str, int]) -> Iterator[Complaint]:
    """Cells that are in another shard, by the plan."""
    for shard in shards:
        wrong = sorted(name for name in shard.cells if of.get(name, shard.number) != shard.number)
        if wrong:
            what = f"{many(len(wrong), 'cell')} of other shards in shard {said_shard((shard.number, shard.count))}"
            yield _about(shard, f"{what}, like {inert(wrong[0], most=200)}", "was a cell played in it by hand?")


def _incomplete(shards: Sequence[Shard], missing: Sequence[int]) -> Iterator[Complaint]:
    count = shards[0].count
    if missing:
        names = ", ".join(said_shard((number, count)) for number in missing[:_MOST])
        more = f" and {len(missing) - _MOST} more" if len(missing) > _MOST else ""
        what = f"{'a shard is' if len(missing) == 1 else f'{len(missing)} shards are'} missing: {names}{more}"
        whose = "its" if len(missing) == 1 else "their"
        yield Complaint(what, hint=f"with --allow-missing {whose} cells count as not run")
    for shard in shards:
        if shard.trouble:
            hint = "go on with it (--bio-resume) if it does not play, or with --allow-missing count what it lacks as not run"
            yield _about(shard, shard.trouble, hint)


def _rest(shard: Shard) -> Selection:
    """What was selected beside the shard. Raises `SpecError` where the plan alone cannot tell which cells that were."""
    told = {name: value for name, value in _selection(shard.spec).items() if name != "shard"}
    if unknown := told.keys() & {"tags", "type"} | told.keys() - {field.name for field in fields(Selection)}:
        names = ", ".join(sorted(unknown))
        raise SpecError(f"which cells the missing shards had is not known here: they were chosen by {inert(names)}")
    chosen: dict[str, Any] = {
        name: tuple(tuple(each) if isinstance(each, list) else each for each in value) if isinstance(value, list) else value
        for name, value in told.items()
    }
    return replace(Selection(), **chosen)


def _made(
    shards: Sequence[Shard],
    plan: Plan,
    run_id: str,
    data_root: Path,
    out: str,
    command: Sequence[str],
    author: str,
) -> Path:
    """The new DAT, with all that the shards recorded in it."""
    first = min(shards, key=lambda shard: shard.number)
    around = {shard.number: dat.open(shard.path).environment() for shard in shards}
    own = around[first.number]
    git = own.get("git")
    commit = str((git if isinstance(git, Mapping) else {}).get("commit") or "none")[:12]
    spec = _common(first.spec)
    if not spec["resolved"]["selection"]:
        del spec["resolved"]["selection"]
    sources: list[Json] = [
        {"dat": shard.name, "shard": said_shard((shard.number, shard.count)), "run": shard.run, "cells": len(shard.cells)}
        for shard in sorted(shards, key=lambda shard: shard.number)
    ]
    made = dat.claim(
        data_root,
        out or plan.battery.output_path,
        run_id=run_id,
        spec={name: value for name, value in spec.items() if name != "v"},
        fields={
            "battery": plan.battery.name,
            "user": str(own.get("user") or "unknown"),
            "host": str(own.get("host") or "unknown"),
            "commit": commit,
            "source": plan.battery.origin,
        },
        command=command,
        environment={**own, "shards": {str(number): around[number] for number in sorted(around)}},
        details={"author": author, **_labels(shards)},
        on_made=lambda folder: _joined(shards, folder),
    )
    for shard in shards:
        for entry in dat.open(shard.path).log():
            if entry.get("event") in _KEPT:
                details = {name: value for name, value in entry.items() if name not in _WRITTEN}
                log.append(made.path, str(entry["event"]), details, author=str(entry.get("author") or ""))
    log.append(made.path, MERGED, {"run": run_id, "shards": sources}, command=command, author=author)
    return made.path


def _joined(shards: Sequence[Shard], folder: Path) -> None:
    """All that they recorded in a new folder, which is gone again if that fails."""
    try:
        join([shard.path for shard in shards], folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _labels(shards: Sequence[Shard]) -> dict[str, Json]:
    """What the command lines said of the runs at their start, if all said the same."""
    told = []
    for shard in shards:
        begun = next((entry for entry in dat.open(shard.path).log() if entry.get("event") == "created"), {})
        told.append({name: value for name, value in begun.items() if name in ("labels", "note")})
    return told[0] if all(each == told[0] for each in told) else {}


def _about(shard: Shard, what: str, hint: str) -> Complaint:
    return Complaint(what, inert(shard.name, most=400, verbatim=True), hint=hint)


def _short(value: str | None) -> str:
    return "not there" if value is None else inert(value, most=60)


def differ(shards: Sequence[Shard]) -> Iterator[str]:
    """What the machines of the shards have otherwise, that may matter: a sentence each."""
    seen: dict[str, dict[str, list[int]]] = {}
    for shard in shards:
        around = dat.open(shard.path).environment()
        packages, git = around.get("packages"), around.get("git")
        told = {
            "python": around.get("python"),
            "commit": git.get("commit") if isinstance(git, Mapping) else None,
            **(dict(packages) if isinstance(packages, Mapping) else {}),
        }
        for name, value in told.items():
            seen.setdefault(name, {}).setdefault(str(value)[:40], []).append(shard.number)
    for name, values in seen.items():
        if len(values) > 1:
            each = ", ".join(f"{inert(value)} ({' '.join(map(str, numbers))})" for value, numbers in values.items())
            yield f"the shards were played with different {inert(name)}: {each}"
