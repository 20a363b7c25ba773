"""Plain copies."""

from __future__ import annotations

import json
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.play.plain import plain, plain_count, plain_flag, plain_mapping, plain_number, plain_numbers, plain_texts

numbers = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
atoms = st.none() | st.booleans() | numbers | st.text("aé✓")
values = st.recursive(
    atoms, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3), max_leaves=8
)

CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)


@given(values)
def test_json_values_come_out_equal_and_can_be_written(value: Any) -> None:
    """A copy is what JSON would give back."""
    copy = plain(value, "it")
    assert copy == value
    assert json.loads(json.dumps(copy, allow_nan=False)) == value


@given(st.dictionaries(st.text("ab"), st.lists(st.integers()), min_size=1))
def test_nothing_of_the_original_is_shared(value: dict[str, list[int]]) -> None:
    """Lists and mappings are new ones all the way down."""
    copy = plain_mapping(value, "it")
    assert copy is not value
    assert all(copy[key] is not value[key] for key in value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.str_("x"), "x"),
        (Fraction(1, 2), 0.5),
        ((1, 2), [1, 2]),
        (MappingProxyType({"a": 1}), {"a": 1}),
    ],
)
def test_numpy_scalars_and_tuples_become_json_s_own_types(value: object, expected: object) -> None:
    """execnet and JSON both refuse subclasses."""
    copy = plain(value, "it")
    assert copy == expected
    assert type(copy) is type(expected)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (float("nan"), r"it\['a'\]\[0\] is nan, not a finite number"),
        (float("-inf"), "not a finite number"),
        (np.float64("inf"), "not a finite number"),
        (2**2000, "too large"),
        (object(), "is an object, which JSON cannot hold"),
        (np.zeros(2), "is a ndarray, which JSON cannot hold"),
        ({1}, "is a set, which JSON cannot hold"),
        (b"x", "is a bytes, which JSON cannot hold"),
        (1j, "is a complex, which JSON cannot hold"),
        ({1: 2}, "a key of .* is an int, not a text"),
        ("\ud800", "lone surrogate"),
        (CIRCLE, "nested more than 32 deep"),
    ],
)
def test_what_json_cannot_hold_is_refused_with_its_place(value: object, says: str) -> None:
    """Before it can reach a journal."""
    with pytest.raises((TypeError, ValueError), match=says):
        plain_mapping({"a": [value]}, "it")


@pytest.mark.parametrize(
    "value", [True, "0.5", None, float("nan"), float("inf"), np.bool_(True), 1j, 10**400, np.zeros(1), [0.5]]
)
def test_what_is_no_finite_number_is_no_score(value: object) -> None:
    """Booleans and texts are not numbers here, whatever Python says."""
    with pytest.raises((TypeError, ValueError), match="score is"):
        plain_number(value, "score")


def test_numbers_become_floats() -> None:
    """A score of 1 is 1.0 and a numpy score a float."""
    assert [type(plain_number(value, "x")) for value in (1, np.float32(1), np.int8(1), 0.5)] == [float] * 4


def test_counts_flags_and_maps_keep_to_their_kind() -> None:
    """Each refuses what belongs to another."""
    assert plain_count(np.int64(3), "n") == 3
    assert plain_flag(np.bool_(False), "f") is False
    for check, value in (
        (plain_count, True),
        (plain_count, 1.0),
        (plain_flag, 1),
        (plain_numbers, [1]),
        (plain_texts, {"a": 1}),
    ):
        with pytest.raises(TypeError):
            check(value, "it")
