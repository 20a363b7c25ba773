"""Hostile text does nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import inert


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\nlines\tand  blanks ", "two lines and blanks"),
        ("\x1b[31mred\x1b[0m \x1b[2J\x1b[1;1Hgone", "red gone"),
        ("\x1b]0;title\x07after \x1b]8;;http://x\x1b\\link", "after link"),
        ("\x9b31mC1", "C1"),
        ("bell\x07 nul\x00", "bell\\x07 nul\\x00"),
        ("right\u202eto left", "rightto left"),
        ("zero\u200bwidth", "zerowidth"),
        ("lone \ud800 surrogate", "lone \\ud800 surrogate"),
        ("naïve 测试 🙂", "naïve 测试 🙂"),
    ],
)
def test_what_becomes_of_it(text: str, shown: str) -> None:
    """Escape sequences go, control characters are spelt out, ordinary text of any language stays."""
    assert inert(text) == shown


def test_bounded_with_an_ellipsis() -> None:
    """A megabyte of message is 200 characters; what just fits is left alone."""
    assert inert("x" * 1_000_000) == "x" * 199 + "…"
    assert inert("x" * 200) == "x" * 200


def test_verbatim_keeps_blanks_and_escapes_line_breaks() -> None:
    """A command with two blanks in a path must still name that path."""
    assert inert("pytest 'a  b'\nrm", verbatim=True) == "pytest 'a  b'\\nrm"
    assert inert("a\u2028b\u2029c", verbatim=True) == "a\\u2028b\\u2029c"


@given(st.text(), st.booleans())
def test_nothing_that_moves_a_cursor_is_left(text: str, verbatim: bool) -> None:
    """One line, encodable, idempotent."""
    shown = inert(text, verbatim=verbatim)
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in shown)
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")
    assert inert(shown, verbatim=verbatim) == shown
