"""Does the gate keep its level, and what does it see? Simulated batches, beside the rules that other tools gate with.

    python -m tests.benchmarks.gate_power [--batches N] [--only SECTION ...] [--seed S] [--draws B] [--processes P] [--out FILE]

Writes docs/gate-power.md: false alarms, power, naming, tolerance, stored baselines, the confirm stage, looks, and the bars that
must hold. The same arguments give the same figures, whatever the number of processes. Nothing is asserted here; a short version
is in `tests/gate/test_level.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from . import gate_printed as printed
from .gate_jobs import Job, Tally, play
from .gate_model import FAMILIES, Setting
from .gate_tables import document

SECTIONS = {"level": 2000, "power": 1000, "control": 1500, "tolerance": 1000, "stored": 500, "confirm": 1000, "looks": 400}
"""Batches of each entry."""


def jobs(sections: Sequence[str], most: int | None = None) -> Iterator[Job]:
    """Everything to simulate, in the order of the page; `most` batches of each."""
    for name in sections:
        count = SECTIONS[name] if most is None else min(most, SECTIONS[name])
        for setting, pattern, more in _entries(name):
            yield Job(name, setting, pattern, count, **more)


def _entries(section: str) -> Iterator[tuple[Setting, str, dict[str, Any]]]:
    match section:
        case "level":
            for setting in _nulls():
                yield setting, "none", {}
        case "power":
            for family, groups, n, pattern in printed.power():
                yield Setting(family, groups, n), pattern, {}
        case "control":
            for family, groups, n, pattern in printed.CONTROL:
                yield Setting(family, groups, n), pattern, {}
        case "tolerance":
            for family, groups, n, pattern in printed.TOLERANCE:
                yield Setting(family, groups, n), pattern, {"tol": 0.05}
        case "stored":
            for family, n, pattern in printed.STORED:
                yield Setting(family, 36, n, n_base=30), pattern, {}
        case "confirm":
            for (groups, n), figures in printed.CONFIRM.items():
                for family in figures:
                    for pattern in ("none", "leaf 0.5"):
                        yield Setting(family, groups, n), pattern, {"how": "confirm"}
        case "looks":
            for family, pattern in printed.LOOKS:
                for how in ("looks", "once"):
                    yield Setting(family, 36, 10), pattern, {"how": how}


def _nulls() -> Iterator[Setting]:
    sizes = [(12, 3), (12, 5), (12, 10), (12, 30), (36, 3), (36, 5), (36, 10), (36, 30), (100, 5)]
    for groups, n in sizes:
        for family in FAMILIES:
            yield Setting(family, groups, n)
    for family in FAMILIES:
        yield Setting(family, 36, 5, still=0.2)
        yield Setting(family, 36, 5, common=True)
        yield Setting(family, 36, 3, n_base=30)
        yield Setting(family, 36, 5, n_base=30)


def main(argv: Sequence[str] | None = None) -> int:
    """Simulates, and writes the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.gate_power", description=__doc__)
    parser.add_argument("--batches", type=int, metavar="N", help="at most N of each entry")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="SECTION")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--draws", type=int, default=999, help="relabellings of each batch (default: 999)")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--out", type=Path, help="write the page there")
    args = parser.parse_args(argv)
    todo = list(jobs([name for name in SECTIONS if name in args.only], args.batches))
    told: list[Tally] = []
    with ProcessPoolExecutor(args.processes) as pool:
        for tally in pool.map(partial(play, draws=args.draws, seed=args.seed), todo):
            told.append(tally)
            job = tally.job
            sys.stderr.write(f"{len(told)}/{len(todo)} {job.section} {job.setting} {job.pattern}: {tally.rate:.3f}\n")
    command = " ".join(["python -m tests.benchmarks.gate_power", *(sys.argv[1:] if argv is None else argv)])
    text = document(told, command=command, draws=args.draws, seed=args.seed)
    if args.out:
        args.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
