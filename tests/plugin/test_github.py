"""Under GitHub Actions a session annotates its gates and adds to the job's summary; elsewhere it does neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Lab

BATTERY = """\
experiment.mine:
  scenarios: [walks/plain]
  agents: [right, half]
  seeds: 5
  cells: record
  gates:
    - {metric: score, against: "agent:right"}
"""
"""`half` scores half of what `right` does."""


@pytest.fixture
def job(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A step of a job whose workspace is the project; the file of its summary, which another step began."""
    summary = lab.path / "summary.md"
    summary.write_text("before\n", "utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(lab.path))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    return summary


def commands(run: pytest.RunResult) -> list[str]:
    """The workflow commands among the lines of a run."""
    return [line for line in run.outlines if line.startswith("::")]


def test_a_regression_is_annotated_once_at_its_gate(lab: Lab, job: Path, mode: str) -> None:
    """By the process that judges, whoever plays."""
    lab.battery(BATTERY)
    run = lab.run(mode)
    assert run.ret == 1
    [line] = commands(run)
    assert line.startswith(
        "::error file=a.battery.yaml,line=7,col=7,title=mine gate[score-half] FAIL::gate[score-half] FAIL: half on"
    )
    text = job.read_text("utf-8")
    assert text.startswith("before\n# mine\n")
    assert text.count("## FAIL: gate") == 1
    assert "## Leaderboard" in text


def test_elsewhere_nothing_is_written(lab: Lab, job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS")
    lab.battery(BATTERY)
    assert commands(lab.run("plain")) == []
    assert job.read_text("utf-8") == "before\n"


def test_a_run_without_gates_has_a_summary_and_no_annotation(lab: Lab, job: Path) -> None:
    lab.battery(BATTERY)
    run = lab.run("plain", "--bio-no-gates")
    assert (run.ret, commands(run)) == (0, [])
    assert "## Leaderboard" in job.read_text("utf-8")


def test_a_summary_that_cannot_be_written_is_said_and_changes_nothing(
    lab: Lab, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(lab.path / "no" / "folder.md"))
    lab.battery(BATTERY)
    run = lab.run("plain", "--bio-no-gates")
    assert run.ret == 0
    run.stdout.fnmatch_lines(["the job's summary is not written: *"])


def test_a_battery_outside_the_workspace_is_annotated_without_a_place(
    lab: Lab, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(lab.path / "elsewhere"))
    lab.battery(BATTERY)
    [line] = commands(lab.run("plain"))
    assert line.startswith("::error title=")
