"""Results in memory as records."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...model import Json, Result
from .. import codec
from ..layout import writer_name
from .footprint import as_stored
from .names import Names
from .recorder import Recorder
from .settling import settle


def take_results(connection: sqlite3.Connection, names: Names, results: Sequence[Result]) -> None:
    """Makes a record of each; its offset is its place in `results`. Those of one `dat_path` are a DAT."""
    by_dat: dict[str, list[int]] = {}
    for place, result in enumerate(results):
        by_dat.setdefault(result.dat_path, []).append(place)
    # The first to come is the first to be given back, as the newest is of DATs on a disk.
    for dat, (path, places) in enumerate(by_dat.items(), start=1):
        connection.execute(
            "INSERT INTO dat VALUES (?, ?, 1, ?, '', '', '', 0, '', '', '')", (dat, as_stored(path), len(by_dat) - dat)
        )
        recorder = Recorder(connection, names, dat, 0)
        writers: dict[str, int] = {}
        for place in places:
            result = results[place]
            writer = writers.setdefault(writer_name(result.run, result.worker), len(writers) + 1)
            recorder.add(_row(result), writer, place, 0)
        recorder.flush()
        connection.executemany(
            "INSERT INTO file VALUES (?, ?, ?, 0, 0, 0, 0, 0, 0, 0)",
            [(dat, no, as_stored(name)) for name, no in writers.items()],
        )
        settle(connection, names, dat, 0, recorder.next)


def _row(result: Result) -> codec.Row:
    try:
        return codec.parse(codec.encode(result))
    except ValueError:
        return codec.parse(codec.encode(_finite(result)))


def _finite(result: Result) -> Result:
    """`result` without numbers that are none."""
    usage = result.usage
    return result.with_(
        score=_number(result.score) if result.outcome.scored else None,
        passing_score=_number(result.passing_score),
        **{name: _mapping(getattr(result, name)) for name in ("scores", "metrics", "properties", "params")},
        usage=replace(usage, **{name: _number(getattr(usage, name)) for name in ("tokens", "usd", "requests", "latency_s")}),
        started_at=_number(result.started_at) or 0.0,
        ended_at=_number(result.ended_at) or 0.0,
        duration_s=_number(result.duration_s) or 0.0,
    )


def _mapping(values: dict[str, Any]) -> dict[str, Json]:
    return {name: value for name, value in values.items() if not isinstance(value, float) or math.isfinite(value)}


def _number(value: Any) -> Any:
    return value if value is None or math.isfinite(value) else None
