"""Parquet in: what `bio export` wrote as it was, other files like rows of a table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from typing import Any

from ..errors import MissingExtraError
from ..model import Result
from ..store import codec
from ..store.consumed import SPLIT
from .columns import Columns
from .json_in import cells_of
from .parquet_out import MARK
from .problems import Problems

BATCH = 5000
"""Rows in memory at a time."""

_JSON = ("params", "metrics", "properties", "task", "error", "model")
_INDEX = re.compile(r"__index_level_[0-9]+__")
"""What pandas calls an index without a name: rows' numbers, which nobody asked it to write."""


def read(source: str, columns: Columns, problems: Problems) -> Iterator[Result]:
    """The cells of a file, which are numbered by their row from 1. Raises `MissingExtraError` without pyarrow."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtraError("Parquet needs pyarrow: pip install 'pytest-alienbio[parquet]'") from None
    try:
        with pq.ParquetFile(source) as file:
            ours = MARK.encode() in (file.schema_arrow.metadata or {})
            unread = {name for name in file.schema_arrow.names if _INDEX.fullmatch(name)} - {*columns.names.values()}
            yield from cells_of(_rows(file, ours, unread, source, problems), "parquet", source, columns, problems)
    except (OSError, pa.ArrowException) as error:
        problems.add(f"cannot be read as Parquet: {' '.join(str(error).split())[:300]}", source)


def _rows(file: Any, ours: bool, unread: Set[str], source: str, problems: Problems) -> Iterator[tuple[int, object]]:
    number = 0
    for batch in file.iter_batches(batch_size=BATCH):
        for row in batch.to_pylist():
            number += 1
            if not ours:
                yield number, {name: value for name, value in row.items() if name not in unread}
                continue
            try:
                yield number, _journal_row(row)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                problems.add(f"not a row that bio export wrote: {type(error).__name__}: {error}", source, number)


def _journal_row(row: Mapping[str, Any]) -> dict[str, object]:
    """A row of ours as the journal line it was made of."""
    trace = {"file": row["trace_file"], "offset": row["trace_offset"], "length": row["trace_length"]}
    return {
        **row,
        "v": codec.VERSION,
        **{name: None if row.get(name) is None else json.loads(row[name]) for name in _JSON},
        "scores": dict(row["scores"]),
        "usage": _usage(row),
        "started_at": _time(row["started_at"]),
        "ended_at": _time(row["ended_at"]),
        "trace": None if row["trace_file"] is None else {**trace, "steps": row["steps"], "cost": row["cost"]},
    }


def _usage(row: Mapping[str, Any]) -> dict[str, Any]:
    """What was consumed; files of earlier versions have no more than the first three."""
    split = {kind: told for kind in SPLIT if (told := row.get(f"{kind}_tokens")) is not None}
    more = {name: told for name in ("retries", "latency_s") if (told := row.get(name)) is not None}
    return {**{name: row[name] for name in ("tokens", "usd", "requests")}, **({"split": split} if split else {}), **more}


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat(timespec="microseconds")
