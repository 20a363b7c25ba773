"""`ExperimentRunner`: an experiment's `config.yaml` played from Python, trial by trial, without pytest."""

from __future__ import annotations

import os
import reprlib
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import Complaint, SpecError, UnknownNameError
from ..model import AgentEntry, Battery, Cell, Result
from ..model.task import VARIATION
from ..report import inert
from ..spec import read_battery, read_source
from ..spec.checks import name_problem
from ..store.runs import went_well
from .batch import BatchResult, run_batch
from .catalog import build_catalog
from .ini import read_ini
from .limits.session import limits_here
from .project import find_project
from .runs import runs_folder
from .settings import settings
from .tasks import find_code


class ExperimentRunner:
    """Runs experiments from their YAML configuration: `ExperimentRunner("config.yaml").run_all()`.

    Trials land in a result folder of the project that `config_path` lies in, and as `runs/run-001/` beside it unless `runs`
    is false. `config` is what the file holds (changing it changes nothing), `experiment_dir` its folder, `runs_dir` where
    trials go. Raises `SpecError` with everything that is wrong with the file.
    """

    def __init__(self, config_path: str | os.PathLike[str], *, runs: bool = True) -> None:
        self.config_path = Path(config_path)
        (self._battery, *others) = read_battery(self.config_path)
        experiment = self._battery.experiment
        if others or experiment is None:
            expected = "`experiment`, `task`, `variations` and `trials`"
            raise SpecError(Complaint("this is no experiment", str(config_path), expected=expected))
        self._battery = replace(self._battery, experiment=replace(experiment, runs=runs))
        value: Any = read_source(self.config_path).value
        self.config: dict[str, Any] = value
        self.experiment_dir = self.config_path.parent
        self.runs_dir = runs_folder(self._battery)

    def run_all(self) -> BatchResult:
        """Every trial of every variation, into one result folder. A trial that fails is a result too."""
        return self._play(self._battery)

    def run_single(self, variation: Mapping[str, Any] | str, trial: int) -> Result:
        """One trial of a variation: of one of `config["variations"]`, or by its name.

        Raises `UnknownNameError` for a name that the file does not have, `SpecError` for what is no variation and for a
        trial that is no whole number from 1 on.
        """
        if not isinstance(trial, int) or isinstance(trial, bool):
            raise SpecError(Complaint(f"trial is {trial!r}", str(self.config_path), expected="a whole number from 1 on"))
        entries = {entry.name: entry for entry in self._battery.agents}
        if isinstance(variation, str):
            if variation not in entries:
                raise UnknownNameError("variation", variation, entries)
            entry = entries[variation]
        else:
            entry = self._entry(variation)
        return self._play(replace(self._battery, agents=(entry,), seeds=(trial,))).results[0]

    def _entry(self, variation: object) -> AgentEntry:
        """A mapping as a variation."""
        name = variation.get("name") if isinstance(variation, Mapping) else None
        params = (variation.get("params") or {}) if isinstance(variation, Mapping) else None
        if not isinstance(name, str) or name_problem(name) or not isinstance(params, Mapping):
            expected = "{name: ..., params: {...}}, or the name of one in the file"
            raise SpecError(Complaint(f"{reprlib.repr(variation)} is no variation", str(self.config_path), expected=expected))
        return AgentEntry(name, VARIATION, params)

    def load_task(self, task_type: str) -> ModuleType:
        """The module of a task, imported here. Raises `SpecError` if there is none of this name, and whatever it raises."""
        from ..scenarios.task.here import module_here

        project = find_project(self.experiment_dir.absolute(), walk=True)
        found = find_code(task_type, self.experiment_dir.absolute(), project.root)
        if found is None:
            raise SpecError(f"there is no task {task_type!r} for {self.config_path}")
        return module_here(found.file, found.module, found.paths)

    def _play(self, battery: Battery) -> BatchResult:
        folder = self.experiment_dir.absolute()
        project = find_project(folder, walk=True)
        ini, ini_file = read_ini(project.root)
        chosen = settings(project, ini=ini, ini_file=ini_file)
        applied = chosen.apply(battery, keep={"seeds"})
        root = chosen.data_root(project.root)
        with limits_here(chosen, root) as session:
            return run_batch(applied, project, build_catalog(project.scenario_files), root, session=session, on_result=_say)


def _say(cell: Cell, result: Result) -> None:
    told = f"completed in {1000 * result.duration_s:,.0f} ms" if went_well(result) else result.reason or str(result.outcome)
    sys.stdout.write(f"{inert(cell.agent.name)} trial {cell.seed}: {inert(told, most=400)}\n")
