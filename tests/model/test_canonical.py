"""One spelling for one value: the ground under every content key."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Json, canonical, digest

VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_reads_back_as_the_same_value(value: Json) -> None:
    """Nothing is lost, and the spelling is a fixed point."""
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(st.text(), st.integers(), max_size=6))
def test_key_order_does_not_matter(value: dict[str, int]) -> None:
    """Two dicts that are equal have one digest."""
    turned = dict(reversed(value.items()))
    assert digest(value) == digest(turned)


def test_the_digest_is_pinned() -> None:
    """Keys on disk must outlive this version: changing the spelling would orphan every result."""
    assert canonical({"b": [1, 1.0, None, True], "a": "é"}) == '{"a":"é","b":[1,1.0,null,true]}'
    assert digest({"b": 1, "a": "é"}) == "aa58fba8483623bed37c1b02edfccbdd9a53123837c20bfa4cb4049993a2872e"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_non_finite_numbers_are_refused(value: float) -> None:
    """JSON has none."""
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical({"x": value})
