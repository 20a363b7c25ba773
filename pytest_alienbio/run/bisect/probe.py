"""A battery's cells at one commit: played by pytest in a checkout of its own, and kept for every later bisection."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from ...errors import StoreError
from ...model import Batch, BatchCell, Outcome, inert
from ...model.bisection import Commit
from ...store import find_dats, find_run
from ..gates.batches import batch_of
from ..opening import new_run_id
from .git import run_git, without_git
from .worktree import Worktree

Case = tuple[str, int, str, int]
"""Scenario, and what tells its cells apart beside the seed: difficulty (-1: none), params, variant."""
Unit = tuple[int, Case]
"""Seed and case: what a cell of one commit and a cell of another have in common."""

END_S = 30.0
"""How long pytest may take to close its DAT once it was interrupted."""
_CHILD = ("PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID", "ALIENBIO_DATA")
"""Of our own surroundings, what would be wrong in its."""


@dataclass(frozen=True, slots=True)
class Play:
    """What is played at each commit, and how."""

    file: str
    """The battery's, from the project's folder."""
    head: str
    folder: str
    """The project's, from the top of the repository; `.` for the top itself."""
    agent: str
    metric: str
    scenarios: tuple[str, ...] = ()
    """Patterns; empty: all."""
    assignments: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    """For pytest."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is there of one commit's cells: each unit's numbers in the order they were played, else why it has none."""

    numbers: Mapping[Unit, tuple[float, ...]] = field(default_factory=dict)
    faults: Mapping[Unit, str] = field(default_factory=dict)
    """Of units without a number: the outcome."""
    whole: Mapping[int, int] = field(default_factory=dict)
    """How often each seed was played with a number for every cell."""
    runs: Mapping[Unit, str] = field(default_factory=dict)
    """Of each unit with a number: the run that gave its first one."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Cells that each run played, with a number or without."""
    batches: tuple[Batch, ...] = ()

    @property
    def cases(self) -> frozenset[Case]:
        """Every case that has a number."""
        return frozenset(case for _, case in self.numbers)

    @property
    def first(self) -> dict[Unit, float]:
        """The number that counts of each unit: the first. Which one counts must not depend on what it is."""
        return {unit: found[0] for unit, found in self.numbers.items()}

    def declared(self, agent: str) -> bool:
        """Whether agent and scenarios are declared deterministic."""
        return bool(self.batches) and all(
            batch.agents[agent].deterministic and all(batch.scenarios[name].deterministic for name in batch.scenarios)
            for batch in self.batches
            if agent in batch.agents
        )

    def asks_the_same(self, other: Kept, scenario: str, *, passing: bool = False) -> bool:
        """Whether a scenario is the same question here and there: its content, scoring and physics, and with `passing` its bar.

        What one side does not tell is no difference.
        """
        return not any(
            a and b and a != b
            for mine in self._versions(scenario, passing=passing)
            for theirs in other._versions(scenario, passing=passing)
            for a, b in zip(mine, theirs, strict=True)
        )

    def _versions(self, scenario: str, *, passing: bool) -> set[tuple[str, ...]]:
        told = [(batch.world, version) for batch in self.batches if (version := batch.scenarios.get(scenario))]
        return {(world, v.content, v.scoring, v.bar if passing else "") for world, v in told}


def kept(root: Path, key: str, play: Play, seeds: Sequence[int]) -> Kept:
    """What is stored under `key`, of these seeds. A DAT that cannot be read is as good as none."""
    numbers: dict[Unit, list[float]] = {}
    faults: dict[Unit, str] = {}
    whole: Counter[int] = Counter()
    runs: dict[Unit, str] = {}
    counts: Counter[str] = Counter()
    batches: list[Batch] = []
    wanted = set(seeds)
    for path in reversed(find_dats(root, f"results/{key}/*")):
        with suppress(StoreError):
            batch = batch_of(path, (play.metric,))
            cells = [cell for cell in batch.cells if cell.seed in wanted and _asked(cell, play)]
            if not cells:
                continue
            batches.append(batch)
            counts[batch.run] += sum(cell.why != Outcome.NOT_RUN for cell in cells)
            whole.update({cell.seed for cell in cells} - {cell.seed for cell in cells if play.metric not in cell.values})
            for cell in cells:
                if play.metric in cell.values:
                    numbers.setdefault(_unit(cell), []).append(cell.values[play.metric])
                    runs.setdefault(_unit(cell), batch.run)
                else:
                    faults[_unit(cell)] = cell.why or f"no {play.metric}"
    return Kept(
        {unit: tuple(found) for unit, found in numbers.items()},
        {unit: why for unit, why in faults.items() if unit not in numbers},
        whole,
        runs,
        counts,
        tuple(batches),
    )


def _asked(cell: BatchCell, play: Play) -> bool:
    return cell.agent == play.agent and (not play.scenarios or any(fnmatchcase(cell.scenario, glob) for glob in play.scenarios))


def _unit(cell: BatchCell) -> Unit:
    level, params, variant, seed = cell.unit
    return seed, (cell.scenario, level, params, variant)


class Player(Protocol):
    """Who plays a commit's cells: pytest, in a process of its own."""

    def __call__(
        self, worktree: Worktree, commit: Commit, play: Play, seeds: Sequence[int], root: Path, key: str, *, log: Path
    ) -> str:
        """Plays these seeds at `commit` into a DAT `results/<key>/...` below `root`; '' or why there is none."""


def play_at(worktree: Worktree, commit: Commit, play: Play, seeds: Sequence[int], root: Path, key: str, *, log: Path) -> str:
    """Plays these seeds at `commit` into a DAT `results/<key>/...` below `root`; '' if there is one in the end, else why not.

    By pytest, for a project's own agents and worlds stand in its conftest. A Ctrl-C here is handed on to it, so that it
    closes its DAT; if it takes longer than `END_S`, it is killed. What it says is in `log`.
    """
    worktree.stand_at(commit)
    here = worktree.path / play.folder
    if not (here / play.file).is_file():
        return f"it has no {play.file}"
    run_id = new_run_id()
    command = _command(play, seeds, root, key, gates=_knows_gates(worktree, commit))
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter
            command,
            cwd=here,
            env=_environment(worktree, run_id),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(worktree.lock,),
            process_group=0,
        )
        try:
            code = process.wait()
        except BaseException:
            _end(process)
            raise
    if find_run(root / "results" / key, run_id) is None:
        return f"{_reason(log) or f'pytest ended with {code}'} (see logs/{log.name})"
    return ""


def _command(play: Play, seeds: Sequence[int], root: Path, key: str, *, gates: bool) -> list[str]:
    said = {
        "data": str(root),
        "out": f"results/{key}/{{seq}}",
        "agent": play.agent,
        "seeds": ",".join(map(str, seeds)) if len(seeds) > 1 else f"{seeds[0]}-{seeds[0]}",
        "cells": "record",
        **({"scenario": ",".join(play.scenarios)} if play.scenarios else {}),
    }
    return [
        sys.executable,
        "-m",
        "pytest",
        f"{play.file}::{play.head}",
        *(f"--bio-{name}={text}" for name, text in said.items()),
        *(f"--bio-set={text}" for text in play.assignments),
        *(["--bio-no-gates"] if gates else []),
        "--maxfail=0",  # an outage is one cell's, whatever the project's own options say
        *play.arguments,
    ]


def _knows_gates(worktree: Worktree, commit: Commit) -> bool:
    """Whether the plugin that plays there can be told to leave the gates alone; it may be an older one, of `commit` itself."""
    package = own_package(worktree.repository.top)
    if package is None:
        return True
    names = f"{package}/spec/names.py"
    return run_git(worktree.path, "grep", "--quiet", "no_gates", commit.hash, "--", names, check=False) is not None


def own_package(top: Path) -> str | None:
    """Where this very package stands in the repository, if that is what is being bisected: `pytest_alienbio`."""
    package = Path(__file__).resolve().parents[2]
    inside = package.is_relative_to(top.resolve()) and ".venv" not in package.parts and "site-packages" not in package.parts
    return package.relative_to(top.resolve()).as_posix() if inside else None


def _environment(worktree: Worktree, run_id: str) -> dict[str, str]:
    """Ours, but that what is imported from the checkout is imported from the worktree instead."""
    environ = {name: value for name, value in without_git(dict(os.environ)).items() if name not in _CHILD}
    given = [entry for entry in environ.pop("PYTHONPATH", "").split(os.pathsep) if entry]
    moved = list(dict.fromkeys(_moved([*given, *sys.path], worktree)))
    stays = [entry for entry in given if not _inside(entry, worktree.repository.top)]
    return {
        **environ,
        "PYTHONPATH": os.pathsep.join([*moved, *stays]),
        # Of two commits checked out within a second, a file of equal size would count as unchanged.
        "PYTHONDONTWRITEBYTECODE": "1",
        "ALIENBIO_RUN_ID": run_id,
    }


def _moved(entries: Sequence[str], worktree: Worktree) -> Iterator[str]:
    for entry in entries:
        if entry and (place := _inside(entry, worktree.repository.top)) is not None:
            target = worktree.path / place
            if target.is_dir():
                yield str(target)


def _inside(entry: str, top: Path) -> Path | None:
    path = Path(entry).resolve()
    return path.relative_to(top.resolve()) if path.is_relative_to(top.resolve()) else None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Lets pytest close its DAT, then ends it and whatever it started."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
        process.wait(END_S)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _reason(log: Path) -> str:
    """The line of pytest's output that says most: the last error's, else the last one."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines() if line.strip(" =_-")]
    counted = [at for at, line in enumerate(lines) if line.startswith("ERROR: ") and line.endswith("; nothing was run")]
    if counted and lines[counted[-1] + 1 :]:  # the problems follow, a line each
        return inert(lines[counted[-1] + 1], most=200)
    marks: tuple[Callable[[str], bool], ...] = (
        lambda line: line.startswith("ERROR: "),
        lambda line: line.startswith("E  "),
        lambda line: "Error" in line,
        lambda line: True,
    )
    for mark in marks:
        if found := [line for line in lines if mark(line)]:
            return inert(found[-1].removeprefix("ERROR: ").removeprefix("E  ").strip(), most=200)
    return ""
