"""What a gate compares, out of a result folder: its cells with their numbers, and what decides whether they may be compared."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple

from ...model import AgentVersion, Batch, BatchCell, Json, Outcome, Plan, ScenarioVersion, canonical
from ...model.batch import MEASURED
from ...model.outcome import NOT_NEEDED
from ...results.fields import number
from ...store import dat, scan
from ...store.fields import SCORED
from ..reporting import from_here

_HEAD = "experiment."
_Name = tuple[str, str, tuple[int, str, int, int]]
"""Agent, scenario, unit: what tells a batch's cells apart."""


class _Kept(NamedTuple):
    """Of a journal's line, what a batch needs."""

    cell: BatchCell
    better: tuple[str, ...]
    """Of each metric: the direction that this record tells; '' = none."""
    battery: str
    content: str
    agent_hash: str
    role: str
    bar: str
    models: tuple[str, ...]
    """What answered the agent."""
    needless: bool
    """Whether nobody needed it any more: the gates were decided without it."""


def batch_of(
    dat_path: Path, metrics: Collection[str] = ("score",), *, plan: Plan | None = None, project: Path | None = None
) -> Batch:
    """The cells of a run, one record each, ordered by agent, scenario and unit, with the numbers `metrics` of each.

    A metric is `score`, `passed` (1 or 0), `tokens`, `usd`, `duration_s`, `scores.NAME`, `metrics.NAME`, or just NAME: a
    sub-score, else a metric. Only a cell that ended well has numbers; of every other `why` is its outcome. Cells that were to
    be played and have no record are `not_run`. With a `plan` they are its cells, and no others are read; without, those that
    the DAT's own spec plans. What an agent of a conftest played in the place of a planned one is there under its own name.
    Cells that a look made needless were not to be played. A direction that the records do not tell, or tell in two ways, is
    not in `better`. `dat` is told relative to `project`. Reads the journals once.
    Raises `StoreError` for a DAT that cannot be read.
    """
    opened = dat.open(dat_path)
    spec, around = opened.spec(), opened.environment()
    found: dict[_Name, tuple[tuple[bool, float, int], _Kept]] = {}
    for light in scan.scan(opened.path, _keeper(tuple(metrics))).cells:
        kept = light.kept
        assert isinstance(kept, _Kept)
        name = (kept.cell.agent, kept.cell.scenario, kept.cell.unit)
        if name not in found or found[name][0] < light.rank:
            found[name] = light.rank, kept
    planned = {_name(cell): cell for cell in (_of_plan(plan) if plan else _of_spec(spec))}
    # An agent of a test's own (`greedy+Mine`) played in the place of the one that was planned; nobody else was to.
    places = {name: (name[0].rpartition("+")[0], *name[1:]) for name in found if name not in planned}
    instead = {name: place for name, place in places.items() if place in planned and place not in found}
    planned = {name: cell for name, cell in planned.items() if name not in set(instead.values())}
    records = {name: kept for name, (_, kept) in found.items() if not plan or name in planned or name in instead}
    cells = {**planned, **{name: kept.cell for name, kept in records.items()}}
    resolved = _mapping(spec.get("resolved"))
    # Without looks nobody decided anything early: a reason of the same words is somebody else's, and its cell is missing.
    if plan.battery.looks if plan else resolved.get("looks") or not _head(spec)[1]:
        cells = {name: cell for name, cell in cells.items() if name not in records or not records[name].needless}
    git = _mapping(around.get("git"))
    dirty = git.get("dirty")
    return Batch(
        battery=plan.battery.name if plan else _battery(spec, records.values()),
        cells=tuple(cells[name] for name in sorted(cells)),
        better=_directions(tuple(metrics), records.values()),
        scenarios=_scenarios(resolved, records.values()),
        agents=_agents(resolved, _head(spec)[1], records.values()),
        world=_text(resolved.get("world")),
        version=int(str(spec["v"])),
        commit=_text(git.get("commit")),
        dirty=dirty if isinstance(dirty, bool) else None,
        at=_text(around.get("timestamp")),
        run=_text(spec.get("run")),
        dat=place_of(opened.path, project),
    )


def place_of(path: Path, project: Path | None) -> str:
    """Where a DAT lies, as people are told: relative to the project if it is in it."""
    whole = Path(os.path.realpath(path))  # `resolve` breaks at links that go in a circle
    root = project.resolve() if project else None
    return whole.relative_to(root).as_posix() if root and whole.is_relative_to(root) else from_here([whole])[0]


def _keeper(metrics: tuple[str, ...]) -> Callable[[dict[str, Any]], _Kept]:
    spelled: dict[str, str] = {"": "", "{}": ""}

    def keep(row: dict[str, Any]) -> _Kept:
        outcome, params = row["outcome"], row["params"]
        text = canonical(params) if params else ""
        values: dict[str, float] = {}
        better = [""] * len(metrics)
        if outcome in SCORED:
            for at, metric in enumerate(metrics):
                value, better[at] = _number(row, metric)
                if value is not None:
                    values[metric] = value
        cell = BatchCell(
            intern(row["agent"]),
            intern(row["scenario"]),
            row["seed"],
            row["difficulty"],
            spelled.setdefault(text, text),
            row["variant"],
            values,
            "" if outcome in SCORED else intern(outcome),
        )
        return _Kept(
            cell,
            tuple(map(intern, better)),
            intern(row["battery"]),
            intern(row["scenario_hash"]),
            intern(row["agent_hash"]),
            intern(row["role"]),
            intern(_bar(row["passing_score"])),
            tuple(row["model"].get("resolved", ())) if row["model"] else (),
            outcome == Outcome.SKIPPED and str(row["reason"]).startswith(NOT_NEEDED),
        )

    return keep


def _number(row: Mapping[str, Any], metric: str) -> tuple[float | None, str]:
    """A record's number of that name, and in which direction it is better, if it tells."""
    if metric == "score":
        return number(row["score"]), row["better"]
    if metric == "passed":
        return number(row["passed"]), "higher"
    if metric in MEASURED:
        return number(row["duration_s"] if metric == "duration_s" else (row["usage"] or {}).get(metric)), "lower"
    place, dot, name = metric.partition(".")
    for held in (place,) if dot and place in ("scores", "metrics") else ("scores", "metrics"):
        own = name if dot and place == held else metric
        if own in row[held]:
            value = number(row[held][own])
            # A task's score is one of its metrics, and has its direction.
            same = held == "scores" or (value is not None and value == row["score"])
            return value, row["better"] if same else ""
    return None, ""


def _directions(metrics: tuple[str, ...], records: Iterable[_Kept]) -> dict[str, str]:
    told: dict[str, set[str]] = {metric: set() for metric in metrics}
    for kept in records:
        for metric, better in zip(metrics, kept.better, strict=True):
            if metric in kept.cell.values:
                told[metric].add(better)
    fixed = {"passed": "higher", **dict.fromkeys(MEASURED, "lower")}
    known = {metric: fixed.get(metric) or (next(iter(words)) if len(words) == 1 else "") for metric, words in told.items()}
    return {metric: better for metric, better in known.items() if better}


def _name(cell: BatchCell) -> _Name:
    return cell.agent, cell.scenario, cell.unit


def _of_plan(plan: Plan) -> Iterator[BatchCell]:
    """A plan's cells as they are before any is played."""
    for cell in plan.cells:
        params = cell.params
        yield BatchCell(
            cell.agent.name,
            cell.case.scenario,
            cell.seed,
            cell.case.difficulty,
            canonical(params) if params else "",
            cell.case.variant,
            why=Outcome.NOT_RUN.value,
        )


def _of_spec(spec: Mapping[str, Json]) -> Iterator[BatchCell]:
    """The cells that a DAT's spec plans. None, if it does not say: one that was imported, or copied into an aggregate."""
    resolved, (_, head) = _mapping(spec.get("resolved")), _head(spec)
    cases, agents = [_mapping(each) for each in _list(resolved.get("cases"))], _mapping(resolved.get("agents"))
    seeds = [seed for seed in _list(head.get("seeds")) if isinstance(seed, int)]
    told = [_list(each) for each in _list(resolved.get("played"))]
    whole: list[list[Any]] = [[at, agent, {}] for at in range(len(cases)) for agent in agents]
    for at, agent, axes in (each for each in told or ([] if head.get("params") else whole) if len(each) == 3):
        if not isinstance(at, int) or not 0 <= at < len(cases) or not isinstance(agent, str):
            continue
        case = cases[at]
        params = {**_mapping(case.get("params")), **_mapping(axes)}
        level, variant = case.get("difficulty"), case.get("variant", 1)
        plain = BatchCell(
            agent,
            _text(case.get("scenario")),
            0,
            level if isinstance(level, int) else None,
            canonical(params) if params else "",
            variant if isinstance(variant, int) else 1,
            why=Outcome.NOT_RUN.value,
        )
        yield from (replace(plain, seed=seed) for seed in seeds)


def _battery(spec: Mapping[str, Json], records: Iterable[_Kept]) -> str:
    name, _ = _head(spec)
    return name or ", ".join(dict.fromkeys(kept.battery for kept in records))


def _scenarios(resolved: Mapping[str, Json], records: Iterable[_Kept]) -> dict[str, ScenarioVersion]:
    """What the records say of each scenario's content and bar, and the spec of the rest."""
    played: dict[str, set[str]] = {}
    planned: dict[str, list[Mapping[str, Json]]] = {}
    bars: dict[str, set[str]] = {}
    for kept in records:
        played.setdefault(kept.cell.scenario, set()).add(kept.content)
        bars.setdefault(kept.cell.scenario, set()).add(kept.bar)
    for case in map(_mapping, _list(resolved.get("cases"))):
        planned.setdefault(_text(case.get("scenario")), []).append(case)
        bars.setdefault(_text(case.get("scenario")), set()).add(_bar(case.get("passing_score")))
    return {
        name: ScenarioVersion(
            _joined(played.get(name) or {_text(case.get("content_hash")) for case in planned[name]}),
            _joined({_text(case.get("scoring_hash")) for case in planned.get(name, [])}),
            ", ".join(sorted(bars[name])),
            any(case.get("deterministic") is True for case in planned.get(name, ())),
        )
        for name in sorted({*played, *planned})
    }


def _bar(value: Json) -> str:
    bar = number(value)
    return "none" if bar is None else repr(bar)


def _agents(resolved: Mapping[str, Json], head: Mapping[str, Json], records: Iterable[_Kept]) -> dict[str, AgentVersion]:
    """What the spec says of each agent, else its records."""
    hashes: dict[str, set[str]] = {}
    roles: dict[str, str] = {}
    models: dict[str, set[str]] = {}
    for kept in records:
        if kept.models and not kept.cell.why:
            models.setdefault(kept.cell.agent, set()).update(kept.models)
        hashes.setdefault(kept.cell.agent, set()).add(kept.agent_hash)
        roles[kept.cell.agent] = kept.role
    for line in map(_mapping, _list(head.get("agents"))):
        if name := _text(line.get("name")):
            roles[name] = _text(line.get("role")) or roles.get(name, "candidate")
    told = {name: _mapping(about) for name, about in _mapping(resolved.get("agents")).items()}
    return {
        name: AgentVersion(
            _text(told.get(name, {}).get("hash")) or _joined(hashes.get(name, set())),
            roles.get(name, "candidate"),
            told.get(name, {}).get("deterministic") is True,
            tuple(sorted(models.get(name, ()))),
        )
        for name in sorted({*told, *hashes})
    }


def _joined(hashes: set[str]) -> str:
    """One hash as it is; several as all of them, which is none of them. '' where nobody told."""
    return "+".join(sorted(hashes - {""}))


def _head(spec: Mapping[str, Json]) -> tuple[str, Mapping[str, Json]]:
    """The battery in a DAT's spec: its name and what it says."""
    for key, value in spec.items():
        if key.startswith(_HEAD) and isinstance(value, Mapping):
            return key.removeprefix(_HEAD), value
    return "", {}


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
