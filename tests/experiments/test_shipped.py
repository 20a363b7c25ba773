"""The shipped experiments, as they are played: in copies, with fewer trials."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from pytest_alienbio.spec import read_battery
from pytest_alienbio.store import dat as dats
from pytest_alienbio.store import find_dats

from ..journeys.conftest import REPOSITORY, Project

EXPERIMENTS = REPOSITORY / "experiments"
EXP_001, EXP_002 = "exp-001-coordination-comparison", "exp-002-scale-test"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with our experiments of tasks, their tasks and their data."""
    made = Project(tmp_path / "project")
    made.write("pytest.ini", "[pytest]\naddopts = -p no:randomly -p no:cacheprovider\n")
    for folder in (EXP_001, EXP_002, "tasks", "templates"):
        left_out = shutil.ignore_patterns("runs", "__pycache__")
        shutil.copytree(EXPERIMENTS / folder, made.path / "experiments" / folder, ignore=left_out)
    shutil.copytree(REPOSITORY / "test-harness", made.path / "test-harness")
    return made


def with_trials(project: Project, experiment: str, trials: int) -> str:
    """Makes an experiment smaller; gives its folder."""
    path = project.path / "experiments" / experiment / "config.yaml"
    text, changed = re.subn(r"^trials: \d+", f"trials: {trials}", path.read_text("utf-8"), flags=re.MULTILINE)
    assert changed == 1
    path.write_text(text, "utf-8")
    return f"experiments/{experiment}"


def test_exp_001_has_the_names_of_the_first_specification() -> None:
    (battery,) = read_battery(EXPERIMENTS / EXP_001 / "config.yaml")
    assert battery.name == "EXP-001"
    assert [agent.name for agent in battery.agents] == ["Cue-Based Coordination", "Event-Driven", "Polling"]
    names = {"coordination_model", "communication_pattern", "error_handling", "agent_count", "agent_model"}
    assert all(agent.params.keys() == names for agent in battery.agents)
    assert battery.seeds == tuple(range(1, 11))
    (task,) = battery.tasks.values()
    assert task.name == "task_s1_map_reduce"
    assert task.metrics == ("completion_time_ms", "message_count", "error_rate", "idle_time_percent", "total_tokens")
    assert [(c.metric, c.text) for c in task.criteria] == [("error_rate", "< 0.05"), ("completion_time_ms", "< 60000")]


def test_exp_002_varies_the_number_of_agents_alone() -> None:
    (battery,) = read_battery(EXPERIMENTS / EXP_002 / "config.yaml")
    assert [agent.params["agent_count"] for agent in battery.agents] == [1, 2, 4, 8]
    assert len({str({**agent.params, "agent_count": 0}) for agent in battery.agents}) == 1


def test_both_are_played(project: Project) -> None:
    """One trial of each variation; the same errors in all of them, since a trial has one seed."""
    run = project.pytest(*(with_trials(project, name, 1) for name in (EXP_001, EXP_002)), "-p", "no:xdist")
    assert run.returncode == 0, run.stdout
    folders = [dats.open(path) for path in find_dats(project.path / "data")]
    results = [result for folder in folders for result in folder.results()]
    assert len(results) == 3 + 4
    assert all(result.passed for result in results)
    assert len({result.metrics["error_rate"] for result in results}) == 1
    messages = {result.agent: result.metrics["message_count"] for result in results}
    assert messages["Cue-Based Coordination"] == 10


def test_other_data_than_the_manifests_are_not_measured(project: Project) -> None:
    """Nothing is run, and the file is named."""
    (project.path / "test-harness" / "data" / "task-s1" / "text-007.txt").write_text("other words\n")
    run = project.pytest(f"experiments/{EXP_001}", "-p", "no:xdist")
    assert run.returncode == 2, run.stdout
    assert "test-harness/data/task-s1: 1 file was changed: text-007.txt" in run.stdout + run.stderr
    assert not (project.path / "data").exists()


def test_the_template_runs_when_it_is_copied(project: Project) -> None:
    """As its first lines say."""
    template = project.path / "experiments" / "templates" / "config.yaml.template"
    folder = project.path / "experiments" / "exp-003-mine"
    folder.mkdir()
    shutil.copy(template, folder / "config.yaml")
    run = project.pytest("experiments/exp-003-mine", "-p", "no:xdist")
    assert run.returncode == 0, run.stdout
    assert "6 passed" in run.stdout
