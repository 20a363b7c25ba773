"""FACE 1: `Bio`, for notebooks and scripts."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

from .errors import StuckCellError
from .model import Battery, CellLimits, Environment, Json, Result
from .report import inert
from .run import (
    AgentLike,
    BatchResult,
    Levels,
    OnResult,
    adhoc_battery,
    adhoc_cell,
    build_catalog,
    case_of,
    find_battery,
    find_project,
    instance_cache,
    read_ini,
    refuse_unknown,
    run_batch,
    settings,
)
from .spec import Battery as Written
from .spec import written


class BioFace:
    """Plays single cells, batches and batteries; everything lands in a DAT below the data root.

    The project is the nearest folder upward from the working directory with a `bio.yaml`, else pytest's rootdir there.
    Arguments win over the environment, that over a battery and what pytest's ini file, `bio.yaml` and the user's file say.
    """

    def run(
        self,
        scenario: str | os.PathLike[str] | Written,
        agent: AgentLike = "greedy",
        seed: int = 0,
        difficulty: int | None = None,
        *,
        params: Mapping[str, Json] | None = None,
        data: str | os.PathLike[str] | None = None,
    ) -> Result | BatchResult:
        """Plays one cell and gives its `ExperimentResult` (`score scores passed success outcome trajectory dat_path`).

        A battery (`experiments/mutualism_battery`, a file, `file::head`, a DAT to be played again, a `Battery`) is played
        whole and gives a `BatchResult`; agent, seed and difficulty are then its own. Raises `SpecError` for names nobody
        knows.
        """
        here = _Here(data)
        if isinstance(scenario, Written):
            return here.play(written(scenario))
        name = os.fspath(scenario)
        if battery := find_battery(name, here.project.root):
            return here.play(battery)
        battery = adhoc_cell(name, agent, seed, difficulty=difficulty, params=params)
        refuse_unknown(name, here.project.root, here.catalog)
        played: list[Result] = []
        here.play(battery, keep={"seeds"}, on_result=lambda cell, result: played.append(result))
        return played[0]

    def batch(
        self,
        scenarios: str | Sequence[str],
        agents: AgentLike | Sequence[AgentLike],
        seeds: int | Sequence[int] | None = None,
        *,
        difficulty: Levels = None,
        passing_score: float | None = None,
        limits: CellLimits | None = None,
        name: str = "batch",
        data: str | os.PathLike[str] | None = None,
    ) -> BatchResult:
        """Plays scenarios x agents x seeds in this process.

        Scenarios are names or globs; agents names, or classes that make one; seeds how many (from 0) or which, else those
        of the configuration, else 10. What is given here wins over every configuration. Raises `SpecError`, and
        `StuckCellError` for a cell that cannot be stopped.
        """
        here = _Here(data)
        configured = cast("Sequence[int] | None", here.settings.values["seeds"].value)
        battery = adhoc_battery(
            name,
            scenarios,
            agents,
            (configured or 10) if seeds is None else seeds,
            difficulty=difficulty,
            passing_score=passing_score,
            limits=limits,
        )
        bounds = limits or CellLimits()
        given = {"passing_score": passing_score, "steps": bounds.steps, "timeout": bounds.wall_clock_s}
        return here.play(battery, keep={"seeds", *(name for name, value in given.items() if value is not None)})

    def build(self, scenario: str, seed: int = 0, difficulty: int | None = None) -> Environment:
        """The environment of a scenario at a seed, reset and ready to be stepped by hand."""
        here = _Here()
        cache = instance_cache(here.settings.data_root(here.project.root))
        environment = here.catalog.make_environment(case_of(here.catalog, scenario, difficulty), cache)
        environment.reset(seed)
        return environment


class _Here:
    """What holds in the working directory, looked up anew for each call."""

    def __init__(self, data: str | os.PathLike[str] | None = None) -> None:
        self.project = find_project(Path.cwd(), walk=True)
        self.catalog = build_catalog(self.project.scenario_files)
        ini, ini_file = read_ini(Path.cwd())
        options = {"data": os.fspath(data)} if data else {}
        self.settings = settings(self.project, options=options, ini=ini, ini_file=ini_file, flag="{}=")

    def play(self, battery: Battery, *, keep: Collection[str] = (), on_result: OnResult | None = None) -> BatchResult:
        applied = self.settings.apply(battery, keep=keep)
        root = self.settings.data_root(self.project.root)
        return run_batch(applied, self.project, self.catalog, root, on_result=on_result, on_stuck=_say)


def _say(error: StuckCellError) -> None:
    """Tells a person whose process a cell does not let go. Ending it is up to them: there may be a notebook in it."""
    with suppress(OSError, ValueError, AttributeError):  # a closed stream, or none
        sys.stderr.write(f"\n{inert(str(error), most=4096)}\nIt cannot be interrupted: restart this process (the kernel).\n")
        sys.stderr.flush()


Bio = BioFace()
"""The one object notebooks need: `Bio.run(...)`, `Bio.batch(...)`, `Bio.build(...)`."""
