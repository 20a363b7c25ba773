"""The end of a process that a cell has frozen."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from math import inf
from threading import Event

import pytest

from pytest_alienbio.model import Action, CellLimits, Outcome, Result
from pytest_alienbio.play import limits as room
from pytest_alienbio.play import run_cell
from pytest_alienbio.play.limits import CellClock, play_within

from .worlds import Counter, Says, make_catalog, make_cell, play

FREEZES = """
import ctypes, os, sys
from pytest_alienbio.model import CellLimits
from pytest_alienbio.play import frozen, limits, run_cell
from tests.play.worlds import Says, make_catalog, make_cell, Counter

limits.MARGIN_S = 0.1
what = {
    "sum": lambda seen: sum(range(10**12)),
    "regex": lambda seen: __import__("re").match(r"(a+)+$", "a" * 40 + "b"),
    "sleep": lambda seen: ctypes.PyDLL(None).sleep(1000),
}[sys.argv[1]]
run_cell(
    make_cell(), make_catalog(Counter), limits=CellLimits(wall_clock_s=0.1), agent=Says(what), grace_s=0.1,
    on_stuck=lambda result: print("the clock lives"),
    last_words=lambda result: os.write(1, (result.reason + "\\n").encode()) and 1,
)
"""


class Aims:
    """A switch that only notes when it would end the process: in hundreds of seconds, for machines are slow at times."""

    def __init__(self) -> None:
        self.at, self.began, self.alone = inf, time.monotonic(), False
        self.noted: list[float] = []

    def aim(self, at: float, last_words: Callable[[bool], int], alone: bool) -> None:
        self.at, self.alone = at, alone
        last_words(alone)
        self.noted.append(round(at - self.began, -2))

    def drop(self) -> None:
        self.at = inf
        self.noted.append(inf)


@pytest.fixture
def aims(monkeypatch: pytest.MonkeyPatch) -> Aims:
    """Of a watch of its own: the thread of another test's may end only now, and drops its switch then."""
    found, watch = Aims(), room._Watch()
    monkeypatch.setattr(watch, "_switch", found)
    monkeypatch.setattr(room, "_watch", watch)
    return found


@pytest.mark.parametrize("what", ["sum", "regex", "sleep"])
def test_a_call_that_lets_nothing_else_run_ends_the_process(what: str) -> None:
    """The clock's thread never runs again; where it was is written below the last words."""
    ended = subprocess.run([sys.executable, "-c", FREEZES, what], capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1, ended.stderr
    said = ended.stdout.splitlines()
    assert said[0] == "cell ran longer than 0.1 s, and a call let nothing else run in its process, which was ended"
    assert said[1].startswith("Timeout (")
    assert "the clock lives" not in ended.stdout


def test_a_cell_that_ends_in_time_leaves_the_switch_off(aims: Aims) -> None:
    result = run_cell(
        make_cell(), make_catalog(), limits=CellLimits(wall_clock_s=600), last_words=lambda result: 2, grace_s=100
    )
    assert result.outcome is Outcome.COMPLETED
    assert aims.noted[0] == 700
    assert aims.noted[-1] == inf


def test_without_last_words_nothing_is_aimed(aims: Aims) -> None:
    assert play(wall_clock_s=60).outcome is Outcome.COMPLETED
    assert aims.noted == [] or set(aims.noted) == {inf}


def test_it_is_aimed_at_the_first_of_those_that_play(aims: Aims) -> None:
    """A later one changes nothing until the first has ended; one that ends earlier is aimed at."""

    def within(seconds: float, inner: Callable[[], None]) -> Callable[[], None]:
        return lambda: play_within(CellClock(seconds, grace_s=0, last_words=lambda alone: 2), inner)

    seen: list[float] = []
    within(1000, within(2000, within(500, lambda: seen.append(aims.at - aims.began))))()
    assert [round(at, -2) for at in seen] == [500]
    assert [at for at, before in zip(aims.noted, [0.0, *aims.noted], strict=False) if at != before] == [1000, 500, 1000, inf]


def test_of_several_cells_nobody_is_said_to_have_done_it(aims: Aims) -> None:
    """The interpreter was held by one of them, and by which nobody can tell: the first is lost, it did not time out."""
    said: list[Result] = []
    catalog = make_catalog()

    def words(result: Result) -> int:
        said.append(result)
        return 2

    def beside(seen: object) -> Action:
        run_cell(make_cell(), catalog, limits=CellLimits(wall_clock_s=900), last_words=words, grace_s=100)
        return Action("wait")

    run_cell(
        make_cell(), make_catalog(Counter), limits=CellLimits(wall_clock_s=600, steps=1), agent=Says(beside), last_words=words
    )
    assert {result.outcome for result in said} == {Outcome.TIMED_OUT, Outcome.LOST}
    assert [result.outcome for result in said[:2]] == [Outcome.TIMED_OUT, Outcome.LOST]
    assert "of this cell or of one that played beside it" in said[1].reason


def test_while_the_clock_lives_a_stuck_cell_is_its_business(aims: Aims) -> None:
    """Before it says so, the switch is off: what it does then may take its time."""
    told: list[float] = []
    free = Event()

    def deaf(seen: object) -> Action:
        while not free.is_set():
            with suppress(BaseException):
                free.wait(30)
        return Action("wait")

    def stuck(result: object) -> None:
        told.append(aims.at)
        free.set()

    run_cell(
        make_cell(),
        make_catalog(Counter),
        limits=CellLimits(wall_clock_s=0.05),
        agent=Says(deaf),
        on_stuck=stuck,
        last_words=lambda result: 2,
        grace_s=0.05,
    )
    assert told == [inf]
