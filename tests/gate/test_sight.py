"""How small a drop could have been seen, and how many seeds would settle the rest."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from pytest_alienbio.gate import judge
from pytest_alienbio.gate.align import align
from pytest_alienbio.gate.evidence import weigh
from pytest_alienbio.gate.leaves import Leaf
from pytest_alienbio.gate.sight import Sight
from pytest_alienbio.model import Rule

from .batches import baseline, batch, scores

Z = NormalDist().inv_cdf


def sight(n: int, n_base: int, *, first: int, noise: float = 0.1) -> Sight:
    rows = scores(1, 1, n, seed=1), scores(1, 1, n_base, seed=2)
    return Sight.of(align(batch(rows[0], first=first), baseline(rows[1]), Rule()), {("a", "s0"): noise})


def test_it_is_the_formula() -> None:
    assert sight(10, 10, first=0).detectable(0.05, 0.5, 0.02) == pytest.approx(0.02 + (Z(0.975) + Z(0.8)) * 0.1)


def test_seeds_too_few_to_ever_reject_see_nothing() -> None:
    assert sight(4, 4, first=0).detectable(0.05, 1.0, 0.0) is None
    assert sight(5, 5, first=0).detectable(0.05, 1.0, 0.0) is not None
    assert sight(1, 30, first=40).detectable(0.05, 1.0, 0.0) is not None


def test_as_many_seeds_as_are_told_bring_the_error_down_to_what_is_needed() -> None:
    found = sight(10, 10, first=0).seeds(0.05, 1.0, 0.0, 0.05, 0.0)
    assert found is not None
    allowed = 0.05 / (Z(0.95) + Z(0.8))
    assert 0.1 * (10 / found) ** 0.5 <= allowed < 0.1 * (10 / (found - 1)) ** 0.5


def test_seeds_that_are_told_are_enough_to_reject_at_all_and_more_than_there_were() -> None:
    assert sight(1, 1, first=0, noise=1e-4).seeds(0.05, 1.0, 0.0, 0.05, 0.0) == 5
    assert sight(9, 9, first=0, noise=1e-4).seeds(0.05, 1.0, 0.0, 0.05, 0.0) == 10


def test_a_drop_that_looks_neither_large_nor_small_needs_more_seeds() -> None:
    """Half of the margin: either side of it is as far."""
    clear, between = (sight(10, 10, first=0, noise=0.02).seeds(0.05, 1.0, 0.0, 0.05, drop) for drop in (0.0, 0.025))
    assert clear is not None
    assert between is not None
    assert clear < between


def test_a_stored_baseline_can_be_too_small_for_any_number_of_seeds() -> None:
    assert sight(10, 5, first=40).seeds(0.05, 1.0, 0.0, 0.05, 0.0) is None
    assert sight(10, 500, first=700).seeds(0.05, 1.0, 0.0, 0.05, 0.0) is not None


def test_what_it_says_it_could_have_seen_it_sees_about_as_often() -> None:
    """Simulated, 100 batches: a drop of the detectable size fails in 0.8 of them or so, whole or by one agent."""
    rng = np.random.default_rng(6)
    names = [(agent, f"s{at}") for agent in "abc" for at in range(4)]
    power = judge(batch({n: rng.normal(0.6, 0.1, 6).tolist() for n in names}),
                  baseline({n: rng.normal(0.6, 0.1, 6).tolist() for n in names}), Rule()).power  # fmt: skip
    for drop, fell in ((power.overall, "abc"), (power.agent, "a")):
        assert drop is not None
        caught = 0
        for at in range(100):
            data = rng.normal(0.6, 0.1, (12, 2, 6))
            mine = [Leaf.of(*n, data[k, 0], data[k, 1] - (drop if n[0] in fell else 0.0)) for k, n in enumerate(names)]
            caught += weigh(mine, draws=399, seed=at).p <= 0.05
        assert 0.65 <= caught / 100 <= 0.97
