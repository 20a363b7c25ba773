"""Folders of Sacred's FileStorageObserver -> cells: one a run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..model import CellError, Outcome, Result
from .blame import blame, error_of, first_line
from .columns import Columns
from .foreign import mapping
from .problems import Problems
from .tracked import Reader, Tracked

MAX_FILE = 64 * 2**20
"""Bytes of one of its files that are read."""
MOST_RUNS = 100_000
MOST_REASON = 500

_RUN = "run.json"


def is_sacred(path: Path, head: bytes) -> bool:
    """Whether this is the folder of a run, or one of such folders."""
    return path.is_dir() and next(_folders(path), None) is not None


def read(source: str, columns: Columns, problems: Problems) -> Iterator[Result]:
    """The runs below a folder in the order of their numbers, or the one whose folder it is.

    Battery and scenario are the experiment's name, unless mapped; settings are its config; numbers its result (or the
    numbers in it) and the last value of each of its metrics. Files are read as JSON only: what was pickled into them
    stays closed, but for the value of a numpy number.
    """
    yield from Reader(source, columns, problems).cells(_runs(Path(source), problems))


def _runs(root: Path, problems: Problems) -> Iterator[Tracked]:
    for row, folder in enumerate(_folders(root), 1):
        if row > MOST_RUNS:
            problems.add(f"more than {MOST_RUNS:,} runs", str(root), hint="import them in parts")
            return
        try:
            yield _run(folder, row, root)
        except OSError as error:
            problems.add(f"cannot be read: {error.strerror or error}", str(folder))
        except ValueError as error:
            problems.add(str(error), str(folder), expected="a run of Sacred's FileStorageObserver")


def _folders(root: Path) -> Iterator[Path]:
    """Folders with a `run.json`; links are not followed."""
    if (root / _RUN).is_file():
        yield root
        return
    try:
        with os.scandir(root) as entries:
            names = [
                each.name for each in entries if each.is_dir(follow_symlinks=False) and not each.name.startswith((".", "_"))
            ]
    except OSError:
        return
    for name in sorted(names, key=lambda each: (not each.isdecimal(), int(each) if each.isdecimal() else 0, each)):
        if (root / name / _RUN).is_file():
            yield root / name


def _run(folder: Path, row: int, root: Path) -> Tracked:
    run = _read(folder, _RUN)
    experiment = mapping(run.get("experiment"))
    title = experiment.get("name")
    if not isinstance(title, str) or not title:
        raise ValueError("run.json: experiment.name is missing")
    config = _read(folder, "config.json", optional=True)
    settings = {name: _value(value) for name, value in _flat(config)}
    outcome, reason, error = _ended(run)
    command = run.get("command")
    return Tracked(
        origin=f"sacred:{root.name if folder != root else root.parent.name}/{folder.name}:{row}",
        place=str(folder),
        outcome=outcome,
        battery=title,
        scenario=title if command in (None, "", "main") else f"{title}/{command}",
        settings=settings,
        numbers={**_last_values(_read(folder, "metrics.json", optional=True)), **_result(run.get("result"))},
        more={f"host.{name}": value for name, value in _flat(mapping(run.get("host")))},
        reason=reason,
        error=error,
        started_at=_time(run.get("start_time")),
        ended_at=_time(run.get("stop_time")) or _time(run.get("heartbeat")),
    )


def _ended(run: Mapping[str, Any]) -> tuple[Outcome, str, CellError | None]:
    """How the run ended. Sacred has no word for a run that was killed: it stays `RUNNING`."""
    status = run.get("status")
    trace = run.get("fail_trace")
    traceback = "".join(map(str, trace)) if isinstance(trace, list) else ""
    if status == "COMPLETED":
        return Outcome.COMPLETED, "", None
    if status == "FAILED":
        last = next(
            (line for line in reversed(traceback.strip().splitlines()) if line[:1].strip()), "failed, and nothing says why"
        )
        error = error_of(last, traceback)
        return blame(error.type, error.message, traceback=traceback), first_line(last)[:MOST_REASON], error
    if status == "TIMEOUT":
        return Outcome.TIMED_OUT, "Sacred stopped it: TIMEOUT", None
    if status == "INTERRUPTED":
        return Outcome.LOST, "interrupted", None
    if status == "QUEUED":
        return Outcome.NOT_RUN, "queued, and never started", None
    if status == "RUNNING":
        return Outcome.LOST, f"never ended; last heard of at {run.get('heartbeat') or run.get('start_time')}", None
    return Outcome.LOST, f"ended as {status!r:.60}", None


def _result(result: object) -> dict[str, Any]:
    """The numbers of what a run returned: one is called `result`, those of a mapping `result.<name>`, or as they are."""
    value = _value(result)
    if isinstance(value, Mapping):
        return {name: found for name, each in _flat(value) if isinstance(found := _value(each), bool | int | float)}
    return {"result": value} if isinstance(value, bool | int | float) else {}


def _last_values(metrics: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, series in metrics.items():
        values = mapping(series).get("values")
        if isinstance(values, list) and values:
            found[name] = _value(values[-1])
    return found


def _value(value: object) -> object:
    """What jsonpickle made of a numpy number is that number; nothing is unpickled."""
    if isinstance(value, Mapping) and str(value.get("py/object", "")).startswith("numpy."):
        return value.get("value")
    return value


def _flat(values: Mapping[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and "py/object" not in value and depth < 5:
            yield from _flat(value, f"{before}{name}.", depth + 1)
        else:
            yield f"{before}{name}", value


def _read(folder: Path, name: str, *, optional: bool = False) -> dict[str, Any]:
    path = folder / name
    if optional and not path.exists():
        return {}
    if path.is_symlink() or not path.is_file():
        raise ValueError(f"{name}: a link or no file, not read")
    if (size := path.stat().st_size) > MAX_FILE:
        raise ValueError(f"{name}: {size:,} bytes; at most {MAX_FILE:,} are read")
    try:
        value = json.loads(path.read_bytes())
    except RecursionError:
        raise ValueError(f"{name}: nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"{name}: no JSON: {error}") from None
    if not isinstance(value, dict):
        raise ValueError(f"{name}: expected a JSON object")
    return value


def _time(text: object) -> float:
    """Unix seconds of a time of Sacred's, which is UTC; 0 if there is none."""
    try:
        when = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return 0.0
    if when is None:
        return 0.0
    return round((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp(), 6)
