"""Cells of earlier DATs that need not be played again: the same key, scored by the same rules, under the same world.

A key says what was asked, of whom, at which seed. It does not say what an agent's code does, so what pytest's fixtures or a
script put in the place of an agent is never reused, and neither is a task, whose trials may measure time or a machine. A cell
that is not deterministic is taken over as the one draw that it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from ...errors import StoreError
from ...model import Cell, Json, Outcome, Plan, Query, Result
from ...model.result import REUSED
from ...store import dat
from ..run import Run

SCORED = frozenset(outcome.value for outcome in Outcome if outcome.scored)


@dataclass(frozen=True, slots=True)
class _Rules:
    """Of one earlier DAT, under what its cells were played."""

    scoring: Mapping[str, Json]
    """By content hash of a case: its scoring hash."""
    worlds: frozenset[str]
    steps: Json


def reusable(plan: Plan, ids: Collection[str], data_root: Path) -> dict[str, Result]:
    """Of the cells of `plan` with these ids those that earlier DATs hold, each as its latest scored record that fits, by id.

    Each as it is recorded there: under its former id, agent's name and bar. Reads the index, then the journals of the DATs
    that have something. What cannot be read is not reused.
    """
    handed = plan.battery.players
    wanted: dict[str, list[Cell]] = {}
    for cell in plan.cells:
        if cell.id in ids and cell.case.type == "interactive" and cell.agent.kind not in handed and not cell.agent.skip_reason:
            wanted.setdefault(cell.key, []).append(cell)
    if not wanted:
        return {}
    from ...store.index import Index

    scenarios = tuple(sorted({cells[0].case.scenario for cells in wanted.values()}))
    held: dict[str, list[tuple[float, str]]] = {}
    with closing(Index.open(data_root)) as index:
        index.refresh()
        query = Query(scenarios=scenarios, outcomes=SCORED, imported=False)
        for key, path, ended in index.rows(query, ("key", "dat", "ended_at")):
            if key in wanted:
                held.setdefault(key, []).append((ended or 0.0, path))
    for records in held.values():
        records.sort()
    found: dict[str, Result] = {}
    # Of each key its latest record, then of what that one does not fit the one before it, and so on.
    while held:
        where: dict[str, set[str]] = {}
        for key, records in held.items():
            where.setdefault(records.pop()[1], set()).add(key)
        for path, keys in sorted(where.items()):
            if rules := _rules(Path(path)):
                for result in _of(Path(path), keys):
                    fit = (cell for cell in wanted[result.key] if cell.id not in found)
                    found |= {cell.id: result for cell in fit if _fits(cell, result, rules, plan.battery.limits.steps)}
        held = {key: records for key, records in held.items() if records and any(c.id not in found for c in wanted[key])}
    return found


def take_over(found: Mapping[str, Result], plan: Plan, run: Run, data_root: Path) -> None:
    """Records reusable cells in the DAT of `run`, with where each is from; their traces are copied. Raises `StoreError`."""
    for cell in plan.cells:
        if result := found.get(cell.id):
            run.take(_as_now(cell, result, data_root), cell)


def _of(path: Path, keys: Collection[str]) -> Iterator[Result]:
    try:
        yield from (result for result in dat.open(path).results() if result.key in keys and result.outcome.scored)
    except StoreError:
        return


def _fits(cell: Cell, result: Result, rules: _Rules, steps: int | None) -> bool:
    """Whether the rules under which it was played say the same of it as today's, with so many calls allowed."""
    if rules.scoring.get(cell.case.content_hash, "") != cell.case.scoring_hash:
        return False
    if cell.case.world and cell.case.world not in rules.worlds:
        return False
    if rules.steps == steps:
        return True
    # What came to its own end within today's number of calls would do so again.
    return result.outcome is Outcome.COMPLETED and result.trace is not None and (steps is None or result.trace.steps <= steps)


def _rules(path: Path) -> _Rules | None:
    """None for a DAT whose spec cannot be read."""
    try:
        spec = dat.open(path).spec()
    except StoreError:
        return None
    resolved, head = _map(spec.get("resolved")), next((v for k, v in spec.items() if k.startswith("experiment.")), None)
    cases = cast("list[Json]", resolved.get("cases") or [])
    return _Rules(
        {str(case.get("content_hash")): case.get("scoring_hash") for case in map(_map, cases)},
        frozenset(str(resolved.get("world") or "").split(", ")),
        _map(_map(_map(head).get("limits")).get("per_cell")).get("steps"),
    )


def _map(value: object) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _as_now(cell: Cell, result: Result, data_root: Path) -> Result:
    """`result` as today's battery calls it, held against today's bar."""
    case, agent = cell.case, cell.agent
    bar, score = case.passing_score, result.score
    passed = None
    if score is not None and bar is not None:
        passed = score <= bar if result.better == "lower" else score >= bar
    path = Path(result.dat_path)
    place = path.relative_to(data_root).as_posix() if path.is_relative_to(data_root) else str(path)
    return result.with_(
        battery=cell.battery,
        id=cell.id,
        agent=agent.name,
        role=agent.role,
        tags=case.tags,
        params=cell.params,
        passing_score=bar,
        passed=passed,
        origin=result.origin or f"{REUSED}{place}#{result.run}",
    )
