"""What a task may use while a trial of it runs. Standard library only: a trial's process pays for nothing else."""

from __future__ import annotations

import json
import math
import os
import time

METRICS_FILE = "ALIENBIO_METRICS_FILE"
"""The environment variable that names the running trial's file of metric events."""


def record_metric(name: str, value: object, step: int | None = None, *, file: str | os.PathLike[str] | None = None) -> None:
    """Appends a timestamped event to the running trial's `metrics.jsonl`: `record_metric("loss", 0.3, step=7)`.

    `value` is anything JSON holds, and numbers of numpy. It reaches the result folder while the trial goes on; the trial's
    metrics are what the task returns. `file` (a task's `metrics_file`) is for trials run by hand. Raises `ValueError` for
    NaN and infinities, `TypeError` for what is no JSON, `RuntimeError` outside a trial.
    """
    target = os.fspath(file) if file is not None else os.environ.get(METRICS_FILE, "")
    if not target:
        raise RuntimeError("no trial is running: record_metric() is for tasks; give file=metrics_file to call one by hand")
    now = time.time()
    stamp = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now % 1 * 1e6):06d}Z"
    event: dict[str, object] = {"timestamp": stamp, "name": str(name), "value": _plain(name, value)}
    if step is not None:
        event["step"] = int(step)
    line = f"{json.dumps(event, separators=(',', ':'), allow_nan=False)}\n".encode()
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        os.write(handle, line)  # at once, so that processes of one task can share the file
    finally:
        os.close(handle)


def _plain(name: object, value: object) -> object:
    if hasattr(value, "item") and not isinstance(value, type):  # a number of numpy
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"metric {name!r} is {value}, not a finite number: leave it out if it is missing")
    return value
