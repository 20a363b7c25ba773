"""How often a bisection of noisy scores names the right commit, and what it plays: the table of docs/bisect.md.

    python -m tests.benchmarks.bisecting [TRIALS]

A line of commits after a good one; from a random one on each scenario's mean is lower by the drop. Six scenarios, their means
drawn from [0.5, 0.95]; scores are Bernoulli or Beta (concentration 8), a new draw each time a cell is played. Decisions, looks
and search are those of `bio bisect`; only the playing is left out, and the replays, which noisy scores do not pass. Run on
demand; nothing here is asserted.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pytest_alienbio.model.bisection import Commit, ProbeCall
from pytest_alienbio.run.bisect.deciding import FIRST, Terms, cells_to_clear, decide, further, least_of, read, spend
from pytest_alienbio.run.bisect.probe import Unit
from pytest_alienbio.run.bisect.search import Search

CASES, ALPHA, CONCENTRATION = 6, 0.05, 8.0
Scores = dict[Unit, float]
Draw = Callable[[np.random.Generator, NDArray[np.float64]], NDArray[np.float64]]


def bernoulli(rng: np.random.Generator, means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pass or fail."""
    return (rng.random(len(means)) < means).astype(float)


def beta(rng: np.random.Generator, means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fractional scores."""
    clipped = np.clip(means, 0.001, 0.999)
    return rng.beta(CONCENTRATION * clipped, CONCENTRATION * (1 - clipped))


class Cells:
    """The cells of all commits, drawn when they are asked for the first time."""

    def __init__(self, rng: np.random.Generator, draw: Draw, culprit: int, drop: float) -> None:
        self.rng, self.draw, self.culprit, self.drop = rng, draw, culprit, drop
        self.means = rng.uniform(0.5, 0.95, CASES)
        self.known: dict[int, Scores] = {}
        self.seeds: Counter[int] = Counter()

    def of(self, commit: int, seeds: int) -> Scores:
        """Those of a commit (-1: the good one) on so many seeds at least."""
        scores = self.known.setdefault(commit, {})
        for seed in range(self.seeds[commit], seeds):
            drawn = self.draw(self.rng, np.maximum(self.means - (self.drop if commit >= self.culprit else 0), 0))
            scores |= {(seed, (f"s{at}", -1, "", 1)): float(score) for at, score in enumerate(drawn)}
        self.seeds[commit] = max(self.seeds[commit], seeds)
        return scores

    def units(self, seeds: int) -> list[Unit]:
        """The cells of the first seeds."""
        return [(seed, (f"s{at}", -1, "", 1)) for seed in range(seeds) for at in range(CASES)]


def call(cells: Cells, commit: int, terms: Terms, alpha: float, start: int, most: int) -> tuple[ProbeCall, Terms, int]:
    """What a commit says, the terms with the drop to look for if it is the bad end, and the seeds that it took."""
    count = min(start, most)
    while True:
        found = read(cells.of(-1, count), cells.of(commit, count), cells.units(count), terms)
        told = decide(found, terms, alpha)
        if told == "bad" and terms.least is None:
            terms = replace(terms, least=least_of(found.drop, exact=False))
        if told or count == most:
            return told or "undecided", terms, count
        count = min(further(count, CASES), most)


def trial(rng: np.random.Generator, draw: Draw, drop: float, commits: int, seeds: int) -> tuple[str, int]:
    """How one bisection ends (`right`, `wrong`, `one of`, `not worse`, `too few`), and how many cells it plays."""
    culprit = int(rng.integers(commits)) if drop else commits
    cells = Cells(rng, draw, culprit, drop)
    search = Search.over([Commit(str(at), parents=(str(at - 1),)) for at in range(commits)])
    most, decided = search.most_probes, 0
    told, terms, start = call(cells, commits - 1, Terms("higher", (0.0, 1.0)), spend(ALPHA, most, 0), FIRST, seeds)
    if told != "bad":
        return "not worse", CASES * cells.seeds.total()
    if (cells_to_clear(terms, spend(ALPHA, most, 1)) or 0) > seeds * CASES:
        return "too few", CASES * cells.seeds.total()
    while (commit := search.next()) is not None:
        told, _, _ = call(cells, int(commit.hash), terms, spend(ALPHA, most, decided + 1), start, seeds)
        decided += told != "undecided"
        search = search.told(commit.hash, told)
    left = {int(one.hash) for one in search.suspects}
    ending = "one of" if len(left) > 1 and culprit in left else "right" if left == {culprit} else "wrong"
    return ending, CASES * cells.seeds.total()


def main() -> None:
    """Prints the table."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    endings = ("right", "one of", "not worse", "too few", "wrong")
    print(f"{'scores':<10} {'drop':>5} {'commits':>7} {'seeds':>5} " + "".join(f"{one:>10}" for one in endings) + "  cells")  # noqa: T201
    for name, draw in (("Bernoulli", bernoulli), ("Beta", beta)):
        for drop, seeds in ((0.0, 40), (0.1, 80), (0.2, 40), (0.4, 20)):
            for commits in (8, 64):
                rng = np.random.default_rng([20261126, int(100 * drop), seeds, commits])
                found = [trial(rng, draw, drop, commits, seeds) for _ in range(trials)]
                counts = Counter(ending for ending, _ in found)
                shares = "".join(f"{counts[one] / trials:>10.3f}" for one in endings)
                cells = sum(cells for _, cells in found) / trials
                print(f"{name:<10} {drop:>5} {commits:>7} {seeds:>5} {shares}  {cells:.0f}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
