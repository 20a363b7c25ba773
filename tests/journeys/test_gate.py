"""Gates on shipped worlds, with an agent whose code changes between runs, as a developer's does."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from junitparser import JUnitXml

from pytest_alienbio.model import Call, Verdict
from pytest_alienbio.store.verdicts import read_verdicts

from .conftest import Project

AGENT = """
import os

from pytest_alienbio.agents import GreedyAgent

STATE = os.environ.get("MINE", "")


class Mine(GreedyAgent):
    def decide(self, observation):
        if STATE == "outage":
            raise ConnectionError("the provider is away")
        return super().decide(observation)


def pytest_alienbio_register_agents(registry):
    registry.add("mine", lambda: Mine(threshold=0.5) if STATE == "worse" else Mine())
"""

BATTERY = """
experiment.watch:
  scenarios:
    - {name: mutualism/hidden_dependency, difficulty: [1]}
    - {name: regulation/setpoint, difficulty: [1]}
  agents: [mine]
  seeds: 10
  gates: [{metric: score, alpha: 0.005}]
"""

MODES = ("-p", "no:xdist"), ("-n", "2")


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose agent has a blessed baseline, of ten seeds; the stories below leave that as it is."""
    project = Project(tmp_path_factory.mktemp("watched"))
    project.write("pytest.ini", "[pytest]\n")
    project.write("conftest.py", AGENT)
    project.write("watch.battery.yaml", BATTERY)
    first = project.pytest("-q", "--bio-save-baseline")
    assert first.returncode == 0, first.stdout
    assert (project.path / "baselines" / "watch.json").is_file()
    return project


def gate_of(project: Project) -> Verdict:
    """What the one gate of the latest run said, as its result folder keeps it."""
    (verdict,) = read_verdicts(max((project.path / "data" / "results" / "watch").iterdir()))
    return verdict


def failure_in(report: Path) -> str:
    """The text of the only failure in a JUnit file."""
    cases = [case for suite in JUnitXml.fromfile(str(report)) for case in suite]
    (text,) = [failure.text for case in cases for failure in case.result]
    return str(text)


def test_a_worse_constant_is_caught_and_an_outage_is_no_regression(watched: Project) -> None:
    """Serially and with two workers the same: FAIL with the drop and its interval. INVALID where every cell broke."""
    found = []
    for mode in MODES:
        worse = watched.pytest("-q", *mode, "--junitxml=worse.xml", MINE="worse")
        assert worse.returncode == 1, worse.stdout
        assert "1 failed, 20 passed" in worse.stdout
        text = failure_in(watched.path / "worse.xml")
        assert "gate[score] FAIL: mine" in text
        assert re.search(r"mine .*drop.* 0\.\d+ \[0\.\d+, 0\.\d+\]", text), text
        assert gate_of(watched).call is Call.FAIL
        found.append(gate_of(watched).nodes)
    assert found[0] == found[1]

    down = watched.pytest("-q", "-n", "2", MINE="outage")
    assert down.returncode == 1, down.stdout
    assert "INVALID: gate[score]" in down.stdout
    assert "20 of 20 cells" in down.stdout
    assert "dropped by" not in down.stdout
    assert gate_of(watched).call is Call.INVALID


FRESH = """
import sys

import pytest

for run in range(2):
    first = 100 + 3 * run
    code = pytest.main(["-q", "-p", "no:xdist", "-p", "no:cacheprovider", f"--bio-seeds={first}-{first + 2}"])
    if code:
        sys.exit(code)
"""


def test_an_unchanged_agent_on_fresh_seeds_raises_no_alarm(watched: Project) -> None:
    """Three runs, each on three seeds nobody has played, two of them serial; each spends 0.005."""
    watched.write("fresh.py", FRESH)
    serial = watched.run([sys.executable, "fresh.py"])
    assert serial.returncode == 0, serial.stdout + serial.stderr
    played = watched.pytest("-q", "-n", "2", "--bio-seeds=106-108")
    assert played.returncode == 0, played.stdout
    words = re.findall(r"^(\w+): gate\[score\]", serial.stdout + played.stdout, re.MULTILINE)
    assert len(words) == 3
    assert set(words) <= {"PASS", "INCONCLUSIVE"}
