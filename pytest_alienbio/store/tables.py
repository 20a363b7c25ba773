"""Turns <-> JSON: what repeats in every turn is a table, names once and then rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import StoreError
from ..model import Json, Trajectory, Turn
from ..model.call_record import calls_of


def turns(calls: Sequence[Turn]) -> list[Json]:
    """What each turn said and did, without `seen` and `state`; what is empty or as usual is left out."""
    return [_turn(turn) for turn in calls]


def table(rows: Sequence[Mapping[str, float]]) -> Json:
    """`{columns, rows}` with null where a row has no such name; plain mappings when rows share too little for that."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    if len(columns) * len(rows) > 2 * sum(map(len, rows)):
        return [dict(row) for row in rows]
    return {"columns": columns, "rows": [[row.get(name) for name in columns] for row in rows]}


def trajectory_of(trace: Mapping[str, Json]) -> Trajectory:
    """The trajectory a trace holds: what `trace_of` was given, exactly. Raises `StoreError` for what is no trace."""
    raw: dict[str, Any] = dict(trace)
    try:
        calls = raw["turns"]
        seen, state = _rows(raw["seen"], len(calls)), _rows(raw["state"], len(calls))
        return Trajectory(
            turns=tuple(
                Turn(
                    step=call["step"],
                    action=call["action"],
                    params=call.get("params", {}),
                    ok=call.get("ok", True),
                    reason=call.get("reason", ""),
                    cost=call.get("cost", 0.0),
                    seen=seen[index],
                    reading=call.get("reading", {}),
                    reasoning=call.get("reasoning", ""),
                    state=state[index],
                )
                for index, call in enumerate(calls)
            ),
            initial=dict(raw["initial"]),
            budget=raw["budget"],
            calls=calls_of(raw.get("calls", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise StoreError(f"not a trace: {type(error).__name__}: {error}") from error


def _turn(turn: Turn) -> dict[str, Json]:
    call: dict[str, Json] = {"step": turn.step, "action": turn.action}
    if turn.params:
        call["params"] = turn.params
    if not turn.ok:
        call["ok"] = False
    if turn.reason:
        call["reason"] = turn.reason
    if turn.cost:
        call["cost"] = turn.cost
    if turn.reading:
        call["reading"] = turn.reading
    if turn.reasoning:
        call["reasoning"] = turn.reasoning
    return call


def _rows(value: Any, count: int) -> list[dict[str, float]]:
    if isinstance(value, Mapping):
        columns = value["columns"]
        rows = [{n: v for n, v in zip(columns, row, strict=True) if v is not None} for row in value["rows"]]
    else:
        rows = [dict(row) for row in value]
    if len(rows) != count:
        raise ValueError(f"{len(rows)} rows for {count} turns")
    return rows
