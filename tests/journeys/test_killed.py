"""A run that dies keeps what it had: killed, interrupted, torn."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from pytest_alienbio.model import Outcome
from pytest_alienbio.store import dat, find_dats

from .conftest import Project

AGENTS = """
import os, signal
from pytest_alienbio import Action

class Steady:
    def start(self, briefing): pass
    def decide(self, observation): return Action("wait")
    def end(self, scores): pass

class Stopping(Steady):
    '''Tells the test that it plays (by opening a pipe), then waits for a signal.'''
    def decide(self, observation):
        with open("playing.fifo", "w") as pipe:
            pipe.write("here")
        signal.pause()

def pytest_alienbio_register_agents(registry):
    registry.add("steady", Steady)
    registry.add("stopping", Stopping)
"""

BATTERY = """
experiment.long:
  scenarios: [mutualism/competition]
  agents: [steady, stopping, noop]
  seeds: 2
  cells: record
"""


@pytest.fixture
def long(project: Project) -> Project:
    project.write("conftest.py", AGENTS)
    project.write("long.battery.yaml", BATTERY)
    os.mkfifo(project.path / "playing.fifo")
    return project


def stop_while_playing(project: Project, how: signal.Signals, *args: str) -> subprocess.Popen[str]:
    running = project.start(*args)
    with (project.path / "playing.fifo").open() as pipe:
        assert pipe.read().startswith("here")
    running.send_signal(how)
    running.communicate(timeout=120)
    return running


def test_a_sigkilled_session_reads_like_a_closed_one_less_what_never_ended(long: Project) -> None:
    killed = stop_while_playing(long, signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL
    folder = find_dats(long.path / "data")[0]
    assert not (folder / "results.json").exists()
    results = list(dat.open(folder).results())
    assert [(result.agent, result.seed, result.outcome) for result in results] == [
        ("steady", 0, Outcome.COMPLETED),
        ("steady", 1, Outcome.COMPLETED),
    ]
    assert all(dat.open(folder).trace(result) for result in results)
    shown = long.bio("results", "--json")
    assert shown.returncode == 0
    assert len(shown.stdout.splitlines()) == 2


def test_a_torn_last_line_is_skipped_with_a_note(long: Project) -> None:
    stop_while_playing(long, signal.SIGKILL)
    folder = find_dats(long.path / "data")[0]
    journal = next(folder.glob("cells/*.jsonl"))
    journal.write_bytes(journal.read_bytes()[:-40])
    opened = dat.open(folder)
    assert [result.seed for result in opened.results()] == [0]
    assert any(journal.name in note for note in opened.notes)


def test_a_read_only_data_root_is_said_before_anything_plays(long: Project) -> None:
    blocked = long.pytest("--bio-data", "/proc/self/nowhere")
    assert blocked.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--bio-data" in blocked.stdout + blocked.stderr


def test_two_sessions_into_one_template_at_once_get_a_folder_each(project: Project) -> None:
    project.write(
        "a.battery.yaml",
        "experiment.a: {scenarios: [mutualism/competition], agents: [noop], seeds: 2, output_path: 'one/{battery}'}\n",
    )
    both = [project.start(), project.start()]
    assert [running.communicate(timeout=120) and running.returncode for running in both] == [0, 0]
    folders = find_dats(project.path / "data")
    assert sorted(folder.name for folder in folders) == ["a", "a_002"]
    assert all(len(list(dat.open(folder).results())) == 2 for folder in folders)
    assert all(Path(folder, "summary.csv").is_file() for folder in folders)
