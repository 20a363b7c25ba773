"""A battery with a person in it."""

from __future__ import annotations

import sys
from pathlib import Path

from pytest_alienbio.model import Outcome
from pytest_alienbio.store import dat, find_dats

from .conftest import CONFTEST, Lab
from .screen import Terminal

BATTERY = """\
experiment.a:
  scenarios: [walks/plain]
  agents: [right, human]
  seeds: [0]
  cells: record
"""


def test_where_nobody_can_be_asked_the_cell_is_skipped(lab: Lab, mode: str) -> None:
    """Output that pytest captures, workers of xdist: the others play, and nothing hangs."""
    lab.battery(BATTERY)
    lab.run(mode).assert_outcomes(passed=1, skipped=1)
    human = lab.results()["walks/plain[human-s0]"]
    assert human.outcome is Outcome.SKIPPED
    assert "pytest with -s and without -n" in human.reason


def test_with_s_on_a_terminal_the_person_is_asked(tmp_path: Path) -> None:
    """Each cell of the person is a dialogue; what pytest shows of its progress does not garble it."""
    (tmp_path / "conftest.py").write_text(CONFTEST, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (tmp_path / "a.battery.yaml").write_text(BATTERY, "utf-8")
    command = [sys.executable, "-m", "pytest", "-s", "-p", "no:xdist", "-p", "no:cacheprovider", "a.battery.yaml"]
    with Terminal(command, tmp_path, rows=40) as terminal:
        terminal.until(lambda: terminal.at_cursor == "step 0> ")
        terminal.press(b"right!\n")
        terminal.until(lambda: terminal.at_cursor == "step 1> ")
        terminal.press(b"wait 9!\n")
        assert terminal.end() == 0
    human = {result.id: result for result in dat.open(find_dats(tmp_path / "data")[0]).results()}["walks/plain[human-s0]"]
    assert (human.outcome, human.score) == (Outcome.COMPLETED, 0.1)
    assert "The episode is over: score 0.100 (place 1.000)" in terminal.lines
