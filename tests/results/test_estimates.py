"""Estimates over records: units, strata, and what is said beside the number."""

from __future__ import annotations

from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Estimate, Outcome, Usage
from pytest_alienbio.stats import Stratum, fixed_mean, wilson

from .parts import cell, of, played

X, Y = [0.1, 0.4, 0.7, 0.2], [0.9, 0.8]


def test_each_scenario_weighs_the_same() -> None:
    """However many seeds it has; the interval is that of strata."""
    found = of(*played({("m/x", "a"): X, ("m/y", "a"): Y})).mean()
    expected = fixed_mean([Stratum.of(X), Stratum.of(Y)], bounds=(0.0, 1.0))
    assert found.value == pytest.approx((mean(X) + mean(Y)) / 2, abs=1e-15)
    assert found.interval == expected.interval
    assert (found.n, found.unit) == (6, "worlds")
    assert "2 scenarios, each weighing the same" in found.notes


def test_what_is_missing_is_counted_by_why_and_in_no_denominator() -> None:
    results = [*played({("m/x", "a"): X}), cell("m/x", "a", 8), cell("m/x", "a", 9, outcome=Outcome.AGENT_ERROR)]
    found = of(*results).mean()
    assert found.value == pytest.approx(mean(X))
    assert found.missing == {"timed_out": 1, "agent_error": 1}
    assert of(*results).pass_rate().missing == {"timed_out": 1, "agent_error": 1}


def test_without_any_score_there_is_no_mean() -> None:
    """And none is made up: no 0, no NaN."""
    for results in ([], [cell("m/x", "a", 1)]):
        found = of(*results).mean()
        assert (found.value, found.interval, found.n) == (None, None, 0)
        assert found.why
        with pytest.raises(ValueError, match="no value"):
            float(found)


def test_cells_of_one_world_are_one_unit() -> None:
    """Params and variants of a world, and several agents in it, do not make the interval narrower."""
    once = of(*played({("m/x", "a"): X})).mean()
    twice = of(
        *played({("m/x", "a"): X}),
        *(one.with_(key=f"{one.key}2", id=f"{one.id}-v2", variant=2) for one in played({("m/x", "a"): X})),
    ).mean()
    agents = of(*played({("m/x", "a"): X, ("m/x", "b"): X})).mean()
    assert once.interval is not None
    for other in (twice, agents):
        assert other.n == 4
        assert other.value == once.value
        assert other.interval is not None
        assert other.interval.low == pytest.approx(once.interval.low)


def test_pooled_agents_are_told() -> None:
    found = of(*played({("m/x", "a"): X, ("m/x", "b"): Y}))
    assert '2 agents pooled; by="agent" tells them apart' in found.mean().notes
    assert '2 agents pooled; by="agent" tells them apart' in found.pass_rate().notes
    assert "pooled" not in str(of(*played({("m/x", "a"): X})).mean())


def test_scores_of_both_directions_have_no_common_mean() -> None:
    results = [*played({("m/x", "a"): X}), *played({("m/y", "a"): Y}, better="lower")]
    with pytest.raises(SpecError, match="higher is better on m/x, lower on m/y"):
        of(*results).mean()
    assert of(*results).filter(scenario="m/y").mean().value == pytest.approx(mean(Y))
    assert len(of(*results).stats(by="scenario")) == 2


def test_the_pass_rate_of_one_scenario_is_wilson_s() -> None:
    found = of(*played({("m/x", "a"): [0.9, 0.9, 0.1]})).pass_rate()
    assert (found.value, found.interval, found.n) == (2 / 3, wilson(2, 3), 3)


def test_the_pass_rate_over_scenarios_weighs_them_the_same() -> None:
    """It is no k of n: of the verdicts, not of the scores."""
    found = of(*played({("m/x", "a"): [0.9, 0.9, 0.1, 0.1], ("m/y", "a"): [0.9, 0.7]})).pass_rate()
    assert found.value == pytest.approx((0.5 + 1.0) / 2)
    assert found.interval is not None
    assert found.interval != wilson(4, 6)


def test_a_population_s_units_are_scenarios() -> None:
    found = of(*played({(f"m/{name}", "a"): [score, score + 0.1] for name, score in zip("abcdefg", X + Y, strict=False)}))
    told = found.mean(population=True)
    assert (told.n, told.unit, told.df) == (6, "scenarios", 5)


def test_what_was_consumed_has_no_mean_plus_minus_t() -> None:
    """A long tail: the mean stands alone, percentiles say more."""
    results = [cell("m/x", "a", seed, 0.5, duration_s=float(2**seed)) for seed in range(12)]
    found = of(*results).mean("duration_s")
    assert found.interval is None
    assert found.value == pytest.approx(4095 / 12)
    assert "percentiles" in found.why
    assert of(*results).percentiles("duration")["p50"].value == 48.0


def test_percentiles_are_labelled() -> None:
    """p99 of ten values is the largest, and says so."""
    scores = [seed / 10 for seed in range(10)]
    found = of(*played({("m/x", "a"): scores})).percentiles("score", at=(50, 90, 99))
    assert found["p50"].value == pytest.approx(np.percentile(scores, 50))
    assert found["p90"].value == pytest.approx(np.percentile(scores, 90))
    assert (found["p99"].value, found["p99"].method) == (0.9, "max")


def test_the_spread_is_of_the_cells() -> None:
    assert of(*played({("m/x", "a"): X})).std().value == pytest.approx(stdev(X))
    assert of(*played({("m/x", "a"): X[:1]})).std().value is None


def test_metrics_and_sub_scores_are_asked_by_name() -> None:
    """Of a cell that timed out the metric is known, the sub-score is not; true counts 1; a text is missing."""
    results = [
        cell("m/x", "a", 0, 0.5, scores={"safety": 0.25}, metrics={"loss": 1, "ok": True}),
        cell("m/x", "a", 1, 0.5, scores={"safety": 0.75}, metrics={"loss": 3.0, "ok": False}),
        cell("m/x", "a", 2, None, metrics={"loss": 5}),
        cell("m/x", "a", 3, 0.5, metrics={"loss": "much"}),
    ]
    found = of(*results)
    assert found.mean("loss").value == found.mean("metrics.loss").value == 3.0
    assert found.mean("loss").missing == {"no metrics.loss": 1}
    assert found.mean("safety").value == found.mean("score.safety").value == 0.5
    assert found.mean("safety").missing == {"timed_out": 1, "no scores.safety": 1}
    assert found.mean("ok").value == 0.5


SCORES = st.dictionaries(
    st.tuples(st.sampled_from(["m/x", "m/y", "m/z"]), st.just("a")),
    st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=6),
    min_size=1,
)


@given(SCORES, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_results_never_matters(scores: dict[tuple[str, str], list[float | None]], shuffler: object) -> None:
    """And an interval holds its mean."""
    results = played(scores)
    shuffled = list(results)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = of(*results).mean(), of(*shuffled).mean()
    assert (one.value, one.interval, one.n) == (other.value, other.interval, other.n)
    if one.interval is not None and one.value is not None:
        assert one.interval.low <= one.value <= one.interval.high


def test_a_verdict_on_a_cell_that_broke_is_none() -> None:
    """An outage is in no pass rate, even if somebody left a verdict in it."""
    broke = [cell("m/x", "a", seed, passed=False) for seed in range(5, 8)]
    found = of(*played({("m/x", "a"): [0.9, 0.8, 0.7, 0.2]}), *broke)
    for told in (found.pass_rate(), found.mean("passed")):
        assert (told.value, told.n, told.missing) == (0.75, 4, {"timed_out": 3})


def test_a_sum_beyond_floats_is_missing_and_says_so() -> None:
    results = [cell("m/x", "a", seed, 0.5, usage=Usage(usd=1e308)) for seed in range(3)]
    row = of(*results).aggregate((), usd=("sum", "max"))[0]
    total = row["usd.sum"]
    assert isinstance(total, Estimate)
    assert (total.value, total.n, total.why) == (None, 3, "too large for a float")
    assert "1.000e+308" in repr(of(*results).aggregate((), usd="max"))


def test_a_number_too_large_for_a_float_is_missing_and_counted() -> None:
    """JSON knows whole numbers of any length."""
    found = of(cell(score=0.5, metrics={"n": 10**400}), cell(score=0.5, seed=1, metrics={"n": 4})).mean("metrics.n")
    assert (found.value, found.n, found.missing) == (4.0, 1, {"no metrics.n": 1})
