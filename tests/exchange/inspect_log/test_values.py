"""Values of Inspect's scorers as numbers."""

from __future__ import annotations

import math

import pytest

from pytest_alienbio.exchange.inspect_log.values import flat, number, unscored, verdict


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("C", 1.0), ("P", 0.5), ("I", 0.0), ("N", 0.0), ("yes", 1.0), ("True", 1.0), ("NO", 0.0), ("false", 0.0),
        ("0.25", 0.25), (" 3 ", 3.0), (True, 1.0), (False, 0.0), (2, 2.0), (0.5, 0.5), (1e308, 1e308),
        ("c", None), ("B+", None), ("", None), ("nan", None), ("inf", None), (math.nan, None), (math.inf, None),
        (None, None), ([1], None), ({"a": 1}, None), (10**400, None),
    ],
)  # fmt: skip
def test_a_value_is_the_number_inspect_takes_it_for_or_missing(value: object, expected: float | None) -> None:
    """Inspect counts what it cannot read as 0; here it is missing."""
    assert number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("C", True), ("I", False), ("N", False), ("P", None), (True, True), ("yes", True), (1.0, None), ("x", None)],
)
def test_only_right_or_wrong_is_a_verdict(value: object, expected: bool | None) -> None:
    assert verdict(value) is expected


def test_nan_is_how_inspect_says_unscored() -> None:
    assert unscored(math.nan)
    assert unscored(None)
    assert not unscored("B+")
    assert not unscored(0.0)


def test_scorers_with_several_values_are_taken_apart() -> None:
    scores = {"match": {"value": "C"}, "graded": {"value": {"a": 0.5, "b": "I"}}, "list": {"value": [1, 2]}, "bare": 3}
    assert dict(flat(scores)) == {"match": "C", "graded.a": 0.5, "graded.b": "I", "list.0": 1, "list.1": 2, "bare": 3}
