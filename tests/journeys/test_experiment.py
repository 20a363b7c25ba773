"""The first specification's own experiment, from its folder, as it says: nothing of its files is changed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pytest_alienbio.model import Outcome
from pytest_alienbio.store import dat, find_dats

from ..scenarios.task.tasks import all_gone

SHIPPED = Path(__file__).parents[2] / "experiments" / "lib" / "experiment_runner.py"

CONFIG = """\
# Experiment metadata
experiment:
  id: "EXP-001"
  name: "Coordination Model Comparison"
  description: "Compare cue-based vs event-driven vs polling for Task S1"
  author: "researcher"
  created: "2026-01-21"

# Task to run
task:
  type: "task_s1_map_reduce"  # References tasks/ directory
  description: "Process 100 files in parallel"
  data_path: "test-harness/data/task-s1/"

# Variations to test (each gets N trials)
variations:
  - name: "Cue-Based Coordination"
    params:
      coordination_model: "cue_based"
      communication_pattern: "hub_and_spoke"
      error_handling: "jidoka"
      agent_count: 5
      agent_model: "sonnet"

  - name: "Event-Driven"
    params:
      coordination_model: "event_driven"
      communication_pattern: "hub_and_spoke"
      error_handling: "jidoka"
      agent_count: 5
      agent_model: "sonnet"

  - name: "Polling"
    params:
      coordination_model: "polling"
      communication_pattern: "hub_and_spoke"
      error_handling: "jidoka"
      agent_count: 5
      agent_model: "sonnet"

# Number of trials per variation (for statistical significance)
trials: 10

# Metrics to collect
metrics:
  - "completion_time_ms"
  - "message_count"
  - "error_rate"
  - "idle_time_percent"
  - "total_tokens"

# Success criteria (optional validation)
success_criteria:
  - metric: "error_rate"
    condition: "< 0.05"
  - metric: "completion_time_ms"
    condition: "< 60000"  # 60 seconds

# Environment
environment:
  python_version: "3.13"
  claude_code_version: "1.x"
  git_commit: "ad3f49a"  # Auto-populated by runner
"""

TASK = '''\
"""Counts the words of files, some of which it has to be asked about twice."""
import json
import time
from pathlib import Path


def execute(params, data_path, metrics_file):
    began, words, messages = time.perf_counter(), 0, 0
    asks = {"cue_based": 1, "event_driven": 2, "polling": 3}[params["coordination_model"]]
    with open(metrics_file, "a") as events:
        for file in sorted(Path(data_path).iterdir()):
            words += len(file.read_text().split())
            messages += asks
            events.write(json.dumps({"file": file.name, "words": words}) + "\\n")
    return {
        "metrics": {
            "completion_time_ms": 1000 * (time.perf_counter() - began),
            "message_count": messages,
            "error_rate": 0.0,
            "idle_time_percent": 0.0,
            "total_tokens": 0,
            "words": words,
        }
    }
'''


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    """A project with the document's experiment, its task, its data and the shipped runner."""
    (tmp_path / "bio.yaml").write_text("", "utf-8")
    folder = tmp_path / "experiments" / "exp-001-coordination-comparison"
    data = tmp_path / "test-harness" / "data" / "task-s1"
    for path in (folder / "tasks", folder.parent / "lib", data):
        path.mkdir(parents=True)
    (folder / "config.yaml").write_text(CONFIG, "utf-8")
    (folder / "tasks" / "task_s1_map_reduce.py").write_text(TASK, "utf-8")
    (folder.parent / "lib" / "experiment_runner.py").write_bytes(SHIPPED.read_bytes())
    for number in range(5):
        (data / f"{number}.txt").write_text("some words " * number, "utf-8")
    return folder


def test_the_documents_experiment_runs_unchanged_from_its_folder(experiment: Path) -> None:
    """`python ../lib/experiment_runner.py config.yaml`: three variations x ten trials, a folder each, exit code 0."""
    command = [sys.executable, "../lib/experiment_runner.py", "config.yaml"]
    done = subprocess.run(command, cwd=experiment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "30 passed" in done.stdout
    summaries = [json.loads(path.read_text("utf-8")) for path in sorted(experiment.glob("runs/run-*/summary.json"))]
    assert [(each["variation"], each["trial"]) for each in summaries] == [
        (variation, trial) for variation in ("Cue-Based Coordination", "Event-Driven", "Polling") for trial in range(1, 11)
    ]
    assert [each["metrics"]["message_count"] for each in summaries] == [5] * 10 + [10] * 10 + [15] * 10
    assert {each["status"] for each in summaries} == {"success"}
    assert {each["environment"]["working_directory"] for each in summaries} == {"experiments/exp-001-coordination-comparison"}
    events = (experiment / "runs" / "run-001" / "metrics.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["file"] for line in events] == [f"{number}.txt" for number in range(5)]
    (path,) = find_dats(experiment.parents[1] / "data")
    results = list(dat.open(path).results())
    assert {(each.outcome, each.passed, each.score) for each in results} == {(Outcome.COMPLETED, True, None)}
    assert {each.task.seed for each in results if each.task} == {None}, "the document's file has no random_seed"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert ("the experiment declares Python 3.13" in done.stdout) is (version != "3.13")


def test_it_is_shown_and_found_by_the_other_commands(experiment: Path) -> None:
    """`bio run` of a part of it by its id, `bio validate`, `bio results`, `bio show`."""

    def bio(*arguments: str) -> str:
        command = [sys.executable, "-m", "pytest_alienbio", *arguments]
        done = subprocess.run(
            command,
            cwd=experiment.parents[1],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**os.environ, "COLUMNS": "100"},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "ok: EXP-001, 30 cells" in bio("validate", "experiments/exp-001-coordination-comparison/config.yaml")
    assert "2 passed" in bio("run", "EXP-001", "--no-runs", "--", "-k", "Polling and s01 or Polling and s02")
    assert not (experiment / "runs").exists()
    assert bio("results", "EXP-001").count("completed") == 2
    page = bio("show", "task_s1_map_reduce[Polling-s02]")
    for words in ("passed    yes", "coordination_model polling", "message_count 15", "file 4.txt", "not deterministic"):
        assert words in page
    shown = json.loads(bio("show", "task_s1_map_reduce[Polling-s02]", "--json"))
    assert shown["result"]["task"] == {"seed": None, "events": 5, "unread": 0}


def test_a_session_that_is_killed_leaves_what_was_done_and_no_trial_running(experiment: Path) -> None:
    """Journals and events are on disk; the trial that ran ends with its session."""
    pid = experiment / "pid"
    task = (
        "import os, time\nfrom pathlib import Path\nfrom pytest_alienbio import record_metric\n"
        "def execute(params, data_path, metrics_file):\n"
        "    record_metric('begun', 1)\n"
        "    if params['coordination_model'] == 'polling':\n"
        f"        Path({str(pid)!r}).write_text(str(os.getpid()))\n"
        "        time.sleep(600)\n"
        "    return {'metrics': {'x': 1}}\n"
    )
    (experiment / "tasks" / "task_s1_map_reduce.py").write_text(task, "utf-8")
    small = CONFIG.replace("trials: 10", "trials: 1").partition("# Metrics to collect")[0]
    (experiment / "config.yaml").write_text(small, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "config.yaml"]
    with subprocess.Popen(command, cwd=experiment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as session:
        due = time.monotonic() + 120
        while not (pid.exists() and pid.read_text("utf-8")):
            assert session.poll() is None, session.stdout and session.stdout.read().decode()
            assert time.monotonic() < due
            time.sleep(0.02)
        session.send_signal(signal.SIGKILL)
    assert all_gone([int(pid.read_text("utf-8"))])
    (path,) = find_dats(experiment.parents[1] / "data")
    opened = dat.open(path)
    assert opened.status() == {"state": "open"}
    assert {each.agent: each.outcome for each in opened.results()} == {
        "Cue-Based Coordination": Outcome.COMPLETED,
        "Event-Driven": Outcome.COMPLETED,
    }
    events = [json.loads(line) for file in path.glob("metrics/*.jsonl") for line in file.read_text("utf-8").splitlines()]
    assert [event["name"] for event in events[:2]] == ["begun", "begun"]
