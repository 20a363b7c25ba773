"""Ctrl-C and SIGTERM as a terminal and a CI send them: to the whole group of processes, or to the first of them alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest

from pytest_alienbio.model import Outcome
from pytest_alienbio.store import dat, find_dats

from ..scenarios.task.tasks import all_gone
from .conftest import LIGHT, Project, listens

AGENT = """
import os
from pytest_alienbio import Action, ActionResult, ActionSpec, Briefing, Observation, Scores, Step

class World:
    def reset(self, seed): return Observation(0, {})
    def briefing(self): return Briefing("do", actions=(ActionSpec("done"),))
    def step(self, action): return Step(Observation(1, {}), ActionResult(True), terminated=True)
    def score(self): return Scores(1.0)

class Patient:
    '''Tells the test that it plays, by its process's number, then plays on once it may.'''
    def start(self, briefing): pass
    def end(self, scores): pass
    def decide(self, observation):
        with open("playing.fifo", "wb", 0) as pipe: pipe.write(b"%8d" % os.getpid())
        with open("go.fifo", "rb", 0) as pipe: pipe.read(1)
        return Action("done")

def pytest_alienbio_register_agents(registry):
    registry.add("patient", Patient)

def pytest_alienbio_register_scenarios(registry):
    registry.add("small/world", World)
"""
BATTERY = "experiment.long: {scenarios: [small/world], agents: [patient], seeds: 6, cells: record}\n"
TASK = """
import os
def execute(params, data_path, metrics_file):
    with open("playing.fifo", "wb", 0) as pipe: pipe.write(b"%8d" % os.getpid())
    with open("go.fifo", "rb", 0) as pipe: pipe.read(1)
    return {"metrics": {"x": 1}}
"""
EXPERIMENT = """
experiment: {id: LONG, name: long}
task: {type: long}
variations: [{name: one, params: {}}]
trials: 3
"""
SAID = "stopping: {}; Ctrl-C again stops at once"
ALONE = ("-p", "no:xdist")


class Playing:
    """A command in a process group of its own, as a shell starts it, with `width` cells that play."""

    def __init__(self, project: Project, command: list[str], width: int = 1) -> None:
        os.mkfifo(project.path / "playing.fifo")
        os.mkfifo(project.path / "go.fifo")
        # Open at both ends, so that nobody waits for anybody to open them.
        self._pipes = [os.open(project.path / name, os.O_RDWR) for name in ("playing.fifo", "go.fifo")]
        self.path = project.path
        self.process = subprocess.Popen(
            command, cwd=project.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=listens, start_new_session=True,
        )  # fmt: skip
        self.players = [int(os.read(self._pipes[0], 8)) for _ in range(width)]
        self.output = ""

    def hear(self, number: signal.Signals, *, group: bool) -> None:
        (os.killpg if group else os.kill)(self.process.pid, number)

    def read_until_said(self, words: str) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line
            if words in line:
                return
        raise AssertionError(self.output)

    def let_go(self, count: int) -> None:
        os.write(self._pipes[1], b"x" * count)

    def end(self) -> int:
        """Its exit code; nothing that it started is left."""
        self.output += self.process.communicate(timeout=120)[0]
        for pipe in self._pipes:
            os.close(pipe)
        assert all_gone(self.players)
        return self.process.returncode

    def kept(self) -> Counter[Outcome]:
        """The outcomes on disk, of a folder that was closed as interrupted, each cell in one line."""
        opened = dat.open(find_dats(self.path / "data")[0])
        assert opened.status()["verdict"] == "interrupted", self.output
        assert not opened.notes
        results = list(opened.results())
        lines = [line for journal in opened.path.glob("cells/*.jsonl") for line in journal.read_text("utf-8").splitlines()]
        assert len(lines) == len(results)
        assert (opened.path / "summary.csv").is_file()
        return Counter(result.outcome for result in results)


def written(project: Project) -> Project:
    project.write("conftest.py", AGENT)
    project.write("long.battery.yaml", BATTERY)
    return project


@pytest.mark.parametrize(
    ("args", "number", "group", "width"),
    [
        (ALONE, signal.SIGINT, True, 1),
        (("-n", "0"), signal.SIGTERM, False, 1),
        (("-n", "2"), signal.SIGINT, True, 2),
        (("-n", "2"), signal.SIGTERM, False, 2),
    ],
    ids=["serial-ctrl-c", "n0-sigterm", "n2-ctrl-c", "n2-sigterm-of-the-controller"],
)
def test_once_the_cells_that_play_are_finished_and_no_other_begins(
    project: Project, args: tuple[str, ...], number: signal.Signals, group: bool, width: int
) -> None:
    """They are kept and reported, the summary is written, the session ends with pytest's code of an interrupt."""
    playing = Playing(written(project), project.command(args), width)
    playing.hear(number, group=group)
    # The controller may not have heard yet of all that its workers began.
    playing.read_until_said(SAID.format("1 cell is finishing") if width == 1 else "; Ctrl-C again stops at once")
    playing.let_go(width)
    assert playing.end() == pytest.ExitCode.INTERRUPTED
    assert playing.kept() == {Outcome.COMPLETED: width, Outcome.NOT_RUN: 6 - width}
    assert f"{width} passed" in playing.output
    assert "crashed" not in playing.output


@pytest.mark.parametrize(("args", "width"), [(ALONE, 1), (("-n", "2"), 2)], ids=["serial", "n2"])
def test_twice_it_ends_at_once_and_the_folder_is_whole(project: Project, args: tuple[str, ...], width: int) -> None:
    """The cells are never let go: only the second Ctrl-C ends them. Their processes are gone."""
    playing = Playing(written(project), project.command(args), width)
    playing.hear(signal.SIGINT, group=True)
    playing.read_until_said("stopping: ")
    playing.hear(signal.SIGINT, group=True)
    assert playing.end() == pytest.ExitCode.INTERRUPTED
    assert playing.kept() == {Outcome.NOT_RUN: 6}


@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
def test_bio_batch_stops_likewise_and_so_do_trials_in_processes_of_their_own(project: Project, twice: bool) -> None:
    """A trial does not hear the terminal: it is finished, or ended with all that it started. The code is 130."""
    project.write("bio.yaml", "")
    project.write("config.yaml", EXPERIMENT)
    project.write("tasks/long.py", TASK)
    playing = Playing(project, [sys.executable, "-m", "pytest_alienbio", "batch", "config.yaml"])
    playing.hear(signal.SIGINT, group=True)
    playing.read_until_said(SAID.format("1 cell is finishing"))
    if twice:
        playing.hear(signal.SIGTERM, group=False)
        playing.hear(signal.SIGINT, group=True)
    else:
        playing.let_go(1)
    assert playing.end() == 130
    assert playing.kept() == ({Outcome.NOT_RUN: 3} if twice else {Outcome.COMPLETED: 1, Outcome.NOT_RUN: 2})
    assert "bio: interrupted; what was finished is kept" in playing.output
    assert "3 cells, " in playing.output, "the summary of what there is"


def test_bio_run_of_a_battery_passes_a_sigterm_on(project: Project) -> None:
    """It waits for the session that it started, which closes its folder; nobody is left behind."""
    command = [
        sys.executable,
        "-m",
        "pytest_alienbio",
        "run",
        "long.battery.yaml",
        "--",
        *ALONE,
        *LIGHT,
        "-p",
        "no:cacheprovider",
    ]
    playing = Playing(written(project), command)
    playing.hear(signal.SIGTERM, group=False)
    playing.read_until_said("stopping: ")
    playing.let_go(1)
    assert playing.end() == 130
    assert playing.kept() == {Outcome.COMPLETED: 1, Outcome.NOT_RUN: 5}
