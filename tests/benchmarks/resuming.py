"""What going on with a run costs beside playing all of it: CPU time of whole processes, medians of interleaved rounds.

    python -m tests.benchmarks.resuming [CELLS] [ROUNDS]

In each round a run of CELLS no-op cells is played whole, a tenth of its records is cut off (what a kill leaves), and it is
resumed; then once more, with nothing left to play; then all of it is reused by a new run. Nothing here is asserted.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from pytest_alienbio.store import layout

from .workloads import QUIET, SERIAL, Used, battery, dats, pytest_in

PHASES = ("plan", "collection", "cells", "close")


def cut(path: Path, share: float) -> None:
    """Leaves of a closed run what a kill after this share of its cells leaves."""
    for journal in layout.journals(path):
        lines = journal.read_bytes().splitlines(keepends=True)
        journal.write_bytes(b"".join(lines[: int(len(lines) * share)]))
    for name in layout.AT_CLOSE:
        (path / name).unlink()


def main(cells: int = 10_000, rounds: int = 3) -> None:
    """Measures and prints."""
    took: dict[str, list[Used]] = {"whole": [], "90 % done": [], "all done": [], "all reused": []}
    with tempfile.TemporaryDirectory() as name:
        folder = battery(Path(name), cells)
        pytest_in(folder, *QUIET, *SERIAL, "--co")  # so that all bytecode is there
        for _ in range(rounds):
            took["whole"].append(pytest_in(folder, *QUIET, *SERIAL))
            cut(dats(folder)[-1], 0.9)
            took["90 % done"].append(pytest_in(folder, *QUIET, *SERIAL, "--bio-resume"))
            took["all done"].append(pytest_in(folder, *QUIET, *SERIAL, "--bio-resume"))
            took["all reused"].append(pytest_in(folder, *QUIET, *SERIAL, "--bio-reuse"))
    whole = statistics.median(map(own, took["whole"]))
    write(f"{cells:,} no-op cells, pytest without xdist, {rounds} rounds; CPU seconds after start-up, medians")
    write(f"{'':<11} {'all':>6} {'share':>6}  {'  '.join(f'{phase:>10}' for phase in PHASES)}")
    for what, used in took.items():
        phases = (statistics.median(each.phases[phase] for each in used) for phase in PHASES)
        median = statistics.median(map(own, used))
        write(f"{what:<11} {median:6.2f} {median / whole:6.2f}  {'  '.join(f'{phase:10.2f}' for phase in phases)}")


def own(used: Used) -> float:
    """CPU seconds of a session without the process's start."""
    return sum(used.phases[phase] for phase in PHASES)


def write(text: str) -> None:
    """A line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
