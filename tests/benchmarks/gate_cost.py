"""What judging a run costs: CPU and memory of the gate, without imports. Nothing is asserted here.

    python -m tests.benchmarks.gate_cost [AGENTS SCENARIOS SEEDS]

Without arguments the sizes that the gate is made for, the last 100 leaves x 30 seeds. `test` is `gate.evidence.weigh` alone;
`verdict` is `gate.judge`: both directions, intervals, what could be seen, sentences. Memory is the process's highest so far.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from pytest_alienbio.gate import judge
from pytest_alienbio.gate.evidence import weigh
from pytest_alienbio.gate.leaves import Leaf
from pytest_alienbio.model import Baseline, Batch, BatchCell, Rule

SIZES = [(2, 6, 5, 5), (3, 12, 10, 10), (5, 20, 10, 30), (5, 20, 30, 30)]
"""Agents, scenarios, seeds, seeds of the baseline: other ones where they differ."""
TIMES = 5


def batch(agents: int, scenarios: int, seeds: int, *, first: int, luck: int) -> Batch:
    """Scores between 0 and 1."""
    rng = np.random.default_rng(luck)
    cells = tuple(
        BatchCell(f"agent{a}", f"world/s{s:02}", first + seed, values={"score": float(rng.beta(5, 3))})
        for a in range(agents)
        for s in range(scenarios)
        for seed in range(seeds)
    )
    return Batch("cost", cells, {"score": "higher"})


def leaves(agents: int, scenarios: int, seeds: int, stored: int) -> list[Leaf]:
    """The same as arrays."""
    rng = np.random.default_rng(3)
    return [
        Leaf.of(f"agent{a}", f"world/s{s:02}", rng.beta(5, 3, stored), rng.beta(5, 3, seeds), paired=stored == seeds)
        for a in range(agents)
        for s in range(scenarios)
    ]


def cpu(ask: Callable[[], object]) -> float:
    """Seconds of one call, the best of some, after a first one that imports."""
    ask()
    found = []
    for _ in range(TIMES):
        started = time.process_time()
        ask()
        found.append(time.process_time() - started)
    return min(found)


def main(arguments: list[str]) -> None:
    """Prints a line a size."""
    sizes = SIZES
    if arguments:
        agents, scenarios, seeds = map(int, arguments)
        sizes = [(agents, scenarios, seeds, seeds)]
    for agents, scenarios, seeds, stored in sizes:
        mine = leaves(agents, scenarios, seeds, stored)
        base = Baseline(batch(agents, scenarios, stored, first=0, luck=1), "stored")
        new = batch(agents, scenarios, seeds, first=0 if stored == seeds else stored, luck=2)
        test, verdict = cpu(lambda mine=mine: weigh(mine)), cpu(lambda new=new, base=base: judge(new, base, Rule()))  # type: ignore[misc]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        what = f"{len(mine)} leaves x {seeds} seeds" + ("" if stored == seeds else f", {stored} stored")
        print(f"{what:34} test {test:5.3f} s   verdict {verdict:5.3f} s CPU   {memory:4.0f} MB")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
