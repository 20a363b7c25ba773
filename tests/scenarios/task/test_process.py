"""Trials in processes of their own: real ones."""

from __future__ import annotations

import json
import os
import random  # noqa: TID251 - what a trial's own dice are compared with
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pytest_alienbio.model import MetricEvent, Task
from pytest_alienbio.scenarios.task.process import run_in_process

from .tasks import ECHO, SLEEPER, all_gone, write_task

DICE = """
    import random
    def execute(params, data_path, metrics_file):
        import numpy
        return {"metrics": {"random": random.random(), "numpy": float(numpy.random.rand()), "hash": hash("alien") % 1000}}
"""


def test_a_module_with_execute(tmp_path: Path) -> None:
    trial = run_in_process(write_task(tmp_path, ECHO), {"x": 21}, 1)
    assert (trial.value, trial.stage, trial.timed_out) == ({"metrics": {"doubled": 42}}, "", False)


def test_a_plain_function_gets_params_as_keywords_and_what_else_it_names(tmp_path: Path) -> None:
    source = """
        import os
        def measure(x, y=2, *, data_path, seed):
            return {"sum": x + y, "data": data_path, "seed": seed, "here": os.getcwd()}
    """
    task = write_task(tmp_path, source, function="measure", data_path=str(tmp_path), random_seed=5)
    trial = run_in_process(task, {"x": 1}, 3)
    assert trial.value == {"sum": 3, "data": str(tmp_path), "seed": task.seed_of(3), "here": str(tmp_path)}


def test_trials_are_seeded_from_the_recorded_seed(tmp_path: Path) -> None:
    """`random`, numpy (also when it is imported in the middle) and hashes: twice the same, another trial another way."""
    task = write_task(tmp_path, DICE, random_seed=42)
    first, again, other = (run_in_process(task, {}, trial) for trial in (1, 1, 2))
    assert first.value == again.value != other.value
    seed = task.seed_of(1)
    assert isinstance(first.value, dict)
    assert first.seed == seed
    assert first.value["metrics"]["random"] == random.Random(seed).random()
    assert first.value["metrics"]["numpy"] == np.random.RandomState(seed).rand()


def test_without_a_seed_nothing_is_seeded(tmp_path: Path) -> None:
    task = write_task(tmp_path, DICE, random_seed=None)
    first, again = (run_in_process(task, {}, 1) for _ in range(2))
    assert first.seed is None
    assert first.value != again.value


def test_what_it_prints_is_captured_and_does_not_matter(tmp_path: Path) -> None:
    """Garbage on both streams, also past Python's own; the answer does not travel there."""
    source = """
        import os, sys
        def execute(params, data_path, metrics_file):
            print("{not json")
            os.write(2, b"\\xff raw")
            return {"metrics": {"x": 1}}
    """
    trial = run_in_process(write_task(tmp_path, source), {}, 1)
    assert trial.value == {"metrics": {"x": 1}}
    assert trial.stdout == "{not json\n"
    assert trial.stderr == "\ufffd raw"


@pytest.mark.parametrize(
    ("source", "stage", "reason"),
    [
        ("import missing_module_of_nobody", "import", "ModuleNotFoundError: No module named 'missing_module_of_nobody'"),
        ("x = 1", "import", "AttributeError: module 'task' has no attribute 'execute'"),
        ("execute = 3", "import", "TypeError: execute of task is an int, no function"),
        ("def execute(:", "import", "SyntaxError: "),
        ("def execute(params, data_path): raise ValueError('boom\\nmore')", "run", "ValueError: boom"),
        ("import sys\ndef execute(params): sys.exit(3)", "run", "SystemExit: 3"),
        ("import os\ndef execute(params): os._exit(3)", "run", "its process ended with exit code 3 before the task returned"),
        (
            "import os, signal\ndef execute(params): os.kill(os.getpid(), signal.SIGSEGV)",
            "run",
            "its process was ended by SIGSEGV before the task returned",
        ),
        (
            "def execute(params): return {'metrics': object()}",
            "answer",
            "TypeError: what the task returned cannot be kept: it holds an object, which JSON cannot hold",
        ),
        (
            "def execute(params): return {'metrics': {'a': 1, 'b': object()}}",
            "answer",
            "TypeError: metric 'b' cannot be kept: it holds an object, which JSON cannot hold",
        ),
        (
            "def execute(params):\n    loop = []\n    loop.append(loop)\n    return {'a': 1, 'b': loop}",
            "answer",
            "ValueError: metric 'b' cannot be kept: it holds itself",
        ),
        (
            "def execute(params): return {'metrics': {'a': 10 ** 5000}}",
            "answer",
            "ValueError: metric 'a' cannot be kept: it is too large for a number",
        ),
        ("def execute(params): return {'a': 'x' * 10_000_001}", "answer", "the task returned more than 10 MB"),
        ("def execute(): return {}", "run", "TypeError: execute() got an unexpected keyword argument 'x'"),
    ],
)
def test_whatever_it_does_wrong_is_a_failure_with_its_reason(source: str, stage: str, reason: str, tmp_path: Path) -> None:
    trial = run_in_process(write_task(tmp_path, source), {"x": 1}, 1)
    assert (trial.stage, trial.value, trial.timed_out) == (stage, None, False)
    assert trial.reason.startswith(reason)


def test_a_metric_that_cannot_be_kept_shows_no_frames_but_the_tasks_own(tmp_path: Path) -> None:
    trial = run_in_process(write_task(tmp_path, "def execute(params): return {'a': object()}"), {}, 1)
    assert trial.error[2] == ""
    source = """
        from collections import UserDict
        class Bad(UserDict):
            def keys(self): raise OSError("gone")
        def execute(params): return {"a": Bad()}
    """
    trial = run_in_process(write_task(tmp_path, source), {}, 1)
    assert trial.reason == "OSError: metric 'a' cannot be kept: gone"
    assert "in keys" in trial.error[2]
    assert "child.py" not in trial.error[2]
    assert "encoder.py" not in trial.error[2]


def test_params_that_are_too_long_for_the_environment_travel_by_file(tmp_path: Path) -> None:
    """Their variable is there, and empty: nobody takes those of another trial for its own."""
    source = """
        import os
        def execute(params): return {"n": len(params["text"]), "told": len(os.environ["ALIENBIO_PARAMS"])}
    """
    task = write_task(tmp_path, source)
    assert run_in_process(task, {"text": "x" * 200_000}, 1).value == {"n": 200_000, "told": 0}
    assert run_in_process(task, {"text": "x"}, 1).value == {"n": 1, "told": len('{"text": "x"}')}


def test_a_param_never_takes_the_place_of_what_we_offer(tmp_path: Path) -> None:
    task = Task("t", command=("{python}", "-c", "print('{\"x\": 1}')"), folder=str(tmp_path))
    assert run_in_process(task, {"python": "/bin/false"}, 1).value == {"x": 1}


def test_the_traceback_begins_in_the_task(tmp_path: Path) -> None:
    """Frames of ours would only be noise."""
    trial = run_in_process(write_task(tmp_path, "def execute(params):\n    raise OSError('disk')\n"), {}, 1)
    kind, message, trace = trial.error
    assert (kind, message) == ("OSError", "disk")
    assert "task.py" in trace
    assert "child.py" not in trace


def test_a_trial_that_hangs_is_killed_with_everything_it_started(tmp_path: Path) -> None:
    """At its wall-clock limit; what it printed until then is kept."""
    pids = tmp_path / "pids"
    trial = run_in_process(write_task(tmp_path, SLEEPER), {"pids": str(pids)}, 1, limit_s=1.0)
    assert trial.timed_out
    assert trial.stdout == "waiting\n"
    assert all_gone(map(int, pids.read_text("utf-8").split()))


def test_a_trial_that_ends_leaves_no_process_behind(tmp_path: Path) -> None:
    source = """
        import subprocess, sys
        def execute(params):
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            return {"metrics": {"pid": child.pid}}
    """
    trial = run_in_process(write_task(tmp_path, source), {}, 1)
    assert isinstance(trial.value, dict)
    assert all_gone([trial.value["metrics"]["pid"]])


def test_a_trial_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    """A session that is killed leaves no trial running: nobody would ever read what it gives."""
    write_task(tmp_path, SLEEPER)
    pids = tmp_path / "pids"
    code = (
        "import sys\n"
        "from pytest_alienbio.model import Task\n"
        "from pytest_alienbio.scenarios.task.process import run_in_process\n"
        "file, folder, pids = sys.argv[1:]\n"
        "run_in_process(Task('task', file=file, folder=folder), {'pids': pids}, 1)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "task.py"), str(tmp_path), str(pids)]
    with subprocess.Popen(command) as session:
        while not pids.exists() or len(pids.read_text("utf-8").split()) < 2:
            assert session.poll() is None
            time.sleep(0.01)
        session.send_signal(signal.SIGKILL)
    assert all_gone(map(int, pids.read_text("utf-8").split()))


def test_events_are_told_while_the_trial_goes_on(tmp_path: Path) -> None:
    """Lines that it appends, and those of `record_metric`; the task waits until ours was seen."""
    go = tmp_path / "go"
    source = """
        import json, os, time
        from pytest_alienbio import record_metric
        def execute(params, data_path, metrics_file):
            record_metric("loss", 0.5, step=1)
            while not os.path.exists(params["go"]):
                time.sleep(0.005)
            with open(metrics_file, "a") as file:
                file.write(json.dumps({"event": "done"}) + "\\n" + '{"torn')
            return {"metrics": {}}
    """
    seen: list[MetricEvent] = []

    def on_events(events: Sequence[MetricEvent]) -> None:
        seen.extend(events)
        go.touch()

    trial = run_in_process(write_task(tmp_path, source), {"go": str(go)}, 1, limit_s=60, on_events=on_events)
    assert trial.value == {"metrics": {}}
    assert [(event.data.get("name"), event.data.get("event")) for event in seen] == [("loss", None), (None, "done")]
    assert (trial.count, trial.unread) == (2, 1)
    assert "line 3 is cut off" in trial.note


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["{python}", "-c", "print('noise'); print('{\"metrics\": {\"x\": {x}}}')"], {"metrics": {"x": 21}}),
        (["{python}", "-c", "import json; print(json.dumps({'x': 1}, indent=2))"], {"x": 1}),
        (["{python}", "-c", "print('y' * 10_000_001); print('{\"x\": 1}')"], {"x": 1}),
        (
            ["{python}", "-c", "import sys; open(sys.argv[1], 'w').write('{\"x\": 2}'); print('garbage')", "{result_file}"],
            {"x": 2},
        ),
        (
            ["{python}", "-c", "import json, os; print(json.dumps({'x': json.loads(os.environ['ALIENBIO_PARAMS'])['x']}))"],
            {"x": 21},
        ),
    ],
)
def test_a_command_prints_or_writes_its_metrics(words: list[str], value: object, tmp_path: Path) -> None:
    """All it prints, or the last line of that, or its result file; params in the words or in the environment."""
    trial = run_in_process(Task("t", command=tuple(words), folder=str(tmp_path)), {"x": 21}, 1)
    assert (trial.value, trial.reason) == (value, "")


@pytest.mark.parametrize(
    ("words", "stage", "reason"),
    [
        (
            ["{python}", "-c", "print('no json')"],
            "answer",
            "what the command printed does not end with a JSON object: 'no json'",
        ),
        (["{python}", "-c", "pass"], "answer", "the command printed nothing and wrote no result file"),
        (["{python}", "-c", "print([1])"], "answer", "what the command printed does not end with a JSON object: '[1]'"),
        (["{python}", "-c", "raise SystemExit(4)"], "run", "the command ended with exit code 4"),
        (["./no-such-program"], "import", "FileNotFoundError: "),
        (["{python}", "-c", "open(r'{result_file}', 'w').write('[')"], "answer", "what the command wrote to its result file"),
        (
            ["{python}", "-c", "open(r'{result_file}', 'w').write('x' * 10_000_001)"],
            "answer",
            "the command wrote more than 10 MB to its result file",
        ),
    ],
)
def test_a_command_that_gives_no_metrics(words: list[str], stage: str, reason: str, tmp_path: Path) -> None:
    trial = run_in_process(Task("t", command=tuple(words), folder=str(tmp_path)), {}, 1)
    assert trial.stage == stage
    assert trial.reason.startswith(reason)


def test_a_tasks_own_folder_is_where_it_works_and_imports_from(tmp_path: Path) -> None:
    """Helpers beside it, and what our own process can import; a helper called like a module of Python's does not harm it."""
    (tmp_path / "helper.py").write_text("VALUE = 5\n", "utf-8")
    source = "import helper, yaml\ndef execute(params): return {'metrics': {'x': helper.VALUE}}"
    assert run_in_process(write_task(tmp_path, source), {}, 1).value == {"metrics": {"x": 5}}
    task = write_task(tmp_path / "other", "def execute(params): return {'metrics': {'x': 6}}", name="json")
    assert run_in_process(task, {}, 1).value == {"metrics": {"x": 6}}


def test_processes_that_a_task_starts_find_its_functions(tmp_path: Path) -> None:
    """multiprocessing imports the task's module again under its own name, however it starts processes."""
    source = """
        import multiprocessing
        def square(n): return n * n
        def execute(params):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                return {"metrics": {"sum": sum(pool.map(square, [1, 2, 3]))}}
    """
    trial = run_in_process(write_task(tmp_path, source, name="squares"), {}, 1, limit_s=120)
    assert trial.value == {"metrics": {"sum": 14}}, trial.error


def test_what_a_hostile_trial_leaves_is_not_followed(tmp_path: Path) -> None:
    """A link where its answer should be leads nowhere."""
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps({"value": {"metrics": {"stolen": 1}}}), "utf-8")
    source = """
        import os
        from pathlib import Path
        def execute(params):
            here = Path(os.environ["ALIENBIO_METRICS_FILE"]).parent
            os.symlink(params["secret"], here / "answer.json")
            os._exit(0)
    """
    trial = run_in_process(write_task(tmp_path, source), {"secret": str(secret)}, 1)
    assert (trial.value, trial.reason) == (None, "its process ended with exit code 0 before the task returned")


def test_a_session_that_a_trial_starts_is_not_taken_for_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our run's id stays here."""
    monkeypatch.setenv("ALIENBIO_RUN_ID", "r1")
    source = "import os\ndef execute(params): return {'n': sum(name == 'ALIENBIO_RUN_ID' for name in os.environ)}"
    assert run_in_process(write_task(tmp_path, source), {}, 1).value == {"n": 0}


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    run_in_process(write_task(tmp_path, ECHO), {"x": 1}, 1)
    assert os.listdir(tmp_path / "tmp") == []
