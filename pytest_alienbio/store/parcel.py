"""What travels between a controller and its workers: cells there, results and traces back, as JSON text and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import StoreError
from ..model import Access, AgentProfile, Case, Cell, Json, MetricEvent, Result
from ..model.price import price_as_json, price_from_json
from . import codec
from .traces import trace_of, trajectory_of

_CASE = (
    "scenario",
    "difficulty",
    "params",
    "content_hash",
    "tags",
    "passing_score",
    "variant",
    "type",
    "scoring_hash",
    "world",
    "deterministic",
    "world_hash",
)
_AGENT = ("name", "kind", "params", "role", "skip_reason", "deterministic")


def text_of(value: Json) -> str:
    """`value` as one line of ASCII. Raises `ValueError` for what is no JSON."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False, default=dict)


def cell_row(cell: Cell) -> dict[str, Json]:
    """`cell` as JSON, whole: who gets it needs neither the battery nor its plan."""
    case, agent = cell.case, cell.agent
    return {
        "battery": cell.battery,
        "id": cell.id,
        "seed": cell.seed,
        "axes": dict(cell.axes),
        "case": {name: getattr(case, name) for name in _CASE},
        "agent": {**{name: getattr(agent, name) for name in _AGENT}, "access": _access_row(agent.access)},
    }


def _access_row(access: Access) -> dict[str, Json]:
    """Where a key is found, never a key; {} for what says nothing."""
    if access == Access():
        return {}
    price = None if access.price is None else price_as_json(access.price)
    return {"key": access.key, "price": price, "cache": access.cache}


def cell_of(row: Mapping[str, Any]) -> Cell:
    """The cell of `cell_row`, equal to the one that was sent. Raises `StoreError` for anything else."""
    try:
        case, agent = dict(row["case"]), dict(row["agent"])
        access = agent.pop("access", None) or {}
        price = access.get("price")
        return Cell(
            battery=row["battery"],
            case=Case(**{**case, "tags": tuple(case["tags"])}),
            agent=AgentProfile(
                **agent,
                access=Access(
                    access.get("key", ""), None if price is None else price_from_json(price), bool(access.get("cache"))
                ),
            ),
            seed=row["seed"],
            id=row["id"],
            axes=row["axes"],
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"not a cell: {type(error).__name__}: {error}") from error


def result_row(result: Result, *, trace: bool) -> dict[str, Json]:
    """A result as JSON: its journal line, and with `trace` what happened in it. Raises `ValueError` for what is no JSON."""
    row: dict[str, Json] = {"line": codec.encode(result)}
    if trace and result.trajectory is not None:
        row["trace"] = trace_of(result)
    return row


def result_from(row: Mapping[str, Any], *, dat_path: str = "") -> Result:
    """The result of `result_row`; its trajectory is what was sent of it. Raises `StoreError` or `ValueError` for damage."""
    result = codec.decode(row["line"], dat_path=dat_path)
    trace = row.get("trace")
    return result if trace is None else result.with_(trajectory=trajectory_of(trace))


def events_row(events: Sequence[MetricEvent]) -> list[Json]:
    """Metric events as JSON."""
    return [[event.at, dict(event.data)] for event in events]


def events_from(rows: Sequence[Any]) -> list[MetricEvent]:
    """The events of `events_row`."""
    return [MetricEvent(at, data) for at, data in rows]
