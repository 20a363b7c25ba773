"""What a cell costs on a Dask cluster of our own, beside threads of this process: a real battery, played and recorded.

    python -m tests.benchmarks.dask_cells [CELLS] [WAITING CELLS]

Prints a row an engine. For cells that wait for nothing (one action and done): seconds from the first cell to the last, CPU
milliseconds a cell in this process (with Dask: controller and scheduler; in the last row the scheduler is a process of its
own, as on a real cluster, and has its own figure) and bytes a cell that travel there and back, in
journals, in traces and in results.json. For cells that wait 100 ms: seconds, and how often the ideal. Run on demand; nothing
is asserted.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_alienbio.engine import dask
from pytest_alienbio.engine.dask_worker import Remote
from pytest_alienbio.model import Cell, Result
from pytest_alienbio.run import build_catalog, find_project, run_batch
from pytest_alienbio.spec import read_battery

BATTERY = """
import time
from pytest_alienbio import Action, Battery

class Player:
    def start(self, briefing): ...
    def end(self, scores): ...
    def decide(self, observation):
        time.sleep({nap})
        return Action("done")

agents = [{{"name": Player, "as": f"player-{{at:04d}}"}} for at in range({agents})]
battery = Battery("cells", scenarios=["mutualism/competition"], agents=agents, seeds=10, cells="record")
"""


def say(text: str) -> None:
    """A line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def cpu_of(pid: int) -> float:
    """CPU seconds of a process so far, as Linux tells."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def apart(folder: Path) -> Iterator[tuple[str, Callable[[], float]]]:
    """A scheduler of its own and a worker a core: the engine that uses them, and the scheduler's CPU seconds so far."""
    file = folder / "scheduler.json"
    run = [sys.executable, "-m"]
    where = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    quiet: dict[str, Any] = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "cwd": folder,
        "start_new_session": True,
    }
    scheduler = subprocess.Popen([*run, "distributed.cli.dask_scheduler", *where, "--port", "0"], **quiet)
    many = ["--nworkers", str(os.cpu_count()), "--nthreads", "1"]
    worker = subprocess.Popen([*run, "distributed.cli.dask_worker", *where, *many], **quiet)
    try:
        while not (file.is_file() and file.read_bytes().endswith(b"}")):
            time.sleep(0.05)
        yield f"dask:{file}", lambda: cpu_of(scheduler.pid)
    finally:
        for one in (worker, scheduler):
            os.killpg(one.pid, signal.SIGKILL)
            one.wait()


def play(
    root: Path, cells: int, nap: float, engine: str, concurrency: int | None, other: Callable[[], float] = lambda: 0.0
) -> tuple[float, float, float, dict[str, float]]:
    """Seconds, CPU seconds and those of an `other` process from the first result to the last, and bytes a cell."""
    (root / "bio.yaml").write_text("{}\n", encoding="utf-8")
    path = root / "cells_battery.py"
    path.write_text(BATTERY.format(nap=nap, agents=cells // 10), encoding="utf-8")
    [battery] = read_battery(path)
    travelled: Counter[str] = Counter()
    call = dask.Dask.call

    def weighed(self: dask.Dask, remote: Remote, text: str, *more: Any) -> dask.Answer:
        found = call(self, remote, text, *more)
        travelled["there"] += len(text)
        travelled["back"] += len(found.text)
        return found

    marks: list[tuple[float, float, float]] = []

    def mark(cell: Cell, result: Result) -> None:
        assert result.score is not None, result
        used = resource.getrusage(resource.RUSAGE_SELF)
        now = time.perf_counter(), used.ru_utime + used.ru_stime, other()
        if len(marks) < 2:
            marks.append(now)
        marks[-1] = now

    dask.Dask.call = weighed  # type: ignore[method-assign, assignment]
    try:
        done = run_batch(
            replace(battery, engine=engine, concurrency=concurrency),
            find_project(root),
            build_catalog(),
            root / "data",
            command=["bench"],
            on_result=mark,
        )
    finally:
        dask.Dask.call = call  # type: ignore[method-assign]
    size = {name: float(count) for name, count in travelled.items()}
    size["journal"] = sum(file.stat().st_size for file in (done.dat_path / "cells").iterdir())
    size["traces"] = sum(file.stat().st_size for file in (done.dat_path / "traces").iterdir())
    size["results.json"] = (done.dat_path / "results.json").stat().st_size
    seconds, cpu, elsewhere = (last - first for first, last in zip(*marks, strict=True))
    return seconds, cpu, elsewhere, {name: count / cells for name, count in size.items()}


def main(cells: int = 2000, waiting: int = 500) -> None:
    """Prints the tables."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        play(root, 10, 0.0, "inline", None)  # generates the ten worlds
        say(f"{cells} cells that wait for nothing")
        for engine, ahead in (("inline", 0), ("dask", 1), ("dask", 2)):
            dask.AHEAD = ahead
            seconds, cpu, _, size = play(root, cells, 0.0, engine, None)
            told = ", ".join(f"{name} {count:.0f}" for name, count in size.items())
            name = f"{engine}, {ahead} a thread" if ahead else engine
            say(f"  {name:20} {seconds:7.2f} s   {1000 * cpu / cells:6.2f} CPU ms a cell   bytes a cell: {told}")
        with apart(root) as (engine, spent):
            seconds, cpu, theirs, _ = play(root, cells, 0.0, engine, None, spent)
            each = f"{1000 * cpu / cells:6.2f} CPU ms a cell, {1000 * theirs / cells:.2f} in the scheduler"
            say(f"  {'its own scheduler':20} {seconds:7.2f} s   {each}")
        say(f"{waiting} cells that wait 100 ms, 64 at once")
        for engine in ("threads:64", "dask"):
            seconds, cpu, _, _ = play(root, waiting, 0.1, engine, 64)
            ideal = waiting * 0.1 / 64
            say(f"  {engine:20} {seconds:7.2f} s   {seconds / ideal:.2f} x ideal   {1000 * cpu / waiting:6.2f} CPU ms a cell")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
