"""Where a fault strikes: a tiny project, a lane to play it in, and what to hold the outcome against."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import numpy as np

from pytest_alienbio.store import find_dats

from ..conftest import REPOSITORY, listens

T = TypeVar("T")
CELLS = 16
OTHERS = ("randomly", "rerunfailures", "hypothesispytest", "html", "metadata", "cacheprovider", "benchmark", "cov")
"""Plugins that may be installed here and have no part in this."""
PYTEST = ("-m", "pytest", *(word for plugin in OTHERS for word in ("-p", f"no:{plugin}")))
FOREVER_S = 300.0


@dataclass(frozen=True, slots=True)
class Lane:
    """Who plays the cells."""

    name: str
    command: tuple[str, ...]
    again: tuple[str, ...]
    """Added to go on with what was left."""
    interrupted: int = 2
    """Exit code after Ctrl-C."""


GO_ON = ("--bio-resume", "--bio-retry", "errors")
BATCH = ("-m", "pytest_alienbio", "batch", "a.battery.yaml")
SERIAL = Lane("serial", (*PYTEST, "-p", "no:xdist", "a.battery.yaml"), GO_ON)
WORKERS = Lane("-n 2", (*PYTEST, "-n", "2", "a.battery.yaml"), GO_ON)
THREADS = Lane("threads:3", (*PYTEST, "-p", "no:xdist", "--bio-engine", "threads:3", "a.battery.yaml"), GO_ON)
BIO_BATCH = Lane("bio batch", BATCH, ("--resume", "--retry", "errors"), 130)
LANES = (SERIAL, WORKERS, THREADS, BIO_BATCH)


class Played:
    """A command that runs, in a session of its own; what it says goes into a file, so that nobody waits for its orphans."""

    def __init__(self, process: subprocess.Popen[bytes], said: Path) -> None:
        self.process, self._said = process, said

    def hear(self, number: signal.Signals) -> None:
        """The first process alone gets a signal; if it still lives."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def all_hear(self, number: signal.Signals) -> None:
        """All that it started get it, too."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def end(self, within_s: float = FOREVER_S) -> int:
        """Its exit code, once it and all that it started are gone."""
        code = self.process.wait(within_s)
        until = time.monotonic() + 30
        while _lives(self.process.pid):
            if time.monotonic() > until:
                os.killpg(self.process.pid, signal.SIGKILL)
                raise AssertionError(f"left processes behind\n{self.output}")
            time.sleep(0.01)
        return code

    @property
    def output(self) -> str:
        """What it has said so far."""
        return self._said.read_text("utf-8", "replace")


def _lives(group: int) -> bool:
    """Whether a process of the group lives; one that has ended and was not waited for does not."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if rest[2] == str(group) and rest[0] not in "ZX":
            return True
    return not Path("/proc/self/stat").exists()


@dataclass
class Stage:
    """One try of one fault in one lane, in a folder of its own."""

    path: Path
    lane: Lane
    seed: int
    """Says when and where the fault strikes, and with it the try can be repeated."""
    cells: int = CELLS
    limits: str = ""
    """`limits:` of the battery, in flow style."""
    more: str = ""
    """Further keys of the battery."""
    random: np.random.Generator = field(init=False)
    runs: int = 0
    started: list[Played] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng([self.seed, crc32(self.lane.name.encode())])
        installed = self.path / "site" / "faults-1.dist-info"
        installed.mkdir(parents=True)
        (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: faults\nVersion: 1\n", "utf-8")
        place = f"{__package__}.players"
        (installed / "entry_points.txt").write_text(
            f"[pytest_alienbio.agents]\nfaults = {place}:register_agents\n"
            f"[pytest_alienbio.scenarios]\nfaults = {place}:register_scenarios\n",
            "utf-8",
        )
        (self.path / "pytest.ini").write_text("[pytest]\n", "utf-8")
        (self.path / "bio.yaml").write_text("", "utf-8")
        self.write_battery()

    def write_battery(self) -> None:
        """The battery, as `cells`, `limits` and `more` are now."""
        text = f"experiment.a:\n  scenarios: [faults/walk]\n  agents: [walker]\n  seeds: {self.cells}\n"
        text += f"  limits: {self.limits}\n" if self.limits else ""
        text += f"  {self.more}\n" if self.more else ""
        (self.path / "a.battery.yaml").write_text(text, "utf-8")

    def one_of(self, choice: Sequence[T]) -> T:
        """Any of them."""
        return choice[int(self.random.integers(len(choice)))]

    @property
    def book(self) -> Path:
        """What the players themselves wrote down."""
        return self.path / "book"

    def start(
        self,
        *more: str,
        command: tuple[str, ...] = (),
        room: int | None = None,
        given: Mapping[str, str] | None = None,
        **environment: str,
    ) -> Played:
        """Starts the lane's command, or another one; `room`: no file may become longer than so many bytes."""
        self.runs += 1
        said = self.path / f"said-{self.runs}"
        paths = os.pathsep.join((str(self.path / "site"), str(REPOSITORY)))
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ALIENBIO_", "FAULTS_"))}

        def prepare() -> None:
            listens()
            if room is not None:
                import resource

                resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

        with said.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, *(command or self.lane.command), *more],
                cwd=self.path,
                env={**inherited, "PYTHONPATH": paths, "FAULTS_BOOK": str(self.book), **(given or {}), **environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                preexec_fn=prepare,
                start_new_session=True,
            )
        self.started.append(Played(process, said))
        return self.started[-1]

    def end_all(self) -> None:
        """What is left of all that was started, where a try broke off."""
        for played in self.started:
            if played.process.poll() is None:
                played.all_hear(signal.SIGKILL)
                played.end()

    def play(
        self,
        *more: str,
        command: tuple[str, ...] = (),
        room: int | None = None,
        given: Mapping[str, str] | None = None,
        **environment: str,
    ) -> tuple[int, str]:
        """The same, to its end: exit code and what was said."""
        played = self.start(*more, command=command, room=room, given=given, **environment)
        return played.end(), played.output

    def go_on(self, **environment: str) -> tuple[int, str]:
        """Plays what is left."""
        return self.play(*self.lane.again, given=environment)

    def wait_for(self, played: Played, lines: int, delay_s: float = 0.0) -> None:
        """Until the book has so many lines more than when this began, and a moment longer; or until all is over."""
        while played.process.poll() is None and self.lines() < lines:
            time.sleep(0.0005)
        time.sleep(delay_s)

    def lines(self) -> int:
        """Of the book."""
        return self.book.read_bytes().count(b"\n") if self.book.exists() else 0

    def at_random(self, played: Played) -> None:
        """Waits for a moment that the seed draws: in a cell, between two, or after the last."""
        self.wait_for(played, int(self.random.integers(1, 2 * self.cells, endpoint=True)), self.random.uniform(0, 0.01))

    def wait_for_last_words(self) -> None:
        """A process that a cell froze has its last words written down by a shell, after its end."""
        until = time.monotonic() + 10
        while list(self.path.glob("data/**/frozen/*")) and time.monotonic() < until:
            time.sleep(0.01)

    @property
    def dat(self) -> Path:
        """The folder of the run; there is one."""
        [path] = find_dats(self.path / "data")
        return path
