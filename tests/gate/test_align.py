"""Which cells of a run and its baseline belong together."""

from __future__ import annotations

import pytest

from pytest_alienbio.gate.align import Aligned, align
from pytest_alienbio.model import Batch, BatchCell, NodeCall, Rule

from .batches import Numbers, baseline, batch, joined

POND = ("a", "pond")
RULE = Rule()


def one(new: Batch | Numbers, base: Batch | Numbers, rule: Rule = RULE, verified: bool = False) -> Aligned:
    mine = new if isinstance(new, Batch) else batch(new)
    (found,) = align(mine, baseline(base, verified=[POND] if verified else []), rule)
    return found


def test_cells_of_the_same_seeds_are_pairs_by_seed() -> None:
    """Whatever order they come in."""
    new = batch({POND: [0.1, 0.2, 0.3]})
    turned = Batch("small", new.cells[::-1], new.better)
    found = one(turned, {POND: [0.4, 0.6, 0.8]}).compared
    assert found.paired
    assert found.levels[0].base.tolist() == [0.4, 0.6, 0.8]
    assert found.levels[0].new.tolist() == [0.1, 0.2, 0.3]


def test_new_seeds_that_are_a_part_of_the_baselines_are_pairs_of_those() -> None:
    found = one(batch({POND: [0.1, 0.2]}, first=1), {POND: [0.4, 0.6, 0.8, 1.0]}).compared
    assert found.paired
    assert found.levels[0].base.tolist() == [0.6, 0.8]


def test_one_seed_that_the_baseline_lacks_makes_two_samples_of_all_runs() -> None:
    found = one(batch({POND: [0.1, 0.2]}, first=3), {POND: [0.4, 0.6, 0.8, 1.0]}).compared
    assert not found.paired
    assert (found.n_base, found.n) == (4, 2)


def test_a_missing_number_does_not_change_what_pairs() -> None:
    """The design hangs on planned seeds: an outage may not choose the test."""
    found = one({POND: [0.1, None, 0.3]}, {POND: [0.4, 0.6, None]})
    assert found.compared.paired
    assert found.compared.levels[0].new.tolist() == [0.1]
    assert found.cells == 1
    assert found.missing == {"timed_out": 1}
    assert found.notes == ("1 of 3 cells without a number (1 timed_out)", "1 cell of the baseline without a number")


def test_lower_is_better_turns_signs() -> None:
    assert one({POND: [0.1]}, {POND: [0.4]}, Rule(better="lower")).compared.drop == pytest.approx(-0.3)
    assert one(batch({POND: [0.1]}, better="lower"), {POND: [0.4]}).compared.drop == pytest.approx(-0.3)


def test_a_leaf_of_one_side_only_is_new_or_missing() -> None:
    found = align(batch({("a", "x"): [0.1]}), baseline({("a", "y"): [0.1]}), RULE)
    assert {leaf.name: leaf.call for leaf in found} == {("a", "x"): NodeCall.NEW, ("a", "y"): NodeCall.MISSING}


def test_a_leaf_without_any_number_is_missing() -> None:
    found = one({POND: [None, None]}, {POND: [0.1, 0.2]})
    assert (found.call, found.leaf) == (NodeCall.MISSING, None)


def test_a_difficulty_more_than_the_baseline_has_leaves_the_rest_paired() -> None:
    new = joined(batch({POND: [0.1, 0.2]}, difficulty=1), batch({POND: [0.3, 0.4]}, difficulty=2))
    found = one(new, batch({POND: [0.5, 0.6]}, difficulty=1))
    assert found.compared.paired
    assert found.compared.n == 2
    assert found.notes == ("2 cells with a difficulty, params or a variant that the baseline lacks: not compared",)
    assert one(batch({POND: [0.1]}, difficulty=2), batch({POND: [0.1]}, difficulty=1)).call is NodeCall.NEW


def test_levels_pair_within_difficulties_and_weigh_by_their_worlds() -> None:
    new = joined(batch({POND: [0.0, 0.0]}, difficulty=1), batch({POND: [0.2]}, difficulty=2))
    base = joined(batch({POND: [0.3, 0.3]}, difficulty=1), batch({POND: [0.8]}, difficulty=2))
    found = one(new, base).compared
    assert [level.share for level in found.levels] == [2 / 3, 1 / 3]
    assert found.drop == pytest.approx((0.3 + 0.3 + 0.6) / 3)


@pytest.mark.parametrize("first", [0, 5], ids=["pairs", "two samples"])
def test_variants_and_params_of_one_world_are_one_unit(first: int) -> None:
    """They share their world, and maybe their luck: as units of their own they would count it twice."""
    new = joined(batch({POND: [0.0, 0.2]}, first=first), batch({POND: [0.2, 0.4]}, first=first, variant=2))
    base = joined(batch({POND: [0.5, 0.6]}), batch({POND: [0.7, 0.8]}, variant=2))
    found = one(new, base)
    (level,) = found.compared.levels
    assert level.base.tolist() == pytest.approx([0.6, 0.7])
    assert level.new.tolist() == pytest.approx([0.1, 0.3])
    assert (found.compared.paired, found.compared.n, found.cells) == (first == 0, 2, 4)


def test_a_world_of_another_kind_stands_for_none_in_two_samples() -> None:
    new = joined(batch({POND: [0.0, 0.2]}, first=5), batch({POND: [0.2, None]}, first=5, variant=2))
    base = joined(batch({POND: [0.5, 0.6]}), batch({POND: [0.7, 0.8]}, variant=2))
    found = one(new, base)
    assert found.compared.n == 1
    assert "1 cell of worlds that the baseline saw otherwise: not compared" in found.notes


def test_a_deterministic_leaf_is_exact_only_if_declared_and_verified() -> None:
    new = batch({POND: [0.1, 0.2]}, deterministic=["a"])
    assert one(new, {POND: [0.1, 0.3]}, verified=True).exact
    told = one(new, {POND: [0.1, 0.3]})
    assert not told.exact
    assert "was not verified" in told.notes[0]
    assert not one({POND: [0.1, 0.2]}, {POND: [0.1, 0.3]}, verified=True).exact


@pytest.mark.parametrize("metric", ["duration_s", "tokens", "usd"])
def test_what_is_measured_is_never_exact(metric: str) -> None:
    """A deterministic agent plays the same twice, and never in the same time: a slower machine would fail every gate."""
    new, base = (batch({POND: [1.0, 2.0]}, metric=metric, better="lower", deterministic=["a"]) for _ in range(2))
    found = one(new, base, Rule(metric=metric), verified=True)
    assert (found.exact, found.notes) == (False, ())


def test_a_deterministic_leaf_is_compared_on_the_seeds_it_shares() -> None:
    found = one(batch({POND: [0.1, 0.2]}, first=1, deterministic=["a"]), {POND: [0.1, 0.3]}, verified=True)
    assert found.exact
    assert found.compared.levels[0].base.tolist() == [0.3]
    assert found.notes == ("1 cell on seeds that the baseline lacks: not compared",)
    apart = one(batch({POND: [0.1]}, first=7, deterministic=["a"]), {POND: [0.1]}, verified=True)
    assert not apart.exact
    assert "no seed is shared" in apart.notes[0]


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_no_number_is_an_error_with_its_place(bad: float) -> None:
    with pytest.raises(ValueError, match=r"score must be a finite number, got .* \(a on pond, seed 1\)"):
        one({POND: [0.1, bad]}, {POND: [0.1, 0.2]})


def test_a_number_that_has_no_square_is_missing() -> None:
    assert one({POND: [0.1, 1e200]}, {POND: [0.1, 0.2]}).missing == {"too large to compare": 1}


def test_a_cell_that_is_there_twice_is_an_error() -> None:
    cell = BatchCell("a", "pond", 3, values={"score": 0.5})
    with pytest.raises(ValueError, match="a on pond: seed 3 is there twice"):
        one(Batch("small", (cell, cell)), {POND: [0.1]})
