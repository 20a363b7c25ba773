"""The trials of an experiment's run, as `runs/` beside its file has them."""

from __future__ import annotations

from pathlib import Path

from ..model import Battery, MetricEvent, Outcome, Plan
from ..store import Dat
from ..store.events import read_events
from ..store.runs import RUNS, events_of, trial_summary, write_run


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
        if result.run == run_id and not result.reused and result.outcome not in (Outcome.NOT_RUN, Outcome.SKIPPED)
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
        write_run(folder, trial_summary(result, cell.agent.params, environment), events_of(result, events.get(cell.id, [])))
        for cell in plan.cells
        if (result := results.get(cell.id))
    ]
