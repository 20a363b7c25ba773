"""The trials of an experiment's run, as `runs/` beside its file has them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..model import Battery, Cell, Json, MetricEvent, Outcome, Plan, Result
from ..store import Dat
from ..store.events import read_events
from ..store.runs import RUNS, iso, write_run
from .surroundings import git_of


def runs_folder(battery: Battery) -> Path:
    """Where the trials of an experiment's runs are."""
    return Path(battery.source).absolute().parent / RUNS


def write_runs(opened: Dat, plan: Plan, run_id: str) -> list[Path]:
    """Writes a folder for each trial that this run recorded, in the plan's order; gives them.

    Trials that were not played have none, nor have batteries in any other form. Raises `StoreError`.
    """
    experiment = plan.battery.experiment
    if experiment is None or not experiment.runs:
        return []
    results = {
        result.id: result
        for result in opened.results()
        if result.run == run_id and result.outcome not in (Outcome.NOT_RUN, Outcome.SKIPPED)
    }
    if not results:
        return []
    events: dict[str, list[MetricEvent]] = {}
    for cell_id, event in read_events(opened.path, run_id):
        if cell_id in results:
            events.setdefault(cell_id, []).append(event)
    environment = opened.environment()
    folder = runs_folder(plan.battery)
    return [
        write_run(folder, summary_of(cell, result, environment), _of_attempt(result, events.get(cell.id, [])))
        for cell in plan.cells
        if (result := results.get(cell.id))
    ]


def went_well(result: Result) -> bool:
    """Whether a trial ended well and met every criterion."""
    return result.outcome.scored and result.passed is not False


def summary_of(cell: Cell, result: Result, environment: Mapping[str, Json]) -> dict[str, Json]:
    """One trial as `summary.json`: `success` if it ended well and met the criteria, else `failed`, with its `error`."""
    good, error = went_well(result), result.error
    said = result.reason or (f"{error.type}: {error.message}" if error else str(result.outcome))
    git = git_of(environment)
    return {
        "experiment_id": cell.battery,
        "variation": cell.agent.name,
        "trial": cell.seed,
        "params": dict(cell.agent.params),
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


def _of_attempt(result: Result, events: list[MetricEvent]) -> list[MetricEvent]:
    """Those of the attempt that counts: a trial that was run again has told those of the earlier ones before it began."""
    return events if result.attempt == 1 else [event for event in events if event.at >= result.started_at]
