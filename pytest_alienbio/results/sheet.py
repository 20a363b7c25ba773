"""All cells of a report, column by column, straight from the index: no journal is read, and no object made of a cell."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import StoreError
from ..model import Annotated, CellSheet, Json, Query, canonical, garbage, inert
from ..store import annotated
from ..store.index import Index
from .counted import counted_rows

WHY = 200
"""Characters of why a cell ended as it did, and of a note on it."""
_ALWAYS = ("id", "scenario", "difficulty", "agent", "role", "seed", "outcome", "passed", "score", "steps")
_IF_TOLD = ("battery", "variant", "attempt", "tokens", "usd", "requests", "retries", "worker")
"""Left out where all cells say the same dull thing."""
_DULL: Mapping[str, Json] = {"variant": 1, "attempt": 1, "worker": "main"}
_TIMES = ("duration_s", "started_at")
_MORE = ("params", "error", "reason", "key", "record", "traced")
_COLUMNS = ("dat", *_ALWAYS, *_IF_TOLD, *_TIMES, *_MORE)

Found = dict[str, list[Any]]


def found_cells(index: Index, query: Query) -> Found:
    """The records that `query` keeps, DAT by DAT: columns of the index by name, `record` among them.

    `counts` says of each whether `counted` gives it: of a cell that several DATs hold one does.
    """
    with garbage.kept():
        rows = list(index.rows(query, _COLUMNS))
        columns = zip(*rows, strict=True) if rows else ([] for _ in _COLUMNS)
        found = {name: list(values) for name, values in zip(_COLUMNS, columns, strict=True)}
        if len(index.dats(query)) > 1:
            counting = {record for (record,) in counted_rows(index, query, ("record",))}
            found["counts"] = [record in counting for record in found["record"]]
        else:
            found["counts"] = [True] * len(rows)
        return found


def sheet(found: Found, called: Mapping[str, str]) -> CellSheet:
    """`found` as a page has it; `called` are names of DATs by their paths.

    Columns: `run`, `id`, `scenario`, `difficulty`, `agent`, `role`, `seed`, `outcome`, `passed`, `score`, `steps`, `seconds`
    (wall time), `started` (Unix seconds), `why` (inert, bounded). Where any cell has something to say also `battery`,
    `params` (as JSON), `variant`, `attempt`, `tokens`, `usd`, `requests`, `retries`, `worker`, and of what was said of cells
    later `tags` and `note`; `trace` ("kept") of those whose trace was; `counts` ("yes", "no") where a cell has several records,
    of which the report counts one. Missing is None.
    """
    dats: list[str] = found["dat"]
    columns: dict[str, list[Json]] = {"run": [called.get(dat, dat) for dat in dats]}
    columns |= {name: found[name] for name in _ALWAYS}
    columns["seconds"] = [_few(value, 4) or None for value in found["duration_s"]]
    columns["started"] = [_few(value, 3) or None for value in found["started_at"]]
    columns["why"] = [_why(error, reason) for error, reason in zip(found["error"], found["reason"], strict=True)]
    params = [canonical(value) if value else None for value in found["params"]]
    batteries = len(set(found["battery"])) > 1
    for name, values in (("params", params), *((name, found[name]) for name in _IF_TOLD)):
        dull = (None, "", _DULL.get(name))
        if batteries if name == "battery" else any(value not in dull for value in set(values)):
            columns[name] = values
    if any(found["traced"]):
        columns["trace"] = ["kept" if each else None for each in found["traced"]]
    if not all(found["counts"]):
        columns["counts"] = ["yes" if each else "no" for each in found["counts"]]
    tags, notes = _said(dats, found["id"])
    columns |= {name: values for name, values in (("tags", tags), ("note", notes)) if any(values)}
    return CellSheet(columns)


def _few(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _why(error: str, reason: str) -> str | None:
    if not (error or reason):
        return None
    return inert(f"{error}: {reason}" if error and reason and not reason.startswith(error) else reason or error, most=WHY)


def _said(dats: list[str], ids: list[str]) -> tuple[list[Json], list[Json]]:
    """Tags and notes of each cell by itself; what holds of a whole run is told once, elsewhere."""
    by_dat: dict[str, Annotated] = {}
    for dat in dict.fromkeys(dats):
        try:
            by_dat[dat] = annotated(Path(dat)) if dat else Annotated()
        except StoreError:
            by_dat[dat] = Annotated()  # said where the log is shown
    if not any(said.cells for said in by_dat.values()):
        return [], []
    mine = [by_dat[dat].cells.get(cell) for dat, cell in zip(dats, ids, strict=True)]
    tags: list[Json] = [inert(", ".join(said.tags), most=WHY) or None if said else None for said in mine]
    notes: list[Json] = [
        inert("; ".join(note.text for note in said.notes), most=WHY) or None if said else None for said in mine
    ]
    return tags, notes
