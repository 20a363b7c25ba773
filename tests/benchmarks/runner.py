"""What the runner itself costs, beside plain pytest in the same run: the tables of docs/performance.md.

    python -m tests.benchmarks.runner [--quick] [--rounds N] [--cells N ... --] [noop phases xdist waiting resume start big]

Processes are measured whole (CPU of all of them, user and system), lanes take turns, and figures are medians; a ratio is the
median of the rounds' own ratios, its spread their least and largest. `--quick` shows in two minutes that everything runs.
Run on demand; nothing here is asserted.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .workloads import ALONE, QUIET, SERIAL, Used, battery, dats, measured, plain, pytest_in, size, unrelated

Row = Sequence[object]
Lanes = dict[str, Callable[[int], Used]]

POOL = """
import time
from concurrent.futures import ThreadPoolExecutor
list(ThreadPoolExecutor(64).map(time.sleep, [0.1] * {cells}))
"""
PHASES = ("start-up", "plan", "collection", "cells", "close")


class Bench:
    """Sizes and rounds, and where the projects lie."""

    def __init__(self, root: Path, *, quick: bool, rounds: int, sizes: Sequence[int] = ()) -> None:
        self.root, self.quick = root, quick
        self.rounds = 1 if quick else rounds
        self._found: dict[int, dict[str, list[Used]]] = {}
        self.sizes = sizes or ((100, 1_000) if quick else (1_000, 10_000, 100_000))

    def lanes(self) -> Lanes:
        """The ways to play cells that do nothing, plain pytest first."""

        def engine(name: str) -> Callable[[int], Used]:
            return lambda cells: self.played(cells, *SERIAL, "--bio-engine", name)

        return {
            "plain pytest": lambda cells: pytest_in(plain(self.root, cells), *QUIET, *SERIAL, *ALONE),
            "fixture lane": lambda cells: self.played(cells, *SERIAL),
            "engine `inline`": engine("inline"),
            "engine `threads:8`": engine("threads:8"),
        }

    def played(self, cells: int, *args: str) -> Used:
        """One pytest session over the battery; what it wrote is removed."""
        folder = battery(self.root, cells)
        used = pytest_in(folder, *QUIET, *args)
        shutil.rmtree(folder / "data")
        return used

    def turns(self, lanes: dict[str, Callable[[], Used]], rounds: int) -> dict[str, list[Used]]:
        """What each lane used in each round, after one that fills the caches."""
        found: dict[str, list[Used]] = {name: [] for name in lanes}
        for _ in range(rounds):
            for name, lane in lanes.items():
                found[name].append(lane())
                sys.stderr.write(f"{name}: {found[name][-1]}\n")
        return found

    def all_lanes(self, cells: int) -> dict[str, list[Used]]:
        """What so many cells that do nothing took in each lane, measured once."""
        if cells not in self._found:
            lanes = {name: self._of(lane, cells) for name, lane in self.lanes().items()}
            self._found[cells] = self.turns(lanes, self.rounds_of(cells))
        return self._found[cells]

    def rounds_of(self, cells: int) -> int:
        """100,000 cells take minutes, and vary less."""
        return self.rounds if cells < 50_000 else max(1, self.rounds // 3)

    def noop(self) -> Iterator[Row]:
        """Cells that do nothing."""
        yield "cells", "lane", "CPU s", "CPU ms a cell", "to plain pytest", "slope: ms a cell", "to plain", "KiB a cell"
        least = self.sizes[0]
        at_least: dict[str, Used] = {}
        for cells in self.sizes:
            found = self.all_lanes(cells)
            slopes: dict[str, float] = {}
            for name, used in found.items():
                middle = medians(used)
                row: list[object] = [f"{cells:,}", name, f"{middle.cpu_s:.2f}", f"{1000 * middle.cpu_s / cells:.3f}"]
                row.append(ratio(used, found["plain pytest"]))
                if cells == least:
                    at_least[name] = middle
                    yield *row, "", "", ""
                    continue
                more, before = cells - least, at_least[name]
                slopes[name] = 1000 * (middle.cpu_s - before.cpu_s) / more
                share = f"{slopes[name] / slopes['plain pytest']:.2f}"
                yield *row, f"{slopes[name]:.3f}", share, f"{(middle.rss_kib - before.rss_kib) / more:.1f}"

    def phases(self) -> Iterator[Row]:
        """Where the CPU seconds of the largest run go."""
        cells = self.sizes[-1]
        yield "lane", *(f"{phase}, s" for phase in PHASES), "largest size, MiB"
        for name, used in self.all_lanes(cells).items():
            spent = [statistics.median(one.phases[phase] for one in used) for phase in PHASES]
            yield name, *(f"{seconds:.2f}" for seconds in spent), f"{medians(used).rss_kib / 1024:.0f}"

    def xdist(self) -> Iterator[Row]:
        """The same in two workers: CPU of all three processes."""
        yield "cells", "lane", "CPU s", "wall s", "CPU to plain pytest -n 2"
        for cells in self.sizes[:2]:
            lanes = {
                "plain pytest -n 2": self._of(
                    lambda count: pytest_in(plain(self.root, count), *QUIET, *ALONE, "-n", "2"), cells
                ),
                "fixture lane -n 2": self._of(lambda count: self.played(count, "-n", "2"), cells),
            }
            found = self.turns(lanes, self.rounds)
            for name, used in found.items():
                middle = medians(used)
                compared = ratio(used, found["plain pytest -n 2"])
                yield f"{cells:,}", name, f"{middle.cpu_s:.2f}", f"{middle.wall_s:.2f}", compared

    def waiting(self) -> Iterator[Row]:
        """Cells that wait 100 ms, as for a model, 64 at once."""
        yield "cells", "how", "wall s", "to ideal", "CPU s"
        for cells in (64, 128) if self.quick else (500, 5_000):
            folder = battery(self.root, cells, agent="waiting")
            ideal = cells * 0.1 / 64
            floor = POOL.format(cells=cells)
            lanes: dict[str, Callable[[], Used]] = {
                "pytest --bio-engine threads:64": lambda folder=folder: pytest_in(  # type: ignore[misc]
                    folder, *QUIET, *SERIAL, "--bio-engine", "threads:64"
                ),
                "a pool of 64 threads alone": lambda folder=folder, floor=floor: measured(  # type: ignore[misc]
                    folder, sys.executable, "-c", floor
                ),
            }
            for name, used in self.turns(lanes, self.rounds).items():
                middle = medians(used)
                yield f"{cells:,}", name, f"{middle.wall_s:.2f}", f"{middle.wall_s / ideal:.2f}", f"{middle.cpu_s:.2f}"

    def resume(self) -> Iterator[Row]:
        """A run that was cut short with nine cells of ten played, gone on with."""
        yield "cells", "what", "CPU s", "to all cells"
        cells = self.sizes[min(1, len(self.sizes) - 1)]
        folder = battery(self.root, cells)
        fresh, rest = [], []
        for _ in range(self.rounds):
            fresh.append(self.played(cells, *SERIAL))
            pytest_in(folder, *QUIET, *SERIAL, "--bio-max-cells", str(cells * 9 // 10), ends=(1,))
            rest.append(pytest_in(folder, *QUIET, *SERIAL, "--bio-resume"))
            shutil.rmtree(folder / "data")
        yield f"{cells:,}", "all of them", f"{medians(fresh).cpu_s:.2f}", "1.00"
        yield f"{cells:,}", "the tenth that is left", f"{medians(rest).cpu_s:.2f}", ratio(rest, fresh)

    def start(self) -> Iterator[Row]:
        """A project of ten tests that has nothing to do with us, and a battery of one cell."""
        yield "what", "CPU s", "to the same without us"
        folder, one = unrelated(self.root), battery(self.root, 1)
        rounds = 3 if self.quick else 4 * self.rounds
        for what, args in (("unrelated: pytest --collect-only", ("--collect-only",)), ("unrelated: pytest", ())):
            lanes: dict[str, Callable[[], Used]] = {
                "with": lambda args=args: pytest_in(folder, "-q", *args),  # type: ignore[misc]
                "without": lambda args=args: pytest_in(folder, "-q", *args, *ALONE),  # type: ignore[misc]
            }
            self.turns(lanes, 1)  # fills the caches
            found = self.turns(lanes, rounds)
            yield what, f"{medians(found['with']).cpu_s:.3f}", ratio(found["with"], found["without"])
        alone: dict[str, Callable[[], Used]] = {
            "pytest, a battery of one cell": lambda: pytest_in(one, *QUIET, *SERIAL),
            "bio --help": lambda: measured(one, sys.executable, "-m", "pytest_alienbio", "--help"),
            "python -c pass": lambda: measured(one, sys.executable, "-c", "pass"),
        }
        self.turns(alone, 1)
        for what, used in self.turns(alone, rounds).items():
            yield what, f"{medians(used).cpu_s:.3f}", ""

    def big(self) -> Iterator[Row]:
        """The largest battery, serially: what a run of it takes and leaves."""
        yield "lane", "traces", "CPU s", "wall s", "largest size, MiB", "bytes a cell in the DAT", "of these journals, traces"
        cells = self.sizes[-1]
        for lane, args in (("fixture lane", ()), ("engine `inline`", ("--bio-engine", "inline"))):
            for traces in ("none", "failed", "all"):
                folder = battery(self.root, cells, traces=traces)
                used = pytest_in(folder, *QUIET, *SERIAL, *args)
                parts = size(dats(folder)[-1])
                shutil.rmtree(folder / "data")
                of_these = f"{parts['cells'] / cells:.0f}, {parts.get('traces', 0) / cells:.0f}"
                bytes_each = f"{sum(parts.values()) / cells:.0f}"
                told = f"{used.cpu_s:.1f}", f"{used.wall_s:.1f}", f"{used.rss_kib / 1024:.0f}"
                yield lane, traces, *told, bytes_each, of_these

    @staticmethod
    def _of(lane: Callable[[int], Used], cells: int) -> Callable[[], Used]:
        return lambda: lane(cells)


def medians(used: Sequence[Used]) -> Used:
    """The median of each figure."""
    return Used(
        statistics.median(one.cpu_s for one in used),
        statistics.median(one.wall_s for one in used),
        int(statistics.median(one.rss_kib for one in used)),
    )


def ratio(ours: Sequence[Used], theirs: Sequence[Used]) -> str:
    """Of CPU seconds, round by round: the median, and how far it went."""
    each = [a.cpu_s / b.cpu_s for a, b in zip(ours, theirs, strict=True)]
    spread = f" ({min(each):.2f}-{max(each):.2f})" if len(each) > 1 else ""
    return f"{statistics.median(each):.2f}{spread}"


TABLES: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "noop": Bench.noop,
    "phases": Bench.phases,
    "xdist": Bench.xdist,
    "waiting": Bench.waiting,
    "resume": Bench.resume,
    "start": Bench.start,
    "big": Bench.big,
}


def main(argv: Sequence[str] | None = None) -> None:
    """Measures, and prints a Markdown table for each thing asked for; by default for all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes, one round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cells", type=int, nargs="+", default=(), help="other sizes than 1000 10000 100000, ascending")
    parser.add_argument("what", nargs="*", choices=[*TABLES, []], help="default: everything")
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), quick=asked.quick, rounds=asked.rounds, sizes=tuple(asked.cells))
        pytest_in(battery(bench.root, 1), *QUIET)  # fills the caches
        for what in asked.what or TABLES:
            say(f"\n### {what}: {(TABLES[what].__doc__ or '').splitlines()[0]}\n")
            for number, row in enumerate(TABLES[what](bench)):
                say(f"| {' | '.join(map(str, row))} |")
                if number == 0:
                    say(f"|{' --- |' * len(row)}")


def say(text: str) -> None:
    """Prints at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
