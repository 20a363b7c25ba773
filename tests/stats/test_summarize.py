"""What a summary counts, and what it does not."""

from __future__ import annotations

from math import sqrt
from statistics import mean, stdev
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit  # type: ignore[import-untyped, unused-ignore]

from pytest_alienbio.model import Json, Measure, Outcome, Result, TaskRecord
from pytest_alienbio.stats import Stratum, fixed_mean, leaf_mean, population_mean, summarize, wilson

from .results import result

ERRORS = [outcome for outcome in Outcome if outcome.is_error]


def test_a_leaf_is_one_agent_on_one_scenario() -> None:
    """Mean, sample deviation, pass rate and its Wilson interval over the scored cells."""
    scores = [0.2, 0.7, 0.9]
    (leaf,) = summarize([result("s", "a", score, seed=i) for i, score in enumerate(scores)]).leaves
    assert (leaf.agent, leaf.scenario, leaf.n, leaf.passed, leaf.errors) == ("a", "s", 3, 2, 0)
    assert leaf.mean == pytest.approx(mean(scores), abs=1e-15)
    assert leaf.std == pytest.approx(stdev(scores), abs=1e-15)
    assert leaf.pass_rate == 2 / 3
    assert leaf.pass_interval == wilson(2, 3)
    assert leaf.outcomes == {"completed": 3}


@pytest.mark.parametrize("outcome", ERRORS)
def test_an_outage_is_never_a_score(outcome: Outcome) -> None:
    """A broken cell is counted as an error and is in no denominator, even if somebody left a score in it."""
    clean = [result(score=0.5), result(score=0.7, seed=1)]
    without, with_error = summarize(clean), summarize([*clean, result(score=0.0, outcome=outcome, seed=2)])
    leaf, before = with_error.leaves[0], without.leaves[0]
    assert (leaf.n, leaf.mean, leaf.std, leaf.pass_rate, leaf.errors) == (2, before.mean, before.std, before.pass_rate, 1)
    assert (with_error.standings[0].mean, with_error.standings[0].errors) == (without.standings[0].mean, 1)
    assert with_error.outcomes == {"completed": 2, str(outcome): 1}


@pytest.mark.parametrize("outcome", [Outcome.SKIPPED, Outcome.NOT_RUN])
def test_what_never_started_is_neither_error_nor_score(outcome: Outcome) -> None:
    """Skipped cells are counted as skipped; not-run ones only by outcome."""
    (standing,) = summarize([result(outcome=outcome)]).standings
    assert (standing.rank, standing.mean, standing.interval, standing.pass_rate) == (None, None, None, None)
    assert (standing.n, standing.errors, standing.scenarios) == (0, 0, 0)
    assert standing.skipped == (outcome is Outcome.SKIPPED)


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_non_finite_score_is_an_error(score: float) -> None:
    """It would make every mean meaningless."""
    (leaf,) = summarize([result(score=score), result(score=0.5, seed=1)]).leaves
    assert (leaf.n, leaf.mean, leaf.errors) == (1, 0.5, 1)


def test_a_completed_cell_without_a_score_is_no_zero() -> None:
    """An unscored task leaves n alone."""
    (leaf,) = summarize([result()]).leaves
    assert (leaf.n, leaf.mean, leaf.std, leaf.pass_rate, leaf.errors) == (0, None, None, None, 0)


def test_a_score_without_a_bar_is_in_the_mean_but_not_in_the_pass_rate() -> None:
    """`passed` None is not a miss."""
    (leaf,) = summarize([result(score=0.5).with_(passed=None), result(score=0.9, seed=1)]).leaves
    assert (leaf.n, leaf.passed, leaf.pass_rate, leaf.pass_interval) == (2, 1, 1.0, wilson(1, 1))


def test_one_score_has_no_deviation() -> None:
    """None, not 0."""
    assert summarize([result(score=0.5)]).leaves[0].std is None


def test_a_leaf_has_the_interval_of_its_mean_over_worlds() -> None:
    """The same as `leaf_mean` gives: t, clustered on worlds; Wilson on 0/1; and why where there is none."""
    scores = [0.2, 0.7, 0.9, 0.4]
    (leaf,) = summarize([result("s", "a", score, seed=i // 2) for i, score in enumerate(scores)]).leaves
    told = leaf_mean(scores, worlds=[0, 0, 1, 1], bounds=(0.0, 1.0))
    assert (leaf.interval, leaf.why, leaf.worlds) == (told.interval, "", 2)
    (sure,) = summarize([result("s", "a", 1.0, seed=i) for i in range(3)]).leaves
    assert sure.interval == wilson(3, 3)
    (still,) = summarize([result("s", "a", 0.5, seed=i) for i in range(3)]).leaves
    assert (still.interval, still.why) == (None, "no spread between 3 worlds, which is no proof of certainty")
    (lone,) = summarize([result("s", "a", 0.5)]).leaves
    assert (lone.interval, lone.why) == (None, "one world alone has no spread")
    (none,) = summarize([result("s", "a")]).leaves
    assert (none.interval, none.why) == (None, "no score")


def test_a_standing_tells_of_new_scenarios_where_that_differs() -> None:
    """Scenarios that differ by far more than their seeds: the interval on others of their kind is another one."""
    apart = [
        result(s, "a", base + seed / 100, seed=seed) for s, base in (("s", 0.1), ("t", 0.5), ("u", 0.9)) for seed in (0, 1)
    ]
    (standing,) = summarize(apart).standings
    assert standing.population == population_mean([0.105, 0.505, 0.905], bounds=(0.0, 1.0)).interval
    alike = [result(s, "a", seed / 2 + shift, seed=seed) for s, shift in (("s", 0.0), ("t", 0.3)) for seed in (0, 1)]
    assert summarize(alike).standings[0].population is None


def test_why_a_standing_has_no_interval() -> None:
    (lone,) = summarize([result("s", "a", 0.5)]).standings
    assert (lone.interval, lone.why) == (None, "one world alone has no spread")
    both = [result("s", "a", 0.5), result("t", "a", 0.5, better="lower")]
    assert summarize(both).standings[0].why == "scores of both directions have no common mean"


def test_standings_rank_the_mean_over_scenarios() -> None:
    """Each scenario weighs the same however many seeds it has; agents without a score come last, unranked."""
    results = [
        result("s", "down", outcome=Outcome.LOST),
        *(result("s", "a", 1.0, seed=i) for i in range(9)),
        result("t", "a", 0.0),
        *(result(x, "b", 0.6) for x in ("s", "t")),
    ]
    standings = summarize(results).standings
    assert [(s.rank, s.agent, s.mean) for s in standings] == [(1, "b", 0.6), (2, "a", 0.5), (None, "down", None)]
    assert [s.pass_rate for s in standings] == [1.0, 0.5, None]


def test_equal_means_share_a_rank() -> None:
    """1, 1, 3: and equality does not hang on the order in which the scores came."""
    scores = [0.1, 0.2, 0.3, 0.7]
    results = [result("s", "a", x) for x in scores] + [result("s", "b", x) for x in reversed(scores)] + [result("s", "c", 0.0)]
    assert [(s.rank, s.agent) for s in summarize(results).standings] == [(1, "a"), (1, "b"), (3, "c")]


def test_lower_is_better_ranks_the_lowest_first() -> None:
    """The direction is the scores' own."""
    summary = summarize([result("s", a, x, better="lower") for a, x in (("a", 5.0), ("b", 2.0), ("c", 3.0))])
    assert [(s.rank, s.agent) for s in summary.standings] == [(1, "b"), (2, "c"), (3, "a")]
    assert summary.better == "lower"


def test_scenarios_of_both_directions_have_no_common_mean() -> None:
    """Averaging a loss with a score would rank nothing; the leaves and pass rates stay."""
    summary = summarize([result("s", "a", 0.9), result("t", "a", 0.1, better="lower")])
    (standing,) = summary.standings
    assert (summary.better, standing.mean, standing.interval, standing.rank) == ("mixed", None, None, None)
    assert (standing.n, standing.pass_rate) == (2, 1.0)


def test_fewer_scenarios_are_told() -> None:
    """`scenarios` counts those with a score."""
    summary = summarize([result("s", "a", 0.5), result("t", "a", outcome=Outcome.LOST), result("t", "b", 0.5)])
    assert [(s.agent, s.scenarios) for s in summary.standings] == [("a", 1), ("b", 1)]


def test_interval_is_clipped_only_if_all_scores_are_in_the_unit_range() -> None:
    """0..1 scores cannot average above 1; others may."""
    (unit,) = summarize([result(score=0.0), result(score=1.0, seed=1)]).standings
    (free,) = summarize([result(score=0.0), result(score=1.5, seed=1)]).standings
    assert unit.interval is not None
    assert free.interval is not None
    assert (unit.interval.low, unit.interval.high) == (0.0, 1.0)
    assert free.interval.low < 0


def test_leaves_stand_by_scenario_then_agent_as_first_seen() -> None:
    """A stable order whatever the names."""
    results = [result("z", "b", 0.1), result("z", "a", 0.1), result("c", "a", 0.1), result("c", "b", 0.1)]
    leaves = summarize(iter(results)).leaves
    assert [(leaf.scenario, leaf.agent) for leaf in leaves] == [("z", "b"), ("z", "a"), ("c", "b"), ("c", "a")]


def test_nothing_gives_an_empty_summary() -> None:
    """No results, no numbers."""
    summary = summarize([])
    assert (summary.leaves, summary.standings, summary.outcomes) == ((), (), {})


CELLS = st.lists(
    st.builds(
        lambda scenario, agent, score, outcome: result(scenario, agent, score if outcome.scored else None, outcome=outcome),
        st.sampled_from("st"),
        st.sampled_from("abc"),
        st.floats(0, 1),
        st.sampled_from(Outcome),
    ),
    max_size=40,
)


@given(CELLS, st.randoms(use_true_random=False))
def test_numbers_do_not_depend_on_the_order_of_results(cells: list[Result], shuffler: object) -> None:
    """Serial, xdist and resumed runs say the same."""
    other = list(cells)
    shuffler.shuffle(other)  # type: ignore[attr-defined]
    one, two = summarize(cells), summarize(other)
    assert sorted(one.leaves, key=lambda x: (x.scenario, x.agent)) == sorted(two.leaves, key=lambda x: (x.scenario, x.agent))
    assert sorted(one.standings, key=lambda x: x.agent) == sorted(two.standings, key=lambda x: x.agent)


@given(CELLS)
def test_every_cell_is_counted_once(cells: list[Result]) -> None:
    """Outcomes add up, and standings are made of their leaves."""
    summary = summarize(cells)
    assert sum(summary.outcomes.values()) == len(cells) == sum(sum(leaf.outcomes.values()) for leaf in summary.leaves)
    for standing in summary.standings:
        mine = [cell.score for cell in cells if cell.agent == standing.agent and cell.score is not None]
        assert (standing.n, standing.rank is None) == (len(mine), not mine)
        by_scenario: dict[str, list[float]] = {}
        for cell in cells:
            if cell.agent == standing.agent and cell.score is not None:
                by_scenario.setdefault(cell.scenario, []).append(cell.score)
        strata = [Stratum.of(scores) for scores in by_scenario.values()]
        assert standing.mean == fixed_mean(strata).value
    ranked = [standing.mean for standing in summary.standings if standing.mean is not None]
    assert ranked == sorted(ranked, reverse=True)


WORLDS = st.lists(st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.6, 1.0]), min_size=1, max_size=4), min_size=1, max_size=6)


def _seen(worlds: list[list[float]]) -> list[Result]:
    """One agent's cells: each world under one or several surfaces."""
    return [
        result("s", "a", score, seed=seed).with_(variant=variant)
        for seed, scores in enumerate(worlds)
        for variant, score in enumerate(scores, 1)
    ]


@settings(deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.1, 0.6, 1.0]), min_size=1, max_size=6), st.integers(2, 4))
def test_seeing_a_world_again_makes_nothing_surer(scores: list[float], times: int) -> None:
    """Surfaces and params of one world are counted, and their mean is taken; intervals are as wide as the worlds are few."""
    once, often = summarize(_seen([[score] for score in scores])), summarize(_seen([[score] * times for score in scores]))
    assert often.leaves[0].n == times * once.leaves[0].n
    assert often.leaves[0].worlds == once.leaves[0].worlds == len(scores)
    assert often.leaves[0].mean == pytest.approx(once.leaves[0].mean, abs=1e-15)
    assert often.leaves[0].pass_interval.low == pytest.approx(once.leaves[0].pass_interval.low, abs=1e-12)
    assert often.leaves[0].pass_interval.high == pytest.approx(once.leaves[0].pass_interval.high, abs=1e-12)
    wide, narrow = once.standings[0].interval, often.standings[0].interval
    assert (wide is None) == (narrow is None)
    if wide and narrow:
        assert (narrow.low, narrow.high) == pytest.approx((wide.low, wide.high), abs=1e-9)


@settings(deadline=None)
@given(WORLDS)
def test_the_spread_of_a_mean_over_worlds_is_cluster_robust(worlds: list[list[float]]) -> None:
    """CR1 with a t interval at C - 1 degrees of freedom, worlds of different sizes included."""
    (standing,) = summarize(_seen(worlds)).standings
    every = [score for scores in worlds for score in scores]
    middle, count = mean(every), len(worlds)
    total = sum(sum(score - middle for score in scores) ** 2 for scores in worlds)
    assert standing.mean == pytest.approx(middle, abs=1e-15)
    if count < 2 or total < 1e-20:
        # Decimals that add up alike may differ in the last bit: then there is an interval, and it is as narrow.
        assert standing.interval is None or (count > 1 and standing.interval.high - standing.interval.low < 1e-9)
        return
    error = sqrt(count / (count - 1) * total) / len(every)
    half = float(stdtrit(count - 1, 0.975)) * error
    assert standing.interval is not None
    assert (standing.interval.low, standing.interval.high) == pytest.approx(
        (max(0.0, middle - half), min(1.0, middle + half)), abs=1e-9
    )


@settings(deadline=None)
@given(WORLDS, st.data())
def test_no_number_depends_on_the_order_of_surfaces(worlds: list[list[float]], data: st.DataObject) -> None:
    cells = _seen(worlds)
    assert summarize(data.draw(st.permutations(cells))) == summarize(cells)


def test_params_of_one_world_are_one_world() -> None:
    """The agent saw the same five worlds at each of its params; levels are other worlds."""
    cells = [
        result("s", "a", 0.2 * seed, seed=seed).with_(params={"t": t}, difficulty=level)
        for seed in range(5)
        for t in (0.1, 0.2)
        for level in (1, 2)
    ]
    (leaf,) = summarize(cells).leaves
    assert (leaf.n, leaf.worlds) == (20, 10)


def trial(seed: int, metrics: dict[str, Json], *, passed: bool = True, agent: str = "a", **more: Any) -> Result:
    """A trial of a task without a score."""
    done = result("t", agent, seed=seed, **more).with_(metrics=metrics, task=TaskRecord(seed), passing_score=None)
    return done.with_(passed=passed) if done.outcome.scored else done


def test_trials_without_a_score_count_for_pass_rate_and_metrics_and_for_no_mean() -> None:
    """Numbers only; each metric has its own n; declared order is kept."""
    rows: list[dict[str, Json]] = [{"ms": 10, "note": "x", "flag": True}, {"ms": 20, "extra": 0.5}, {"ms": 60}]
    done = [trial(seed, metrics, passed=seed != 1) for seed, metrics in enumerate(rows)]
    broken = trial(3, {}, outcome=Outcome.SCORER_ERROR)
    summary = summarize([*done, broken])
    (leaf,) = summary.leaves
    assert (leaf.n, leaf.unscored, leaf.mean, leaf.passed, leaf.errors) == (0, 3, None, 2, 1)
    assert leaf.pass_rate == 2 / 3
    assert leaf.pass_interval == wilson(2, 3)
    assert leaf.measures["ms"].std == pytest.approx(stdev([10, 20, 60]))
    assert (leaf.measures["ms"].n, leaf.measures["ms"].mean) == (3, 30.0)
    assert leaf.measures["extra"] == Measure(1, 0.5, None)
    assert list(leaf.measures) == ["ms", "extra"]
    (standing,) = summary.standings
    assert (standing.rank, standing.mean, standing.pass_rate, standing.errors) == (None, None, 2 / 3, 1)
    assert [leaf.is_task for leaf in summarize([broken, result("m/x")]).leaves] == [True, False]


def test_scored_trials_have_metrics_too_and_other_cells_have_none() -> None:
    """`generation_s` and its like are figures about playing, no measures."""
    scored = trial(0, {"ms": 5}).with_(score=5.0, better="lower")
    assert summarize([scored]).leaves[0].measures == {"ms": Measure(1, 5.0, None)}
    other = result("s", "a", 0.5).with_(metrics={"generation_s": 1.0})
    assert summarize([other]).leaves[0].measures == {}


def test_a_pass_rate_without_scores_counts_worlds_too() -> None:
    """Trials that none ranks have a verdict alone; a world that was shown four ways is one unit all the same."""
    once = [result(seed=seed).with_(passed=seed < 5) for seed in range(10)]
    shown = [one.with_(variant=variant) for one in once for variant in range(1, 5)]
    (leaf,) = summarize(shown).leaves
    assert (leaf.passed, leaf.pass_rate, leaf.unscored) == (20, 0.5, 40)
    assert leaf.pass_interval == summarize(once).leaves[0].pass_interval == wilson(5, 10)


def test_scores_that_are_almost_0_are_not_all_0() -> None:
    """Their spread is 0 to a machine, they are not passes and failures all the same."""
    (leaf,) = summarize([result(score=0.0), result(score=5e-324, seed=1)]).leaves
    assert (leaf.interval, leaf.why) == (None, "no spread between 2 worlds, which is no proof of certainty")


def test_only_candidates_have_a_rank() -> None:
    """References and floors bound the scale: they stand where their means are, without a place in the race."""
    found = summarize(
        [
            result(agent="top", role="reference", score=1.0),
            result(agent="good", score=0.7),
            result(agent="same", score=0.7),
            result(agent="luck", role="floor", score=0.5),
            result(agent="poor", score=0.2),
        ]
    )
    assert [(one.agent, one.rank) for one in found.standings] == [
        ("top", None), ("good", 1), ("same", 1), ("luck", None), ("poor", 3),
    ]  # fmt: skip
