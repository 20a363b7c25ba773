"""Metric events: timestamped lines in `metrics/<run_id>-<worker>.jsonl`, written while cells play."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ..model import Json, MetricEvent
from . import codec
from .disk import lines, store_error
from .fields import complaints
from .layout import METRICS, metrics_path, writer_name

_NAMED = ({"name", "value"}, {"name", "value", "step"})


def write_metric(
    dat_path: Path, run_id: str, worker: str, cell_id: str, name: str, value: Json, step: int | None = None
) -> None:
    """Appends a timestamped metric event to this writer's file in `metrics/`.

    Raises `ValueError` for a value that is no JSON or not finite, `StoreError` if it cannot be written.
    """
    event: dict[str, Json] = {"v": codec.VERSION, "at": codec.now_text(), "id": cell_id, "name": name, "value": value}
    if step is not None:
        event["step"] = step
    if wrong := next(complaints(event), ""):
        raise ValueError(f"{cell_id}: metric {name!r}: {wrong}")
    _append(metrics_path(Path(dat_path), run_id, worker), [event])


def write_events(dat_path: Path, run_id: str, worker: str, cell_id: str, events: Sequence[MetricEvent]) -> None:
    """Appends what a task wrote to its `metrics.jsonl`, each line with its time and its cell.

    `name`, `value` and `step` stand in it as those of `write_metric` do; any other object as it was written, under `event`.
    """
    path = metrics_path(Path(dat_path), run_id, worker)
    _append(path, [_row(cell_id, event) for event in events])


def read_events(dat_path: Path, run_id: str) -> Iterator[tuple[str, MetricEvent]]:
    """Every metric event of a run with its cell's id, in order for each cell; damaged lines are left out."""
    folder, start = Path(dat_path) / METRICS, writer_name(run_id, "")
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else ():
        if not path.name.startswith(start) or path.is_symlink():
            continue
        for _, _, raw in lines(path):
            with suppress(ValueError, KeyError, TypeError, RecursionError):
                row = json.loads(raw)
                named = {name: row[name] for name in ("name", "value", "step") if name in row}
                yield str(row["id"]), MetricEvent(codec.seconds(row["at"]), dict(row["event"]) if "event" in row else named)


def _row(cell_id: str, event: MetricEvent) -> dict[str, Json]:
    row: dict[str, Json] = {"v": codec.VERSION, "at": codec.time_text(event.at), "id": cell_id}
    own: dict[str, Json] = {name: value for name, value in event.data.items() if name != "timestamp"}
    if own.keys() in _NAMED and isinstance(own["name"], str):
        return {**row, **own}
    return {**row, "event": event.data}


def _append(path: Path, rows: Iterable[Mapping[str, Json]]) -> None:
    text = "".join(f"{json.dumps(row, separators=(',', ':'), default=dict)}\n" for row in rows)
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("ab", buffering=0) as out:
            out.write(text.encode())
    except OSError as error:
        raise store_error("write", path, error) from error
