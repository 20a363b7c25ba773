"""Real Dask clusters on the loopback, made of the processes that a real one has. Needs the extra `distributed`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PATIENCE_S = 90.0
QUIET = {"DASK_LOGGING__DISTRIBUTED": "error", "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}

BATTERY = '''
import logging, os, signal, time
from pathlib import Path

from pytest_alienbio import Action, Battery

MARKS = Path({marks!r})


class Waiter:
    """Waits, and takes its time over it."""

    def start(self, briefing):
        self.calls, self.seed = 0, briefing.seed

    def decide(self, observation):
        self.calls += 1
        if self.calls == 1 and {nap}:
            (MARKS / f"plays-{{os.getpid()}}").write_text(str(self.seed))
            for _ in range(100):
                time.sleep({nap} / 100)
        return Action("wait")

    def end(self, scores): ...


class Leaver(Waiter):
    """Takes its process with it, always."""

    def start(self, briefing):
        os._exit(3)


class Once(Waiter):
    """Takes its process with it, but only the first time."""

    def start(self, briefing):
        super().start(briefing)
        mark = MARKS / f"once-{{briefing.seed}}"
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)


class Spinner(Waiter):
    """Never comes back, and lets nobody stop it."""

    def decide(self, observation):
        while True:
            try:
                while not (MARKS / "enough").exists():
                    pass
                return Action("wait")
            except BaseException:
                pass


class Freezer(Waiter):
    """Lets nothing else run in its process."""

    def decide(self, observation):
        return sum(range(10**12))


class Talker(Waiter):
    def start(self, briefing):
        super().start(briefing)
        print("said in the worker", briefing.seed)
        logging.getLogger("talker").warning("logged in the worker %d", briefing.seed)


class Payer(Waiter):
    """Pays a cent for each of its calls, at worst two."""

    def attach(self, meter):
        self.meter = meter

    def decide(self, observation):
        with self.meter.call("maker", tokens=20, usd=0.02) as call:
            self.paying()
            call.settle(tokens=10, usd=0.01)
        return super().decide(observation)

    def paying(self): ...


class Mortal(Payer):
    """The first one takes its process with it in the middle of the fifth call."""

    def paying(self):
        if self.calls == 4:
            try:
                (MARKS / "died").touch(exist_ok=False)
            except FileExistsError:
                return
            os.kill(os.getpid(), signal.SIGKILL)


battery = Battery("mine", scenarios=["mutualism/competition"], agents=[{agents}], seeds={seeds}, cells="record",
                  limits={{"per_cell": {{"wall_clock_s": {limit}}}, **dict({caps})}})
'''


@dataclass
class Cluster:
    """A scheduler and its workers, each a process; ended with the test."""

    folder: Path
    more: Mapping[str, str] = field(default_factory=dict)
    """Of the environment of all of them."""
    security: tuple[str, ...] = ()
    protocol: str = "tcp"
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / "scheduler.json"

    def start(self) -> Cluster:
        """Starts the scheduler, which writes its file."""
        self.run("scheduler", "--port", "0", "--no-show", "--scheduler-file", str(self.file), "--protocol", self.protocol)
        until = time.monotonic() + PATIENCE_S
        while not (self.file.is_file() and self.file.read_bytes().endswith(b"}")):
            assert self.processes[0].poll() is None, "the scheduler ended"
            assert time.monotonic() < until
            time.sleep(0.05)
        return self

    def workers(self, count: int, *, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Starts `count` worker processes with a thread each."""
        about = [
            "--nworkers",
            str(count),
            "--nthreads",
            "1",
            "--protocol",
            self.protocol,
            "--local-directory",
            str(self.folder),
        ]
        return self.run("worker", "--scheduler-file", str(self.file), *about, environment=environment)

    def run(self, what: str, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--host", "127.0.0.1", "--no-dashboard"]
        with (self.folder / f"{what}-{len(self.processes)}.log").open("wb") as out:
            made = subprocess.Popen(
                [*command, *self.security, *arguments],
                env={**os.environ, **QUIET, **self.more, **(environment or {})},
                stdout=out,
                stderr=out,
                start_new_session=True,
                cwd=self.folder,  # which `python -m` looks into first
            )
        self.processes.append(made)
        return made

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Ends a process and those that it started."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                self.stop(process)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers; a cell whose worker died is tried once more."""
    made = Cluster(tmp_path_factory.mktemp("cluster")).start()
    try:
        made.workers(2)
        yield made
    finally:
        made.close()


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a project with a battery in Python; gives the battery's file."""

    def made(agents: str, seeds: int = 1, *, nap: float = 0.0, limit: float = 60.0, caps: str = "") -> Path:
        (tmp_path / "bio.yaml").write_text("{}\n", encoding="utf-8")
        text = BATTERY.format(marks=str(tmp_path), agents=agents, seeds=seeds, nap=nap, limit=limit, caps=caps)
        path = tmp_path / "mine_battery.py"
        path.write_text(text, encoding="utf-8")
        return path

    return made
