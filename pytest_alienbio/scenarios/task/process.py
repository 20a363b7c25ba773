"""One trial in a process of its own, which is killed with everything it started."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ...model import Json, Task
from . import child
from .events import EventReader
from .trial import OnEvents, Trial, environment, filled, follow, take

MOST_OUTPUT = 20_000
"""Characters of what a trial printed that are kept: its end."""
MAX_ANSWER = 10_000_000
"""Bytes of an answer that are read."""
_HUGE = f"more than {MAX_ANSWER // 10**6} MB"
_RUN_ID = "ALIENBIO_RUN_ID"
"""Of the session that plays: a session that a trial starts has one of its own."""
_SOONEST, _LATEST = 0.002, 0.05
"""Seconds between two looks at a trial's process."""


def run_in_process(
    task: Task,
    params: Mapping[str, Json],
    number: int,
    *,
    limit_s: float | None = None,
    on_events: OnEvents | None = None,
) -> Trial:
    """Runs trial `number` of `task` in a process of its own, whose group is killed at `limit_s` and whenever it ends.

    It starts in `task.folder`, with `PYTHONHASHSEED`, `random` and numpy seeded. Whatever the task does is in the `Trial`; what
    passes on is what our own process is told (Ctrl-C, a full disk).
    """
    trial = Trial(task.seed_of(number))
    with tempfile.TemporaryDirectory(prefix="alienbio-trial-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        reader = follow(place)
        code = _child(task, params, trial, place, reader, limit_s, on_events)
        take(trial, reader, on_events, last=True)
        trial.stdout, trial.stderr = (_tail(place / stream) for stream in ("stdout", "stderr"))
        if not trial.timed_out:
            _read_answer(task, trial, place, code)
    return trial


def _child(
    task: Task,
    params: Mapping[str, Json],
    trial: Trial,
    place: Path,
    reader: EventReader,
    limit_s: float | None,
    on_events: OnEvents | None,
) -> int:
    """Runs the process; its exit code."""
    told = environment(task, params, trial.seed, place)
    if trial.seed is not None:
        told["PYTHONHASHSEED"] = str(trial.seed)
    metrics_file, result_file = (told[f"ALIENBIO_{name}"] for name in ("METRICS_FILE", "RESULT_FILE"))
    words: dict[str, object] = {
        **params,
        "data_path": task.data_path or "",
        "metrics_file": metrics_file,
        "result_file": result_file,
        "python": sys.executable,
        "params": params,
        "seed": "" if trial.seed is None else trial.seed,
    }
    request = {
        "file": task.file,
        "module": task.module,
        "function": task.function,
        "command": filled(task.command, words),
        "params": params,
        "data_path": task.data_path,
        "metrics_file": metrics_file,
        "answer_file": str(place / "answer.json"),
        "seed": trial.seed,
        "paths": task.paths,
        "python_path": [path for path in sys.path if path],
    }
    (place / "request.json").write_text(json.dumps(request, default=dict), "utf-8")
    due = None if limit_s is None else time.monotonic() + limit_s
    # -P: the folder of the script, a part of this package, is no place to import from.
    argv = [sys.executable, "-P", child.__file__, str(place / "request.json")]
    with (place / "stdout").open("wb") as out, (place / "stderr").open("wb") as err:
        running = subprocess.Popen(  # noqa: S603 - our own interpreter
            argv,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=err,
            cwd=task.folder or None,
            env={**{name: value for name, value in os.environ.items() if name != _RUN_ID}, **told},
            start_new_session=True,
        )
    pause = _SOONEST
    try:
        while running.poll() is None:
            if due is not None and time.monotonic() >= due:
                trial.timed_out = True
                break
            time.sleep(pause if due is None else min(pause, max(due - time.monotonic(), 0.0)))
            pause = min(pause * 1.5, _LATEST)
            take(trial, reader, on_events)
    finally:
        with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group that is only zombies
            os.killpg(running.pid, signal.SIGKILL)
        code = running.wait()
        if running.stdin:
            running.stdin.close()
    return code


def _read_answer(task: Task, trial: Trial, place: Path, code: int) -> None:
    """What the process left: its value, or why there is none."""
    if _is_huge(place / "answer.json"):
        trial.fail("answer", f"the task returned {_HUGE}")
        return
    answer = _json_of(_bytes(place / "answer.json"))
    if not isinstance(answer, dict):
        trial.fail("run", f"its process {_ended(code)} before the task returned")
    elif "stage" in answer:
        kind, message, trace = (str(answer.get(key, "")) for key in ("type", "message", "traceback"))
        first = message.strip().split("\n", 1)[0]
        trial.fail(str(answer["stage"]), f"{kind}: {first}" if first else kind, (kind, message, trace))
    elif task.command:
        if answer.get("exit") != 0:
            exit_code = answer.get("exit")
            trial.fail("run", f"the command {_ended(exit_code if isinstance(exit_code, int) else 1)}")
        else:
            _read_printed(trial, place)
    else:
        trial.value = answer.get("value")


def _read_printed(trial: Trial, place: Path) -> None:
    """A command's metrics: its result file if it wrote one, else all it printed, else the last line of that."""
    if _is_huge(place / "result.json"):
        trial.fail("answer", f"the command wrote {_HUGE} to its result file")
        return
    written = _bytes(place / "result.json")
    lines = _bytes(place / "stdout", end=True).strip().splitlines()
    for text in (written,) if written.strip() else (b"\n".join(lines), *lines[-1:]):
        if isinstance(value := _json_of(text), dict):
            trial.value = value
            return
    if written.strip():
        trial.fail("answer", "what the command wrote to its result file is no JSON object: " + _start(written))
    elif lines:
        trial.fail("answer", "what the command printed does not end with a JSON object: " + _start(lines[-1]))
    else:
        trial.fail("answer", "the command printed nothing and wrote no result file; expected a JSON object with its metrics")


def _start(text: bytes) -> str:
    return repr(text[:80].decode(errors="replace"))


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def _json_of(text: bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_huge(path: Path) -> bool:
    """Whether an ordinary file of a trial is too big to be read."""
    try:
        about = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(about.st_mode) and about.st_size > MAX_ANSWER


def _bytes(path: Path, *, end: bool = False) -> bytes:
    """What is in an ordinary file of a trial, or its `end` if it is absurdly big; else nothing."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return b""
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode) or (about.st_size > MAX_ANSWER and not end):
            return b""
        file.seek(max(0, about.st_size - MAX_ANSWER))
        return file.read(MAX_ANSWER)


def _tail(path: Path) -> str:
    """The end of what a trial printed."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 4 * MOST_OUTPUT))
        text = file.read().decode(errors="replace")
    return text if len(text) <= MOST_OUTPUT and size <= 4 * MOST_OUTPUT else "[...] " + text[-MOST_OUTPUT:]
