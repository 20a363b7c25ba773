"""How far a batch has come, on standard error."""

from __future__ import annotations

import io
import sys
import time

import pytest

from pytest_alienbio.cli import live
from pytest_alienbio.cli.live import Live, watched
from pytest_alienbio.model import Outcome, Plan
from pytest_alienbio.play import result_of

from ..run.parts import make_plan


class Screen(io.StringIO):
    """Standard error as a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """60 columns that could be watched, and a clock that every look puts forward by a second."""
    clock = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    for name in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)


def terminal(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Puts a terminal in the place of standard error. In the test itself, for pytest puts its own there before."""
    made = Screen()
    monkeypatch.setattr(sys, "stderr", made)
    return made


def play(plan: Plan) -> None:
    """Shows a whole batch: half points for every cell, but for one that broke."""
    shown = Live("assert")
    shown.begin(plan)
    for number, cell in enumerate(plan.cells):
        broken = number == 1
        result = result_of(cell, Outcome.AGENT_ERROR if broken else Outcome.COMPLETED)
        shown.show(cell, result if broken else result.with_(score=0.5, passed=False, passing_score=0.6))
    shown.end()


def test_a_line_is_written_over_where_somebody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells done, errors, means so far, time to go; gone at the end."""
    screen = terminal(monkeypatch)
    play(make_plan(agents=["right", "half"]))
    lines = screen.getvalue().split("\r\x1b[K")
    assert lines[1] == "1/4 cells, 0 errors, ETA 3s; mean score: right 0.50"
    assert lines[4] == "4/4 cells, 1 error; mean score: right 0.50, half 0.50"
    assert lines[-1] == ""
    assert all(len(line) < 60 for line in lines)
    assert "\n" not in screen.getvalue()


def test_fast_cells_do_not_make_it_flicker(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch)
    monkeypatch.setattr(live, "EVERY_S", 1000.0)
    play(make_plan(seeds=range(50)))
    assert screen.getvalue() == "\r\x1b[K"


def test_elsewhere_a_letter_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch)
    monkeypatch.setenv("CI", "true")
    play(make_plan(seeds=range(4)))
    assert screen.getvalue() == "FEFF\n"


@pytest.mark.parametrize(("name", "value"), [("TERM", "dumb"), ("TERM", ""), ("CI", "1"), ("BUILD_NUMBER", "7")])
def test_nobody_watches_a_dumb_terminal_or_a_build(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    terminal(monkeypatch)
    assert watched()
    monkeypatch.setenv(name, value)
    assert not watched()


def test_nobody_watches_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not watched()
