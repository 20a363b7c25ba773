"""Looks before the end: they raise no more false alarms than one, and stop where nothing is left to find."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_alienbio.gate import judge
from pytest_alienbio.gate.evidence import weigh
from pytest_alienbio.gate.leaves import Leaf
from pytest_alienbio.gate.looks import settles
from pytest_alienbio.model import Baseline, Batch, BatchCell, Call, NodeCall, Rule, Verdict
from pytest_alienbio.stats.looks import shares

LOOKS = (3, 5, 10)
AGENTS, SCENARIOS = ("greedy", "noop"), ("a", "b", "c")


def batch(scores: NDArray[np.float64], seeds: int) -> Batch:
    """Of scores, shape (agents, scenarios, seeds), the first `seeds`."""
    cells = tuple(
        BatchCell(agent, scenario, seed, values={"score": float(scores[i, j, seed])})
        for i, agent in enumerate(AGENTS)
        for j, scenario in enumerate(SCENARIOS)
        for seed in range(seeds)
    )
    return Batch("b", cells, {"score": "higher"})


def look(base: NDArray[np.float64], new: NDArray[np.float64], seeds: int, alpha: float = 0.01) -> Verdict:
    """The gate after that many seeds; the baseline has all."""
    return judge(batch(new, seeds), Baseline(batch(base, 10), "base"), Rule(alpha=alpha), draws=199)


def noisy(seed: int, spread: float = 0.01) -> NDArray[np.float64]:
    """Scores of ten seeds, around 0.6."""
    return 0.6 + spread * np.random.default_rng(seed).standard_normal((2, 3, 10))


def test_all_looks_together_keep_the_level() -> None:
    """300 runs in which nothing changed, pass/fail and graded: at most alpha of them fail at any look, within three errors."""
    rng, failed = np.random.default_rng(20), 0
    for run in range(300):
        base, new = rng.random((2, 6, 10)) if run % 2 else (rng.random((2, 6, 10)) < 0.7).astype(float)
        for part, seeds in zip(shares(3), LOOKS, strict=True):
            leaves = [Leaf.of(AGENTS[at // 3], SCENARIOS[at % 3], base[at, :seeds], new[at, :seeds]) for at in range(6)]
            if weigh(leaves, draws=399, seed=run).p <= 0.05 * part:
                failed += 1
                break
    assert failed / 300 <= 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5


def test_a_drop_that_shows_settles_it_at_once() -> None:
    base = noisy(1)
    verdict = look(base, noisy(2) - 0.3, 3)
    assert verdict.call is Call.FAIL
    assert settles(verdict, seen=3, most=10, alpha=0.025)


def test_a_pass_in_which_nothing_is_left_to_find_settles_it() -> None:
    """All that is open lies so near to nothing that the last look would hardly name it."""
    quiet = look(noisy(1), noisy(1) + 0.004 * np.sign(noisy(3) - 0.6), 5)
    assert quiet.call is Call.PASS
    assert settles(quiet, seen=5, most=10, alpha=0.025)


def test_a_pass_with_a_leaf_that_may_yet_be_named_goes_on() -> None:
    """The battery as a whole hardly moved; one scenario of one agent did, and three seeds cannot tell."""
    base, new = noisy(1, 0.02), noisy(2, 0.02)
    new[0, 0] -= 0.12
    new[1] += 0.05
    verdict = look(base, new, 3, alpha=0.0001)
    passed = replace(verdict, call=Call.PASS)
    assert {node.call for node in verdict.nodes if (node.agent, node.scenario) == ("greedy", "a")} == {NodeCall.INCONCLUSIVE}
    assert not settles(passed, seen=3, most=10, alpha=0.025)


@pytest.mark.parametrize("call", [Call.INCONCLUSIVE, Call.INVALID, Call.NOT_JUDGED])
def test_what_is_no_answer_settles_nothing(call: Call) -> None:
    """More seeds may decide; an outage is told at the end."""
    assert not settles(Verdict(call, "b", Rule()), seen=3, most=10, alpha=0.025)


def test_a_node_whose_noise_cannot_be_told_keeps_it_going() -> None:
    """One seed a leaf shows no spread: nothing is foretold from it."""
    verdict = replace(look(noisy(1), noisy(2), 1), call=Call.PASS)
    assert not settles(verdict, seen=1, most=10, alpha=0.025)
