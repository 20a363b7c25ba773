"""The end of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.model import AgentEntry, Outcome, ScenarioEntry, Usage
from pytest_alienbio.play import result_of
from pytest_alienbio.report import render_markdown
from pytest_alienbio.run import EXIT_CODES, Closed, recorded_by
from pytest_alienbio.store import dat

from ..report.parts import told
from .parts import Lab, make_plan


def closed(lab: Lab, **more: object) -> Closed:
    """Closes a lab that is not empty."""
    result = lab.close(**more)  # type: ignore[arg-type]
    assert result is not None
    return result


def notes_of(end: Closed) -> list[str]:
    """What the report notes at its end."""
    return [note["text"] for note in told(end.document)["end"].get("notes", ())]


def outcomes(lab: Lab) -> dict[str, Outcome]:
    """How each recorded cell ended."""
    return {result.id: result.outcome for result in dat.open(lab.dat_path).results()}


@pytest.mark.parametrize(
    ("agents", "cells", "status"),
    [
        (["right", "lazy", "claude-opus"], "assert", "passed"),
        (["right", "half"], "record", "passed"),
        (["right", "half"], "assert", "failed"),
        (["right", "crash"], "record", "failed"),
    ],
)
def test_status(tmp_path: Path, agents: list[str], cells: str, status: str) -> None:
    lab = Lab(tmp_path, make_plan(agents=agents, cells=cells))
    lab.play()
    assert closed(lab).status == status
    told = dat.open(lab.dat_path).status()
    assert (told["verdict"], told["state"], told["run"]) == (status, "closed", lab.run_id)


def test_each_status_has_its_exit_code() -> None:
    gates = {"invalid": 3, "inconclusive": 4}
    assert {"passed": 0, "failed": 1, "incomplete": 3, **gates, "interrupted": 130} == EXIT_CODES


@pytest.mark.parametrize(
    ("interrupted", "status", "why"), [(False, "incomplete", "ended before"), (True, "interrupted", "stopped")]
)
def test_selected_cells_without_a_record_are_booked(tmp_path: Path, interrupted: bool, status: str, why: str) -> None:
    """As never started, with the reason; cells that were not selected are nobody's business."""
    lab = Lab(tmp_path, make_plan(seeds=[0, 1, 2]))
    first, second, third = (cell.id for cell in lab.plan.cells)
    lab.play(first)
    end = closed(lab, selected=[first, second], interrupted=interrupted)
    assert end.status == status
    assert outcomes(lab) == {first: Outcome.COMPLETED, second: Outcome.NOT_RUN}
    assert third not in outcomes(lab)
    (booked,) = (result for result in dat.open(lab.dat_path).results() if result.id == second)
    assert why in booked.reason
    [cells] = told(end.document)["run"]["cells"]
    assert (cells["planned"], cells["selected"], cells["recorded"]) == (3, 2, 1)
    assert dat.open(lab.dat_path).status()["cells"] == {"planned": 3, "selected": 2, "recorded": 1}


def test_nothing_selected_and_nothing_played_leaves_no_dat(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan())
    assert lab.close(selected=[]) is None
    assert not lab.dat_path.exists()


def test_a_run_that_started_no_cell_leaves_no_dat(tmp_path: Path) -> None:
    """Nobody wants a folder of cells that were not run as the newest; after Ctrl-C one may have been on its way."""
    lab = Lab(tmp_path, make_plan())
    assert closed(lab, interrupted=True).status == "interrupted"
    other = Lab(tmp_path, make_plan())
    assert other.close() is None
    assert not other.dat_path.exists()
    assert lab.dat_path.exists()


def test_what_a_test_recorded_without_playing_stays(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan())
    run = lab.run()
    run.metric(lab.plan.cells[0], "loss", 0.5)
    run.close()
    assert closed(lab).status == "incomplete"
    assert set(outcomes(lab).values()) == {Outcome.NOT_RUN}


def test_selected_cells_that_are_not_due_need_no_record(tmp_path: Path) -> None:
    """A Python test over them ended well and played none of its cell, or played it under another agent's name."""
    lab = Lab(tmp_path, make_plan(seeds=[0, 1, 2]))
    first, second, third = (cell.id for cell in lab.plan.cells)
    lab.play(first)
    end = closed(lab, due=[first])
    assert (end.status, outcomes(lab)) == ("passed", {first: Outcome.COMPLETED})
    [cells] = told(end.document)["run"]["cells"]
    assert (cells["selected"], cells["recorded"]) == (3, 1)
    assert closed(lab, due=[first, second]).status == "incomplete"
    assert third not in outcomes(lab)


def test_closing_twice_writes_the_same_again(tmp_path: Path) -> None:
    """Missing cells are booked once."""
    lab = Lab(tmp_path, make_plan(agents=["right", "half"]))
    lab.play(lab.plan.cells[0].id)
    names = ("results.json", "results.yaml", "summary.csv")
    first = closed(lab)
    texts = [(lab.dat_path / name).read_bytes() for name in names]
    second = closed(lab)
    assert [(lab.dat_path / name).read_bytes() for name in names] == texts
    assert (second.status, second.document) == (first.status, first.document)


def test_a_broken_scenario_fails_the_run(tmp_path: Path) -> None:
    """Judged on all its cells, whatever scenarios are played beside it; each finding once."""
    bonus = {"bonus": 0.9}
    entries = [ScenarioEntry("walks/line", difficulty="all", params=bonus), ScenarioEntry("walks/plain")]
    lab = Lab(tmp_path, make_plan(entries, ["noop", "right"], [0, 1], cells="record"))
    lab.play()
    end = closed(lab)
    assert [(finding.scenario, finding.rule) for finding in end.findings] == [("walks/line", "noop_max")]
    assert "on 6 cells" in end.findings[0].sentence
    assert end.status == "failed"
    assert dat.open(lab.dat_path).status()["broken_scenarios"] == [end.findings[0].sentence]


def test_the_report_has_every_failure_with_its_command_and_every_skipped_agent(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan(agents=["right", "half", "crash", "claude-opus"], seeds=[0]))
    lab.play()
    sections = told(closed(lab).document)
    groups = {group["id"]: group for group in sections["failures"]["groups"]}
    assert set(groups) == {"walks/plain[half-s0]", "walks/plain[crash-s0]"}
    crash = groups["walks/plain[crash-s0]"]
    assert crash["command"] == "again walks/plain[crash-s0]"
    assert "boom" in crash["reason"]
    assert groups["walks/plain[half-s0]"]["trace"] == "traces/walks-plain_half_seed0.json"
    assert [group["agents"] for group in sections["end"]["skipped"]] == [["claude-opus"]]
    assert sections["run"]["cells"][0]["outcomes"] == {"completed": 2, "agent_error": 1, "skipped": 1}


def test_results_of_earlier_runs_in_the_dat_count_and_are_told(tmp_path: Path) -> None:
    """Under the run that made them."""
    lab = Lab(tmp_path, make_plan())
    lab.play(lab.plan.cells[0].id)
    later = Lab.__new__(Lab)
    later.plan, later.catalog, later.run_id, later.dat_path = lab.plan, lab.catalog, "later", lab.dat_path
    later.play(lab.plan.cells[1].id)
    end = closed(later)
    [cells] = told(end.document)["run"]["cells"]
    assert (cells["before"], cells["recorded"], end.status) == (1, 2, "passed")


def test_what_was_spent_counts_every_attempt_and_only_those_of_the_run(tmp_path: Path) -> None:
    """An outage may have been paid for; what a test added to an attempt later is no second payment, and a later session has
    its own bill."""
    lab = Lab(tmp_path, make_plan(seeds=(0,)))
    cell, took = lab.plan.cells[0], Usage(10, 0.5, 1)
    run = lab.run()
    broken = result_of(cell, Outcome.PROVIDER_ERROR, "503").with_(usage=took)
    for _ in range(2):
        run.record(broken, cell)
    run.amend(run.record(result_of(cell, Outcome.COMPLETED, "").with_(score=1.0, usage=took), cell))
    run.close()
    assert lab.close()
    assert dat.open(lab.dat_path).status()["spent"] == {"usd": 1.5, "tokens": 30, "requests": 3}
    lab.run_id = "20990101T000000-000000"
    run = lab.run(attempts={cell.id: 3})
    run.record(broken, cell)
    run.close()
    assert lab.close()
    assert dat.open(lab.dat_path).status()["spent"] == {"usd": 0.5, "tokens": 10, "requests": 1}


def test_a_damaged_line_is_a_note_and_its_cell_is_missing(tmp_path: Path) -> None:
    """A writer that was killed in the middle of a line."""
    lab = Lab(tmp_path, make_plan())
    lab.play()
    (journal,) = (lab.dat_path / "cells").iterdir()
    journal.write_bytes(journal.read_bytes()[:-20])
    end = closed(lab)
    assert end.status == "incomplete"
    assert any("cut off" in note for note in notes_of(end))


def test_what_a_dead_worker_recorded_is_found(tmp_path: Path) -> None:
    """Its own last word on the cell, whatever others recorded."""
    lab = Lab(tmp_path, make_plan())
    first, second = lab.plan.cells
    lab.play(worker="gw0")
    run = lab.run("gw1")
    run.record(result_of(first, Outcome.LOST, "one"), first)
    run.record(result_of(first, Outcome.TIMED_OUT, "two"), first)
    found = recorded_by(lab.dat_path, lab.run_id, "gw1", first)
    assert found is not None
    assert found.reason == "two"
    assert recorded_by(lab.dat_path, lab.run_id, "gw1", second) is None
    assert recorded_by(lab.dat_path, lab.run_id, "gw2", first) is None
    assert recorded_by(lab.dat_path, "another", "gw1", first) is None


def test_a_result_that_was_never_played_says_what_its_cell_says() -> None:
    """Everything but what only playing gives."""
    cell = make_plan(["walks/line"], ["lazy"], [3]).cells[0]
    result = result_of(cell, Outcome.LOST, "why")
    assert (result.id, result.key, result.scenario, result.difficulty) == (cell.id, cell.key, "walks/line", 2)
    assert (result.agent, result.role, result.seed, result.tags, result.passing_score) == (
        "lazy",
        "floor",
        3,
        ("walking",),
        0.6,
    )
    assert (result.outcome, result.reason, result.score, result.passed, result.trace) == (Outcome.LOST, "why", None, None, None)


@pytest.mark.parametrize("smoke", [False, True])
def test_a_smoke_run_holds_oracle_and_noop_to_their_bounds_from_one_cell(tmp_path: Path, smoke: bool) -> None:
    """An oracle that reaches half and a noop that reaches all; otherwise five cells are needed."""
    made = make_plan(agents=[AgentEntry("oracle", kind="half"), AgentEntry("noop", kind="right")], seeds=[0], cells="record")
    cells = [replace(cell, agent=replace(cell.agent, kind=cell.agent.name)) for cell in made.cells]
    lab = Lab(tmp_path, made)
    lab.play()
    lab.plan = replace(made, cells=tuple(cells))
    end = closed(lab, smoke=smoke)
    assert [finding.rule for finding in end.findings] == (["oracle_min", "noop_max"] if smoke else [])
    assert end.status == ("failed" if smoke else "passed")


@pytest.mark.parametrize(
    ("agents", "said"),
    [
        (["right", "random"], ["the scenarios' sanity was not checked: neither oracle nor noop was selected"]),
        (["right", "noop"], ["the scenarios' sanity was checked in part: oracle was not selected"]),
    ],
)
def test_a_smoke_run_says_what_it_could_not_check(tmp_path: Path, agents: list[str], said: list[str]) -> None:
    """It judges by oracle and noop; without them it proves only that cells run."""
    lab = Lab(tmp_path, make_plan(agents=agents, seeds=[0], cells="record"))
    lab.play()
    assert [note for note in notes_of(closed(lab, smoke=True)) if "sanity" in note] == said
    assert not any("sanity" in note for note in notes_of(closed(lab)))


def test_it_is_said_where_cells_are_more_than_worlds(tmp_path: Path) -> None:
    """Readers who count cells would expect narrower intervals."""
    swept = Lab(tmp_path, make_plan(agents=["greedy"], params={"threshold": (0.1, 0.2)}))
    plain = Lab(tmp_path, make_plan(agents=["greedy"]))
    for lab, said in ((swept, 1), (plain, 0)):
        lab.play()
        assert sum("intervals count worlds" in note for note in notes_of(closed(lab))) == said


def test_reports_are_files_of_the_dat_and_the_terminal_shows_what_it_is_asked_for(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan(report=("markdown", "json")))
    lab.play()
    end = closed(lab)
    names = sorted(path.name for path in (lab.dat_path / "reports").iterdir())
    assert names == ["report.json", "report.md"]
    assert (lab.dat_path / "reports/report.md").read_text("utf-8") == render_markdown(end.document)
    assert [section.key for section in end.on_terminal.sections] == ["run", "end"]
    shown = closed(Lab(tmp_path, make_plan(report=("terminal",))), interrupted=True)
    assert shown.on_terminal == shown.document


def test_a_report_that_cannot_be_written_is_a_note_and_the_run_is_closed(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan(report=("markdown", "terminal")))
    lab.play()
    (lab.dat_path / "reports").write_text("in the way", "utf-8")
    end = closed(lab)
    assert end.status == "passed"
    assert any(note.startswith("not every report is written: ") for note in notes_of(end))
    assert (lab.dat_path / "results.json").is_file()
