"""What a metric must be."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Criterion
from pytest_alienbio.model.criterion import COMPARISONS

NUMBERS = st.one_of(st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False))


def below(bound: float) -> Criterion:
    return Criterion("error_rate", f"< {bound}", "<", bound)


@pytest.mark.parametrize(
    ("how", "met", "missed"),
    [
        ("<", [1, 1.999], [2, 3]),
        ("<=", [1, 2, 2.0], [2.001]),
        (">", [3, 2.001], [2, 1]),
        (">=", [2, 2.0, 3], [1.999]),
        ("==", [2, 2.0], [2.0000001, 1]),
        ("!=", [2.0000001, -2], [2, 2.0]),
    ],
)
def test_a_number_is_compared_exactly(how: str, met: list[float], missed: list[float]) -> None:
    criterion = Criterion("m", f"{how} 2", how, 2)
    assert [value for value in (*met, *missed) if criterion.holds(value)] == met


def test_both_ends_of_between_count() -> None:
    criterion = Criterion("m", "between 2 and 3", "between", 2, 3)
    assert [value for value in (1.9, 2, 2.5, 3, 3.1) if criterion.holds(value)] == [2, 2.5, 3]


@pytest.mark.parametrize("how", [*COMPARISONS, "between"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_finite_number_meets_nothing(how: str, value: float) -> None:
    """Not even `!= 0` or `> 0`: a metric that went wrong has passed no bar."""
    assert not Criterion("m", how, how, 0, 1 if how == "between" else None).holds(value)


def test_whole_numbers_are_compared_as_whole_numbers() -> None:
    """As floats these two would be one."""
    assert Criterion("m", "", ">", 2**53).holds(2**53 + 1)
    assert not Criterion("m", "", "<", 0).holds(10**400)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.07, "error_rate is 0.07, expected < 0.05"),
        (0.1 + 0.2, "error_rate is 0.3, expected < 0.05"),
        (0.05, "error_rate is 0.05, expected < 0.05"),
        (3, "error_rate is 3, expected < 0.05"),
        (123456.789, "error_rate is 123457, expected < 0.05"),
        (math.nan, "error_rate is nan, expected < 0.05"),
    ],
)
def test_a_failure_is_a_sentence(value: float, shown: str) -> None:
    assert below(0.05).sentence(value) == shown


def test_a_value_beside_the_bound_is_not_rounded_onto_the_other_side() -> None:
    """`is 0.05, expected < 0.05` would be true of another number."""
    criterion = Criterion("m", "<= 0.05", "<=", 0.05)
    assert criterion.sentence(0.05000000001) == "m is 0.05000000001, expected <= 0.05"


@given(value=NUMBERS, bound=NUMBERS, how=st.sampled_from(sorted(COMPARISONS)))
def test_the_number_that_is_shown_fails_as_the_value_did(value: float, bound: float, how: str) -> None:
    criterion = Criterion("m", f"{how} {bound!r}", how, bound)
    shown = criterion.sentence(value).removeprefix("m is ").partition(",")[0]
    read = int(shown) if isinstance(value, int) else float(shown)
    assert criterion.holds(read) == criterion.holds(value)


@given(value=NUMBERS, bounds=st.tuples(NUMBERS, NUMBERS).map(sorted))
def test_between_is_at_least_and_at_most(value: float, bounds: list[float]) -> None:
    low, high = bounds
    both = Criterion("m", "", ">=", low).holds(value) and Criterion("m", "", "<=", high).holds(value)
    assert Criterion("m", "", "between", low, high).holds(value) == both
