"""What two commits' cells say of each other, and what is made of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Estimate, Interval
from pytest_alienbio.run.bisect.deciding import (
    Terms,
    bounds_for,
    cells_to_clear,
    decide,
    decide_exactly,
    least_of,
    read,
    repeats,
    spend,
)
from pytest_alienbio.run.bisect.probe import Unit

UNIT = (0.0, 1.0)


def units(seeds: int, *sizes: int) -> list[Unit]:
    """Units of scenarios `s0`, `s1`, ... with so many levels each, seed by seed."""
    return [(seed, (f"s{at}", level, "", 1)) for seed in range(seeds) for at, size in enumerate(sizes) for level in range(size)]


def scores(of: list[Unit], *by_scenario: float) -> dict[Unit, float]:
    """The same score in all cells of a scenario."""
    return {unit: by_scenario[int(unit[1][0][1:])] for unit in of}


def test_a_drop_is_oriented_and_each_scenario_weighs_the_same() -> None:
    """However many levels it has; positive is worse."""
    of = units(3, 1, 4)
    good, later = scores(of, 0.8, 0.8), scores(of, 0.2, 0.8)
    assert read(good, later, of, Terms("higher", UNIT)).drop.value == pytest.approx(0.3)
    assert read(good, later, of, Terms("lower", UNIT)).drop.value == pytest.approx(-0.3)


def test_what_differs_by_rounding_alone_does_not_differ() -> None:
    of = units(10, 2)
    found = read(scores(of, 0.1 + 0.2), scores(of, 0.3), of, Terms("higher", UNIT, exact=True))
    assert found.worse == 1
    assert decide_exactly(found, Terms("higher", UNIT, 0.1, exact=True)) == "good"


def test_bad_takes_a_shown_drop_of_half_the_size_and_good_that_it_is_shown_to_lack_it() -> None:
    """A drop in all cells that is far smaller than the one that is looked for is no verdict of either kind by itself."""
    of = units(20, 4)
    terms = Terms("higher", UNIT, least=0.4)

    def call(now: float) -> str:
        return decide(read(scores(of, 0.9), scores(of, now), of, terms), terms, 0.01)

    assert [call(now) for now in (0.9, 0.95, 0.5, 0.6, 0.85)] == ["good", "good", "bad", "bad", "good"]
    few = units(2, 2)
    assert decide(read(scores(few, 0.9), scores(few, 0.0), few, terms), terms, 0.01) == ""
    assert decide(read(scores(few, 0.9), scores(few, 0.9), few, terms), terms, 0.01) == ""


def test_without_bounds_nothing_is_cleared() -> None:
    """A metric of any size may be lost in a cell that was not met."""
    of = units(50, 4)
    terms = Terms("lower", None, least=10.0)
    found = read(scores(of, 100.0), scores(of, 100.0), of, terms)
    assert (found.sound, decide(found, terms, 0.05)) == (None, "")
    assert decide(read(scores(of, 100.0), scores(of, 130.0), of, terms), terms, 0.05) == "bad"


def test_bounds_are_those_of_scores_or_as_they_are_said() -> None:
    assert bounds_for("score", [0.0, 1.0], None) == bounds_for("passed", [1.0], None) == UNIT
    assert bounds_for("loss", [17.0], None) is None
    assert bounds_for("loss", [17.0], (0, 20)) == (0, 20)
    for given_, metric in ((None, "score"), ((0.0, 1.0), "loss")):
        with pytest.raises(SpecError, match=r"17 lies outside of 0 to 1; say what the metric's bounds are with --bounds"):
            bounds_for(metric, [17.0], given_)


@given(st.floats(0.001, 0.5), st.integers(0, 12), st.integers(0, 60))
def test_all_decisions_together_spend_no_more_than_alpha(alpha: float, most: int, decided: int) -> None:
    """The ends' and each commit's, also where skipped commits make for more of them than expected."""
    assert sum(spend(alpha, most, at) for at in range(decided + 1)) <= alpha * (1 + 1e-12)


def test_the_drop_to_look_for_is_what_is_sure_and_most_of_what_is_seen() -> None:
    wide, narrow = Estimate(0.4, Interval(0.05, 0.75)), Estimate(0.4, Interval(0.35, 0.45))
    assert least_of(wide, exact=False) == pytest.approx(0.3)
    assert (least_of(narrow, exact=False), least_of(narrow, exact=True)) == (0.35, 0.2)


def test_cells_repeat_only_if_they_can_be_told_not_to() -> None:
    """One that differs settles it. Ten that agree settle it too, unless they are passes and failures, or it is declared."""
    some = [(0.25, 0.25)] * 9
    assert repeats([*some, (0.5, 0.4)], declared=True) is False
    assert repeats([*some, (0.5, 0.5)], declared=False) is True
    assert repeats(some, declared=False) is None
    assert repeats(some, declared=True) is True
    assert repeats([(1.0, 1.0)] * 40, declared=False) is None
    assert repeats([(1.0,)] * 40, declared=True) is None


def test_how_many_cells_clear_a_commit() -> None:
    """Smaller drops take more; a metric without bounds is never cleared."""
    found = [cells_to_clear(Terms("higher", UNIT, least), 0.01) for least in (0.5, 0.25, 0.05)]
    assert found == sorted(found, key=lambda cells: cells or 0)
    assert cells_to_clear(Terms("higher", None, 0.5), 0.01) is None
    assert cells_to_clear(Terms("higher", (0, 10), 5), 0.01) == found[0]
