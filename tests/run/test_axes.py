"""Which combinations of a battery's params are played."""

from __future__ import annotations

from hashlib import sha256
from itertools import product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.run.axes import Axes, drawn

from .parts import make_battery

SIZES = st.lists(st.integers(1, 5), max_size=4)


@settings(deadline=None)
@given(SIZES, st.data())
def test_samples_are_different_combinations_in_the_products_order(sizes: list[int], data: st.DataObject) -> None:
    """And a smaller number of samples is among them."""
    more = data.draw(st.integers(0, prod(sizes)))
    fewer = data.draw(st.integers(0, more))
    every = list(product(*map(range, sizes)))
    chosen = drawn(sizes, more)
    found = set(chosen)
    assert len(found) == more
    assert chosen == [combination for combination in every if combination in found]
    assert set(drawn(sizes, fewer)) <= set(chosen)


def test_samples_are_drawn_by_hash() -> None:
    """The documented rule, worked out by hand: repeats are skipped."""
    places = [int(sha256(f"{i}".encode()).hexdigest(), 16) % 6 for i in range(20)]
    first = list(dict.fromkeys(places))[:3]
    assert drawn([2, 3], 3) == [divmod(place, 3) for place in sorted(first)]


def test_samples_of_more_combinations_than_could_be_listed() -> None:
    """Nothing is unfolded."""
    assert len(set(drawn([100] * 20, 50))) == 50


def test_more_samples_than_combinations_are_refused() -> None:
    with pytest.raises(ValueError, match="7 samples of 6"):
        drawn([2, 3], 7)


def test_on_some_axes_each_combination_is_there_once() -> None:
    """Iterating: their own product, in the file's order. Sampling: what was drawn over all axes, as far as it shows there."""
    values = {"a": (1, 2), "b": (3, 4), "c": (5, 6)}
    every = Axes(make_battery(params=values))
    assert list(every.combined(("a", "c"))) == [{"a": 1, "c": 5}, {"a": 1, "c": 6}, {"a": 2, "c": 5}, {"a": 2, "c": 6}]
    assert list(every.combined(())) == [{}]
    some = Axes(make_battery(params=values, mode="sample", samples=3))
    whole = [tuple(chosen.values()) for chosen in some.combined(("a", "b", "c"))]
    assert len(whole) == 3
    assert [tuple(chosen.values()) for chosen in some.combined(("a", "c"))] == sorted({(a, c) for a, _, c in whole})
