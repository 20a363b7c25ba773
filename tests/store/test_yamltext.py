"""Plain values <-> YAML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Json
from pytest_alienbio.store import yamltext

from .samples import finite

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "no",
        "010",
        "1e3",
        "2026-01-01",
        "~",
        "0o17",
        "0x1f",
        ".5",
        "a: b",
        "- x",
        "a\nb",
        "a \nb\n",
        "\x85",
        "=",
        "<<",
        "!x",
        "\ufeff",
    ]
)
_values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(_texts, _values, max_size=4))
def test_what_was_dumped_is_loaded(value: dict[str, Json]) -> None:
    """Write-then-read is exact, order included."""
    found = yamltext.load(yamltext.dump(value))
    assert found == value
    assert list(found) == list(value)


@pytest.mark.parametrize("text", ["1e3", "0o17", "1E+5", "0x1f", ".5", "010", "no"])
def test_text_that_looks_like_a_number_is_quoted(text: str) -> None:
    """Also where only YAML 1.2 would take it for one."""
    assert yamltext.dump({"a": text}) == f"a: '{text}'\n"


def test_equal_parts_are_written_out() -> None:
    """No anchors and aliases for a person to follow."""
    part: Json = {"x": [1]}
    assert "&" not in yamltext.dump({"a": part, "b": part})


def test_dates_become_text() -> None:
    """A spec edited by hand may hold one."""
    assert yamltext.load("a: 2026-01-01\n") == {"a": "2026-01-01"}


@pytest.mark.parametrize("text", ["- 1", "", "a: [", "!!python/object:os.system x", "a: *b"])
def test_anything_else_is_a_value_error(text: str) -> None:
    """No objects, no broken text."""
    with pytest.raises(ValueError, match="not "):
        yamltext.load(text)
