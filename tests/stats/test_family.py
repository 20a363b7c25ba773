"""Many comparisons: adjusted as statsmodels adjusts, each as it would be alone, and false alarms held over all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from pytest_alienbio.stats import benjamini_hochberg, compare, compare_all, drill_down, holm

from .cells import drawn, units


@pytest.mark.parametrize(
    "ps",
    [
        [0.01, 0.04, 0.03, 0.005],
        [0.02, None, 0.02, 0.6, None, 0.02],
        [0.0, 1.0, 0.0, 0.5],
        [0.04],
        [None, None],
        np.random.default_rng(0).random(40).tolist(),
        (np.random.default_rng(1).random(25) ** 4).round(2).tolist(),
    ],
)
def test_adjusted_as_statsmodels_does(ps: list[float | None]) -> None:
    """Ties, ends, missing ones, which are left where they are and not counted. (It is slow: no hypothesis here.)"""
    known = [p for p in ps if p is not None]
    for ours, method in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        found = ours(ps)
        assert [p is None for p in found] == [p is None for p in ps]
        if known:
            theirs = multipletests(known, method=method)[1]
            assert [p for p in found if p is not None] == pytest.approx(theirs.tolist(), abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_adjusting_follows_the_p_values_wherever_they_stand(ps: list[float], shuffle: object) -> None:
    """Order of the tests never matters, nothing gets smaller, and Holm is never below Benjamini-Hochberg."""
    order = list(range(len(ps)))
    shuffle.shuffle(order)  # type: ignore[attr-defined]
    for adjust in (holm, benjamini_hochberg):
        found, moved = adjust(ps), adjust([ps[at] for at in order])
        assert [moved[order.index(at)] for at in range(len(ps))] == pytest.approx(list(found))
        assert all(p is not None and p >= before - 1e-12 for p, before in zip(found, ps, strict=True))
    both = zip(holm(ps), benjamini_hochberg(ps), strict=True)
    assert all(strict is not None and loose is not None and strict >= loose - 1e-12 for strict, loose in both)


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match=r"lies in \[0, 1\]"):
        holm([0.5, bad])


def test_all_pairs_are_what_each_pair_is_alone_and_adjusted() -> None:
    """Twelve agents: enough rows for the products of matrices, and more than one world missing."""
    cells = {f"a{at:02}": drawn(at, 5, 7, shift=at / 60)[: 35 - at % 3] for at in range(12)}
    family = compare_all(cells, resamples=200)
    assert (family.method, family.tested, len(family.comparisons)) == ("Holm", 66, 66)
    names = list(cells)
    assert [(one.a, one.b) for one in family.comparisons] == [(a, b) for at, a in enumerate(names) for b in names[at + 1 :]]
    for one in family.comparisons[::13]:
        alone = compare(cells[one.a], cells[one.b], names=(one.a, one.b), resamples=200)
        assert one.p.value == alone.p.value
        assert (one.delta, one.population, one.improvement) == (alone.delta, alone.population, alone.improvement)
        assert one.p_population.value == alone.p_population.value
    adjusted = multipletests([one.p.value for one in family.comparisons], method="holm")[1]
    assert [one.p.adjusted for one in family.comparisons] == pytest.approx(adjusted.tolist())
    assert {one.p.family for one in family.comparisons} == {"Holm, 66 pairs"}
    assert all(one in family.comparisons and one.significant for one in family.alarms)


def test_against_a_reference_it_is_always_b() -> None:
    cells = {name: drawn(at, 2, 4) for at, name in enumerate("abcd")}
    family = compare_all(cells, reference="b", resamples=0)
    assert [(one.a, one.b) for one in family.comparisons] == [("a", "b"), ("c", "b"), ("d", "b")]
    assert family.comparisons[0].p.family == "Holm, 3 pairs"
    with pytest.raises(ValueError, match="no agent is called 'z'; there are 'a', 'b'"):
        compare_all(cells, reference="z")
    with pytest.raises(ValueError, match="takes two agents"):
        compare_all({"a": []})


def test_of_two_agents_there_is_nothing_to_adjust() -> None:
    [one] = compare_all({"a": drawn(0), "b": drawn(1)}, resamples=0).comparisons
    assert (one.p.adjusted, one.p.family) == (None, "")


def test_a_family_can_make_significance_impossible() -> None:
    """Six seeds can reach 0.031 alone; of three pairs the least is three times that, and all say so."""
    shifts = {"a": 0.9, "b": 0.5, "c": 0.1}
    cells = {name: units({"s": [shift + seed / 100 for seed in range(6)]}) for name, shift in shifts.items()}
    family = compare_all(cells, resamples=0)
    assert [one.p.value for one in family.comparisons] == [0.03125] * 3
    said = "cannot be significant with 6 seeds (p is at least 0.094; Holm, 3 pairs)"
    assert [one.impossible for one in family.comparisons] == [said] * 3
    assert all(one.detectable is None for one in family.comparisons)
    assert compare(cells["a"], cells["b"]).impossible == ""


def test_detecting_costs_more_in_a_family() -> None:
    """alpha is shared: the smallest difference that would have shown grows with the number of pairs."""
    cells = {name: drawn(at, 4, 10) for at, name in enumerate("abcdef")}
    alone, among = compare(cells["a"], cells["b"], resamples=0), compare_all(cells, resamples=0).comparisons[0]
    assert alone.detectable is not None
    assert among.detectable is not None
    assert among.detectable > 1.2 * alone.detectable


def test_so_many_pairs_get_so_many_draws() -> None:
    """45 pairs at alpha 0.01: 9,999 draws would do, 199 could never show anything, so there are 8,999."""
    cells = {str(at): drawn(at, 3, 8) for at in range(10)}
    [first, *_] = compare_all(cells, alpha=0.01, draws=199, resamples=0).comparisons
    assert first.p.draws == 8999


def test_drilling_down_stands_by_scenario_and_calls_itself_exploratory() -> None:
    """One scenario of eight differs, and it is the one that is found."""
    a = drawn(0, 8, 20)
    b = drawn(1, 8, 20)
    worse = [unit if unit.scenario != "s03" else type(unit)("s03", unit.seed, max(0.0, (unit.score or 0) - 0.3)) for unit in b]
    family = drill_down(a, worse, names=("x", "y"), resamples=0)
    assert family.exploratory
    assert family.by_scenario == tuple(f"s{at:02}" for at in range(8))
    assert [family.by_scenario[family.comparisons.index(one)] for one in family.alarms] == ["s03"]
    adjusted = multipletests([one.p.value for one in family.comparisons], method="fdr_bh")[1]
    assert [one.p.adjusted for one in family.comparisons] == pytest.approx(adjusted.tolist())
    assert family.comparisons[3].p.family == "Benjamini-Hochberg, 8 scenarios"
    assert (family.level, family.comparisons[3].alpha) == (0.10, 0.10)


def test_holm_holds_false_alarms_over_the_whole_family() -> None:
    """150 batteries of four equal agents, six pairs each: any alarm in at most 5 % + three binomial errors (0.053)."""
    alarms = 0
    for at in range(150):
        cells = {name: drawn(1000 + 4 * at + place, 4, 6) for place, name in enumerate("abcd")}
        alarms += bool(compare_all(cells, resamples=0, draws=499).alarms)
    assert alarms / 150 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 150)
