"""The shipped task S1: what its workers count, say and find, in all three coordination models."""

from __future__ import annotations

import json
import random  # noqa: TID251 - the task's own dice
import re
import runpy
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.spec import read_manifest

from ..journeys.conftest import REPOSITORY

TASKS = REPOSITORY / "experiments" / "tasks"
DATA = REPOSITORY / "test-harness" / "data"
MODELS = ("cue_based", "event_driven", "polling")
FILES, AGENTS = 24, 3


class Task:
    """The task, with a few files to work on."""

    def __init__(self, folder: Path) -> None:
        self.names = runpy.run_path(str(TASKS / "task_s1_map_reduce.py"))
        self.data = folder / "texts"
        self.data.mkdir()
        for number, file in enumerate(sorted((DATA / "task-s1").glob("*.txt"))[:FILES]):
            (self.data / file.name).write_bytes(file.read_bytes()[: 400 + 40 * number])
        self.events_file = folder / "metrics.jsonl"

    def run(self, model: str, seed: int = 0, **params: object) -> dict[str, float]:
        """One trial, whose dice are seeded as the runner seeds them."""
        random.seed(seed)
        params = {"agent_count": AGENTS, "poll_interval_ms": 1, "coordination_model": model, **params}
        metrics: dict[str, float] = self.names["execute"](params, str(self.data), self.events_file)["metrics"]
        return metrics

    @property
    def events(self) -> list[dict[str, Any]]:
        """What it appended to its metrics file."""
        return [json.loads(line) for line in self.events_file.read_text("utf-8").splitlines()]


@pytest.fixture
def task(tmp_path: Path) -> Iterator[Task]:
    """The task; what `random` was in before is put back."""
    before = random.getstate()
    yield Task(tmp_path)
    random.setstate(before)


def torn(seed: int, rate: float) -> int:
    """How many of the files are read wrongly at first: one throw of the seeded dice for each."""
    dice = random.Random(seed)
    return sum(dice.random() < rate for _ in range(FILES))


@pytest.mark.parametrize("model", MODELS)
def test_the_workers_count_what_one_process_counts(task: Task, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted here in another way; with a third of the files torn at first, all of them found and mended."""
    seen: list[Counter[str]] = []
    verify = task.names["verify"]

    def spy(words: Counter[str], texts: Mapping[str, str], error_handling: str) -> None:
        seen.append(words)
        verify(words, texts, error_handling)

    monkeypatch.setitem(task.names["execute"].__globals__, "verify", spy)
    metrics = task.run(model, seed=3, injected_error_rate=0.3)
    text = " ".join(file.read_text("utf-8") for file in task.data.iterdir())
    assert seen == [Counter(re.sub("[^a-z]", " ", text.lower()).split())]
    assert metrics["error_rate"] == torn(3, 0.3) / FILES > 0
    assert metrics["completion_time_ms"] > 0
    assert 0 <= metrics["idle_time_percent"] <= 100


def test_message_counts_are_what_the_models_say(task: Task) -> None:
    """Cue-based: go and a result for each agent. Event-driven: go and stop too, work and a result for each file, the line
    stopped and released for each error. Polling: a question and an answer for each file, each stop and each wait."""
    errors = torn(1, 0.2)
    assert errors > 0
    found = {model: task.run(model, seed=1, injected_error_rate=0.2) for model in MODELS}
    assert found["cue_based"]["message_count"] == 2 * AGENTS
    assert found["cue_based"]["cue_count"] == FILES + errors
    assert found["event_driven"]["message_count"] == 2 * AGENTS + 2 * FILES + 2 * errors
    asked = found["polling"]["message_count"] - AGENTS - FILES - 2 * errors
    assert asked % 2 == 0
    assert asked // 2 >= FILES + AGENTS
    assert found["event_driven"]["cue_count"] == found["polling"]["cue_count"] == 0


def test_what_is_said_to_be_repeatable_is(task: Task) -> None:
    """Errors follow the seed, in every model alike; without time in them, event-driven messages are the same each time."""
    first, again, other = (task.run("event_driven", seed, injected_error_rate=0.2) for seed in (5, 5, 6))
    for name in ("error_rate", "message_count", "total_tokens", "input_tokens", "output_tokens"):
        assert first[name] == again[name]
    assert first["error_rate"] == torn(5, 0.2) / FILES
    assert other["error_rate"] == torn(6, 0.2) / FILES
    assert {task.run(model, 5, injected_error_rate=0.2)["error_rate"] for model in MODELS} == {first["error_rate"]}


def test_tokens_are_those_of_the_texts_and_the_messages(task: Task) -> None:
    """Of one worker that reads each text once, and is told and tells little else."""
    metrics = task.run("cue_based", agent_count=1, injected_error_rate=0)
    texts = [file.read_text("utf-8") for file in task.data.iterdir()]
    words = Counter(re.sub("[^a-z]", " ", " ".join(texts).lower()).split())
    told, heard = {"kind": "go"}, {"kind": "result", "files": FILES, "words": words}

    def tokens(*parts: str) -> int:
        return sum(len(re.findall(r"\w+|[^\w\s]", part)) for part in parts)

    assert tokens('{"kind": "go"}') == 9
    assert metrics["input_tokens"] == tokens(*texts, json.dumps(told))
    assert metrics["output_tokens"] == tokens(json.dumps(heard))
    assert metrics["total_tokens"] == metrics["input_tokens"] + metrics["output_tokens"]


def test_without_jidoka_errors_are_in_the_result(task: Task) -> None:
    """They are real ones: the trial fails, and says how far off it is."""
    with pytest.raises(
        ValueError, match=r"^the workers counted [\d,]+ words too few and \d+ too many of [\d,]+; errors are not"
    ):
        task.run("event_driven", error_handling="none", injected_error_rate=1)


def test_a_wrong_result_is_no_result(task: Task) -> None:
    verify = task.names["verify"]
    verify(Counter({"a": 2}), {"x": "A a."}, "jidoka")
    with pytest.raises(ValueError, match=r"^the workers counted 1 words too few and 1 too many of 2$"):
        verify(Counter({"a": 1, "b": 1}), {"x": "A a."}, "jidoka")


def test_events_are_written_as_they_happen(task: Task) -> None:
    task.run("polling", seed=1, injected_error_rate=0.2)
    times = [event["timestamp"] for event in task.events]
    assert times == sorted(times)
    assert len([event for event in task.events if event["metric"] == "error"]) == torn(1, 0.2)
    assert [event["value"] for event in task.events if event["metric"] == "files_done"] == [10, 20, FILES]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"agent_cuont": 2}, "unknown param 'agent_cuont'; did you mean 'agent_count'?"),
        (
            {"coordination_model": "telepathy"},
            "coordination_model is 'telepathy'; this task knows cue_based, event_driven, polling",
        ),
        ({"communication_pattern": "mesh"}, "communication_pattern is 'mesh'; this task knows hub_and_spoke"),
        ({"agent_count": 0}, "agent_count is 0; expected a number from 1 to 64"),
        ({"agent_count": 2.5}, "agent_count is 2.5; expected a whole number"),
        ({"agent_count": True}, "agent_count is True; expected a number from 1 to 64"),
        ({"injected_error_rate": 2}, "injected_error_rate is 2; expected a number from 0 to 1"),
    ],
)
def test_params_that_it_does_not_know_are_refused(task: Task, params: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        task.names["execute"](params, str(task.data), task.events_file)


def test_no_data_is_an_error(task: Task, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^there are no \.txt files in "):
        task.names["execute"]({}, str(tmp_path / "none"), task.events_file)


@pytest.mark.parametrize("model", MODELS)
def test_a_worker_that_dies_ends_the_trial_and_all_workers(task: Task, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said with its number and how it ended; nobody waits for it."""
    started: list[subprocess.Popen[bytes]] = []
    hub = task.names["Hub"]
    set_up = hub.set_up

    def kill_one(self: Any, setup: Any) -> None:
        set_up(self, setup)
        started.extend(spoke.process for spoke in self.workers)
        started[1].send_signal(signal.SIGKILL)
        started[1].wait()

    monkeypatch.setattr(hub, "set_up", kill_one)
    with pytest.raises(RuntimeError, match=r"^worker 1 ended with exit code -9 before its work was done$"):
        task.run(model)
    assert [process.poll() is not None for process in started] == [True] * AGENTS


def test_the_data_are_those_that_the_script_writes(tmp_path: Path) -> None:
    """And those of both manifests: anybody can make them again."""
    runpy.run_path(str(DATA / "make_task_s1.py"))["write"](tmp_path)
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert made == {file.name: file.read_bytes() for file in (DATA / "task-s1").iterdir()}
    assert len(made) == 100
    assert sum(map(len, made.values())) < 300_000
    one, two = (read_manifest(path) for path in sorted((REPOSITORY / "experiments").glob("exp-*/data-manifest.yaml")))
    assert one.digest == two.digest
