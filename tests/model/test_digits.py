"""A number beside its bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import apart


@pytest.mark.parametrize(
    ("value", "bound", "least", "text"),
    [
        (0.71, 0.5, 2, "0.71"),
        (0.4, 0.3, 2, "0.40"),
        (0.998, 1.0, 2, "0.998"),
        (0.5996, 0.6, 3, "0.5996"),
        (0.6 + 1e-12, 0.6, 3, "0.600000000001"),
        (1e-20, 0.0, 2, "1e-20"),
        (0.6, 0.6, 3, "0.600"),
        (0.6, None, 3, "0.600"),
        (1e308, None, 2, "1.000e+308"),
    ],
)
def test_as_few_decimals_as_tell_a_number_from_its_bound(value: float, bound: float | None, least: int, text: str) -> None:
    assert apart(value, bound, least) == text


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_differs_never_looks_equal(value: float, bound: float) -> None:
    if value != bound:
        assert float(apart(value, bound)) != bound
