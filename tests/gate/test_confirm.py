"""The confirm stage: which leaves are played again, and what fresh seeds say of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from pytest_alienbio.gate import judge
from pytest_alienbio.gate.confirm import confirmed, worst
from pytest_alienbio.gate.fresh import fresh
from pytest_alienbio.gate.sentences import confirmed_why
from pytest_alienbio.model import Baseline, Batch, Call, NodeCall, Rule, Verdict

from .batches import Name, Numbers, baseline, batch, joined, scores

RULE = Rule(confirm=10)
STORED = scores(2, 3, 20, seed=1)
FELL = scores(2, 3, 20, seed=2, drops={("a", "s1"): 0.5})


def part(numbers: Numbers, first: int, last: int, names: list[Name] | None = None) -> Batch:
    """Seeds `first` to `last` - 1 of some leaves."""
    return batch({name: row[first:last] for name, row in numbers.items() if names is None or name in names}, first=first)


def stages(numbers: Numbers, *, rule: Rule = RULE, stored: Baseline | None = None) -> tuple[Verdict, Verdict, list[Name]]:
    """Four seeds, then ten fresh ones of the worst leaves."""
    base, new = stored or baseline(STORED), part(numbers, 0, 4)
    first = judge(new, base, rule)
    names = list(worst(first, new, base, rule))
    return first, confirmed(first, part(numbers, 4, 14, names), base, rule, new=new), names


def test_the_first_stage_spends_six_tenths_of_alpha_and_the_second_the_rest() -> None:
    first, found, _ = stages(FELL)
    assert first.alpha == pytest.approx(0.03)
    assert found.confirmation is not None
    assert found.confirmation.alpha == pytest.approx(0.02)
    assert judge(part(FELL, 0, 4), baseline(STORED), Rule()).alpha == 0.05


def test_the_worst_leaves_are_those_that_fell_most_in_standard_errors() -> None:
    new, base = part(FELL, 0, 4), baseline(STORED)
    names = worst(judge(new, base, RULE), new, base, RULE)
    assert names[0] == ("a", "s1")
    assert len(names) <= 3
    drops = {name: np.mean(STORED[name][:4]) - np.mean(FELL[name][:4]) for name in STORED}
    assert all(drops[name] >= 0.02 for name in names)
    assert worst(judge(base.batch, base, RULE), base.batch, base, RULE) == ()


def test_a_tenth_of_many_leaves_is_played_again() -> None:
    base, new = baseline(scores(4, 10, 13, seed=1)), batch(scores(4, 10, 3, seed=2, drops={("", ""): 0.3}))
    found = worst(judge(new, base, RULE), new, base, RULE)
    assert len(found) == 4


def test_an_invalid_run_and_a_certain_drop_are_not_played_again() -> None:
    new, base = part(FELL, 0, 4), baseline(STORED)
    assert worst(judge(new, base, RULE, cut_short="interrupted"), new, base, RULE) == ()
    exact = batch({("a", "s1"): [0.1, 0.1]}, deterministic=["a"])
    held = baseline({("a", "s1"): [0.9, 0.9]}, verified=[("a", "s1")])
    assert worst(judge(exact, held, RULE), exact, held, RULE) == ()


def test_a_collapse_that_four_seeds_cannot_name_is_named_on_ten_fresh_ones() -> None:
    """With all that holds it, and first among the reasons."""
    first, found, _ = stages(FELL)
    assert first.node("a", "s1").call is not NodeCall.REGRESSED
    assert found.call is Call.FAIL
    assert found.confirmation is not None
    assert found.confirmation.regressed
    assert found.confirmation.seeds == tuple(range(4, 14))
    leaf = next(node for node in found.confirmation.leaves if (node.agent, node.scenario) == ("a", "s1"))
    assert (leaf.call, leaf.n) == (NodeCall.REGRESSED, 10)
    assert found.node("a", "s1").call is NodeCall.REGRESSED
    assert found.node("a", "s1").notes == ("confirmed on 10 fresh seeds",)
    assert {found.node().call, found.node("a").call} <= {NodeCall.CONTAINS, NodeCall.REGRESSED}
    assert found.why[0].startswith("a on s1 dropped by 0.")
    assert found.why[0].endswith("on 10 fresh seeds")


def test_what_does_not_fall_again_is_not_named() -> None:
    first, found, names = stages(scores(2, 3, 20, seed=7))
    assert names
    assert found.call is first.call
    assert found.nodes == first.nodes
    assert found.confirmation is not None
    assert not found.confirmation.regressed
    assert "played again on 10 fresh seeds" in found.why[-1]


def test_a_run_that_failed_in_the_first_stage_stays_failed() -> None:
    """Fresh seeds are another chance to see it, none to take it back: both stages have paid for their alpha."""
    new, base = part(scores(2, 3, 20, seed=2, drops={("", ""): 0.4}), 0, 4), baseline(STORED)
    first = judge(new, base, RULE)
    assert first.call is Call.FAIL
    names = list(worst(first, new, base, RULE))
    assert confirmed(first, part(STORED, 4, 14, names), base, RULE, new=new).call is Call.FAIL


def test_one_of_these_regressed_where_none_alone_is_sure() -> None:
    """Three leaves of two fresh seeds: each alone reaches 1/4 at best."""
    names = [("a", "s0"), ("a", "s1"), ("b", "s0")]
    base = {name: [0.9, 0.8, 0.9, 0.85, 0.8, 0.9] for name in names}
    new = {name: [value - 0.5 for value in row] for name, row in base.items()}
    rule, held, run = Rule(confirm=2, alpha=0.5), baseline(base), part(new, 0, 3)
    first = judge(run, held, rule)
    found = confirmed(first, part(new, 3, 5), held, rule, new=run)
    assert found.confirmation is not None
    assert found.confirmation.p == 2.0**-6
    assert found.confirmation.regressed
    unnamed = tuple(replace(node, call=NodeCall.INCONCLUSIVE) for node in found.confirmation.leaves)
    rare = replace(found.confirmation, leaves=unnamed, p=0.0002)
    assert confirmed_why(first, rare)[0].startswith("at least one of these 3 regressed, on 2 fresh seeds (p < 0.001): ")


def test_fresh_cells_are_those_the_first_stage_left() -> None:
    base = baseline(STORED)
    units = fresh(part(FELL, 0, 4), base, ("a", "s1"), RULE)
    assert [unit[3] for unit in units] == list(range(4, 14))
    assert fresh(part(FELL, 0, 20), base, ("a", "s1"), RULE) == ()
    assert len(fresh(part(FELL, 0, 17), base, ("a", "s1"), RULE)) == 3


def test_two_samples_leave_no_stored_run_fresh() -> None:
    """They were all used: the confirm stage has to say so, not to use them twice."""
    new = batch({("a", "s1"): FELL["a", "s1"][:4]}, first=100)
    base = baseline({("a", "s1"): STORED["a", "s1"]})
    assert fresh(new, base, ("a", "s1"), RULE) == ()
    found = confirmed(judge(new, base, RULE), part(FELL, 4, 14, [("a", "s1")]), base, RULE, new=new)
    assert found.confirmation is not None
    assert (found.confirmation.p, found.confirmation.leaves) == (None, ())
    assert found.confirmation.notes == ("a on s1: the first stage used all its stored runs",)


def test_a_baseline_that_was_played_for_it_is_fresh_whatever_the_first_stage_used() -> None:
    new, first = batch({("a", "s1"): FELL["a", "s1"][:4]}, first=100), baseline({("a", "s1"): STORED["a", "s1"]})
    again, beside = part(FELL, 4, 14, [("a", "s1")]), baseline(part(STORED, 4, 14, [("a", "s1")]))
    found = confirmed(judge(new, first, RULE), again, beside, RULE, new=new, first=first)
    assert found.confirmation is not None
    assert found.confirmation.regressed


def test_a_seed_of_the_first_stage_is_refused() -> None:
    new, base = part(FELL, 0, 4), baseline(STORED)
    with pytest.raises(ValueError, match=r"a on s1, seed 3 was played in the first stage"):
        confirmed(judge(new, base, RULE), part(FELL, 3, 6, [("a", "s1")]), base, RULE, new=new)


def test_fresh_cells_without_a_number_are_left_out_and_told() -> None:
    new, base = part(FELL, 0, 4), baseline(STORED)
    again = joined(
        part(FELL, 4, 9, [("a", "s1")]), batch({("a", "s1"): [None] * 5}, first=9), batch({("a", "s0"): [None]}, first=4)
    )
    found = confirmed(judge(new, base, RULE), again, base, RULE, new=new).confirmation
    assert found is not None
    assert [node.n for node in found.leaves] == [5]
    assert any(note.startswith("a on s1: 5 of 10 cells without a number (5 timed_out)") for note in found.notes)
    assert any(note.startswith("a on s0: ") for note in found.notes)


def test_the_level_of_the_second_stage_is_exact_by_brute_force() -> None:
    """Three leaves of two fresh seeds: each of the 64 labellings as the data, P(p <= a) <= a for every a."""
    names = [("a", "s0"), ("a", "s1"), ("b", "s0")]
    pairs = np.random.default_rng(4).random((3, 2, 2))
    held = {name: [0.5, 0.6] for name in names}
    run = batch({name: [0.4, 0.5] for name in names})
    p_values = []
    for labels in product((False, True), repeat=6):
        data = np.where(np.array(labels).reshape(3, 2, 1), pairs[:, :, ::-1], pairs)
        stored = baseline({name: [*held[name], *data[at, :, 0]] for at, name in enumerate(names)})
        again = batch({name: data[at, :, 1].tolist() for at, name in enumerate(names)}, first=2)
        first = Verdict(Call.INCONCLUSIVE, "small", RULE)
        found = confirmed(first, again, stored, RULE, new=run).confirmation
        assert found is not None
        assert found.p is not None
        assert found.p == min([found.p, *(node.p or 0.0 for node in found.leaves)])
        p_values.append(found.p)
    ordered = sorted(p_values)
    assert max((at + 1) / len(ordered) - p for at, p in enumerate(ordered)) <= 1e-12
