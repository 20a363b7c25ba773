"""One open DAT in one process."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import Outcome, ScenarioEntry
from pytest_alienbio.play import result_of, run_cell
from pytest_alienbio.run import Run
from pytest_alienbio.store import dat, trajectory_of

from .parts import Lab, make_plan


def test_what_was_recorded_says_who_recorded_it_where(tmp_path: Path) -> None:
    """All of it but the trajectory, which is in the trace; times to the microsecond."""
    lab = Lab(tmp_path, make_plan(seeds=[0]))
    result = lab.play(worker="gw3")[0]
    (kept,) = dat.open(lab.dat_path).results()
    assert (kept.run, kept.worker, kept.attempt) == (lab.run_id, "gw3", 1)
    assert kept.with_(started_at=0, ended_at=0) == result.with_(started_at=0, ended_at=0)
    assert kept.started_at == pytest.approx(result.started_at, abs=1e-6)


def test_attempts_are_counted_cell_by_cell(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan())
    run = lab.run()
    first, second = lab.plan.cells
    numbers = [run.record(result_of(cell, Outcome.LOST, ""), cell).attempt for cell in (first, second, first, first)]
    assert numbers == [1, 1, 2, 3]


def test_an_amended_result_replaces_its_attempt(tmp_path: Path) -> None:
    """Scores that a test adds afterwards; the cell still has one record."""
    lab = Lab(tmp_path, make_plan(seeds=[0]))
    run = lab.run()
    result = run.record(result_of(lab.plan.cells[0], Outcome.COMPLETED, "").with_(score=0.5), lab.plan.cells[0])
    run.amend(result.with_(scores={"extra": 1.0}))
    (kept,) = dat.open(lab.dat_path).results()
    assert (kept.score, kept.scores, kept.attempt) == (0.5, {"extra": 1.0}, 1)


@pytest.mark.parametrize(("traces", "kept"), [("all", ["half", "right"]), ("failed", ["half"]), ("none", [])])
def test_traces_are_kept_as_the_battery_says(tmp_path: Path, traces: str, kept: list[str]) -> None:
    lab = Lab(tmp_path, make_plan(agents=["right", "half"], seeds=[0], traces=traces))
    lab.play()
    opened = dat.open(lab.dat_path)
    assert sorted(result.agent for result in opened.results() if result.trace and result.trace.file) == kept
    assert {result.agent: result.trace.steps for result in opened.results() if result.trace} == {"right": 10, "half": 10}


def test_a_trace_gives_the_trajectory_back(tmp_path: Path) -> None:
    """Exactly, packed or not."""
    for kind in ("json", "packed"):
        lab = Lab(tmp_path, make_plan(seeds=[0], trace_files=kind))
        run = lab.run()
        played = result_of(lab.plan.cells[0], Outcome.COMPLETED, "").with_(trajectory=lab_trajectory(lab))
        recorded = run.record(played, lab.plan.cells[0])
        run.close()
        trace = dat.open(lab.dat_path).trace(recorded)
        assert trace is not None
        assert trajectory_of(trace) == played.trajectory
        assert recorded.trace is not None
        assert (recorded.trace.offset is not None) == (kind == "packed")


def lab_trajectory(lab: Lab) -> object:
    """What happened in the lab's first cell."""
    return run_cell(lab.plan.cells[0], lab.catalog).trajectory


@pytest.mark.parametrize(("seeds", "packed"), [(100, False), (101, True)])
def test_many_traces_are_packed(tmp_path: Path, seeds: int, packed: bool) -> None:
    """Above 200 cells, unless the battery says how."""
    made = make_plan(agents=["right", "half"], seeds=range(seeds))
    lab = Lab(tmp_path, made)
    trace = lab.play(made.cells[0].id)[0].trace
    assert trace is not None
    assert (trace.offset is not None) == packed


def test_trace_names_are_told_apart_only_as_far_as_needed(tmp_path: Path) -> None:
    """`<scenario>_<agent>_seed<n>`, with the level where a scenario has several cases, and the params."""
    entries = [ScenarioEntry("walks/plain", params={"bonus": 0.1}), ScenarioEntry("walks/line", difficulty=(1, 3))]
    lab = Lab(tmp_path, make_plan(entries, seeds=[0]))
    traces = [result.trace.file for result in lab.play() if result.trace]
    assert traces == [
        "traces/walks-plain_bonus0.1_right_seed0.json",
        "traces/walks-line_d1_right_seed0.json",
        "traces/walks-line_d3_right_seed0.json",
    ]
    two = [ScenarioEntry("walks/line", difficulty=(3,)), ScenarioEntry("walks/line", difficulty=(3,), params={"bonus": 0.1})]
    params = Lab(tmp_path, make_plan(two, seeds=[0]))
    assert [result.trace.file for result in params.play() if result.trace] == [
        "traces/walks-line_right_seed0.json",
        "traces/walks-line_bonus0.1_right_seed0.json",
    ]
    alone = Lab(tmp_path, make_plan([ScenarioEntry("walks/line", difficulty=(3,))], seeds=[0]))
    assert [result.trace.file for result in alone.play() if result.trace] == ["traces/walks-line_right_seed0.json"]


def test_metrics_and_artifacts_land_in_the_dat(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan(seeds=[0]))
    run, cell = lab.run(), lab.plan.cells[0]
    run.metric(cell, "loss", 0.5, step=3)
    (event,) = (json.loads(line) for path in (lab.dat_path / "metrics").iterdir() for line in path.read_text().splitlines())
    assert (event["id"], event["name"], event["value"], event["step"]) == (cell.id, "loss", 0.5, 3)
    (tmp_path / "plot.png").write_bytes(b"png")
    assert run.artifact(cell, tmp_path / "plot.png").read_bytes() == b"png"


def test_no_two_writers_share_a_file(tmp_path: Path) -> None:
    """A second writer of the same name is refused with its first result; a closed one writes nothing more."""
    lab = Lab(tmp_path, make_plan(seeds=[0]))
    lost = result_of(lab.plan.cells[0], Outcome.LOST, "")
    first = lab.run()
    first.record(lost, lab.plan.cells[0])
    with pytest.raises(StoreError):
        Run(lab.dat_path, lab.run_id, "main").record(lost, lab.plan.cells[0])
    first.close()
    with pytest.raises(StoreError, match="closed"):
        first.record(lost, lab.plan.cells[0])


def test_axes_and_surfaces_are_in_trace_names_and_results(tmp_path: Path) -> None:
    """Also an axis that only the agent takes; and what is read from the DAT says the same."""
    made = make_plan(["walks/plain"], ["greedy"], [0], params={"threshold": (0.1, 0.2)})
    second = replace(made.cells[1], case=replace(made.cells[1].case, variant=2), id=made.cells[1].id[:-1] + "-v2]")
    lab = Lab(tmp_path, replace(made, cells=(made.cells[0], second)))
    traces = [result.trace.file for result in lab.play() if result.trace]
    assert traces == [
        "traces/walks-plain_threshold0.1_greedy_seed0.json",
        "traces/walks-plain_threshold0.2_v2_greedy_seed0.json",
    ]
    read = [(result.params, result.variant, result.key) for result in dat.open(lab.dat_path).results()]
    assert read == [({"threshold": 0.1}, 1, made.cells[0].key), ({"threshold": 0.2}, 2, second.key)]
