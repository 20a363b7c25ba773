"""One battery in both lanes: whatever a user can see is the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from pytest_alienbio.model import Result
from pytest_alienbio.store import dat

from ..conftest import MODES, Lab

MORE = """
import logging, sys, warnings

class Loud(Right):
    '''Lets out its own word in every way there is, and lets others play meanwhile.'''
    def __init__(self, word="word", then="right"): self.word, self.then = word, then
    def decide(self, observation):
        print("out", self.word, observation.step)
        print("err", self.word, observation.step, file=sys.stderr)
        logging.getLogger("loud").warning("log %s %d", self.word, observation.step)
        warnings.warn(f"warned {self.word}")
        time.sleep(0.001)
        if self.then == "crash": raise RuntimeError(self.word)
        return Action("right" if self.then == "right" else "left")

class Slow(Right):
    def decide(self, observation):
        for _ in range(1000): time.sleep(0.01)
        return Action("right")

class Leaves(Right):
    def decide(self, observation): raise SystemExit(3)

class Skips(Right):
    def decide(self, observation): pytest.skip("not today")

class Fails(Right):
    def decide(self, observation): pytest.fail("enough")

class BadLog(Right):
    def decide(self, observation):
        logging.getLogger("bad").warning("%d", "no number")
        return Action("right")

def pytest_alienbio_cell_finish(cell, result):
    print("finished", cell.id, result.outcome.value, len(result.trajectory.turns) if result.trajectory else None)

def pytest_alienbio_register_agents(registry):
    for agent in (Right, Half, Crash, Outage, Slow, Loud, Leaves, Skips, Fails, BadLog):
        registry.add(agent.__name__.lower(), agent)
    registry.add("low", Half, role="floor")
"""
BATTERY = """
experiment.a:
  scenarios: [walks/plain, {name: walks/line, difficulty: [1, 3]}, walks/bad_score, walks/bad_reset]
  agents: [right, half, low, crash, outage, leaves, skips, fails, badlog,
           {name: loud, as: loud-one, params: {word: one}},
           {name: loud, as: loud-two, params: {word: two, then: left}},
           {name: loud, as: loud-three, params: {word: three, then: crash}}]
  seeds: 1
  limits: {per_cell: {wall_clock_s: 30}}
experiment.slow:
  scenarios: [walks/plain]
  agents: [slow]
  seeds: 1
  limits: {per_cell: {wall_clock_s: 0.05}}
"""


@dataclass(eq=False)
class Seen:
    """What one session showed, without its times and its folder's number."""

    reports: dict[str, dict[str, object]] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    warned: list[tuple[str, str]] = field(default_factory=list)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call":
            return
        self.reports[report.nodeid] = {
            "outcome": report.outcome,
            "longrepr": tame(str(report.longrepr)) if report.failed else getattr(report, "wasxfail", report.longrepr),
            "properties": report.user_properties,
            "sections": sorted(report.sections),
            "keywords": sorted(report.keywords),
            "location": report.location,
        }

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> Generator[None, Any, Any]:
        status = yield
        if report.when == "call":
            self.letters[report.nodeid] = status[1]
        return status

    def pytest_warning_recorded(self, warning_message: object, nodeid: str) -> None:
        self.warned.append((nodeid, str(warning_message.message)))  # type: ignore[attr-defined]


def tame(text: str) -> str:
    """Without times, the number of the folder, and lines of our own code."""
    text = re.sub(r"\d{4}-\d\d-\d\d_\d{3}", "DAT", text)
    text = re.sub(r'time="[^"]*"|timestamp="[^"]*"|\bin \d+\.\d\ds', "TIME", text)
    return re.sub(r"(pytest_alienbio\S*?\.py):\d+", r"\1:N", text)


def junit(path: Path) -> dict[str, object]:
    """Each test case's name, children and properties."""
    cases: dict[str, object] = {}
    for case in ElementTree.parse(path).getroot().iter("testcase"):  # noqa: S314 - ours
        inside = [
            (child.tag, child.get("message") and tame(str(child.get("message"))), tame(child.text or ""))
            for child in case
            if child.tag != "properties"
        ]
        properties = [(each.get("name"), each.get("value")) for each in case.iter("property")]
        cases[f"{case.get('classname')}::{case.get('name')}"] = (sorted(inside), properties)
    return cases


def kept(folder: Path) -> dict[str, Result]:
    """What the books say of each cell, without times."""
    still: dict[str, Any] = {"started_at": 0.0, "ended_at": 0.0, "duration_s": 0.0, "run": "", "dat_path": ""}
    return {result.id: result.with_(**still, trace=None, error=None, metrics={}) for result in dat.open(folder).results()}


Play = Callable[..., tuple[Seen, pytest.RunResult, dict[str, object]]]


@pytest.fixture
def played(lab: Lab) -> Play:
    """Plays the battery; gives what was seen, pytest's output, and everything that was left on disk."""
    lab.conftest(MORE)
    lab.battery(BATTERY)

    def play(*args: str, mode: str = "plain") -> tuple[Seen, pytest.RunResult, dict[str, object]]:
        seen = Seen()
        others = [arg for plugin in lab.without for arg in ("-p", f"no:{plugin}")]
        run = lab.pytester.runpytest_inprocess(
            *MODES[mode], *others, "--junitxml=j.xml", "-o", "junit_logging=all", "-rA", *args, plugins=[seen]
        )
        books = {folder.parent.name: kept(folder) for folder in lab.dats()[:2]}
        failed = json.loads((lab.path / ".pytest_cache/v/cache/lastfailed").read_text())
        return seen, run, {"junit": junit(lab.path / "j.xml"), "books": books, "failed": failed}

    return play


def test_a_battery_is_the_same_in_both_lanes(played: Play) -> None:
    """Reports with their sections, letters, warnings, JUnit, books, `lastfailed`, summary and exit code: one after the other,
    in threads, and beside `-n 0`."""
    one, first, left = played()
    assert len(one.reports) == 12 * 5 + 1
    for engine, mode in (("inline", "plain"), ("threads:3", "n0" if find_spec("xdist") else "plain")):
        other, second, right = played("--bio-engine", engine, mode=mode)
        for nodeid, report in one.reports.items():
            assert other.reports[nodeid] == report
        assert set(other.reports) == set(one.reports)
        assert other.letters == one.letters
        assert sorted(other.warned) == sorted(one.warned)
        assert right == left
        assert (second.ret, second.parseoutcomes()) == (first.ret, first.parseoutcomes())
        for part in ("short test summary", "alienbio"):
            assert told(second, part) == told(first, part)


def told(run: pytest.RunResult, part: str) -> list[str]:
    """The lines of one part of what pytest printed, in an order of their own: cells end when they end."""
    parts = re.split(r"\n=+ ", tame(run.stdout.str()))
    return sorted(next(each for each in parts if each.startswith(part)).splitlines()[1:])
