"""Cells whose scenario is a task."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import AgentProfile, Case, Cell, CellLimits, Outcome, Result, Task, TaskRecord
from pytest_alienbio.play import Catalog, builtin_agents, run_cell
from pytest_alienbio.play.builtin import task_scenario
from pytest_alienbio.spec.criteria import parse_criterion

from ..scenarios.task.tasks import ECHO, SLEEPER, all_gone, write_task
from .worlds import Counter, Says


def play(task: Task, params: Mapping[str, Any] | None = None, *, trial: int = 1, **more: Any) -> Result:
    """One trial of a task with these params."""
    catalog = Catalog({task.name: task_scenario(task, content_hash="c")}, builtin_agents())
    profile = AgentProfile("Fast", "variation", params or {})
    case = Case(task.name, content_hash="c", passing_score=None, type="task")
    cell = Cell("b", case, profile, trial, f"{task.name}[Fast-s{trial}]")
    limits = CellLimits(wall_clock_s=more.pop("wall_clock_s", None))
    return run_cell(cell, catalog, limits=limits, **more)


def here(call: Any, **more: Any) -> Task:
    """A task in this process."""
    return Task("t", call=call, isolate="none", **more)


def test_an_unscored_trial_that_ends_well_passes(tmp_path: Path) -> None:
    """Its metrics, its seed and its times are recorded; there is no score and no bar."""
    task = write_task(tmp_path, ECHO, metrics=("doubled",), random_seed=1)
    result = play(task, {"x": 21})
    assert (result.outcome, result.score, result.passed, result.passing_score) == (Outcome.COMPLETED, None, True, None)
    assert result.success
    assert result.metrics == {"doubled": 42}
    assert result.task == TaskRecord(task.seed_of(1))
    assert result.ended_at >= result.started_at > 0
    assert result.duration_s > 0
    assert result.params == {}, "params of a variation are the agent's: variations stay paired"


def test_criteria_decide_and_say_why_not() -> None:
    criteria = (parse_criterion("error_rate", "< 0.05"), parse_criterion("n", ">= 1"))
    good, bad = (play(here(lambda x: {"error_rate": x, "n": 1}, criteria=criteria), {"x": x}) for x in (0.04, 0.07))
    assert (good.passed, good.reason) == (True, "")
    assert (bad.outcome, bad.passed, bad.reason) == (Outcome.COMPLETED, False, "error_rate is 0.07, expected < 0.05")
    assert bad.metrics == {"error_rate": 0.07, "n": 1}


def test_a_score_is_one_of_the_metrics_with_its_direction() -> None:
    result = play(here(lambda: {"ms": 12}, score="ms", better="lower"))
    assert (result.score, result.better, result.passed, result.metrics) == (12.0, "lower", True, {"ms": 12})


@pytest.mark.parametrize("isolate", ["none", "process"])
def test_a_task_that_raises_is_an_error_with_its_traceback(isolate: str, tmp_path: Path) -> None:
    task = write_task(tmp_path, "def execute(params):\n    print('so far')\n    raise OSError('disk')\n", isolate=isolate)
    result = play(task)
    assert (result.outcome, result.score, result.passed) == (Outcome.ENVIRONMENT_ERROR, None, None)
    assert result.reason == "the task failed: OSError: disk"
    assert result.error is not None
    assert result.error.type == "OSError"
    assert "task.py" in result.error.traceback
    assert ("--- stdout ---\nso far" in result.error.traceback) is (isolate == "process")


@pytest.mark.parametrize("isolate", ["none", "process"])
def test_a_task_that_cannot_be_imported(isolate: str, tmp_path: Path) -> None:
    result = play(write_task(tmp_path, "import missing_module_of_nobody", name=f"missing_{isolate}", isolate=isolate))
    assert result.outcome is Outcome.ENVIRONMENT_ERROR
    assert result.reason.startswith("the task could not be imported: ModuleNotFoundError")


def test_declared_metrics_that_a_trial_did_not_give_are_a_scorer_error() -> None:
    """What it gave is told, nothing takes the missing one's place."""
    result = play(here(lambda: {"other": 1}, metrics=("error_rate",)))
    assert (result.outcome, result.metrics, result.passed) == (Outcome.SCORER_ERROR, {}, None)
    what = "its metrics cannot be used: ValueError: the task did not give the declared metric 'error_rate'; it gave other"
    assert result.reason == what


def test_garbage_where_json_was_expected_is_shown(tmp_path: Path) -> None:
    task = Task("t", command=("{python}", "-c", "print('hello')"), folder=str(tmp_path))
    result = play(task)
    assert result.outcome is Outcome.ENVIRONMENT_ERROR
    assert result.reason.startswith(
        "the task gave no metrics: what the command printed does not end with a JSON object: 'hello'"
    )
    assert result.error is not None
    assert result.error.traceback == "--- stdout ---\nhello"


def test_a_torn_line_costs_itself_and_is_named(tmp_path: Path) -> None:
    """The trial has its metrics, and its reason says what was lost."""
    source = """
        def execute(params, data_path, metrics_file):
            metrics_file.write_text('{"a": 1}\\n{"tor')
            return {"metrics": {"x": 1}}
    """
    result = play(write_task(tmp_path, source))
    assert (result.outcome, result.passed, result.metrics) == (Outcome.COMPLETED, True, {"x": 1})
    assert result.reason == "metrics.jsonl: 1 line could not be read: line 2 is cut off: '{\"tor'"
    assert result.task is not None
    assert (result.task.events, result.task.unread) == (1, 1)


@pytest.mark.parametrize("isolate", ["none", "process"])
@pytest.mark.parametrize(
    ("takes", "what"),
    [
        ("metrics_file.unlink()", "it was deleted"),
        ("metrics_file.unlink(); os.mkfifo(metrics_file)", "it is no ordinary file"),
        ("metrics_file.unlink(); os.symlink('/etc/passwd', metrics_file)", "it is no ordinary file"),
    ],
)
def test_events_that_a_task_takes_away_are_told(takes: str, what: str, isolate: str, tmp_path: Path) -> None:
    """However soon; its metrics count all the same."""
    source = f"""
        import os
        from pytest_alienbio import record_metric
        def execute(params, data_path, metrics_file):
            record_metric("loss", 0.5)
            {takes}
            return {{"metrics": {{"x": 1}}}}
    """
    result = play(write_task(tmp_path, source, isolate=isolate))
    assert (result.outcome, result.passed, result.metrics) == (Outcome.COMPLETED, True, {"x": 1})
    assert result.reason == f"metrics.jsonl: events can be missing: {what}"


def test_a_trial_that_hangs_in_its_process_is_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    result = play(write_task(tmp_path, SLEEPER), {"pids": str(pids)}, wall_clock_s=1)
    assert (result.outcome, result.reason) == (Outcome.TIMED_OUT, "cell ran longer than 1 s")
    assert result.error is not None
    assert result.error.traceback == "--- stdout ---\nwaiting"
    assert all_gone(map(int, pids.read_text("utf-8").split()))


def test_a_trial_that_hangs_in_this_process_is_told_to_stop() -> None:
    result = play(here(lambda: time.sleep(600)), wall_clock_s=0.2)
    assert (result.outcome, result.reason) == (Outcome.TIMED_OUT, "cell ran longer than 0.2 s")


def test_a_trial_in_this_process_that_cannot_be_stopped_is_handed_over() -> None:
    """As for an agent: whoever runs the process must end it."""
    stop: list[Result] = []

    def deaf() -> dict[str, int]:
        while not stop:
            with suppress(BaseException):
                time.sleep(0.01)
        return {}

    play(here(deaf), wall_clock_s=0.1, grace_s=0.1, on_stuck=stop.append)
    (stuck,) = stop
    assert (stuck.outcome, stuck.reason) == (Outcome.TIMED_OUT, "cell ran longer than 0.1 s, and could not be stopped")
    assert stuck.ended_at > 0


def test_a_trials_trajectory_tells_params_events_output_and_metrics(tmp_path: Path) -> None:
    """What `bio show` shows; nothing to the right of `play` need know that it was a task."""
    source = """
        import json
        def execute(params, data_path, metrics_file):
            metrics_file.write_text(json.dumps({"timestamp": 1768989600.5, "name": "loss", "value": 0.5}) + "\\n")
            print("hello")
            return {"metrics": {"x": 1}}
    """
    result = play(write_task(tmp_path, source, random_seed=None), {"n": 5})
    assert result.trajectory is not None
    assert [(turn.action, turn.params, turn.reasoning, turn.reading) for turn in result.trajectory.turns] == [
        ("execute", {"n": 5, "trial": 1, "random_seed": None}, "", {}),
        ("metric", {"at": 1768989600.5, "name": "loss", "value": 0.5}, "", {}),
        ("print", {"stream": "stdout"}, "hello\n", {}),
        ("return", {}, "", {"x": 1}),
    ]


def test_nobody_takes_the_place_of_a_tasks_agent_or_environment() -> None:
    """An overridden fixture must not be booked as if it had played."""
    for given in ({"agent": Says(lambda seen: None)}, {"environment": Counter()}):
        result = play(here(dict), **given)
        assert result.outcome is Outcome.AGENT_ERROR
        assert "is a task" in result.reason


@pytest.mark.parametrize("isolate", ["none", "process"])
def test_events_that_cannot_be_kept_are_not_the_tasks_fault(isolate: str, tmp_path: Path) -> None:
    """A full disk ends the run, as it does for results: nothing is recorded that says something else."""

    def full(events: object) -> None:
        raise StoreError("cannot write: no space left on device")

    source = "def execute(params, data_path, metrics_file):\n    metrics_file.write_text('{}\\n')\n    return {}\n"
    with pytest.raises(StoreError, match="no space left"):
        play(write_task(tmp_path, source, name=f"telling_{isolate}", isolate=isolate), on_events=full)


def test_a_folder_that_is_gone_is_the_trials_failure(tmp_path: Path) -> None:
    result = play(replace(write_task(tmp_path, ECHO), folder=str(tmp_path / "gone")), {"x": 1})
    assert result.outcome is Outcome.ENVIRONMENT_ERROR
    assert result.reason.startswith("the task could not be run: FileNotFoundError")


def test_a_keyboard_interrupt_passes_through() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(here(interrupted))
