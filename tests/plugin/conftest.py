"""A small project of its own for each test: a world that plays in microseconds, agents that do what a test needs."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

# pytester forgets the modules that an in-process run imported; these extension modules cannot be imported twice.
import numpy as np  # noqa: F401
import pydantic  # noqa: F401
import pytest
import scipy.special  # noqa: F401
import yaml  # noqa: F401

import pytest_alienbio.plugin.player
import pytest_alienbio.scenarios.environment
import pytest_alienbio.spec.schema  # noqa: F401
from pytest_alienbio.model import Result
from pytest_alienbio.store import dat, find_dats

from .nursery import forked_workers

CONFTEST = '''
import os, signal, time
import pytest
from pytest_alienbio import Action, ActionResult, ActionSpec, Briefing, Observation, ProviderError, Scores, Step


class Line:
    """Ten steps; each `right` is worth a tenth."""

    def __init__(self, difficulty=1, bonus=0.0):
        self.bonus = bonus

    def reset(self, seed):
        self.steps = self.place = 0
        return self.seen()

    def briefing(self):
        return Briefing("go right", actions=(ActionSpec("right"), ActionSpec("left")), max_steps=10, budget=10.0)

    def seen(self):
        return Observation(self.steps, {"place": float(self.place)}, max_steps=10, budget=10.0)

    def step(self, action):
        self.steps += 1
        self.place += action.name == "right"
        return Step(self.seen(), ActionResult(True), terminated=self.steps == 10)

    def score(self):
        return Scores(min(1.0, self.place / 10 + self.bonus), {"place": float(self.place)})


class BadScore(Line):
    def score(self):
        return Scores(float("nan"))


class BadReset(Line):
    def reset(self, seed):
        raise OSError("the world is closed")


class Right:
    def start(self, briefing): self.briefing = briefing
    def decide(self, observation): return Action("right")
    def end(self, scores): pass


class Half(Right):
    def decide(self, observation): return Action("right" if observation.step % 2 else "left")


class Crash(Right):
    def decide(self, observation): raise RuntimeError("boom \\x1b[31mred")


class Outage(Right):
    def decide(self, observation): raise ProviderError("429 too many requests")


class Sleepy(Right):
    def decide(self, observation):
        time.sleep(60)
        return Action("right")


class Deaf(Right):
    """Ignores everything that tells it to stop."""

    def decide(self, observation):
        while True:
            try:
                time.sleep(0.05)
            except BaseException:
                pass


class Killer(Right):
    """Takes its process down, once a folder."""

    def decide(self, observation):
        if observation.step == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return Action("right")


class Interrupted(Right):
    def decide(self, observation):
        raise KeyboardInterrupt


def pytest_alienbio_register_agents(registry):
    for agent in (Right, Half, Crash, Outage, Sleepy, Deaf, Killer, Interrupted):
        registry.add(agent.__name__.lower(), agent)


def pytest_alienbio_register_scenarios(registry):
    registry.add("walks/line", Line, levels=(1, 2, 3), default_level=2, passing_score=0.6, tags=["walking"])
    registry.add("walks/plain", Line, passing_score=0.6)
    registry.add("walks/bad_score", BadScore)
    registry.add("walks/bad_reset", BadReset)
'''

OTHERS = ("randomly", "rerunfailures", "hypothesispytest", "html", "metadata", "langsmith_plugin", "llmock", "anyio")
"""Plugins that may be installed here and are left out of what is tested: slow to start, or changing the order."""

MODES = {"plain": ("-p", "no:xdist"), "n0": ("-n", "0"), "n2": ("-n", "2")}


class NoWorkers:
    """Breaks a session that comes as far as starting workers."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self) -> None:
        raise AssertionError("workers were about to be started")


class Lab:
    """A project folder with the conftest above, and ways to run pytest in it and read what it left."""

    def __init__(self, pytester: pytest.Pytester, without: Sequence[str] = OTHERS) -> None:
        self.pytester = pytester
        self.without = without
        self.path: Path = pytester.path
        pytester.makeconftest(CONFTEST)
        pytester.makeini("[pytest]\n")

    def battery(self, text: str, name: str = "a.battery.yaml") -> Path:
        """Writes a battery file."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), "utf-8")
        return path

    def conftest(self, text: str) -> None:
        """Adds to the conftest."""
        with (self.path / "conftest.py").open("a") as file:
            file.write("\n\n" + textwrap.dedent(text))

    def run(self, mode: str, *args: str, workers: bool = True) -> pytest.RunResult:
        """Runs pytest in one of the three modes, in this process; xdist's workers are processes of their own.

        With `workers=False` the session has to end, or to do its work, before any is started. Controllers in processes of
        their own are in `test_progress` and `tests/journeys`.
        """
        others = [arg for plugin in self.without for arg in ("-p", f"no:{plugin}")]
        plugins = () if workers else (NoWorkers(),)
        return self.pytester.runpytest_inprocess(*MODES[mode], *others, *args, plugins=plugins)

    def dats(self) -> list[Path]:
        """Result folders, newest first."""
        return find_dats(self.path / "data")

    def results(self) -> dict[str, Result]:
        """The newest folder's results by cell id."""
        return {result.id: result for result in dat.open(self.dats()[0]).results()}


@pytest.fixture
def lab(pytester: pytest.Pytester) -> Lab:
    """A fresh project."""
    return Lab(pytester)


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """Without xdist, with `-n 0`, with `-n 2`."""
    if request.param != "plain" and not request.config.pluginmanager.hasplugin("xdist"):
        pytest.skip("xdist is not installed")
    return str(request.param)


@pytest.fixture(scope="session", autouse=True)
def workers_are_forked() -> Iterator[None]:
    """Where this system can, and unless each process is to be measured from its first line."""
    if sys.platform != "linux" or find_spec("xdist") is None or any(name.startswith("COVERAGE_") for name in os.environ):
        yield
        return
    with forked_workers():
        yield
