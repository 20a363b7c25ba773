"""Whether a cell may start, and what it is held to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from pytest_alienbio.errors import OverLimitError, SpecError
from pytest_alienbio.model import Action, Caps, CellLimits, Outcome, Usage
from pytest_alienbio.play import AgentInfo, result_of
from pytest_alienbio.run.limits.limiting import GRACE_S, Limiting
from pytest_alienbio.run.limits.session import LIMITS, SessionLimits
from pytest_alienbio.run.limits.worst_case import check_worst_case
from pytest_alienbio.run.plan import plan as planned

from ..parts import Right, make_battery, make_catalog, make_plan


class Clock:
    """A clock that stands until it is put forward."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def processes(root: Path, caps: Caps, count: int = 2, clock: Clock | None = None) -> list[SessionLimits]:
    """The limits of one session, as each of its processes has them."""
    labels = {"usd": "--bio-max-usd", "cells": "--bio-max-cells", "wall_clock_s": "--bio-max-time"}
    clock = clock or Clock()
    first = SessionLimits(root, "r1", caps, labels=labels, clock=clock)
    others = (SessionLimits(root, "r1", caps, labels=labels, started=first.started, clock=clock) for _ in range(count - 1))
    return [first, *others]


def test_so_many_cells_start_in_all_processes_together(tmp_path: Path) -> None:
    plan = make_plan(seeds=list(range(6)))
    runs = [Limiting(session, Caps(), "x") for session in processes(tmp_path, Caps(cells=4))]
    found = [runs[index % 2].instead(cell) for index, cell in enumerate(plan.cells)]
    assert [result is None for result in found] == [True] * 4 + [False] * 2
    stopped = found[4]
    assert stopped is not None
    assert (stopped.outcome, stopped.reason) == (Outcome.NOT_RUN, "--bio-max-cells 4 is reached")
    assert [(use.spent, use.reached, use.together) for use in runs[0].uses()] == [(4, True, True)]


def test_a_cap_of_one_run_leaves_the_others(tmp_path: Path) -> None:
    plan = make_plan(seeds=[0, 1])
    (session,) = processes(tmp_path, Caps(), 1)
    small, free = Limiting(session, Caps(cells=1), "x"), Limiting(session, Caps(), "y")
    assert [small.instead(cell) is None for cell in plan.cells] == [True, False]
    assert [free.instead(cell) is None for cell in plan.cells] == [True, True]
    assert free.uses() == ()


def test_a_refusal_in_one_process_stops_all(tmp_path: Path) -> None:
    """From then on no cell starts anywhere, whether it would pay or not."""
    one, other = (Limiting(session, Caps(), "x") for session in processes(tmp_path, Caps(usd=1.0)))
    cell = make_plan(seeds=[0]).cells[0]
    meter = one.allow(cell, CellLimits()).meter
    assert other.instead(cell) is None
    with pytest.raises(OverLimitError), meter.call("maker", usd=1.5):
        pass
    for run in (one, other):
        stopped = run.instead(cell)
        assert stopped is not None
        assert stopped.reason == "--bio-max-usd 1 is reached"


def test_time_of_the_session_and_of_the_run(tmp_path: Path) -> None:
    """The session's runs from its start, a run's from when its first cell could start, in any process."""
    clock = Clock()
    one, other = processes(tmp_path, Caps(wall_clock_s=100), clock=clock)
    cell = make_plan(seeds=[0]).cells[0]
    clock.now += 50
    late = Limiting(one, Caps(wall_clock_s=30), "late")
    assert late.instead(cell) is None
    clock.now += 20
    again = Limiting(other, Caps(wall_clock_s=30), "late")
    assert again.instead(cell) is None
    assert again.allow(cell, CellLimits()).limits.wall_clock_s == 10 + GRACE_S
    assert again.allow(cell, CellLimits(wall_clock_s=5)).limits.wall_clock_s == 5
    clock.now += 10
    stopped = again.instead(cell)
    assert stopped is not None
    assert stopped.reason == "limits.wall_clock_s 30 is reached"
    assert Limiting(other, Caps(), "z").instead(cell) is None
    clock.now += 20
    assert Limiting(other, Caps(), "z").instead(cell) is not None


def test_a_cell_that_the_runs_time_ends_was_not_too_slow_itself(tmp_path: Path) -> None:
    (session,) = processes(tmp_path, Caps(wall_clock_s=1), 1)
    cell = make_plan(seeds=[0]).cells[0]
    late = result_of(cell, Outcome.TIMED_OUT, "cell ran longer than 11 s, and could not be stopped")
    read = Limiting(session, Caps(), "x").allow(cell, CellLimits()).read(late)
    assert read.outcome is Outcome.OVER_LIMIT
    assert read.reason.startswith("--bio-max-time 1 was reached, and 10 s later the cell still played, and the cell could not")
    own = Limiting(session, Caps(), "x").allow(cell, CellLimits(wall_clock_s=0.5)).read(late)
    assert own == late


def test_who_does_not_play_does_not_count(tmp_path: Path) -> None:
    """A model that is not supported here is skipped, and takes no place."""
    cells = make_plan(agents=["claude-opus", "right"], seeds=[0]).cells
    (session,) = processes(tmp_path, Caps(cells=1), 1)
    run = Limiting(session, Caps(), "x")
    assert [run.instead(cell) is None for cell in cells] == [True, True]


def test_a_ledger_that_cannot_be_used_lets_nothing_start(tmp_path: Path) -> None:
    """Never a missing limit."""
    (tmp_path / LIMITS).write_text("in the way")
    (session,) = processes(tmp_path, Caps(cells=1), 1)
    stopped = Limiting(session, Caps(), "x").instead(make_plan(seeds=[0]).cells[0])
    assert stopped is not None
    assert stopped.outcome is Outcome.NOT_RUN
    assert "cannot make" in stopped.reason


def test_the_last_process_leaves_nothing_behind(tmp_path: Path) -> None:
    one, other = processes(tmp_path, Caps(cells=9))
    for session in (one, other):
        Limiting(session, Caps(), "x").instead(make_plan(seeds=[0]).cells[0])
    other.close()
    assert (tmp_path / LIMITS).exists()
    one.close(last=True)
    assert not (tmp_path / LIMITS).exists()


class Tells(Right):
    """Says afterwards what it took."""

    usage = Usage(1, 0.1, 1)


class Asks(Tells):
    """Takes a meter, too."""

    taken: ClassVar[list[object]] = []

    def attach(self, meter: object) -> None:
        self.taken.append(meter)

    def decide(self, observation: object) -> Action:
        return Action("right")


@pytest.mark.parametrize(
    ("kind", "caps", "limits", "complaint"),
    [
        (Tells, Caps(usd=1), CellLimits(), "agent 'tells' says only afterwards what it took, so no cap on usd can be kept"),
        (Tells, Caps(usd=1, tokens=5), CellLimits(usd=1), "so no cap on tokens can be kept"),
        (Tells, Caps(usd=1), CellLimits(usd=0.5), ""),
        (Tells, Caps(cells=1, wall_clock_s=9), CellLimits(), ""),
        (Asks, Caps(usd=1), CellLimits(), ""),
        (Right, Caps(usd=1), CellLimits(), ""),
    ],
)
def test_a_cap_that_could_only_be_noticed_afterwards_is_refused(
    kind: type, caps: Caps, limits: CellLimits, complaint: str
) -> None:
    """Before the first cell; whichever of run and session has it."""
    known = make_catalog()
    catalog = replace(known, agents={**known.agents, "tells": AgentInfo("tells", kind)})
    plan = planned(make_battery(agents=["tells"], seeds=[0], limits=limits), catalog)
    if not complaint:
        check_worst_case(plan, catalog, caps)
        return
    with pytest.raises(SpecError, match=complaint) as caught:
        check_worst_case(plan, catalog, caps)
    assert "per_cell" in str(caught.value)
