"""`output_path` templates."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.store import template

TODAY = date(2026, 1, 9)


def test_the_fields_are_filled_in() -> None:
    """Date in ISO form, sequence in three digits."""
    path = template.expand("results/{battery}/{date}_{seq}", {"battery": "mutualism"}, today=TODAY, seq=7)
    assert path == PurePosixPath("results/mutualism/2026-01-09_007")


def test_without_seq_the_later_ones_get_a_number() -> None:
    """The first is the plain name."""
    paths = [str(template.expand("out/{battery}", {"battery": "b"}, today=TODAY, seq=n)) for n in (1, 2, 12)]
    assert paths == ["out/b", "out/b_002", "out/b_012"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("/abs/{seq}", "relative"),
        ("~/x", "relative"),
        ("../x", "dot"),
        ("a/../../x", "dot"),
        ("a/.hidden", "dot"),
        ("a//b", "empty"),
        ("a/{dat}", "did you mean 'date'"),
        ("a/{date", "brace"),
        ("a/{{date}}", "brace"),
        ("a\\b", "not allowed"),
        ("a\0b", "not allowed"),
        ("a\nb", "not allowed"),
    ],
)
def test_a_bad_template_says_what_is_wrong(text: str, says: str) -> None:
    """Nothing leaves the data root, nothing is hidden, and a typo gets a hint."""
    assert any(says in wrong for wrong in template.check(text))
    with pytest.raises(SpecError, match="output_path"):
        template.expand(text, {}, today=TODAY, seq=1)


def test_a_field_without_a_value_is_refused() -> None:
    """`{agent}` is a field, but a whole battery has no one agent."""
    with pytest.raises(SpecError, match=r"\{agent\} has no value"):
        template.expand("x/{agent}", {"battery": "b"}, today=TODAY, seq=1)


@given(st.text(max_size=400))
def test_odd_values_stay_one_safe_name(value: str) -> None:
    """Whatever a value holds, the path keeps its depth and every part is harmless."""
    path = template.expand("results/{battery}/{user}_{seq}", {"battery": value, "user": value}, today=TODAY, seq=1)
    assert len(path.parts) == 3
    assert not path.is_absolute()
    for part in path.parts:
        assert part.isascii()
        assert not part.startswith(".")
        assert 0 < len(part) <= 200
