"""Scores by scenario and agent, by difficulty, by params."""

from __future__ import annotations

import math

import pytest

from pytest_alienbio.model import Outcome
from pytest_alienbio.results.breakdown import breakdowns
from pytest_alienbio.stats import summarize

from ..report.documents import made, results
from ..stats.results import result


def test_the_whole_says_what_a_summary_says() -> None:
    """Two ways to the same numbers must not part."""
    cells = list(results(5, 3, params=(0.0, 1.0)))
    leaves = {(leaf.scenario, leaf.agent): leaf for leaf in summarize(cells).leaves}
    found = breakdowns(cells)
    assert [(each.scenario, each.agent) for each in found] == list(leaves)
    for each in found:
        leaf, whole = leaves[each.scenario, each.agent], each.whole
        assert (whole.n, whole.passed) == (leaf.n, leaf.passed)
        assert whole.pass_rate.value == pytest.approx(leaf.pass_rate, abs=1e-12)
        assert whole.score.value == pytest.approx(leaf.mean, abs=1e-12)
        assert whole.std == pytest.approx(leaf.std, abs=1e-12)
        assert (whole.score.interval is None) == (leaf.interval is None)
        if whole.score.interval and leaf.interval:
            assert whole.score.interval.low == pytest.approx(leaf.interval.low, abs=1e-12)
            assert whole.score.interval.high == pytest.approx(leaf.interval.high, abs=1e-12)
        interval = whole.pass_rate.interval
        assert interval
        assert (interval.low, interval.high) == pytest.approx((leaf.pass_interval.low, leaf.pass_interval.high), abs=1e-12)
        assert whole.cells == whole.n + sum(whole.score.missing.values())


def test_parts_are_there_where_there_are_several() -> None:
    cells = list(results(3, 1, levels=(2, 1, None), params=(0.5, 0.0)))
    for each in breakdowns(cells):
        assert [part.difficulty for part in each.levels] == [None, 1, 2]
        assert [part.params for part in each.settings] == [{"temperature": 0.5}, {"temperature": 0.0}]
        assert sum(part.cells for part in each.levels) == sum(part.cells for part in each.settings) == each.whole.cells
    [plain] = breakdowns([result("s", "a", 0.5)])
    assert plain.levels == plain.settings == ()


def test_what_has_no_score_is_counted_by_why_and_in_no_mean() -> None:
    """A skipped cell was not meant to run here: it is not missing."""
    cells = [
        result("s", "a", 0.5),
        result("s", "a", None, outcome=Outcome.TIMED_OUT, seed=1),
        result("s", "a", None, outcome=Outcome.TIMED_OUT, seed=2),
        result("s", "a", math.nan, seed=3),
        result("s", "a", None, outcome=Outcome.SKIPPED, seed=4),
        result("s", "a", None, seed=5).with_(passed=True),
    ]
    [found] = breakdowns(cells)
    whole = found.whole
    assert (whole.cells, whole.n, whole.score.value) == (5, 1, 0.5)
    assert whole.score.missing == {"timed_out": 2, "scorer_error": 1, "no score": 1}
    assert (whole.judged, whole.passed) == (2, 1)
    assert whole.pass_rate.missing == {"timed_out": 2, "scorer_error": 1}


def test_cells_of_one_world_are_one_unit() -> None:
    """What a world shows under another param must not make the interval narrower."""
    one = [made("s", "a", "candidate", 1, param, 0, 0.5 + param / 10) for param in (0.0, 1.0, 2.0)]
    [found] = breakdowns(one)
    assert (found.whole.n, found.whole.score.n, found.whole.score.interval) == (3, 1, None)
    assert "one world" in found.whole.score.why


def test_nothing_is_nothing() -> None:
    assert breakdowns([]) == ()
