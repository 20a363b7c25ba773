"""Names, numbers and values from elsewhere, as cells may have them."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.exchange.foreign import facts, name, number, plain, whole
from pytest_alienbio.model import name_fault

from .patient import PATIENT


@PATIENT
@given(st.text(max_size=40))
def test_any_text_becomes_a_name_that_a_cell_may_have(text: str) -> None:
    found = name(text, "otherwise")
    assert name_fault(found) == ""
    assert name(found) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [("openai/gpt-4", "openai/gpt-4"), ("a b", "a-b"), ("x[1]*", "x-1--"), ("../..", "?"), ("", "?"), (3, "3")],
)
def test_a_name_stays_as_near_as_it_can(text: object, expected: str) -> None:
    assert name(text, "?") == expected


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.binary(max_size=3)


@PATIENT
@given(
    st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3))
)
def test_any_value_can_be_written_as_json(value: object) -> None:
    """What is not finite is null, never a number."""
    json.dumps(plain(value), allow_nan=False)
    if isinstance(value, float) and not math.isfinite(value):
        assert plain(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, 3), (3.0, 3), ("3", 3), (" -3.0 ", -3), (3.5, None), (True, None), ("x", None), (None, None), (math.nan, None)],
)
def test_a_whole_number_is_one_however_it_is_spelled(value: object, expected: int | None) -> None:
    assert whole(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, 3.0), ("0.5", 0.5), ("nan", None), (math.inf, None), (10**400, None), ("1e999", None), ([], None)],
)
def test_a_number_is_finite_or_missing(value: object, expected: float | None) -> None:
    assert number(value) == expected


def test_facts_are_what_is_one_value_each() -> None:
    assert facts({"a": 1, "b": "x", "c": [1], "d": None, "e": True}) == {"a": 1, "b": "x", "e": True}
    assert len(facts({str(at): at for at in range(1000)})) == 60
