"""What rank intervals, IQMs and performance profiles cost: CPU seconds and the process's peak memory.

    python -m tests.benchmarks.standings

2,000 resamples each. Run on demand; nothing here is asserted.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from pytest_alienbio.stats import iqm, performance_profile, rank_intervals

SHAPES = ((20, 60, 30), (20, 100, 50), (500, 20, 10), (20, 5000, 1))
LEAVES = ((60, 30), (1000, 100))


def line(what: str, shape: tuple[int, ...], call: Callable[[], object]) -> None:
    """One row of the table."""
    started = time.process_time()
    call()
    spent = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {what} | {' x '.join(map(str, shape))} | {spent:.2f} s | {peak:.0f} MB |", flush=True)  # noqa: T201


def main() -> None:
    """The whole table; numpy's import is in the first row."""
    print("| what | shape | CPU | peak memory so far |\n|---|---|---|---|")  # noqa: T201
    rng = np.random.default_rng(0)
    for agents, scenarios, seeds in SHAPES:
        drawn = rng.beta(2, 2, (agents, scenarios, seeds)).tolist()
        board = {
            f"a{a}": {f"s{s}": {(1, seed): [score] for seed, score in enumerate(leaf)} for s, leaf in enumerate(leaves)}
            for a, leaves in enumerate(drawn)
        }
        for flag in (False, True):
            what = f"rank intervals, {'seeds and scenarios' if flag else 'seeds only'}"
            line(what, (agents, scenarios, seeds), partial(rank_intervals, board, seed=1, scenarios=flag))
    taus = np.linspace(0, 1, 101).tolist()
    for scenarios, seeds in LEAVES:
        leaves = rng.beta(2, 2, (scenarios, seeds)).tolist()
        line("IQM of one agent", (scenarios, seeds), partial(iqm, leaves, seed=1))
        line("profile of one agent, 101 thresholds", (scenarios, seeds), partial(performance_profile, leaves, taus, seed=1))


if __name__ == "__main__":
    main()
