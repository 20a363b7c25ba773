"""Which traces come first."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Outcome, Query, Result, TraceRef
from pytest_alienbio.results.sheet import found_cells
from pytest_alienbio.run.reporting.chosen import by_interest, spread
from pytest_alienbio.store.index import Index

from ...results.parts import cell

TRACE = TraceRef("traces/x.zst", 0, 10, 3)


def order(*cells: Result, named: str = "") -> list[str]:
    """The ids of these cells, the most telling first, and before all the one that is `named`."""
    with Index.of(cells) as index:
        found = found_cells(index, Query())
    return [found["id"][place] for place in by_interest(found, {named})]


@given(st.lists(st.integers(), unique=True, max_size=70))
def test_whatever_is_taken_from_the_front_lies_far_apart(items: list[int]) -> None:
    """All are there; of the first half no two are beside each other, but where the length is no power of two."""
    told = spread(items)
    assert sorted(told) == sorted(items)
    assert told[:1] == items[:1]
    if len(items) > 3:
        places = sorted(items.index(each) for each in told[: len(items) // 4 + 1])
        assert all(b - a > 1 for a, b in pairwise(places))


def test_what_broke_comes_first_then_the_lowest_and_the_highest_of_each_leaf() -> None:
    scores = [0.7, 0.2, 0.9, 0.65, 0.8, 0.5]
    greedy = [cell(seed=seed, score=score, trace=TRACE) for seed, score in enumerate(scores)]
    other = [cell("m/y", seed=seed, score=0.1 + seed / 10, trace=TRACE) for seed in range(3)]
    lost = [cell(seed=10 + seed, outcome=Outcome.LOST, trace=TRACE) for seed in range(2)]
    told = order(*greedy, *lost, *other)
    first, lowest, highest = lost[0].id, greedy[1].id, greedy[2].id
    assert told[:5] == [first, lowest, highest, other[0].id, other[2].id]
    assert told[5] == lost[1].id
    rest = told[6:]
    assert set(rest[:2]) == {greedy[5].id, other[1].id}, "what did not pass comes before what did"
    assert len(told) == len(set(told)) == 11


def test_cells_without_a_trace_are_not_chosen() -> None:
    """Of some nothing is known, of others only how long they were."""
    told = cell(seed=2, score=0.5, trace=TRACE.elsewhere())
    assert order(cell(seed=0, score=0.5), told, cell(seed=1, score=0.5, trace=TRACE)) == [cell(seed=1).id]


def test_what_the_first_screen_names_comes_before_all() -> None:
    """Of many with the lowest score it names one, and whoever goes there finds its trace."""
    low = [cell(seed=seed, score=0.0, trace=TRACE) for seed in range(9)]
    assert order(*low)[0] == low[0].id
    assert order(*low, named=low[5].id)[:2] == [low[5].id, low[0].id]
