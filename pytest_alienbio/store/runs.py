"""An experiment's `runs/`: a folder a trial, `run-001/summary.json` and `metrics.jsonl`, beside its `config.yaml`."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..errors import StoreError
from ..model import Json, MetricEvent, Result
from . import codec
from .disk import store_error

RUNS = "runs"
SUMMARY, EVENTS, IGNORE = "summary.json", "metrics.jsonl", ".gitignore"

_NUMBERED = re.compile(r"run-([0-9]{3,9})")


def write_run(runs: Path, summary: Mapping[str, Json], events: Iterable[MetricEvent]) -> Path:
    """Writes one trial under the next free number below `runs`, all of it at once; gives its folder.

    A folder that is there is never written to. `runs` is made with a `.gitignore` that keeps it out of git. Raises
    `StoreError`.
    """
    try:
        _make(runs)
        made = Path(tempfile.mkdtemp(prefix=".run-", dir=runs))
    except OSError as error:
        raise store_error("write", runs, error) from error
    try:
        made.chmod(0o755)
        (made / SUMMARY).write_text(json.dumps(summary, indent=2, default=dict, allow_nan=False) + "\n", "utf-8")
        with (made / EVENTS).open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(_line(event), default=dict)}\n" for event in events)
        return _place(made, runs)
    except OSError as error:
        raise store_error("write", runs, error) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def went_well(result: Result) -> bool:
    """Whether a trial ended well and met every criterion."""
    return result.outcome.scored and result.passed is not False


def params_of(result: Result, spec: Mapping[str, Json]) -> dict[str, Json]:
    """The params of a result's agent as the spec of its DAT has them, and its cell's own."""
    head = spec.get(f"experiment.{result.battery}")
    agents = head.get("agents") if isinstance(head, Mapping) else None
    for agent in agents if isinstance(agents, list) else ():
        if isinstance(agent, Mapping) and agent.get("name") == result.agent and isinstance(agent.get("params"), Mapping):
            return {**agent["params"], **result.params}
    return dict(result.params)


def trial_summary(result: Result, params: Mapping[str, Json], environment: Mapping[str, Json]) -> dict[str, Json]:
    """One trial as `summary.json`: `success` if it ended well and met the criteria, else `failed`, with its `error`.

    `params` are the variation's, `environment` is what `environment.json` holds.
    """
    good, error = went_well(result), result.error
    said = result.reason or (f"{error.type}: {error.message}" if error else str(result.outcome))
    told = environment.get("git")
    git = told if isinstance(told, Mapping) else {}
    return {
        "experiment_id": result.battery,
        "variation": result.agent,
        "trial": result.seed,
        "params": dict(params),
        "metrics": dict(result.metrics),
        "status": "success" if good else "failed",
        "error": None if good else said,
        "started_at": iso(result.started_at),
        "ended_at": iso(result.ended_at),
        "duration_ms": round(result.duration_s * 1000, 3),
        "environment": {
            "python_version": environment.get("python"),
            "platform": environment.get("platform"),
            "git_commit": git.get("commit"),
            "git_dirty": git.get("dirty"),
            "timestamp": environment.get("timestamp"),
            "working_directory": environment.get("working_directory"),
        },
    }


def events_of(result: Result, events: Sequence[MetricEvent]) -> Sequence[MetricEvent]:
    """Those of the attempt that counts: a trial that was run again has told those of the earlier ones before it began."""
    return events if result.attempt == 1 else [event for event in events if event.at >= result.started_at]


def iso(seconds: float) -> str | None:
    """Unix seconds as `summary.json` has times: `2026-01-21T10:00:00.000Z`; None for 0."""
    return codec.time_text(round(seconds, 3))[:23] + "Z" if seconds else None


def _make(runs: Path) -> None:
    if runs.is_dir():
        return
    if os.path.lexists(runs):
        raise StoreError(f"{runs} is no folder; trials are written below it: move it away, or leave this out with --no-runs")
    runs.mkdir()
    (runs / IGNORE).write_text("*\n", "utf-8")


def _line(event: MetricEvent) -> Mapping[str, Json]:
    if "timestamp" in event.data:
        return event.data
    return {"timestamp": codec.time_text(event.at), **event.data}


def _place(made: Path, runs: Path) -> Path:
    """Moves `made` to the next free number. A number is claimed by making its folder, which moving replaces: it is empty."""
    number = max((int(found[1]) for name in os.listdir(runs) if (found := _NUMBERED.fullmatch(name))), default=0) + 1
    while True:
        target = runs / f"run-{number:03d}"
        try:
            target.mkdir()
        except FileExistsError:
            number += 1
            continue
        os.rename(made, target)
        return target
