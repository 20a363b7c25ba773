"""`ExperimentRunner`, and the `runs/` that it leaves."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_alienbio import BatchResult, ExperimentRunner
from pytest_alienbio.errors import SpecError, UnknownNameError
from pytest_alienbio.model import Outcome
from pytest_alienbio.store import dat

from ..report.parts import told
from ..trials import CONFIG, TASK, write_experiment

KEYS = [
    "experiment_id",
    "variation",
    "trial",
    "params",
    "metrics",
    "status",
    "error",
    "started_at",
    "ended_at",
    "duration_ms",
    "environment",
]
ENVIRONMENT = ["python_version", "platform", "git_commit", "git_dirty", "timestamp", "working_directory"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of its own."""
    (tmp_path / "bio.yaml").write_text("", "utf-8")
    return tmp_path


def summaries(config: Path) -> list[dict[str, Any]]:
    """What `runs/` holds, by number."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(config.parent.glob("runs/run-*/summary.json"))]


def test_run_all_plays_every_trial_and_leaves_a_folder_for_each(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the plan's order, with exactly the document's keys; variations are paired by their seeds."""
    config = write_experiment(project)
    runner = ExperimentRunner(str(config))
    assert (runner.experiment_dir, runner.runs_dir) == (config.parent, config.parent / "runs")
    assert runner.config["experiment"]["id"] == "EXP-9"
    result = runner.run_all()
    assert isinstance(result, BatchResult)
    assert (result.status, len(result)) == ("passed", 4)
    found = summaries(config)
    assert [list(each) for each in found] == [KEYS] * 4
    assert [(each["variation"], each["trial"], each["status"], each["error"]) for each in found] == [
        ("Fast Lane", 1, "success", None),
        ("Fast Lane", 2, "success", None),
        ("Slow", 1, "success", None),
        ("Slow", 2, "success", None),
    ]
    assert (found[0]["experiment_id"], found[0]["params"], found[0]["metrics"]["cost"]) == ("EXP-9", {"x": 1}, 1)
    dice = [each["metrics"]["dice"] for each in found]
    assert dice[0] == dice[2] != dice[1] == dice[3]
    assert list(found[0]["environment"]) == ENVIRONMENT
    assert found[0]["started_at"] <= found[0]["ended_at"]
    assert found[0]["started_at"].endswith("Z")
    assert found[0]["duration_ms"] > 0
    (event,) = map(json.loads, (config.parent / "runs" / "run-003" / "metrics.jsonl").read_text("utf-8").splitlines())
    assert {**event, "timestamp": ""} == {"timestamp": "", "name": "step", "value": 2}
    assert found[2]["started_at"][:19] <= event["timestamp"]
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in said] == ["Fast Lane trial 1", "Fast Lane trial 2", "Slow trial 1", "Slow trial 2"]


def test_run_single_by_its_entry_or_its_name_takes_the_next_number(project: Path) -> None:
    """The same seed as in a whole run: a trial can be done again by itself."""
    config = write_experiment(project)
    runner = ExperimentRunner(config)
    first = runner.run_single(runner.config["variations"][1], 2)
    again = runner.run_single("Slow", 2)
    assert (first.id, first.outcome, first.metrics) == ("work[Slow-s2]", Outcome.COMPLETED, again.metrics)
    changed = runner.run_single({"name": "Slow", "params": {"x": 5}}, 2)
    assert changed.metrics["cost"] == 5
    assert [path.name for path in sorted(config.parent.glob("runs/run-*"))] == ["run-001", "run-002", "run-003"]
    with pytest.raises(UnknownNameError, match="unknown variation 'Slo'; did you mean 'Slow'"):
        runner.run_single("Slo", 1)
    for below in (0, -1):
        with pytest.raises(SpecError, match=f"no trial {below}: trials count from 1"):
            runner.run_single("Slow", below)


@pytest.mark.parametrize(
    ("variation", "trial", "what"),
    [
        ("Slow", "x", "trial is 'x'; expected a whole number from 1 on"),
        ("Slow", 1.5, "trial is 1.5; expected a whole number"),
        ("Slow", True, "trial is True; expected a whole number"),
        ({"params": {"x": 1}}, 1, "{'params': {'x': 1}} is no variation; expected {name: "),
        ({"name": "A", "params": [1]}, 1, "is no variation; expected {name: "),
        ({"name": "A\u202eB"}, 1, "is no variation; expected {name: "),
        (3, 1, "3 is no variation; expected {name: "),
    ],
)
def test_what_is_no_trial_of_no_variation_is_refused(variation: Any, trial: Any, what: str, project: Path) -> None:
    with pytest.raises(SpecError) as caught:
        ExperimentRunner(write_experiment(project)).run_single(variation, trial)
    assert what in str(caught.value)
    assert not (project / "data").exists()


def test_what_stands_in_the_place_of_runs_stops_everything_before_the_first_trial(project: Path) -> None:
    """Unless no `runs/` are wanted."""
    config = write_experiment(project)
    (config.parent / "runs").write_text("mine", "utf-8")
    with pytest.raises(SpecError) as caught:
        ExperimentRunner(config).run_all()
    assert f"{config.parent / 'runs'} is no folder; trials are written below it; move it away, or" in str(caught.value)
    assert not (project / "data").exists()
    assert ExperimentRunner(config, runs=False).run_single("Slow", 1).success


def test_runs_that_cannot_be_written_are_no_loss(project: Path) -> None:
    """What a task put there in between: the result folder is closed, has every trial, and the summary says what is missing."""
    task = """
        from pathlib import Path
        def execute(params):
            Path("runs").touch()
            return {"metrics": {"cost": 1}}
    """
    result = ExperimentRunner(write_experiment(project, task=task)).run_all()
    assert (result.status, len(result)) == ("passed", 4)
    [note] = (each["text"] for each in told(result.document)["end"]["notes"])
    assert note.startswith("runs/ is not complete: ")
    assert note.endswith("; the result folder has every trial")
    assert (result.dat_path / "results.json").is_file()


def test_a_trial_that_fails_has_a_folder_with_its_error(project: Path) -> None:
    """And the others go on: what raised, what missed its criteria, what gave no metric."""
    task = """
        def execute(params, data_path, metrics_file):
            if params["x"] == 1:
                raise OSError("disk")
            return {"metrics": {"cost": params["x"]}}
    """
    text = CONFIG + 'success_criteria: [{metric: cost, condition: "< 2"}]\n'
    config = write_experiment(project, text, task)
    result = ExperimentRunner(config).run_all()
    assert result.status == "failed"
    assert [(each["status"], each["error"], each["metrics"]) for each in summaries(config)] == [
        ("failed", "the task failed: OSError: disk", {}),
        ("failed", "the task failed: OSError: disk", {}),
        ("failed", "cost is 2, expected < 2", {"cost": 2}),
        ("failed", "cost is 2, expected < 2", {"cost": 2}),
    ]


def test_runs_can_be_left_out(project: Path) -> None:
    config = write_experiment(project)
    ExperimentRunner(config, runs=False).run_single("Slow", 1)
    assert not (config.parent / "runs").exists()


def test_load_task_gives_the_module(project: Path) -> None:
    runner = ExperimentRunner(write_experiment(project))
    before = list(sys.path)
    module = runner.load_task("work")
    assert sys.path == before
    assert module.__file__ == str(runner.experiment_dir / "tasks" / "work.py")
    assert callable(module.execute)
    with pytest.raises(SpecError, match="there is no task 'nothing'"):
        runner.load_task("nothing")


def test_everything_wrong_with_the_file_is_said_at_once(project: Path) -> None:
    config = write_experiment(project, CONFIG.replace("trials: 2", "trials: none") + "more: 1\n")
    with pytest.raises(SpecError) as caught:
        ExperimentRunner(config)
    assert len(caught.value.complaints) == 2
    battery = project / "b.battery.yaml"
    battery.write_text("experiment.b:\n  scenarios: [mutualism/competition]\n  agents: [noop]\n  seeds: 1\n", "utf-8")
    with pytest.raises(SpecError, match="this is no experiment"):
        ExperimentRunner(battery)


def test_the_result_folder_says_where_it_came_from(project: Path) -> None:
    """What was declared with the commit filled in, seeds and their source; and it plays again."""
    config = write_experiment(project, CONFIG + 'environment: {python_version: "2.7"}\n')
    result = ExperimentRunner(config).run_all()
    opened = dat.open(result.dat_path)
    environment = opened.environment()
    assert environment["declared"] == {"python_version": "2.7", "git_commit": None}
    assert isinstance(environment["timestamp"], str)
    assert isinstance(environment["working_directory"], str)
    resolved = opened.spec()["resolved"]
    assert isinstance(resolved, dict)
    assert resolved["experiment"] == {"id": "EXP-9", "name": "Nine"}
    assert resolved["random_seed"] == {"work": 7}
    assert any("declares Python 2.7" in note["text"] for note in told(result.document)["end"]["notes"])
    assert (project / "data" / "results" / "EXP-9") == result.dat_path.parent
    seeds = [each.task.seed for each in opened.results() if each.task]
    assert len(seeds) == 4
    assert len(set(seeds)) == 2


def test_a_task_that_is_not_seeded_is_recorded_as_such(project: Path) -> None:
    config = write_experiment(project, CONFIG.replace("random_seed: 7\n", ""), TASK)
    result = ExperimentRunner(config, runs=False).run_single("Slow", 1)
    assert result.task is not None
    assert result.task.seed is None


def test_metrics_stand_in_the_files_that_people_read(project: Path) -> None:
    """Columns of their own in `summary.csv`; in `results.yaml` how many trials ended well, and what each gave."""
    result = ExperimentRunner(write_experiment(project), runs=False).run_all()
    with (result.dat_path / "summary.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["agent"], row["seed"], row["metric.cost"]) for row in rows] == [
        ("Fast Lane", "1", "1"),
        ("Fast Lane", "2", "1"),
        ("Slow", "1", "2"),
        ("Slow", "2", "2"),
    ]
    page = yaml.safe_load((result.dat_path / "results.yaml").read_text("utf-8"))
    assert page["scores"]["Slow"]["work"] == {"mean": None, "n": 0, "trials": 2, "passed": 2}
    assert page["results"][0]["metrics"]["cost"] == 1


FACES = {
    "pytest": (".", ["-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:randomly", "experiments/exp-009/config.yaml"]),
    "pytest from above": ("..", ["-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:randomly", "{project}/experiments/exp-009"]),
    "pytest there": ("experiments/exp-009", ["-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:randomly"]),
    "bio there": ("experiments/exp-009", ["-m", "pytest_alienbio", "run", "config.yaml", "--no-runs"]),
    "runner there": (
        "experiments/exp-009",
        [
            "-c",
            "import pytest_alienbio as b; assert b.ExperimentRunner('config.yaml').run_all().status == 'passed'",
        ],
    ),
}


@pytest.mark.parametrize("face", FACES)
def test_every_face_means_the_same_project_where_no_file_marks_it(face: str, tmp_path: Path) -> None:
    """Shared tasks and data are found, and results land in the project's `data/`, never in the experiment's."""
    project = tmp_path / "somewhere" / "mine"
    config = write_experiment(project, CONFIG.replace("type: work", "type: work, data_path: given/"), None)
    (project / ".git").mkdir()
    (project / "given").mkdir()
    (project / "experiments" / "tasks").mkdir()
    task = "def execute(params, data_path, metrics_file):\n    assert data_path.endswith('given')\n    return {'cost': 1}\n"
    (project / "experiments" / "tasks" / "work.py").write_text(task, "utf-8")
    where, argv = FACES[face]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ALIENBIO_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, *(word.format(project=project) for word in argv)],
        cwd=project / where,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    home = project.parent if face == "pytest from above" else project
    assert len(list((home / "data" / "results" / "EXP-9").glob("*/results.json"))) == 1
    assert not (config.parent / "data").exists()
