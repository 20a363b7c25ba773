"""What pushing light records into an aggregate costs: CPU time of the same batch with and without, interleaved, medians.

    python -m tests.benchmarks.aggregate [CELLS] [ROUNDS]

A cell does nothing, so what is measured is what recording costs. Prints CPU microseconds a cell, and what gathering the same
records afterwards costs (`bio aggregate`). Run on demand; nothing here is asserted.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from pytest_alienbio.model import Outcome, Result
from pytest_alienbio.store import Aggregate, Journal, aggregate, claim

PLACE = "aggregates/all"


def a_result(seed: int) -> Result:
    """As a built-in world gives it."""
    return Result(
        battery="b",
        key=f"{seed:064x}",
        id=f"mutualism/hidden_dependency[d2-oracle-s{seed:06d}]",
        scenario="mutualism/hidden_dependency",
        scenario_hash="f" * 64,
        difficulty=2,
        agent="oracle",
        agent_hash="e" * 64,
        role="reference",
        seed=seed,
        outcome=Outcome.COMPLETED,
        tags=("mutualism", "interactive"),
        score=0.5,
        scores={"raw_score": 0.5, "alive": 1.0, "thrift": 0.25},
        passed=False,
        passing_score=0.6,
        properties={"species": 4, "links": 6, "noise": 0.05, "steps": 20},
        run="r1",
        worker="main",
        started_at=1_700_000_000.25 + seed,
        ended_at=1_700_000_000.5 + seed,
        duration_s=0.25,
    )


def recorded_s(results: list[Result], *, pushed: bool) -> tuple[float, float]:
    """CPU seconds of recording all of them, and of adding them all to an aggregate afterwards."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        dat = claim(root, "results/{seq}", run_id="r1", spec={}, fields={}, command=[], environment={}).path
        journal, light = Journal(dat, "r1", "main"), Aggregate(dat, root, PLACE, "r1", "main")
        start = time.process_time()
        for result in results:
            journal.append(result)
            if pushed:
                light.push(result)
        spent = time.process_time() - start
        assert not light.trouble, light.trouble
        start = time.process_time()
        added = aggregate.add(dat, root, PLACE)
        after = time.process_time() - start
        assert added == (0 if pushed else len(results))
        return spent, after


def main(cells: int = 20_000, rounds: int = 5) -> None:
    """Measures and prints."""
    results = [a_result(seed) for seed in range(cells)]
    without, with_it, nothing, later = [], [], [], []
    for _ in range(rounds):
        spent, added = recorded_s(results, pushed=False)
        without.append(spent)
        later.append(added)
        spent, added = recorded_s(results, pushed=True)
        with_it.append(spent)
        nothing.append(added)
    each = 1e6 / cells
    for what, taken in (
        ("recording alone", without),
        ("recording and pushing", with_it),
        ("gathering afterwards", later),
        ("finding nothing missing", nothing),
    ):
        sys.stdout.write(f"{what:<24} {statistics.median(taken) * each:8.1f} us CPU a cell\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
