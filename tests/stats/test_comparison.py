"""Two agents: paired where they can be, refused where they cannot, the same both ways round, and right about chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pytest_alienbio.model import Comparison, Estimate
from pytest_alienbio.stats import Unit, compare, probability_of_improvement, sign_flips

from .cells import drawn, units

TABLES = st.dictionaries(
    st.sampled_from("abcd"), st.lists(st.integers(0, 8).map(lambda n: n / 8), min_size=1, max_size=6), min_size=1, max_size=4
)


def test_one_scenario_is_the_paired_t_interval_and_the_sign_flips() -> None:
    """scipy's `ttest_1samp` of the differences, and our flips of them."""
    rng = np.random.default_rng(0)
    a, b = rng.random(9), rng.random(9)
    found = compare(units({"s": a.tolist()}), units({"s": b.tolist()}))
    interval = stats.ttest_1samp(a - b, 0).confidence_interval(0.95)
    assert found.delta.value == pytest.approx((a - b).mean(), abs=1e-12)
    assert found.delta.interval is not None
    assert (found.delta.interval.low, found.delta.interval.high) == pytest.approx((interval.low, interval.high), abs=1e-9)
    assert found.p.value == sign_flips((a - b) / 9).value
    assert found.population.interval is None  # one scenario tells nothing about others
    assert found.median == pytest.approx(np.median(a - b), abs=1e-12)
    assert (found.pairs, found.scenarios, found.paired, found.missing_a) == (9, 1, True, {})


def test_scenarios_weigh_the_same_whatever_their_seeds() -> None:
    """Strata for these scenarios, scenarios as the sample for new ones; every number by hand."""
    a = {"p": [0.9, 0.7, 0.8], "q": [0.5, 0.1], "r": [0.6, 0.6, 0.5, 0.9]}
    b = {"p": [0.5, 0.5, 0.5], "q": [0.4, 0.2], "r": [0.1, 0.5, 0.5, 0.5]}
    found = compare(units(a), units(b))
    gaps = [np.array(a[name]) - np.array(b[name]) for name in a]
    means = [gap.mean() for gap in gaps]
    assert found.delta.value == pytest.approx(np.mean(means), abs=1e-12)
    parts = [gap.var(ddof=1) / len(gap) for gap in gaps]
    df = sum(parts) ** 2 / sum(part**2 / (len(gap) - 1) for part, gap in zip(parts, gaps, strict=True))
    assert found.delta.stderr == pytest.approx(np.sqrt(sum(parts)) / 3, abs=1e-12)
    assert found.delta.df == pytest.approx(df, abs=1e-9)
    new = stats.ttest_1samp(means, 0).confidence_interval(0.95)
    assert found.population.interval is not None
    assert (found.population.interval.low, found.population.interval.high) == pytest.approx((new.low, new.high), abs=1e-9)
    weighed = np.concatenate([gap / len(gap) / 3 for gap in gaps])
    assert found.p.value == pytest.approx(sign_flips(weighed).value, abs=1e-12)
    assert found.p_population.value == sign_flips(np.array(means) / 3).value
    chance = probability_of_improvement(list(a.values()), list(b.values()), paired=True)
    assert found.improvement.value == chance.value


def test_families_are_the_sample_where_scenarios_come_from_them() -> None:
    """CR1 by hand, and whole families flipped: 2 of 8 flips for three families on one side."""
    a, b = units({f"s{at}": [0.5 + at / 20, 0.6] for at in range(6)}), units({f"s{at}": [0.2, 0.3] for at in range(6)})
    a, b = ([replace(unit, family=f"f{int(unit.scenario[1]) // 2}") for unit in side] for side in (a, b))
    found = compare(a, b)
    gaps = np.array([0.5 * (0.3 + at / 20 + 0.3) for at in range(6)])
    sums = np.array([(gaps[at : at + 2] - gaps.mean()).sum() for at in (0, 2, 4)])
    assert found.population.stderr == pytest.approx(np.sqrt(3 / 2 * (sums**2).sum()) / 6, abs=1e-12)
    assert found.population.df == 2
    assert (found.families, found.p_population.n, found.p_population.value) == (3, 3, 0.25)
    assert any("few" in note for note in found.population.notes)


def test_cells_of_one_world_are_no_units_of_their_own() -> None:
    """Every world shown in three variants: the same estimate, interval and p as once."""
    rng = np.random.default_rng(1)
    a, b = units({"s": rng.random(8).tolist(), "t": rng.random(8).tolist()}), units({"s": [0.5] * 8, "t": [0.4] * 8})
    thrice = [[replace(unit, variant=at) for unit in side for at in (1, 2, 3)] for side in (a, b)]
    once, often = compare(a, b), compare(*thrice)
    assert often.pairs == 3 * once.pairs
    assert often.delta.value == pytest.approx(once.delta.value, abs=1e-12)
    assert often.delta.stderr == pytest.approx(once.delta.stderr, abs=1e-12)
    assert often.p == once.p
    assert often.improvement == once.improvement


def mirrored(one: Estimate, other: Estimate, turn: float = 0.0) -> bool:
    """Whether `other` is `turn - one`, interval and all."""
    if one.value is None or other.value is None:
        return one.value is other.value
    ends = one.interval is None or (
        other.interval is not None
        and other.interval.low == pytest.approx(turn - one.interval.high, abs=1e-9)
        and other.interval.high == pytest.approx(turn - one.interval.low, abs=1e-9)
    )
    return other.value == pytest.approx(turn - one.value, abs=1e-9) and ends and one.stderr == pytest.approx(other.stderr)


@settings(deadline=None, max_examples=40)
@given(TABLES, TABLES, st.booleans(), st.randoms(use_true_random=False))
def test_b_against_a_is_a_against_b_turned_round(
    a: dict[str, list[float]], b: dict[str, list[float]], unpaired: bool, shuffle: object
) -> None:
    """Paired or two samples; and the order of the cells never matters."""
    one, other = (units(table, first=first) for table, first in ((a, 0), (b, 3 if unpaired else 0)))
    there = compare(one, other, unpaired=unpaired, resamples=60, draws=199)
    back = compare(other, one, unpaired=unpaired, resamples=60, draws=199)
    assert there.p == back.p
    assert there.p_population == back.p_population
    assert mirrored(there.delta, back.delta)
    assert mirrored(there.population, back.population)
    if any(sorted(a[name]) != sorted(b[name]) for name in a.keys() & b.keys()):  # else nobody can say which is which
        assert mirrored(there.improvement, back.improvement, turn=1.0)
    assert (there.missing_a, there.missing_b) == (back.missing_b, back.missing_a)
    if there.median is not None:
        assert back.median == pytest.approx(-there.median, abs=1e-12)
    shuffle.shuffle(one)  # type: ignore[attr-defined]
    shuffle.shuffle(other)  # type: ignore[attr-defined]
    assert compare(one, other, unpaired=unpaired, resamples=60, draws=199) == there


def test_lower_is_better_turns_who_leads_and_nothing_else() -> None:
    """delta stays A - B; the chance is that of a lower score."""
    a, b = drawn(0), drawn(1, shift=0.1)
    high, low = compare(a, b), compare(a, b, better="lower")
    assert high.delta == low.delta
    assert high.p == low.p
    assert (high.leader, low.leader) == ("B", "A")
    assert low.improvement.value == pytest.approx(1 - (high.improvement.value or 0), abs=1e-12)


def test_what_is_missing_is_counted_by_why_and_never_scored() -> None:
    a = units({"s": [0.5, 0.6, None, 0.7, 0.8, 0.9], "t": [0.1]})
    b = units({"s": [0.4, 0.5, 0.6, None, 0.7, 0.8]})
    found = compare(a, b, names=("x", "y"))
    assert found.pairs == 4
    assert found.missing_a == {"timed_out": 1, "no partner": 2}
    assert found.missing_b == {"timed_out": 1, "no partner": 1}
    assert found.sentence().endswith("4 pairs over 1 scenario; 5 unpaired cells ignored")


@pytest.mark.parametrize("unpaired", [False, True])
def test_scores_beyond_all_measure_are_missing(unpaired: bool) -> None:
    """1e308 has no square: it is counted, and neither a warning nor an infinite difference."""
    a = units({"s": [0.5, 0.6, 1e308, 0.7, 0.8]})
    b = units({"s": [0.4, 0.5, 0.6, 0.6, -1e308]}, first=10 if unpaired else 0)
    found = compare(a, b, unpaired=unpaired)
    assert found.missing_a["too large to compare"] == found.missing_b["too large to compare"] == 1
    assert found.delta.value is not None
    assert abs(found.delta.value) < 1


def test_less_than_half_paired_is_refused_with_the_reason() -> None:
    """On either side; half is enough."""
    a, b = units({"s": [0.1, 0.2, 0.3, 0.4, 0.5]}), units({"s": [0.3, 0.4]})
    found = compare(a, b, names=("x", "y"))
    assert found.delta.value is None
    assert found.why == (
        "only 2 of the 5 cells of x have a partner with a score (3 no partner); narrow the question to what both played, "
        "or allow `unpaired`"
    )
    assert compare(b, a).why.startswith("only 2 of the 5 cells of B")
    assert compare(a[:4], b).why == ""
    assert compare([], []).why == "neither has any cell"
    assert compare([], [], unpaired=True).why == "there is no scenario and level that both were scored on"


def test_scenarios_that_changed_are_no_partners() -> None:
    a, b = units({"s": [0.1, 0.2]}), [replace(unit, version="new") for unit in units({"s": [0.1, 0.2]})]
    assert compare(a, b).why.startswith("only 0 of the 2 cells")


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (([Unit("s", 0, 0.1)] * 2, []), "two cells of one agent for s, seed 0"),
        (([Unit("s", 0, 0.1, family="f")], [Unit("s", 0, 0.1, family="g")]), "in two families, f and g"),
    ],
)
def test_cells_that_contradict_each_other_are_refused(pair: tuple[list[Unit], list[Unit]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compare(*pair)


@pytest.mark.parametrize(
    "options", [{"better": "up"}, {"alpha": 0.0}, {"level": 1.0}, {"draws": 3}, {"measure": "cost"}, {"margin": 0.0}]
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"got|expected"):
        compare(drawn(0, 1, 3), drawn(1, 1, 3), **options)  # type: ignore[arg-type]


def test_too_few_seeds_can_never_be_significant_and_it_says_so() -> None:
    """Not "not significant": no scores at all could have been. Then nothing is detectable either."""
    found = compare(units({"s": [0.9, 0.8, 0.95]}), units({"s": [0.1, 0.2, 0.1]}))
    assert found.impossible == "cannot be significant with 3 seeds (p is at least 0.25)"
    assert found.impossible in found.sentence()
    assert found.significant is False
    assert found.detectable is None


def test_equal_scores_are_no_proof_of_equality() -> None:
    """p is 1, the interval missing, its mark says why."""
    found = compare(drawn(0), drawn(0), margin=0.1)
    assert (found.delta.value, found.delta.interval, found.delta.mark, found.p.value) == (0.0, None, "degenerate", 1.0)
    assert found.leader is None
    assert found.equivalence is not None
    assert found.equivalence.equivalent is None


def test_passes_are_compared_as_scores_are() -> None:
    """1 and 0; a cell that was not judged is missing."""
    a = [replace(unit, passed=at < 6) for at, unit in enumerate(drawn(0, 1, 8))]
    b = [replace(unit, passed=None if at == 7 else at < 2) for at, unit in enumerate(drawn(1, 1, 8))]
    found = compare(a, b, measure="passed")
    assert found.delta.value == pytest.approx(4 / 7)
    assert found.missing_b == {"not judged": 1}
    assert found.p.value == pytest.approx(stats.binomtest(4, 4).pvalue)


def test_differences_of_scores_in_the_unit_interval_are_cut_there() -> None:
    a, b = units({"s": [1.0, 1.0, 0.0]}), units({"s": [0.0, 0.0, 0.0]})
    found = compare(a, b)
    assert found.delta.interval is not None
    assert found.delta.interval.high == 1.0
    wide = compare(units({"s": [9.0, 9.0, 0.0]}), b)
    assert wide.delta.interval is not None
    assert wide.delta.interval.high > 9


def simulated(count: int, compared: Sequence[Comparison]) -> tuple[float, float, float]:
    """Shares of false alarms (fixed, population) and of intervals that hold 0."""
    held = [one.delta.interval is not None and one.delta.interval.low <= 0 <= one.delta.interval.high for one in compared]
    return (
        float(np.mean([one.p.value is not None and one.p.value <= 0.05 for one in compared])),
        float(np.mean([one.p_population.value is not None and one.p_population.value <= 0.05 for one in compared])),
        sum(held) / count,
    )


@pytest.mark.parametrize("kind", ["beta", "bernoulli"])
def test_false_alarms_where_nothing_differs(kind: str) -> None:
    """400 data sets of 8 scenarios x 6 seeds: at most 5 % false alarms, three binomial errors (0.033) allowed, both tests.

    The t interval is no exact one: it may miss 5 % + 0.033 of the time, too.
    """
    rng, found = np.random.default_rng(11), []
    for _ in range(400):
        sides = []
        levels = rng.uniform(0.2, 0.8, 8)
        for _ in range(2):
            scores = rng.beta(6 * levels, 6 - 6 * levels, (6, 8)) if kind == "beta" else rng.random((6, 8)) < levels
            sides.append(units({f"s{at}": scores[:, at].astype(float).tolist() for at in range(8)}))
        found.append(compare(*sides, resamples=0, draws=399))
    fixed, population, held = simulated(400, found)
    assert fixed <= 0.05 + 0.033
    assert population <= 0.05 + 0.033
    assert held >= 0.95 - 0.033


def test_scenarios_that_differ_at_random_alarm_the_fixed_question_alone() -> None:
    """A is better on some scenarios and worse on others: on these a difference is there, on new ones there is none.

    300 data sets of 12 scenarios x 5 seeds, scenario effects sd 0.2, noise sd 0.05.
    """
    rng, found = np.random.default_rng(12), []
    for _ in range(300):
        effects = rng.normal(0, 0.2, 12)
        a = units({f"s{at:02}": (effects[at] + rng.normal(0, 0.05, 5)).tolist() for at in range(12)})
        b = units({f"s{at:02}": rng.normal(0, 0.05, 5).tolist() for at in range(12)})
        found.append(compare(a, b, resamples=0, draws=199))
    fixed, population, held = simulated(300, found)
    assert fixed > 0.25
    assert held < 0.3
    assert population <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


def test_differences_that_rounding_alone_sets_apart_have_no_spread() -> None:
    """0.9 - 0.6 is not 0.8 - 0.5 to a machine: an interval of no width would look like certainty."""
    scores = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.95, 0.75]
    a, b = units({"s": scores}), units({"s": [score - 0.3 for score in scores]})
    found = compare(a, b)
    assert len({x - (x - 0.3) for x in scores}) > 1
    assert (found.delta.interval, found.delta.mark, found.effect_size) == (None, "degenerate", None)
    assert found.sentence().startswith("A - B = +0.300 (fixed), p = 0.008")


def test_of_passes_more_are_better_whichever_way_scores_go() -> None:
    a = [Unit("s", seed, 0.1, passed=True) for seed in range(20)]
    b = [Unit("s", seed, 0.9, passed=seed % 2 == 0) for seed in range(20)]
    found = compare(a, b, measure="passed", better="lower")
    assert (found.leader, found.better, found.improvement.value) == ("A", "higher", 0.75)
    assert found == compare(a, b, measure="passed")
    assert compare(a, b, better="lower").leader == "A"
