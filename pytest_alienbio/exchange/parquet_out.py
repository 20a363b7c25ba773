"""Parquet: typed columns, written in row groups; every field of a journal line is in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import IO, Any

from ..errors import MissingExtraError, SpecError
from ..model import Json, Result, storable
from ..store import codec, consumed
from .cells import Cells

GROUP = 20_000
"""Rows of a row group: what is in memory at a time."""

MARK = "alienbio_v"
"""In a file's metadata: it is one of ours, and of which format version."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXTS = ("battery", "scenario", "agent", "outcome", "better", "role", "run", "worker", "scenario_hash", "agent_hash")
"""Few different ones: kept as dictionaries."""


def write(cells: Cells, out: IO[bytes]) -> None:
    """Writes the file. What is a mapping is JSON as text, sub-scores a map; times are UTC to the microsecond.

    Raises `MissingExtraError` without pyarrow, and `SpecError` for whole numbers beyond 64 bits.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtraError("Parquet needs pyarrow: pip install 'pytest-alienbio[parquet]'") from None
    schema = _schema(pa)
    rows = iter(cells)
    with pq.ParquetWriter(out, schema, compression="zstd", use_dictionary=list(_TEXTS)) as writer:
        while group := list(islice(rows, GROUP)):
            try:
                writer.write_batch(pa.RecordBatch.from_pydict(_columns(group, schema.names), schema))
            except (OverflowError, pa.ArrowInvalid) as error:
                raise SpecError(f"Parquet cannot hold these cells: {error}; jsonl can") from None


def _columns(group: list[Result], names: list[str]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {name: [] for name in names}
    for result in group:
        row = _row(result)
        for name in names:
            value = row[name]
            columns[name].append(storable(value) if isinstance(value, str) else value)
    return columns


def _row(result: Result) -> dict[str, Any]:
    row = codec.sound_row(result)
    usage, trace = row["usage"], row["trace"] or {}
    return {
        **row,
        "params": _told(row["params"]),
        "scores": list(row["scores"].items()),
        "metrics": _told(row["metrics"]),
        "properties": _told(row["properties"]),
        "task": row["task"] and _told(row["task"]),
        "error": row["error"] and _told(row["error"]),
        "model": row["model"] and _told(row["model"]),
        "tokens": usage.get("tokens"),
        "usd": usage.get("usd"),
        **dict(zip(consumed.COLUMNS[:-1], consumed.columns_of(usage, None), strict=False)),
        "started_at": _time(result.started_at),
        "ended_at": _time(result.ended_at),
        "steps": trace.get("steps"),
        "cost": trace.get("cost"),
        "trace_file": trace.get("file"),
        "trace_offset": trace.get("offset"),
        "trace_length": trace.get("length"),
        "dat": result.dat_path,
    }


def _told(value: Mapping[str, Json]) -> str:
    return json.dumps(value, default=dict, allow_nan=False)


def _time(seconds: float) -> datetime | None:
    return _EPOCH + timedelta(microseconds=round(seconds * 1_000_000)) if seconds else None


def _schema(pa: Any) -> Any:
    def fields() -> Iterator[Any]:
        for name, kind in _TYPES:
            kinds = {
                "text": pa.string(),
                "int": pa.int64(),
                "float": pa.float64(),
                "bool": pa.bool_(),
                "time": pa.timestamp("us", tz="UTC"),
                "texts": pa.list_(pa.string()),
                "scores": pa.map_(pa.string(), pa.float64()),
            }
            yield pa.field(name, kinds[kind])

    return pa.schema(list(fields()), metadata={MARK: str(codec.VERSION)})


_TYPES: tuple[tuple[str, str], ...] = (
    ("battery", "text"),
    ("scenario", "text"),
    ("difficulty", "int"),
    ("agent", "text"),
    ("seed", "int"),
    ("outcome", "text"),
    ("score", "float"),
    ("passed", "bool"),
    ("passing_score", "float"),
    ("better", "text"),
    ("role", "text"),
    ("attempt", "int"),
    ("params", "text"),
    ("scores", "scores"),
    ("metrics", "text"),
    ("duration_s", "float"),
    ("tokens", "int"),
    ("usd", "float"),
    ("requests", "int"),
    ("retries", "int"),
    *((f"{kind}_tokens", "int") for kind in consumed.SPLIT),
    ("latency_s", "float"),
    ("model", "text"),
    ("steps", "int"),
    ("cost", "float"),
    ("started_at", "time"),
    ("ended_at", "time"),
    ("reason", "text"),
    ("error", "text"),
    ("id", "text"),
    ("key", "text"),
    ("run", "text"),
    ("worker", "text"),
    ("variant", "int"),
    ("tags", "texts"),
    ("properties", "text"),
    ("task", "text"),
    ("scenario_hash", "text"),
    ("agent_hash", "text"),
    ("origin", "text"),
    ("trace_file", "text"),
    ("trace_offset", "int"),
    ("trace_length", "int"),
    ("dat", "text"),
)
