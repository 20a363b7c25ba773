"""FACE 1: `Bio`, for notebooks and scripts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from .model import Battery, CellLimits, Environment, Json, Result
from .run import (
    AgentLike,
    BatchResult,
    Levels,
    OnResult,
    Register,
    adhoc_battery,
    adhoc_cell,
    build_catalog,
    case_of,
    data_root,
    find_battery,
    find_project,
    instance_cache,
    run_batch,
)


class BioFace:
    """Plays single cells, batches and batteries; everything lands in a DAT below the data root.

    The project is the nearest folder upward from the working directory with a `bio.yaml`, else pytest's rootdir there.
    """

    def run(
        self,
        scenario: str,
        agent: AgentLike = "greedy",
        seed: int = 0,
        difficulty: int | None = None,
        *,
        params: Mapping[str, Json] | None = None,
        data: str | Path | None = None,
    ) -> Result | BatchResult:
        """Plays one cell and gives its `ExperimentResult` (`score scores passed success outcome trajectory dat_path`).

        A battery (`experiments/mutualism_battery`, a file, `file::head`) is played whole and gives a `BatchResult`;
        agent, seed and difficulty are then the battery's own. Raises `SpecError` for names nobody knows.
        """
        if battery := find_battery(scenario, find_project(Path.cwd(), walk=True).root):
            return self._play(battery, data=data)
        battery, register = adhoc_cell(scenario, agent, seed, difficulty=difficulty, params=params)
        played: list[Result] = []
        self._play(battery, register, data=data, on_result=lambda cell, result: played.append(result))
        return played[0]

    def batch(
        self,
        scenarios: str | Sequence[str],
        agents: AgentLike | Sequence[AgentLike],
        seeds: int | Sequence[int] = 10,
        *,
        difficulty: Levels = None,
        passing_score: float | None = None,
        limits: CellLimits | None = None,
        name: str = "batch",
        data: str | Path | None = None,
    ) -> BatchResult:
        """Plays scenarios x agents x seeds in this process.

        Scenarios are names or globs; agents names, or classes that make one; seeds how many (from 0) or which.
        """
        battery, register = adhoc_battery(
            name, scenarios, agents, seeds, difficulty=difficulty, passing_score=passing_score, limits=limits
        )
        return self._play(battery, register, data=data)

    def build(self, scenario: str, seed: int = 0, difficulty: int | None = None) -> Environment:
        """The environment of a scenario at a seed, reset and ready to be stepped by hand."""
        project = find_project(Path.cwd(), walk=True)
        catalog = build_catalog(project.scenario_files)
        cache = instance_cache(data_root(project.root))
        environment = catalog.make_environment(case_of(catalog, scenario, difficulty), cache)
        environment.reset(seed)
        return environment

    def _play(
        self,
        battery: Battery,
        register: Register | None = None,
        *,
        data: str | Path | None = None,
        on_result: OnResult | None = None,
    ) -> BatchResult:
        project = find_project(Path.cwd(), walk=True)
        catalog = build_catalog(project.scenario_files, register)
        root = data_root(project.root, option=os.fspath(data) if data else None)
        return run_batch(battery, project, catalog, root, on_result=on_result)


Bio = BioFace()
"""The one object notebooks need: `Bio.run(...)`, `Bio.batch(...)`, `Bio.build(...)`."""
