"""Agents that wait for one another, raise signals and break things, for the engine lane."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.model import Outcome
from pytest_alienbio.store import dat

from ..conftest import Lab

AGENTS = """
import shutil, threading
from pathlib import Path

MEETING = threading.Barrier(2, timeout=60)
REPORTED, REACHED = [], [threading.Event() for _ in range(9)]

CAUGHT, PLAYS = threading.Event(), threading.Event()

def pytest_configure(config):
    def caught(number, frame):
        CAUGHT.set()
        raise KeyboardInterrupt
    before = signal.signal(signal.SIGINT, caught)
    config.add_cleanup(lambda: signal.signal(signal.SIGINT, before))


class Meets(Right):
    '''Goes on once two of its kind play.'''
    def start(self, briefing): MEETING.wait()

class Last(Right):
    '''Plays until so many cells have been reported.'''
    def __init__(self, after=1): self.after = after
    def start(self, briefing):
        PLAYS.set()
        assert REACHED[self.after].wait(60)

class Falls(Crash):
    '''Crashes once `last` plays.'''
    def start(self, briefing): assert PLAYS.wait(60)

class CtrlC(Right):
    '''Presses Ctrl-C once a cell has been reported, and goes on.'''
    def start(self, briefing):
        assert REACHED[1].wait(60)
        while not CAUGHT.wait(0.05):  # one that comes just before a thread begins to wait does not wake it
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

class Breaks(Right):
    '''Takes the journals away.'''
    def start(self, briefing):
        for folder in Path("data/results").glob("*/*"):
            shutil.rmtree(folder / "cells", ignore_errors=True)
            (folder / "cells").write_text("")

def pytest_alienbio_register_agents(registry):
    for agent in (Right, Half, Crash, Outage, Meets, Last, Falls, CtrlC, Breaks, Interrupted):
        registry.add(agent.__name__.lower(), agent)

def pytest_runtest_logreport(report):
    if report.when == "call":
        REPORTED.append(report.nodeid)
        if len(REPORTED) < len(REACHED):
            REACHED[len(REPORTED)].set()

@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter):
    for nodeid in REPORTED:
        terminalreporter.write_line("reported " + nodeid)
"""


@pytest.fixture
def lane(lab: Lab) -> Lab:
    """A project with these agents; what was reported is printed at the end, in that order."""
    lab.conftest(AGENTS)
    return lab


def interrupted(lane: Lab, *args: str) -> pytest.RunResult:
    """A run in this process in which somebody presses Ctrl-C."""
    others = [arg for plugin in lane.without for arg in ("-p", f"no:{plugin}")]
    return lane.pytester.runpytest_inprocess("-p", "no:xdist", *others, *args, no_reraise_ctrlc=True)


def played(folder: Path) -> dict[str, str]:
    """Outcomes of the cells that a folder has, without those that were never begun, by what stands in their brackets."""
    results = dat.open(folder).results()
    return {
        result.id.partition("[")[2][:-1]: result.outcome.value for result in results if result.outcome is not Outcome.NOT_RUN
    }


def reported(run: pytest.RunResult) -> list[str]:
    """Names of what was reported, in order: cells by what stands in their brackets."""
    ids = [line.removeprefix("reported ") for line in run.outlines if line.startswith("reported ")]
    return [nodeid.rpartition("[")[2].removesuffix("]") if "[" in nodeid else nodeid.rpartition("::")[2] for nodeid in ids]
