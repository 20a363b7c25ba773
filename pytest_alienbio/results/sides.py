"""The runs that are compared: of each its cells, one record a cell."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import SpecError, StoreError
from ..model import Json, Query, Side, garbage
from ..store import dat
from ..store.index import Index
from .answered import Answered, answered
from .fields import Field, number, number_field
from .records import Record, columns, latest, records

Cell = tuple[str, str, int, str, int, int]
"""Agent, scenario, difficulty (-1: none), params, seed, variant: the same question, whatever became of its content."""

SCORE, AGENT, ORIGIN, BATTERY, ID = range(5)
"""Places in `Record.group` of a run's records."""
_MORE = (Field("score"), Field("agent_hash"), Field("origin"), Field("battery"), Field("id"))


@dataclass(frozen=True, slots=True)
class Run:
    """A result folder with its cells."""

    side: Side
    cells: Mapping[Cell, Record]
    spec: Mapping[str, Json]
    environment: Mapping[str, Json]
    answered: Answered = field(default_factory=dict)

    def versions(self) -> dict[str, set[str]]:
        """Of each scenario the hashes of its content."""
        found: dict[str, set[str]] = {}
        for record in self.cells.values():
            found.setdefault(record.scenario, set()).add(record.scenario_hash)
        return found


def read_runs(
    index: Index, query: Query, dats: Sequence[str], names: Sequence[str] = (), *, metric: str = "score"
) -> tuple[list[Run], Field]:
    """The runs in these DATs, called by `names`: the cells that `query` keeps of each, with the number `metric`, as a field.

    The index was refreshed. Of a cell with several records in one DAT (it was resumed with another version of the agent, say)
    the latest scored one counts. Raises `SpecError` for fewer than two DATs or an unknown metric, `StoreError` for a DAT that
    cannot be read, or is there twice.
    """
    if len(dats) < 2:
        raise SpecError(f"a comparison of runs takes two DATs, got {len(dats)}")
    field = number_field(metric, index, replace(query, dats=tuple(dats)))
    with garbage.kept():
        called_so = zip(dats, names or called(dats, dats), strict=True)
        return [_read(index, replace(query, dats=(path,)), path, name, field) for path, name in called_so], field


def _read(index: Index, query: Query, path: str, name: str, field: Field) -> Run:
    found, older = latest(records(index.rows(query, columns(field, _MORE)), field))
    cells = {_cell(record): record for record in found}
    folder = dat.open(Path(path))
    around, spec = folder.environment(), folder.spec()
    git = around.get("git")
    git = git if isinstance(git, dict) else {}
    dirty, began = git.get("dirty"), around.get("timestamp")
    side = Side(
        name=name,
        path=path,
        batteries=tuple(dict.fromkeys(str(record.group[BATTERY]) for record in cells.values())),
        agents=tuple(dict.fromkeys(record.agent for record in cells.values())),
        cells=len(cells),
        scored=sum(record.value is not None for record in cells.values()),
        older=older,
        imported=sum(bool(record.group[ORIGIN]) for record in cells.values()),
        commit=str(git.get("commit") or ""),
        dirty=dirty if isinstance(dirty, bool) else None,
        started=began if isinstance(began, str) else "",
        is_open=folder.status().get("state") == "open",
    )
    return Run(side, cells, spec, around, answered(index, query))


def _cell(record: Record) -> Cell:
    level = -1 if record.difficulty is None else record.difficulty
    return record.agent, record.scenario, level, record.params, record.seed, record.variant


def score_of(record: Record) -> float | None:
    """The score of a run's record, whatever number it was read with."""
    return number(record.group[SCORE])


def called(paths: Sequence[str], typed: Sequence[str]) -> list[str]:
    """What tables call these DATs: as they were typed if that is a word (a battery, a tag), else what tells them apart.

    Raises `StoreError` for one that is there twice.
    """
    real = [os.path.realpath(path) for path in paths]
    for at, path in enumerate(real):
        if path in real[:at]:
            both = f"{typed[real.index(path)]!r} and {typed[at]!r}"
            raise StoreError(f"{both} are the same DAT, {paths[at]}; name another one to compare it with")
    parts = [path.rstrip("/").split("/") for path in paths]
    common = 0
    while all(len(each) > common + 2 for each in parts) and len({each[common] for each in parts}) == 1:
        common += 1
    names = [
        "/".join(each[common:]) if "/" in word or any(sign in word for sign in "*?[") else word
        for word, each in zip(typed, parts, strict=True)
    ]
    return names if len(set(names)) == len(names) else list(paths)
