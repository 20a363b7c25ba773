"""The runs of a battery one after the other: of each what it played, and each agent's numbers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias

from ..errors import StoreError
from ..model import Batch, Json, Query, ScenarioVersion, canonical, garbage
from ..model.canonical import mapping
from ..stats.units import LARGEST, TOO_LARGE
from ..store import Dat
from ..store.annotations import time_of
from ..store.index import Index
from ..store.layout import SPEC
from .estimates import World
from .fields import Field
from .records import Record, columns, latest, records

Case: TypeAlias = tuple[str, int, str]
"""Scenario, difficulty (-1: none), params as canonical JSON."""
Unit: TypeAlias = tuple[Case, int, int]
"""Case, seed, variant."""

DAT, SCORE, AGENT_HASH, STARTED, ENDED = range(5)
"""Places in `Record.group`."""
MORE = (Field("dat"), Field("score"), Field("agent_hash"), Field("started_at"), Field("ended_at"))


@dataclass(slots=True)
class Mine:
    """One agent's cells in one run."""

    hash: str = ""
    cells: int = 0
    cases: set[Case] = field(default_factory=set)
    covered: set[Case] = field(default_factory=set)
    """Cases of which a cell has the number."""
    missing: dict[str, int] = field(default_factory=dict)
    values: dict[Unit, float] = field(default_factory=dict)

    def scenarios(self) -> dict[str, dict[World, list[float]]]:
        """The numbers by scenario and world (difficulty, seed)."""
        found: dict[str, dict[World, list[float]]] = {}
        for ((scenario, level, _), seed, _), value in self.values.items():
            found.setdefault(scenario, {}).setdefault((level, seed), []).append(value)
        return found


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run was to play, as its spec says."""

    cases: Mapping[Case, tuple[str, str]] = field(default_factory=dict)
    """Of each what decides question and score: hashes of its content and of its scoring; '' where that is not told."""
    agents: Mapping[str, frozenset[Case]] = field(default_factory=dict)
    world: str = ""
    """Version of the simulator; '' if it is not told."""
    exact: frozenset[str] = frozenset()
    """Agents that are declared deterministic, on cases that are."""


@dataclass(frozen=True, slots=True)
class Take:
    """One run of the battery, or what stands for one."""

    path: str
    at: float | None
    """When its first cell began; Unix seconds."""
    plan: Planned
    agents: Mapping[str, Mine]
    cells: int
    directions: frozenset[str] = frozenset()
    """Of its scores."""


def takes(index: Index, query: Query, number: Field) -> list[Take]:
    """The runs that `query` looks at, with the number of each cell, in order of time; of a cell the latest scored record."""
    found = []
    plans = _Plans(query.scenarios, bars=number.column == "passed")
    with garbage.kept():
        rows = records(index.rows(query, columns(number, MORE)), number)
        for path, mine in groupby(rows, key=lambda record: str(record.group[DAT])):
            found.append(take(path, latest(mine)[0], plans.of(Path(path))))
    return sorted(found, key=lambda one: (one.at is None, one.at or 0.0, one.path))


def take(path: str, found: Iterable[Record], plan: Planned) -> Take:
    """The run of these records, one a cell. What its spec does not plan is what they played."""
    agents: dict[str, Mine] = {}
    hashes: dict[Case, set[str]] = {}
    began, directions, count = [], set(), 0
    for record in found:
        count += 1
        case = record.scenario, -1 if record.difficulty is None else record.difficulty, record.params
        mine = agents.setdefault(record.agent, Mine())
        mine.hash = str(record.group[AGENT_HASH] or "") if record.group else ""
        mine.cells += 1
        mine.cases.add(case)
        hashes.setdefault(case, set()).add(record.scenario_hash)
        if record.group and (start := record.group[STARTED] or record.group[ENDED]):
            began.append(float(str(start)))
        if record.value is None or abs(record.value) > LARGEST:
            why = record.why or TOO_LARGE
            mine.missing[why] = mine.missing.get(why, 0) + 1
            continue
        directions.add(record.better)
        mine.covered.add(case)
        mine.values[case, record.seed, record.variant] = record.value
    # What was played decides, where it is not what the spec says: a run that was resumed after an edit.
    played = {case: ("+".join(sorted(mine)), plan.cases.get(case, ("", ""))[1]) for case, mine in hashes.items()}
    if set(played) <= set(plan.cases):
        plan = replace(plan, cases={case: played.get(case, told) for case, told in plan.cases.items()})
    else:
        plan = replace(plan, cases=played, agents={agent: frozenset(mine.cases) for agent, mine in agents.items()})
    return Take(path, min(began, default=None), plan, agents, count, frozenset(directions))


def take_of(batch: Batch, metric: str, path: str = "", scenarios: Collection[str] = ()) -> Take:
    """The run that a baseline was made of; `metric` as the index's column. Of `scenarios` (globs) alone, if there are any.

    A file holds a sub-score or a metric under the name that its battery's gate has: `scores.safety`, or just `safety`.
    """
    names = (metric, metric.partition(".")[2])
    agents: dict[str, Mine] = {}
    cases: dict[Case, tuple[str, str]] = {}
    cells = [cell for cell in batch.cells if not scenarios or any(fnmatchcase(cell.scenario, glob) for glob in scenarios)]
    for cell in cells:
        case = cell.scenario, -1 if cell.difficulty is None else cell.difficulty, cell.params
        about = batch.scenarios.get(cell.scenario, ScenarioVersion())
        # Of several bars a baseline does not tell which case has which.
        one_bar = metric == "passed" and "," not in about.bar
        cases[case] = about.content, f"{about.scoring} {about.bar}" if one_bar else "" if metric == "passed" else about.scoring
        mine = agents.setdefault(cell.agent, Mine())
        mine.cells += 1
        mine.cases.add(case)
        value = next((cell.values[name] for name in names if name in cell.values), None)
        if value is None or abs(value) > LARGEST:
            why = cell.why or (f"no {metric}" if value is None else TOO_LARGE)
            mine.missing[why] = mine.missing.get(why, 0) + 1
        else:
            mine.covered.add(case)
            mine.values[case, cell.seed, cell.variant] = value
    played = {agent: frozenset(mine.cases) for agent, mine in agents.items()}
    began = time_of(batch.at) or None
    return Take(path, began, Planned(cases, played, batch.world), agents, len(cells))


class _Plans:
    """What the specs of runs plan: of runs of one battery they differ in a line, and reading YAML takes long."""

    def __init__(self, scenarios: Collection[str], *, bars: bool) -> None:
        self._scenarios, self._bars = scenarios, bars
        self._known: dict[str, Planned] = {}

    def of(self, dat: Path) -> Planned:
        """The plan of a DAT; an empty one if its spec cannot be read, or has none."""
        with suppress(OSError, StoreError, UnicodeDecodeError):
            text = re.sub(r"^run: .*$", "", (dat / SPEC).read_text("utf-8"), count=1, flags=re.MULTILINE)
            if text not in self._known:
                self._known[text] = planned(Dat(dat).spec(), self._scenarios, bars=self._bars)
            return self._known[text]
        return Planned()


def planned(spec: Mapping[str, Json], scenarios: Collection[str] = (), *, bars: bool = False) -> Planned:
    """What a DAT's spec plans of `scenarios` (globs; none: of all). What is no plan, of an imported run, say, is an empty one.

    `bars`: whether what it takes to pass belongs to the scoring.
    """
    resolved = mapping(spec.get("resolved"))
    cases = [mapping(each) for each in _list(resolved.get("cases"))]
    told = {name: mapping(about) for name, about in mapping(resolved.get("agents")).items()}
    hashes: dict[Case, tuple[str, str]] = {}
    agents: dict[str, set[Case]] = {name: set() for name in told}
    loose: set[str] = set()
    for at, agent, axes in _played(resolved, len(cases), list(told)):
        about, scenario = cases[at], str(cases[at].get("scenario", ""))
        if scenarios and not any(fnmatchcase(scenario, glob) for glob in scenarios):
            continue
        level, params = about.get("difficulty"), {**mapping(about.get("params")), **axes}
        spelled = canonical(params) if params else ""
        case = scenario, level if isinstance(level, int) else -1, spelled
        scoring = str(about.get("scoring_hash") or "")
        hashes[case] = str(about.get("content_hash") or ""), f"{scoring} {about.get('passing_score')}" if bars else scoring
        agents.setdefault(agent, set()).add(case)
        if about.get("deterministic") is not True or told.get(agent, {}).get("deterministic") is not True:
            loose.add(agent)
    exact = frozenset(agents) - loose
    return Planned(hashes, {name: frozenset(mine) for name, mine in agents.items()}, str(resolved.get("world") or ""), exact)


def _played(resolved: Mapping[str, Json], cases: int, agents: list[str]) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Which agent plays which case with which values of the axes."""
    listed = _list(resolved.get("played"))
    for each in listed or [[at, agent, {}] for at in range(cases) for agent in agents]:
        at, agent, axes = each if isinstance(each, list) and len(each) == 3 else (None, None, None)
        if isinstance(at, int) and 0 <= at < cases and isinstance(agent, str):
            yield at, agent, mapping(axes)


def _list(value: Json) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
