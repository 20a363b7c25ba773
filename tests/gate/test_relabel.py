"""Relabellings of leaves with several levels, and what is the same for all of them."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from pytest_alienbio.gate.evidence import weigh
from pytest_alienbio.gate.invariants import invariants
from pytest_alienbio.gate.leaves import Leaf, Level, scaled
from pytest_alienbio.gate.relabel import alone, every_drop, relabelled, ways

RNG = np.random.default_rng(11)


def two_levels(scenario: str, paired: bool, rng: np.random.Generator) -> Leaf:
    """Of two and of one new world, the second level far from the first."""
    sizes = [(2, 2), (1, 1)] if paired else [(2, 1), (2, 2)]
    total = sum(n for _, n in sizes)
    levels = tuple(
        Level(rng.random(n_base) + 5 * at, rng.random(n) + 5 * at, n / total) for at, (n_base, n) in enumerate(sizes)
    )
    return Leaf("a", scenario, levels, paired)


def relabellings(leaf: Leaf) -> list[Leaf]:
    """Every leaf that is as likely as this one, by the definition: pairs swapped, or runs dealt within levels."""
    per_level: list[list[Level]] = []
    for level in leaf.levels:
        runs, n = np.concatenate([level.new, level.base]), len(level.new)
        if leaf.paired:
            dealt = [
                Level(np.where(swap, level.new, level.base), np.where(swap, level.base, level.new), level.share)
                for swap in product((False, True), repeat=n)
            ]
        else:
            dealt = [
                Level(np.delete(runs, list(chosen)), runs[list(chosen)], level.share)
                for chosen in combinations(range(len(runs)), n)
            ]
        per_level.append(dealt)
    return [Leaf(leaf.agent, leaf.scenario, levels, leaf.paired) for levels in product(*per_level)]


@pytest.mark.parametrize("paired", [True, False])
def test_every_drop_is_that_of_every_relabelling(paired: bool) -> None:
    leaf = two_levels("x", paired, RNG)
    expected = [each.drop for each in relabellings(leaf)]
    found = every_drop(leaf)
    assert len(found) == ways(leaf) == len(expected)
    assert sorted(found) == pytest.approx(sorted(expected))
    assert found[0] == pytest.approx(leaf.drop)


@pytest.mark.parametrize("paired", [True, False])
def test_the_variance_is_that_of_all_relabellings_and_the_same_for_each(paired: bool) -> None:
    """Everything that a score is made of must be: else the level would not be exact."""
    leaf = two_levels("x", paired, RNG)
    told = [invariants([each]) for each in relabellings(leaf)]
    assert told[0].variance[0] == pytest.approx(every_drop(leaf).var())
    for name in ("variance", "noise", "weight", "slope", "offset"):
        values = [getattr(each, name)[0] for each in told]
        assert values == pytest.approx([values[0]] * len(values), rel=1e-9)


@pytest.mark.parametrize("paired", [True, False])
def test_the_level_is_exact_with_levels_too(paired: bool) -> None:
    """Each labelling of two leaves as the data: P(p <= a) <= a for every a."""
    leaves = [relabellings(two_levels(scenario, paired, RNG)) for scenario in "xy"]
    ordered = sorted(weigh(data).p for data in product(*leaves))
    assert max((at + 1) / len(ordered) - p for at, p in enumerate(ordered)) <= 1e-12


def test_a_level_far_from_the_other_is_no_noise() -> None:
    """Each level is measured from its own mean."""
    near = Leaf("a", "x", (Level(np.array([0.5, 0.6]), np.array([0.4, 0.7]), 0.5),) * 2, paired=False)
    far = Leaf("a", "x", (near.levels[0], Level(near.levels[0].base + 9, near.levels[0].new + 9, 0.5)), paired=False)
    assert invariants([far]).noise[0] == pytest.approx(invariants([near]).noise[0])


def test_equal_pairs_and_equal_runs_have_one_relabelling() -> None:
    assert ways(Leaf.of("a", "x", [0.5, 0.5, 0.9], [0.5, 0.5, 0.1])) == 2
    assert ways(Leaf.of("a", "x", [0.3, 0.3], [0.3, 0.1 + 0.2], paired=False)) == 1
    assert every_drop(Leaf.of("a", "x", [0.3], [0.1 + 0.2])).tolist() == [0.0]


def test_the_columns_of_all_relabellings_are_all_their_combinations() -> None:
    leaves = [Leaf.of("a", "x", [0.9, 0.8], [0.1, 0.3]), Leaf.of("a", "y", [0.5], [0.2])]
    drops, exact = relabelled(leaves, draws=99, seed=0)
    assert exact
    assert len({tuple(column) for column in np.round(drops.T, 9).tolist()}) == drops.shape[1] == 8
    assert drops[:, 0] == pytest.approx([leaf.drop for leaf in leaves])


def test_many_stored_runs_are_dealt_in_blocks() -> None:
    leaf = Leaf.of("a", "x", RNG.random(900), RNG.random(20), paired=False)
    drops, _ = relabelled([leaf], draws=2000, seed=0)
    (shifted,), _ = scaled([leaf], 0.0)
    assert drops[0].var() == pytest.approx(float(invariants([leaf]).variance[0]), rel=0.2)
    assert 0 < alone(shifted, draws=199, seed=1) <= 1


def test_a_leafs_own_p_is_the_share_of_its_relabellings() -> None:
    assert alone(Leaf.of("a", "x", [0.9, 0.8, 0.7], [0.1, 0.2, 0.8]), draws=99, seed=0) == 2 / 8
    assert alone(Leaf.of("a", "x", [0.5], [0.5]), draws=99, seed=0) == 1.0
    assert alone(Leaf.of("a", "x", [0.9, 0.8], [0.1], paired=False), draws=99, seed=0) == 1 / 3
