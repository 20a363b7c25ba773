"""What looking early costs and saves: simulated runs judged after 3, 5 and 10 seeds as a run is, and once, after 10.

    python -m tests.benchmarks.gate_looks [--batches N] [--seed S] [--draws B] [--processes P]

Prints how often each fails, and how many of the 10 seeds are played; see `gate_model.py` for the scores. Beside
`gate_power.py`, which never stops before the end unless a look fails, this one stops where a PASS leaves nothing to find. The
same arguments give the same figures.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from pytest_alienbio.gate import judge
from pytest_alienbio.gate.looks import settles
from pytest_alienbio.model import Baseline, Batch, BatchCell, Call, Rule, Verdict
from pytest_alienbio.stats.looks import shares

from .gate_model import Floats, Setting, draw, names, pattern

LOOKS, ALPHA = (3, 5, 10), 0.05
PATTERNS = ("none", "all 0.05", "all 0.1", "agent 0.2", "leaf 0.5")
FAMILIES = ("Beta", "Bernoulli")


@dataclass(frozen=True, slots=True)
class Told:
    """Shares of the runs."""

    family: str
    pattern: str
    once: float
    looks: float
    passes: float
    """Settled by a PASS before the end."""
    seeds: float
    """Mean number played."""


def batch(scores: Floats, place: Sequence[tuple[str, str]], seeds: int) -> Batch:
    """The first `seeds` columns of scores, shape (leaves, seeds)."""
    cells = [
        BatchCell(agent, scenario, seed, values={"score": float(scores[at, seed])})
        for at, (agent, scenario) in enumerate(place)
        for seed in range(seeds)
    ]
    return Batch("b", tuple(cells), {"score": "higher"})


def play(entry: tuple[str, str], *, batches: int, draws: int, seed: int) -> Told:
    """One kind of run, `batches` times."""
    family, dropped = entry
    setting = Setting(family, 36, LOOKS[-1])
    place = sorted(names(setting), key=lambda leaf: names(setting)[leaf])
    rng = np.random.default_rng((seed, zlib.crc32(repr(entry).encode())))
    once = failed = passed = seeds = 0
    for base, new in zip(*draw(setting, pattern(dropped, setting), batches, rng), strict=True):
        own, stored = int(rng.integers(2**62)), Baseline(batch(base, place, LOOKS[-1]), "base")

        def look(count: int, alpha: float, new: Floats = new, stored: Baseline = stored, own: int = own) -> Verdict:
            return judge(batch(new, place, count), stored, Rule(alpha=alpha), draws=draws, seed=own)

        once += look(LOOKS[-1], ALPHA).call is Call.FAIL
        for count, share in zip(LOOKS, shares(len(LOOKS)), strict=True):
            verdict = look(count, ALPHA * share)
            if count == LOOKS[-1] or settles(verdict, seen=count, most=LOOKS[-1], alpha=ALPHA * shares(len(LOOKS))[-1]):
                break
        failed += verdict.call is Call.FAIL
        passed += verdict.call is Call.PASS and count < LOOKS[-1]
        seeds += count
    return Told(family, dropped, once / batches, failed / batches, passed / batches, seeds / batches)


def main(argv: Sequence[str] | None = None) -> int:
    """Simulates, and prints a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.gate_looks", description=__doc__)
    parser.add_argument("--batches", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--draws", type=int, default=999)
    parser.add_argument("--processes", type=int, default=1)
    args = parser.parse_args(argv)
    entries = [(family, dropped) for family in FAMILIES for dropped in PATTERNS]
    head = "| scores | what dropped | fails, once after 10 | fails, looks | passes early | seeds played |"
    sys.stdout.write(f"{head}\n|---|---|---|---|---|---|\n")
    with ProcessPoolExecutor(args.processes) as pool:
        for each in pool.map(partial(play, batches=args.batches, draws=args.draws, seed=args.seed), entries):
            figures = f"{each.once:.3f} | {each.looks:.3f} | {each.passes:.2f} | {each.seeds:.1f}"
            sys.stdout.write(f"| {each.family} | {each.pattern} | {figures} |\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
