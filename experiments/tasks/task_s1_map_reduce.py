"""Task S1: worker processes count the words of 100 files (map), and a hub adds the counts up (reduce).

Three ways to agree on who does what, `coordination_model`:

    polling       each worker asks the hub for a file, once an interval
    event_driven  the hub sends each worker its next file as soon as it is free
    cue_based     no one is asked: a worker takes a file by putting a cue on it, a file created in a folder that all see

Errors are injected: with a probability of `injected_error_rate` (0.01) a file's first read is cut off in its middle. With
`error_handling: jidoka` the worker notices it, stops the line (nobody takes a new file), reads the file anew, releases the line
and goes on; with `none` nobody looks, and the final check fails the trial. Whatever the model, the result must be what one
process alone counts.

Metrics, none of them estimated:

    completion_time_ms  from the hub's "go" to the last count added; starting the processes and the final check not included
    message_count       messages over the hub, both ways, from "go" on; cues are none, and neither is each worker's report of
                        its times afterwards
    error_rate          share of the files whose first read was cut off, as found by the workers
    idle_time_percent   100 x (1 - time spent on reading and counting / (workers x completion time)), by the wall clock
    total_tokens        no language model is called: what one would have read and written. The tokens (words and single
                        punctuation marks) of every text read, again if it is read again, and of every message as JSON;
                        input_tokens are texts and messages to workers, output_tokens messages from workers
    cue_count           cues put up: claims, and stops of the line
"""

from __future__ import annotations

import json
import random  # noqa: TID251 - whoever runs a task seeds these dice from the trial's recorded seed
import re
import runpy
import selectors
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("_task_s1_worker.py")
PATIENCE_S = 60.0
"""Seconds without any message after which a trial is given up."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "coordination_model": ("cue_based", "event_driven", "polling"),
    "communication_pattern": ("hub_and_spoke",),
    "error_handling": ("jidoka", "none"),
}
DEFAULTS: Mapping[str, float] = {"agent_count": 5, "injected_error_rate": 0.01, "poll_interval_ms": 5}
LABELS = ("agent_model",)
"""Accepted and recorded; nothing is done with them, since no language model is called."""

TOKEN = re.compile(r"\w+|[^\w\s]")
PROGRESS_EVERY = 10
count_words = runpy.run_path(str(WORKER))["count_words"]

Message = dict[str, Any]


def execute(params: Mapping[str, Any], data_path: str, metrics_file: str | Path) -> dict[str, dict[str, float]]:
    """One trial. Raises if the workers' result is not what one process counts, or if a worker dies."""
    settings = checked(params)
    files = sorted(path.name for path in Path(data_path).glob("*.txt"))
    if not files:
        raise ValueError(f"there are no .txt files in {data_path}")
    torn = [file for file in files if random.random() < settings["injected_error_rate"]]  # noqa: S311
    with ExitStack() as closing:
        # Beside the trial's own files: whoever clears those away clears this away, even if we are killed.
        board = closing.enter_context(tempfile.TemporaryDirectory(prefix="board-", dir=Path(metrics_file).parent))
        hub = Hub(settings, files, Path(metrics_file), closing)
        hub.set_up({**settings, "folder": str(data_path), "files": files, "torn": torn, "board": board})
        hub.run()
    texts = {file: (Path(data_path) / file).read_text("utf-8") for file in files}
    verify(hub.words, texts, settings["error_handling"])
    read = sum(tokens(texts[file]) for file in (*files, *hub.errors))
    told, heard = (sum(map(tokens, lines)) for lines in (hub.told, hub.heard))
    agents = int(settings["agent_count"])
    return {
        "metrics": {
            "completion_time_ms": 1000 * hub.took_s,
            "message_count": len(hub.told) + len(hub.heard),
            "error_rate": len(hub.errors) / len(files),
            "idle_time_percent": 100 * (1 - hub.busy_s / (agents * hub.took_s)),
            "total_tokens": read + told + heard,
            "input_tokens": read + told,
            "output_tokens": heard,
            "cue_count": hub.cues,
        }
    }


def checked(params: Mapping[str, Any]) -> dict[str, Any]:
    """The params with their defaults. Raises `ValueError` for what this task does not do, with what it does."""
    known = (*CHOICES, *DEFAULTS, *LABELS)
    for name in params:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise ValueError(
                f"unknown param {name!r}; " + (f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}")
            )
    for name, choices in CHOICES.items():
        if params.get(name, choices[0]) not in choices:
            raise ValueError(f"{name} is {params[name]!r}; this task knows {', '.join(choices)}")
    found = {**{name: choices[0] for name, choices in CHOICES.items()}, **DEFAULTS, **params}
    for name, low, high in (("agent_count", 1, 64), ("injected_error_rate", 0, 1), ("poll_interval_ms", 1, 1000)):
        value = found[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"{name} is {value!r}; expected a number from {low} to {high}")
    if found["agent_count"] != int(found["agent_count"]):
        raise ValueError(f"agent_count is {found['agent_count']!r}; expected a whole number")
    return found


def verify(words: Counter[str], texts: Mapping[str, str], error_handling: str) -> None:
    """Raises `ValueError` unless `words` are those that one process counts."""
    alone: Counter[str] = sum(map(count_words, texts.values()), Counter())
    if words != alone:
        more, less = (words - alone).total(), (alone - words).total()
        why = "; errors are not looked for with error_handling: none" if error_handling == "none" else ""
        raise ValueError(f"the workers counted {less:,} words too few and {more:,} too many of {alone.total():,}{why}")


def tokens(text: str) -> int:
    """How many words and single punctuation marks there are."""
    return len(TOKEN.findall(text))


class Hub:
    """The hub of one trial: starts the workers, hands out files as the model says, adds up what comes back."""

    def __init__(self, settings: Mapping[str, Any], files: Sequence[str], metrics_file: Path, closing: ExitStack) -> None:
        self.model: str = settings["coordination_model"]
        self.metrics_file = metrics_file
        self.left = list(reversed(files))
        self.total = len(files)
        self.workers = [Spoke(number, closing) for number in range(int(settings["agent_count"]))]
        self.selector = closing.enter_context(selectors.DefaultSelector())
        for worker in self.workers:
            self.selector.register(worker.output, selectors.EVENT_READ, worker)
        self.words: Counter[str] = Counter()
        self.errors: list[str] = []
        self.done = self.cues = 0
        self.busy_s = self.took_s = 0.0
        self.told: list[str] = []
        self.heard: list[str] = []
        self.stopped: set[str] = set()
        self.waiting: list[Spoke] = []

    def set_up(self, setup: Message) -> None:
        """Tells each worker what it must know, and waits until all are ready."""
        setup = {**setup, "workers": len(self.workers), "poll_interval_s": setup["poll_interval_ms"] / 1000}
        for worker in self.workers:
            worker.tell(json.dumps({**setup, "worker": worker.number}))
        for ready, _ in enumerate(self.messages(), start=1):
            if ready == len(self.workers):
                return

    def run(self) -> None:
        """From "go" until each worker has said how long it worked."""
        began = time.perf_counter()
        for worker in self.workers:
            self.tell(worker, "go")
            if self.model == "event_driven":
                self.hand_out(worker)
        leaving = len(self.workers)
        for worker, message, line in self.messages():
            kind = message["kind"]
            if kind == "bye":
                self.busy_s += message["busy_s"]
                self.cues += message["cues"]
                self.errors += message["errors"]
                for file in message["errors"] if self.model == "cue_based" else ():
                    self.record("error", 1, file=file, worker=worker.number)  # it is only now that the hub hears of it
                self.selector.unregister(worker.output)
                leaving -= 1
                if not leaving:
                    break
                continue
            self.heard.append(line)
            if kind == "result":
                self.reduce(message)
                if self.done == self.total and not self.took_s:
                    self.took_s = time.perf_counter() - began
                if self.model == "event_driven":
                    self.hand_out(worker)
            elif kind == "poll":
                self.hand_out(worker)
            elif kind == "andon":
                self.stopped.add(message["file"])
                self.record("error", 1, file=message["file"], worker=worker.number)
            elif kind == "fixed":
                self.stopped.discard(message["file"])
                waiting, self.waiting = self.waiting, []
                for free in waiting:
                    self.hand_out(free)
        if self.done != self.total:
            raise ValueError(f"{self.done} of {self.total} files were processed")
        self.record("files_done", self.done)

    def hand_out(self, worker: Spoke) -> None:
        """The next file, if the line runs; "stop" if there is none."""
        if self.stopped:
            if self.model == "polling":
                self.tell(worker, "wait")
            else:
                self.waiting.append(worker)
        elif self.left:
            self.tell(worker, "work", file=self.left.pop())
        else:
            self.tell(worker, "stop")

    def reduce(self, message: Message) -> None:
        """Adds one result up."""
        self.words.update(message["words"])
        before, self.done = self.done, self.done + message["files"]
        if before // PROGRESS_EVERY != self.done // PROGRESS_EVERY and self.done != self.total:
            self.record("files_done", self.done)

    def tell(self, worker: Spoke, kind: str, **content: object) -> None:
        """One message that counts."""
        line = json.dumps({"kind": kind, **content})
        self.told.append(line)
        worker.tell(line)

    def messages(self) -> Iterator[tuple[Spoke, Message, str]]:
        """What the workers say, as it comes. Raises if one dies, or if all are silent for too long."""
        while True:
            events = self.selector.select(PATIENCE_S)
            if not events:
                raise TimeoutError(f"no worker said anything for {PATIENCE_S:g} s")
            for key, _ in events:
                worker: Spoke = key.data
                for line in worker.lines():
                    yield worker, json.loads(line), line

    def record(self, metric: str, value: float, **about: object) -> None:
        """Appends an event to the trial's metrics, with its time."""
        event = {"timestamp": datetime.now(UTC).isoformat(), "metric": metric, "value": value, **about}
        with self.metrics_file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(event) + "\n")


class Spoke:
    """A worker process as the hub sees it."""

    def __init__(self, number: int, closing: ExitStack) -> None:
        self.number = number
        self.rest = b""
        # Isolated and without site-packages: it starts twice as fast, and needs nothing of them.
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and file
            [sys.executable, "-I", "-S", str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        closing.callback(self.end)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.input, self.output = self.process.stdin, self.process.stdout

    def tell(self, line: str) -> None:
        """Sends one line."""
        try:
            self.input.write(line.encode() + b"\n")
        except BrokenPipeError:
            self.died()

    def lines(self) -> list[str]:
        """The lines that have come; half ones are kept until the rest is there."""
        data = self.output.read(65536)
        if not data:
            self.died()
        *whole, self.rest = (self.rest + data).split(b"\n")
        return [line.decode() for line in whole]

    def died(self) -> None:
        """Raises `RuntimeError`."""
        raise RuntimeError(f"worker {self.number} ended with exit code {self.process.wait()} before its work was done")

    def end(self) -> None:
        """Ends the process, if it has not ended by itself."""
        self.process.kill()
        self.process.communicate()
