"""A small project that is run beside other plugins. Needs them all: what is missing fails, nothing is skipped."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import junitparser
import pytest

from pytest_alienbio.store import find_dats

from ..plugin.conftest import CONFTEST
from ..plugin.screen import PATIENCE_S, PATIENT, QUIET, Gate, Terminal

ENTRY_POINTS: Mapping[str, tuple[str, ...]] = {
    "pytest-rerunfailures": ("rerunfailures",),
    "pytest-timeout": ("timeout",),
    "pytest-html": ("html", "html_fixtures", "metadata"),
    "pytest-cov": ("pytest_cov",),
    "pytest-randomly": ("randomly",),
    "pytest-sugar": ("sugar",),
    "allure-pytest": ("allure_pytest",),
}
"""The company, and the names under which each plugin is loaded; pytest-metadata comes with pytest-html."""

AGENTS = '''
import random
import re
from pathlib import Path

from mine import Slow


def first_attempt():
    """Whether this cell is played for the first time in this folder."""
    cell = re.sub(r"[^a-z0-9]+", "-", os.environ["PYTEST_CURRENT_TEST"].split(" (")[0])
    mark = Path(f"played-{cell}")
    found = mark.exists()
    mark.touch()
    return not found


class Flaky(Right):
    """Half the way at first, all of it later."""

    def start(self, briefing):
        self.first = first_attempt()

    def decide(self, observation):
        return Action("left" if self.first and observation.step % 2 else "right")


class Down(Flaky):
    """Its provider is down at first."""

    def decide(self, observation):
        if self.first:
            raise ProviderError("503")
        return Action("right")


class Fading(Flaky):
    """Half the way at first; later its provider is down."""

    def decide(self, observation):
        if not self.first:
            raise ProviderError("503")
        return Action("left" if observation.step % 2 else "right")


class Shaky(Flaky):
    """Takes its process down at first."""

    def decide(self, observation):
        if self.first:
            os.kill(os.getpid(), signal.SIGKILL)
        return Action("right")


class Dice(Right):
    """Draws from Python's own generator, which belongs to nobody."""

    def decide(self, observation):
        return Action("right" if random.random() < 0.5 else "left")


_agents = pytest_alienbio_register_agents


def pytest_alienbio_register_agents(registry):
    _agents(registry)
    for agent in (Flaky, Down, Fading, Shaky, Dice, Patient, Slow):
        registry.add(agent.__name__.lower(), agent)
'''

MINE = """\
from pytest_alienbio import Action


class Slow:
    def start(self, briefing):
        self.late = 2

    def decide(self, observation):
        self.late -= 1
        return Action("left" if self.late >= 0 else "right")

    def end(self, scores):
        pass
"""

BATTERY = """
experiment.x:
  description: Walks of several lengths.
  scenarios: [walks/plain, {name: walks/line, difficulty: [1]}]
  agents: [right, slow, half, crash, random, gpt-4]
  seeds: 2
"""
PYTHON = """
import pytest

@pytest.mark.battery("b.yaml")
def test_thrift(cell, bio, record_score):
    assert bio.play(cell).score == 1.0
    record_score("thrift", 0.5)
"""

CHANGING = ("run", "worker", "started_at", "ended_at", "duration_s", "attempt", "crc")
"""What two runs of the same cells do not share."""


@dataclass(frozen=True)
class Done:
    """What one run of pytest left: exit code, text, JUnit (the last case of a name counts), results by cell."""

    path: Path
    code: int
    text: str
    junit: dict[str, dict[str, str]]
    results: dict[str, dict[str, Any]]

    @property
    def failed(self) -> set[str]:
        """Names of failed cases."""
        return {name for name, case in self.junit.items() if case["kind"] == "Failure"}

    @property
    def comparable(self) -> dict[str, object]:
        """All that must be the same in whatever company. A trace's file is numbered if it is not the first attempt's."""
        results = {
            name: {key: value for key, value in result.items() if key not in CHANGING} for name, result in self.results.items()
        }
        text = json.dumps({"exit code": self.code, "junit": self.junit, "results": results}, sort_keys=True)
        found: dict[str, object] = json.loads(re.sub(r"-[23]\.json", ".json", text.replace(str(self.path), "PROJECT")))
        return found


class Company:
    """A project folder, run beside some of the plugins; all others of the company are kept out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("conftest.py", CONFTEST + PATIENT + AGENTS)
        self.write("mine.py", MINE)
        self.write("pytest.ini", "[pytest]\npythonpath = .\n")
        self.write("a.battery.yaml", BATTERY)

    def write(self, name: str, text: str) -> None:
        """Writes a file of the project."""
        (self.path / name).write_text(text, "utf-8")

    def command(self, plugins: tuple[str, ...], *args: str) -> list[str]:
        """`python -m pytest` with these plugins of the company and no others."""
        kept_out = [name for plugin, names in ENTRY_POINTS.items() if plugin not in plugins for name in names]
        others = [arg for name in (*kept_out, "hypothesispytest") for arg in ("-p", f"no:{name}")]
        return [sys.executable, "-m", "pytest", *others, *args]

    def run(self, plugins: tuple[str, ...], *args: str) -> Done:
        """Runs the project's tests to their end, into a pipe."""
        junit = self.path / "junit.xml"
        junit.unlink(missing_ok=True)
        done = subprocess.run(
            self.command(plugins, f"--junitxml={junit}", *args),
            cwd=self.path,
            env={name: value for name, value in os.environ.items() if name not in QUIET},
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE_S,
            check=False,
        )
        text = done.stdout + done.stderr
        return Done(self.path, done.returncode, text, read_junit(junit) if junit.exists() else {}, self.results())

    def watch(self, plugins: tuple[str, ...], *args: str) -> Terminal:
        """Runs the project's tests in a terminal of 80 columns."""
        return Terminal(self.command(plugins, *args), self.path)

    def gate(self) -> Gate:
        """Where the agent `patient` waits."""
        return Gate(self.path / "gate")

    def results(self) -> dict[str, dict[str, Any]]:
        """The newest folders' results as they stand in the file, by cell; nothing where a session left none."""
        found: dict[str, dict[str, Any]] = {}
        newest = {dat.parent: dat for dat in reversed(find_dats(self.path / "data"))}
        for dat in newest.values():
            if (dat / "results.json").exists():
                rows = json.loads((dat / "results.json").read_text("utf-8"))["cells"]
                found |= {f"{row['battery']}::{row['id']}": row for row in rows}
        return found

    def attempts(self) -> dict[str, list[dict[str, Any]]]:
        """The newest folder's journal lines by cell, in the order they were written."""
        found: dict[str, list[dict[str, Any]]] = {}
        for journal in sorted((find_dats(self.path / "data")[0] / "cells").iterdir()):
            for line in journal.read_text("utf-8").splitlines():
                row = json.loads(line)
                found.setdefault(row["id"], []).append(row)
        return found


def read_junit(path: Path) -> dict[str, dict[str, str]]:
    """Kind of result and properties by case name."""
    cases = {}
    for suite in junitparser.JUnitXml.fromfile(str(path)):
        for case in suite:
            kinds = ",".join(type(result).__name__ for result in case.result) or "Passed"
            found = {prop.name: prop.value for group in case.iterchildren(junitparser.Properties) for prop in group}
            cases[f"{case.classname}::{case.name}"] = {**found, "kind": kinds}
    return cases


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """A fresh project."""
    return Company(tmp_path)


@pytest.fixture(params=["0", "2"], ids=["serial", "-n 2"])
def workers(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Serially and with two workers."""
    return "-n", str(request.param)
