"""What a cell costs on a Dask cluster of our own, beside threads of this process: a real battery, played and recorded.

    python -m tests.benchmarks.dask_cells [CELLS] [WAITING CELLS]

Prints a row an engine. For cells that wait for nothing (one action and done): seconds from the first cell to the last, CPU
milliseconds a cell in this process (with Dask: controller and scheduler) and bytes a cell that travel there and back, in
journals, in traces and in results.json. For cells that wait 100 ms: seconds, and how often the ideal. Run on demand; nothing
is asserted.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter
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


def play(root: Path, cells: int, nap: float, engine: str, concurrency: int | None) -> tuple[float, float, dict[str, float]]:
    """Seconds and CPU seconds from the first result to the last, and bytes a cell."""
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

    marks: list[tuple[float, float]] = []

    def mark(cell: Cell, result: Result) -> None:
        assert result.score is not None, result
        used = resource.getrusage(resource.RUSAGE_SELF)
        marks.append((time.perf_counter(), used.ru_utime + used.ru_stime))

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
    (first, cpu), (last, cpu_last) = marks[0], marks[-1]
    return last - first, cpu_last - cpu, {name: count / cells for name, count in size.items()}


def main(cells: int = 2000, waiting: int = 500) -> None:
    """Prints the tables."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        play(root, 10, 0.0, "inline", None)  # generates the ten worlds
        say(f"{cells} cells that wait for nothing")
        for engine, ahead in (("inline", 0), ("dask", 1), ("dask", 2)):
            dask.AHEAD = ahead
            seconds, cpu, size = play(root, cells, 0.0, engine, None)
            told = ", ".join(f"{name} {count:.0f}" for name, count in size.items())
            name = f"{engine}, {ahead} a thread" if ahead else engine
            say(f"  {name:20} {seconds:7.2f} s   {1000 * cpu / cells:6.2f} CPU ms a cell   bytes a cell: {told}")
        say(f"{waiting} cells that wait 100 ms, 64 at once")
        for engine in ("threads:64", "dask"):
            seconds, cpu, _ = play(root, waiting, 0.1, engine, 64)
            ideal = waiting * 0.1 / 64
            say(f"  {engine:20} {seconds:7.2f} s   {seconds / ideal:.2f} x ideal   {1000 * cpu / waiting:6.2f} CPU ms a cell")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
