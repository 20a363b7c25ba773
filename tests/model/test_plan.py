"""A plan and its ids."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Battery, Plan, name_fault, slug


@pytest.mark.parametrize(
    ("text", "safe"), [("mutualism/x", "mutualism/x"), ("claude opus", "claude-opus"), ("a[b]::c", "a-b---c"), ("é", "-")]
)
def test_slug(text: str, safe: str) -> None:
    """Brackets and colons mean something to pytest, blanks to a shell."""
    assert slug(text) == safe


@pytest.mark.parametrize(
    "name",
    ["*", "a?", "[x]", "a b", "a\tb", "a::b", "a\x00", "../x", "a/../b", "./a", "..", "/etc", "a//b", "a/"],
)  # fmt: skip
def test_what_cannot_stand_in_an_id_names_nothing(name: str) -> None:
    """Nor what a glob or a path would take for something else."""
    assert name_fault(name)


@pytest.mark.parametrize("name", ["a", "family/name", "gpt-4.1", "a+b_c", "v1..2", "größer"])
def test_what_can_stand_in_an_id_is_a_name(name: str) -> None:
    assert name_fault(name) == ""


@given(st.text())
def test_a_slug_is_safe_as_long_as_the_text_and_stays_put(text: str) -> None:
    """Idempotent."""
    assert re.fullmatch(r"[A-Za-z0-9_./+-]*", slug(text))
    assert (len(slug(text)), slug(slug(text))) == (len(text), slug(text))


def test_a_plan_is_as_long_as_its_cells() -> None:
    """An empty one is falsy, as a sequence would be."""
    assert len(Plan(Battery("b", (), (), ()), ())) == 0
