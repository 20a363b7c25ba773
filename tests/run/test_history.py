"""What earlier runs say about cells to be played."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_alienbio.model import Cell, Outcome, Plan, Result, ScenarioEntry, TraceRef
from pytest_alienbio.model.result import GENERATION
from pytest_alienbio.play import result_of
from pytest_alienbio.run import History, Run, read_history
from pytest_alienbio.run import history as module

from .parts import Lab, make_plan

Change = Callable[[Cell, Result], Result]


def recorded(root: Path, plan: Plan, change: Change = lambda cell, result: result, *, age: int = 0) -> Path:
    """A DAT of `plan` with a result of one second for each cell, changed by `change`; `age` orders several."""
    lab = Lab(root, plan)
    run = Run(lab.dat_path, lab.run_id, "main")
    for cell in plan.cells:
        run.record(change(cell, result_of(cell, Outcome.COMPLETED).with_(score=0.5, duration_s=1.0)), cell)
    run.close()
    os.utime(lab.dat_path / "_spec_.yaml", (2_000_000_000 - age, 2_000_000_000 - age))
    return lab.dat_path


def seconds(
    found: History, agent: str = "right", level: object = None, scenario: str = "walks/plain"
) -> tuple[int, float] | None:
    """How many cells are known, and their mean."""
    past = found.seconds((scenario, agent, level))  # type: ignore[arg-type]
    return None if past is None else (past.n, past.mean)


def test_runs_are_read_newest_first_and_all_of_them_count(tmp_path: Path) -> None:
    plan = make_plan()
    old = recorded(tmp_path, plan, lambda cell, result: result.with_(duration_s=3.0), age=100)
    new = recorded(tmp_path, plan)
    found = read_history(tmp_path / "data", plan.cells)
    assert found.used == [path.relative_to(tmp_path / "data").as_posix() for path in (new, old)]
    assert seconds(found) == (4, 2.0)
    assert found.notes == []


def test_nothing_below_the_data_root_is_no_history(tmp_path: Path) -> None:
    found = read_history(tmp_path / "nowhere", make_plan().cells)
    assert (found.used, found.notes, seconds(found)) == ([], [], None)


def test_only_the_scenarios_and_agents_of_the_plan_count(tmp_path: Path) -> None:
    recorded(tmp_path, make_plan(agents=["right", "half"]))
    recorded(tmp_path, make_plan(["walks/line"]), age=1)
    found = read_history(tmp_path / "data", make_plan().cells)
    assert len(found.used) == 1
    assert seconds(found) == (2, 1.0)
    assert seconds(found, "half") is None


def test_cells_are_told_apart_by_difficulty(tmp_path: Path) -> None:
    """And known together, for a difficulty nobody has played."""
    plan = make_plan([ScenarioEntry("walks/line", difficulty="all")])
    recorded(tmp_path, plan, lambda cell, result: result.with_(duration_s=float(cell.case.difficulty or 0)))
    found = read_history(tmp_path / "data", plan.cells)
    assert [seconds(found, level=level, scenario="walks/line") for level in (1, 2, 3)] == [(2, 1.0), (2, 2.0), (2, 3.0)]
    assert seconds(found, level="any", scenario="walks/line") == (6, 2.0)
    assert seconds(found, level=9, scenario="walks/line") is None


@pytest.mark.parametrize("outcome", [Outcome.NOT_RUN, Outcome.LOST, Outcome.OVER_LIMIT, Outcome.SKIPPED])
def test_a_cell_that_did_not_play_to_its_end_tells_no_time(tmp_path: Path, outcome: Outcome) -> None:
    plan = make_plan()
    recorded(tmp_path, plan, lambda cell, result: result_of(cell, outcome).with_(duration_s=9.0))
    assert seconds(read_history(tmp_path / "data", plan.cells)) is None


@pytest.mark.parametrize("outcome", [Outcome.TIMED_OUT, Outcome.AGENT_ERROR, Outcome.PROVIDER_ERROR])
def test_a_cell_that_broke_took_its_time_all_the_same(tmp_path: Path, outcome: Outcome) -> None:
    plan = make_plan()
    recorded(tmp_path, plan, lambda cell, result: result_of(cell, outcome).with_(duration_s=9.0))
    assert seconds(read_history(tmp_path / "data", plan.cells)) == (2, 9.0)


def test_worlds_are_known_whoever_made_them(tmp_path: Path) -> None:
    """The first agent of a battery generates for all of them."""

    def by_half(cell: Cell, result: Result) -> Result:
        return result.with_(metrics={GENERATION: 0.25}) if cell.agent.name == "half" else result

    recorded(tmp_path, make_plan(agents=["half", "right"]), by_half)
    found = read_history(tmp_path / "data", make_plan().cells)
    past = found.generation("walks/plain", None)
    assert past is not None
    assert (past.n, past.mean) == (2, 0.25)
    assert found.generation("walks/plain", 3) is None
    assert seconds(found) == (2, 1.0)


def test_traces_say_their_size_only_where_they_were_kept_that_way(tmp_path: Path) -> None:
    """Packed ones nothing about files, and a run without traces nothing at all."""

    def packed(cell: Cell, result: Result) -> Result:
        return result.with_(trace=TraceRef("traces/x.zst", 0, 100), passed=cell.seed == 0)

    def told(root: Path, traces: str, *, packed: bool) -> float | None:
        found = read_history(root / "data", make_plan().cells)
        pasts = found.bytes_of(("walks/plain", "right", None), skipped=False, traces=traces, packed=packed)
        return None if pasts is None else sum(past.mean for past in pasts[1:])

    recorded(tmp_path / "all", make_plan(), packed)
    assert told(tmp_path / "all", "all", packed=True) == 100
    assert told(tmp_path / "all", "failed", packed=True) == 50
    assert told(tmp_path / "all", "none", packed=True) == 0
    assert told(tmp_path / "all", "all", packed=False) is None
    recorded(tmp_path / "none", make_plan(traces="none"))
    assert told(tmp_path / "none", "none", packed=False) == 0
    assert told(tmp_path / "none", "all", packed=False) is None

    def only_failed(cell: Cell, result: Result) -> Result:
        return packed(cell, result) if cell.seed else result.with_(passed=True)

    recorded(tmp_path / "failed", make_plan(traces="failed"), only_failed)
    assert told(tmp_path / "failed", "failed", packed=True) == 50
    assert told(tmp_path / "failed", "all", packed=True) is None


def test_skipped_cells_leave_a_line_and_no_trace(tmp_path: Path) -> None:
    plan = make_plan(agents=["gpt-4"])
    recorded(tmp_path, plan, lambda cell, result: result_of(cell, Outcome.SKIPPED, "no models"))
    found = read_history(tmp_path / "data", plan.cells)
    kind = ("walks/plain", "gpt-4", None)
    (line,) = found.bytes_of(kind, skipped=True, traces="all", packed=False) or ()
    assert line.n == 2
    assert found.bytes_of(kind, skipped=False, traces="all", packed=False) is None


def test_what_cannot_be_read_is_noted_and_the_rest_counts(tmp_path: Path) -> None:
    """A damaged spec, a newer format version, a damaged line: never an error."""
    plan = make_plan()
    broken, newer, damaged = (recorded(tmp_path, plan, age=age) for age in (1, 2, 3))
    (broken / "_spec_.yaml").write_text("[")
    (newer / "_spec_.yaml").write_text("v: 99\n")
    (journal,) = (damaged / "cells").iterdir()
    journal.write_bytes(b"nonsense\n" + journal.read_bytes())
    recorded(tmp_path, plan)
    found = read_history(tmp_path / "data", plan.cells)
    assert seconds(found) == (4, 1.0)
    assert len(found.used) == 2
    text = "\n".join(found.notes)
    assert len(found.notes) == 3
    assert "format version 99 is newer" in text
    assert "not a mapping" in text or "not readable as YAML" in text
    assert "1 recorded cells could not be read" in text


def test_a_bounded_part_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of a single cell of many do not push out the one that played them all."""
    everything = make_plan(agents=["right", "half"], seeds=range(5))
    recorded(tmp_path, everything, age=1000)
    for age in range(6):
        recorded(tmp_path, make_plan(seeds=[0]), age=age)
    monkeypatch.setattr(module, "MOST_RUNS", 4)
    found = read_history(tmp_path / "data", everything.cells)
    assert len(found.used) == 7
    monkeypatch.setattr(module, "MOST_RUNS", 2)
    assert len(read_history(tmp_path / "data", everything.cells).used) == 4
    monkeypatch.setattr(module, "MOST_LOOKED_AT", 3)
    assert len(read_history(tmp_path / "data", everything.cells).used) == 3
    monkeypatch.setattr(module, "MOST_LINES", 2)
    assert len(read_history(tmp_path / "data", everything.cells).used) == 2
