"""How often the intervals hold what they claim to, on simulated scores: the table of docs/statistics.md.

    python -m tests.benchmarks.coverage [TRIALS]

Scores are Beta (concentration 8), Bernoulli, or zero-inflated (30 % are 0, else Beta) around leaf means drawn from [0.3, 0.9].
Prints coverage at 95 % with its Monte-Carlo standard error. Run on demand; nothing here is asserted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from pytest_alienbio.model import Estimate, Interval
from pytest_alienbio.stats import Stratum, bca, fixed_mean, iqm, leaf_mean, population_mean, rank_intervals, wilson

Floats = NDArray[np.float64]
Kind = Callable[[np.random.Generator, Floats, int], Floats]
"""(generator, leaf means of shape (m,), n) -> scores of shape (m, n)."""

CONCENTRATION, COLLAPSED, DRAWS = 8.0, 0.3, 1000


def beta(rng: np.random.Generator, means: Floats, n: int) -> Floats:
    """Fractional scores."""
    return rng.beta(CONCENTRATION * means[:, None], CONCENTRATION * (1 - means[:, None]), (len(means), n))


def bernoulli(rng: np.random.Generator, means: Floats, n: int) -> Floats:
    """Pass or fail."""
    return (rng.random((len(means), n)) < means[:, None]).astype(float)


def inflated(rng: np.random.Generator, means: Floats, n: int) -> Floats:
    """Scores of which some collapse to 0; the mean of the others is the leaf's."""
    return beta(rng, means, n) * (rng.random((len(means), n)) >= COLLAPSED)


KINDS: dict[str, Kind] = {"Beta": beta, "Bernoulli": bernoulli, "zero-infl.": inflated}


def truth(kind: str, means: Floats) -> Floats:
    """Expected scores of leaves of these means."""
    return means * (1 - COLLAPSED) if kind == "zero-infl." else means


def held(interval: Interval | None, value: float) -> bool | None:
    """Whether the interval holds the value; None if there is none."""
    return None if interval is None else bool(interval.low - 1e-12 <= value <= interval.high + 1e-12)


def line(name: str, kind: str, hits: list[bool | None]) -> None:
    """One row of the table."""
    told = [hit for hit in hits if hit is not None]
    share = sum(told) / len(told)
    none = "" if len(told) == len(hits) else f"; none in {1 - len(told) / len(hits):.1%}"
    print(f"| {name} | {kind} | {share:.3f} +- {sqrt(max(share * (1 - share), 1e-4) / len(told)):.3f}{none} |", flush=True)  # noqa: T201


def main(trials: int) -> None:
    """The whole table."""
    rng = np.random.default_rng(20250311)
    print("| interval | scores | coverage at 95 % |\n|---|---|---|")  # noqa: T201
    for kind, draw in KINDS.items():
        for n in (3, 5, 10, 30):
            hits: dict[str, list[bool | None]] = {"t": [], "Wilson": [], "BCa": []}
            for trial in range(trials):
                mean = rng.uniform(0.3, 0.9, 1)
                scores = draw(rng, mean, n)[0].tolist()
                value = float(truth(kind, mean)[0])
                hits["t"].append(held(leaf_mean(scores, bounds=(0, 1)).interval, value))
                if kind == "Bernoulli":
                    hits["Wilson"].append(held(wilson(sum(scores), n), value))
                elif n >= 10 and trial < trials // 4:
                    hits["BCa"].append(held(bca(scores, seed=trial, resamples=DRAWS, bounds=(0, 1)).interval, value))
            for method, found in hits.items():
                if found:
                    line(f"one leaf, n = {n}, {method}", kind, found)
    for kind, draw in KINDS.items():
        for n in (3, 10):
            means = rng.uniform(0.3, 0.9, 12)
            value = float(truth(kind, means).mean())
            batteries = (draw(rng, means, n) for _ in range(trials))
            fixed = [fixed_mean([Stratum.of(leaf) for leaf in one.tolist()], bounds=(0, 1)).interval for one in batteries]
            line(f"fixed, 12 scenarios x {n}", kind, [held(interval, value) for interval in fixed])
        for m in (4, 12):
            drawn = [draw(rng, rng.uniform(0.3, 0.9, m), 5).mean(axis=1).tolist() for _ in range(trials)]
            expected = float(truth(kind, np.array([0.6]))[0])
            line(
                f"population, {m} scenarios x 5",
                kind,
                [held(population_mean(one, bounds=(0, 1)).interval, expected) for one in drawn],
            )
        for n in (3, 5, 10, 30):
            means = rng.uniform(0.3, 0.9, 12)
            large = np.sort(draw(rng, means, 50_000), axis=None)
            value = float(large[len(large) // 4 : -(len(large) // 4)].mean())
            some: list[Estimate] = [
                iqm(draw(rng, means, n).tolist(), seed=trial, resamples=DRAWS) for trial in range(trials // 4)
            ]
            line(f"IQM, 12 scenarios x {n}", kind, [held(one.interval, value) for one in some])
        for n in (3, 5, 10):
            means = np.clip(rng.uniform(0.3, 0.8, 12)[None, :] + np.linspace(0, 0.15, 6)[:, None], 0.05, 0.95)
            ranks = {f"{agent}": 6 - agent for agent in range(6)}
            hits_of_ranks: list[bool | None] = []
            for trial in range(trials // 10):
                scores_of = {f"{agent}": _worlds(draw(rng, means[agent], n)) for agent in range(6)}
                got = rank_intervals(scores_of, seed=trial, resamples=DRAWS)
                hits_of_ranks += [held(got[agent].interval, rank) for agent, rank in ranks.items()]
            line(f"ranks of 6 agents, 12 scenarios x {n}", kind, hits_of_ranks)


def _worlds(scores: Floats) -> dict[str, dict[int, list[float]]]:
    return {f"s{g}": {seed: [score] for seed, score in enumerate(leaf)} for g, leaf in enumerate(scores.tolist())}


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 4000)
