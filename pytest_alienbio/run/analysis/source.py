"""What a path stands for that somebody wants analysed: its trials, wherever they lie."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ...errors import AlienBioError, SpecError, StoreError
from ...model import Battery, Json, Outcome, Result, Task
from ...results.unrecorded import unrecorded
from ...spec import read_battery
from ...store import Dat, battery_of, dat, find_dats, source_of
from ...store.layout import REPORTS, SPEC, is_dat
from ...store.runs import RUNS, params_of
from ...store.summaries import read_summaries, run_folders
from ..ini import read_ini
from ..project import find_project
from ..settings import settings

CONFIG = "config.yaml"
ANALYSIS = "analysis"
"""Of a DAT's reports: those of its analysis, which do not stand in place of its run's own."""
_NEVER = (Outcome.NOT_RUN, Outcome.SKIPPED)

Played = tuple[Result, Mapping[str, Json]]
"""A trial that was started, and the params of its agent with its own."""


@dataclass(frozen=True, slots=True)
class Source:
    """Trials that belong together."""

    name: str
    """What a report calls them."""
    folder: Path
    """Where a report of them goes."""
    trials: tuple[Played, ...]
    declared: tuple[str, ...] = ()
    """Metrics that the experiment declares, in its order."""
    better: Mapping[str, str] = field(default_factory=dict)
    """Of metrics whether `higher` or `lower` is better, where the experiment says so."""
    notes: tuple[str, ...] = ()
    """What could not be read, and why."""


def read_source(path: str | os.PathLike[str]) -> Source:
    """The trials of a DAT, of an experiment (its folder, or its `config.yaml`), or of a folder with `run-*/summary.json`.

    An experiment's trials are those of all its DATs below its project's data root, and those of its `runs/` (or beside its
    `config.yaml`) that no DAT has. Raises `StoreError` if nothing is there or no trial was played, `SpecError` for a file
    that is no experiment.
    """
    given = Path(path)
    folder = given.parent if given.name == CONFIG and given.is_file() else given
    if not folder.is_dir():
        raise StoreError(f"{given}: there is no such folder; expected a result folder (DAT), or that of an experiment")
    if is_dat(folder):
        found = _of_dat(folder)
    elif (folder / CONFIG).is_file():
        found = _of_experiment(folder)
    else:
        runs = read_summaries(_runs(folder))
        ids = {result.battery for result, _ in runs.trials}
        found = Source(ids.pop() if len(ids) == 1 else folder.absolute().name, folder, runs.trials, notes=runs.notes)
    if not found.trials and is_dat(folder):
        raise StoreError(f"{given}: no trial was played{f'; {found.notes[0]}' if found.notes else ''}")
    if not found.trials:
        more = f" ({found.notes[0]})" if found.notes else ""
        raise StoreError(
            f"{given}: no trial was played; expected a result folder (it holds {SPEC}), the folder of an experiment "
            f"({CONFIG}) that was run, or run-*/summary.json{more}"
        )
    return found


def _runs(folder: Path) -> list[Path]:
    return [*run_folders(folder / RUNS), *run_folders(folder)]


def _of_dat(folder: Path) -> Source:
    opened = dat.open(folder)
    results = list(opened.results())
    trials = tuple(_played(results))
    name = next((result.battery for result, _ in trials), folder.absolute().name)
    return Source(f"{name} {folder.absolute().name}", folder / REPORTS / ANALYSIS, trials, notes=_notes(opened, len(results)))


def _of_experiment(folder: Path) -> Source:
    config = folder / CONFIG
    (battery, *others) = read_battery(config)
    if others or battery.experiment is None:
        raise SpecError(f"{config} is no experiment with `experiment`, `task`, `variations` and `trials`; name a DAT instead")
    (task,) = battery.tasks.values() or (None,)
    recorded, notes = _recorded(battery, folder)
    summaries = read_summaries(_runs(folder), task.name if task else "")
    known = {_identity(result) for result, _ in recorded}
    more = [(result, params) for result, params in summaries.trials if _identity(result) not in known]
    if more:  # who has only its summary does not know which version of the task it was played with
        recorded = [(result.with_(scenario_hash=""), params) for result, params in recorded]
    trials = sorted((*recorded, *more), key=lambda each: (each[0].started_at, each[0].agent, each[0].seed))
    declared = task.metrics if task else ()
    return Source(battery.name, folder, tuple(trials), declared, _better(task), (*notes, *summaries.notes))


def _better(task: Task | None) -> dict[str, str]:
    """Less is better of what must stay below a number, more of what must be above one; of the score as it says itself."""
    if task is None:
        return {}
    told = {each.metric: "lower" if "<" in each.how else "higher" for each in task.criteria if each.how[0] in "<>"}
    return told | ({task.score: task.better} if task.score else {})


def _recorded(battery: Battery, folder: Path) -> tuple[list[Played], tuple[str, ...]]:
    """What the experiment's DATs hold."""
    project = find_project(folder.absolute(), walk=True)
    ini, ini_file = read_ini(project.root)
    root = settings(project, ini=ini, ini_file=ini_file).data_root(project.root)
    config = (folder / CONFIG).resolve().as_posix()
    found: list[Played] = []
    notes: list[str] = []
    for path in find_dats(root):
        # Another experiment with this id, a copy perhaps, was read from another file.
        if battery_of(path) == battery.name and config.endswith(f"/{source_of(path) or CONFIG}"):
            opened = dat.open(path)
            results = list(opened.results())
            found += _played(results)
            notes += (f"{path}: {note}" for note in _notes(opened, len(results)))
    return found, tuple(notes)


def _notes(opened: Dat, recorded: int) -> tuple[str, ...]:
    """What a DAT with so many records lacks, and what of it could not be read."""
    lacking = unrecorded(opened.path, recorded)
    return (*([lacking.sentence] if lacking else []), *opened.notes)


def _played(results: Iterable[Result]) -> Iterator[Played]:
    """What was started, with its params as its DAT has them."""

    @cache
    def spec(path: str) -> Mapping[str, Json]:
        try:
            return Dat(Path(path)).spec()
        except AlienBioError:
            return {}

    for result in results:
        if result.outcome not in _NEVER:
            yield result, params_of(result, spec(result.dat_path))


def _identity(result: Result) -> tuple[str, int, float]:
    """Which trial it is, whoever tells of it: a summary has its times in milliseconds."""
    return result.agent, result.seed, round(result.started_at, 3)
