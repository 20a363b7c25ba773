"""pytest-rerunfailures: an attempt is an attempt, and a cell is one cell."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import junitparser
import pytest

from pytest_alienbio.model import Outcome

from .conftest import OTHERS, Lab
from .test_junit import read

FLAKY = """
class Flaky(Right):
    "Breaks until its file has been tried often enough."

    def start(self, briefing):
        with open("tries.txt", "a") as file:
            file.write("x")

    def decide(self, observation):
        if os.path.getsize("tries.txt") < 3:
            raise RuntimeError("not yet")
        return Action("right")


@pytest.hookimpl(specname="pytest_alienbio_register_agents")
def pytest_register_flaky(registry):
    registry.add("flaky", Flaky)
"""
BATTERY = "experiment.x: {scenarios: [walks/plain], agents: [right, flaky, half], seeds: 1}"


@pytest.fixture
def flaky(pytester: pytest.Pytester, request: pytest.FixtureRequest) -> Lab:
    if not request.config.pluginmanager.hasplugin("rerunfailures"):
        pytest.skip("pytest-rerunfailures is not installed")
    lab = Lab(pytester, without=[plugin for plugin in OTHERS if plugin != "rerunfailures"])
    lab.battery(BATTERY)
    lab.conftest(FLAKY)
    return lab


def lines(folder: Path) -> list[dict[str, object]]:
    """Every line of every journal."""
    return [json.loads(line) for file in sorted(folder.glob("cells/*.jsonl")) for line in file.read_text().splitlines()]


def outcomes_shown(junit: Path) -> dict[str, list[str]]:
    """The outcomes by agent that JUnit shows, where every attempt is a case and each must show its own alone."""
    shown: dict[str, list[str]] = {}
    for case in next(iter(junitparser.JUnitXml.fromfile(str(junit)))):
        found = [(prop.name, prop.value) for group in case.iterchildren(junitparser.Properties) for prop in group]
        assert len(found) == len(dict(found)), "a property twice"
        shown.setdefault(dict(found)["agent"], []).append(dict(found)["outcome"])
    return shown


def test_attempts_are_recorded_as_attempts_and_the_cell_counts_once(flaky: Lab, mode: str) -> None:
    """The latest scored attempt counts; one that broke before is in the journal and in no mean. `-v` calls a rerun a rerun."""
    junit = flaky.path / "j.xml"
    run = flaky.run(mode, "-v", "--reruns", "3", f"--junitxml={junit}")
    assert run.parseoutcomes() == {"passed": 2, "failed": 1, "rerun": 5}
    assert run.stdout.str().count("RERUN") == 5
    assert run.stdout.str().count("FAILED 0.50") == 1, "as it happened; the short summary has no scores"
    folder = flaky.dats()[0]
    attempts = [(line["attempt"], line["outcome"]) for line in lines(folder) if line["agent"] == "flaky"]
    assert attempts == [(1, "agent_error"), (2, "agent_error"), (3, "completed")]
    assert [line["attempt"] for line in lines(folder) if line["agent"] == "half"] == [1, 2, 3, 4]
    results = flaky.results()
    assert len(results) == 3
    assert results["walks/plain[flaky-s0]"].outcome is Outcome.COMPLETED
    assert results["walks/plain[flaky-s0]"].attempt == 3
    assert len(list(csv.DictReader((folder / "summary.csv").read_text().splitlines()))) == 3
    run.stdout.re_match_lines([r".*flaky +1 +1\.00 .* 0$", r".*half +1 +0\.50 .* 0$"])
    cases = read(junit)
    assert cases["walks/plain[flaky-s0]"]["outcome"] == "completed"
    assert cases["walks/plain[flaky-s0]"]["kind"] == "Passed"
    assert outcomes_shown(junit) == {
        "flaky": ["agent_error", "agent_error", "completed"],
        "half": ["completed"] * 4,
        "right": ["completed"],
    }


def test_an_attempt_whose_fixture_fails_is_booked_too(flaky: Lab) -> None:
    """What an earlier attempt left on the item hides nothing."""
    flaky.conftest(
        """
        @pytest.fixture
        def agent(agent):
            with open("built.txt", "a") as file:
                file.write("x")
            if os.path.getsize("built.txt") == 2:
                raise OSError("no memory")
            return agent
        """
    )
    flaky.run("plain", "--reruns", "1", "-k", "half")
    assert [(line["attempt"], line["outcome"]) for line in lines(flaky.dats()[0])] == [(1, "completed"), (2, "agent_error")]
    assert flaky.results()["walks/plain[half-s0]"].score == 0.5


def test_a_function_over_a_battery_is_retried_the_same_way(flaky: Lab) -> None:
    flaky.pytester.makepyfile(
        """
        import pytest

        @pytest.mark.battery("a.battery.yaml")
        def test_it(cell, bio, record_score):
            bio.play(cell)
            record_score("extra", 1)
        """
    )
    junit = flaky.path / "j.xml"
    run = flaky.run("plain", "--reruns", "3", f"--junitxml={junit}", "-k", "test_it and flaky")
    assert run.parseoutcomes()["passed"] == 1
    result = flaky.results()["walks/plain[flaky-s0]"]
    assert (result.attempt, result.scores["extra"]) == (3, 1.0)
    assert outcomes_shown(junit) == {"flaky": ["agent_error", "agent_error", "completed"]}
