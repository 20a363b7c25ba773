"""How small a drop could have been seen, and how many seeds would settle the rest."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from pytest_alienbio.gate import judge
from pytest_alienbio.gate.align import align
from pytest_alienbio.gate.evidence import weigh
from pytest_alienbio.gate.leaves import Leaf
from pytest_alienbio.gate.sight import UNSEEN, Sight
from pytest_alienbio.model import Call, Power, Rule

from .batches import Numbers, baseline, batch, scores

Z = NormalDist().inv_cdf


def sight(n: int, n_base: int, *, first: int, noise: float = 0.1) -> Sight:
    rows = scores(1, 1, n, seed=1), scores(1, 1, n_base, seed=2)
    return Sight.of(align(batch(rows[0], first=first), baseline(rows[1]), Rule()), {("a", "s0"): noise})


def test_it_is_the_formula() -> None:
    """A leaf that is all there is; among others it takes 1.2 times as much."""
    seen = sight(10, 10, first=0)
    assert seen.detectable(0.05, 1.0, 0.02) == pytest.approx(0.02 + (Z(0.95) + Z(0.8)) * 0.1)
    assert seen.detectable(0.05, 0.5, 0.02) == pytest.approx(0.02 + 1.2 * (Z(0.975) + Z(0.8)) * 0.1)


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


def test_a_clear_drop_needs_the_seeds_that_can_reject_and_no_more() -> None:
    """Two seeds of two scenarios, a drop of 0.39 whose spread is 0.02: six relabelled pairs are enough, four are not."""
    base = {("a", "s0"): [0.80, 0.84], ("a", "s1"): [0.90, 0.95]}
    new = {("a", "s0"): [0.42, 0.44], ("a", "s1"): [0.50, 0.57]}
    found = judge(batch(new), baseline(base), Rule())
    assert (found.call, found.node().seeds_needed, found.node("a", "s0").seeds_needed) == (Call.INCONCLUSIVE, 3, 5)
    more = ({name: row * 2 for name, row in side.items()} for side in (new, base))
    assert judge(batch(next(more)), baseline(next(more)), Rule()).call is Call.FAIL


def test_a_clear_gain_is_settled_by_as_many_seeds_as_a_drop() -> None:
    drop, gain = (sight(2, 2, first=0, noise=0.05).seeds(0.05, 0.5, 0.0, 0.05, size) for size in (0.3, -0.3))
    assert drop == gain == 5


@pytest.mark.parametrize("paired", [True, False])
def test_a_drop_is_no_noise_of_what_could_be_seen(paired: bool) -> None:
    """Moved by 0.4 the same numbers can show the same drop, and rather a larger one: the noise is at its upper limit."""
    rng = np.random.default_rng(3)
    names, n_base = [("a", f"s{at}") for at in range(6)], 6 if paired else 9
    rows = {name: (rng.normal(0.6, 0.05, n_base).tolist(), rng.normal(0.6, 0.05, 6).tolist()) for name in names}

    def seen(drop: float) -> tuple[float, float]:
        new = batch({name: [x - drop for x in row[1]] for name, row in rows.items()}, first=0 if paired else 50)
        found = judge(new, baseline({name: row[0] for name, row in rows.items()}), Rule(), draws=199)
        leaves = [Leaf.of(*name, row[0], [x - drop for x in row[1]], paired=paired) for name, row in rows.items()]
        assert found.power.overall is not None
        return found.power.overall, max(weigh(leaves, draws=199).noise.values())

    (still, quiet), (moved, taken) = seen(0.0), seen(0.4)
    assert still <= moved <= 1.5 * still
    assert taken > 3 * quiet


def test_why_nothing_could_be_seen_is_told() -> None:
    rows: Numbers = {("a", "s0"): [0.5, 0.6], ("a", "s1"): [0.7, 0.4]}
    certain = judge(batch(rows, deterministic=["a"]), baseline(rows, verified=rows.keys()), Rule()).power
    assert certain == Power(why="deterministic: any change would have been seen")
    for tol in (0.0, 0.1):
        assert judge(batch(rows), baseline(rows), Rule(tol=tol)).power == Power(why=UNSEEN)
    other = {name: [0.5, 0.5] for name in rows}
    few = judge(batch(other), baseline(rows), Rule()).power
    assert few == Power(why="so few seeds can show no drop, however large")


def test_what_is_deterministic_is_told_beside_what_could_be_seen() -> None:
    rows = scores(2, 3, 8, seed=1)
    new = batch(scores(1, 3, 8, seed=1) | {name: row for name, row in scores(2, 3, 8, seed=2).items() if name[0] == "b"},
                deterministic=["a"])  # fmt: skip
    found = judge(new, baseline(rows, verified=[name for name in rows if name[0] == "a"]), Rule(), draws=199).power
    assert found.agent is not None
    assert found.why == "any change of the 3 deterministic leaves"


def test_a_stored_baseline_can_be_too_small_for_any_number_of_seeds() -> None:
    assert sight(10, 5, first=40).seeds(0.05, 1.0, 0.0, 0.05, 0.0) is None
    assert sight(10, 500, first=700).seeds(0.05, 1.0, 0.0, 0.05, 0.0) is not None


def test_what_it_says_it_could_have_seen_it_sees_about_as_often() -> None:
    """Simulated, 100 batches: a drop of the detectable size fails in 0.8 of them or so, whole, by one agent or in one leaf."""
    rng = np.random.default_rng(6)
    names = [(agent, f"s{at}") for agent in "abc" for at in range(4)]
    power = judge(batch({n: rng.normal(0.6, 0.1, 6).tolist() for n in names}),
                  baseline({n: rng.normal(0.6, 0.1, 6).tolist() for n in names}), Rule()).power  # fmt: skip
    leaves = {name for name in names if name == ("a", "s0")}
    agents = {name for name in names if name[0] == "a"}
    for drop, fell in ((power.overall, set(names)), (power.agent, agents), (power.leaf, leaves)):
        assert drop is not None
        caught = 0
        for at in range(100):
            data = rng.normal(0.6, 0.1, (12, 2, 6))
            mine = [Leaf.of(*n, data[k, 0], data[k, 1] - (drop if n in fell else 0.0)) for k, n in enumerate(names)]
            caught += weigh(mine, draws=399, seed=at).p <= 0.05
        assert 0.65 <= caught / 100 <= 0.97
