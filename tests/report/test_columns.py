"""Widths, shortening, wrapping, and which column gives way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.report.columns import Column, fit, lines_of, shorten, table_width, to_ascii, width_of, wrap


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("测试", 4), ("e\u0301", 1), ("a\u20dd", 1), ("ｱ", 1), ("🙂", 2), ("", 0)]
)
def test_width_counts_terminal_columns(text: str, width: int) -> None:
    """Wide and full-width characters take two, combining marks none."""
    assert width_of(text) == width


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("claude-opus-t0", 14, "claude-opus-t0"),
        ("claude-opus-t0", 9, "clau…s-t0"),
        ("claude-opus-t0", 2, "c…"),
        ("claude-opus-t0", 1, "c"),
        ("claude-opus-t0", 0, ""),
        ("测试测试测试", 7, "测…试"),
    ],
)
def test_names_are_shortened_in_the_middle(text: str, width: int, shown: str) -> None:
    """Both ends tell names apart; half a wide character is never shown."""
    assert shorten(text, width) == shown


def test_sentences_are_shortened_at_the_end() -> None:
    """The beginning of a message says most."""
    assert shorten("KeyError: dose", 11, middle=False) == "KeyError:…"
    assert shorten("KeyError: dose", 11, ascii=True) == "KeyE...dose"


@given(st.text(max_size=40), st.integers(0, 50), st.booleans(), st.booleans())
def test_shortened_text_fits(text: str, width: int, ascii: bool, middle: bool) -> None:
    """Never wider than the room, and untouched if there is enough."""
    shown = shorten(text, width, ascii=ascii, middle=middle)
    assert width_of(shown) <= width
    assert shown == text or width_of(text) > width


def test_ascii_keeps_meaning() -> None:
    """Signs are spelt out, the rest escaped."""
    assert to_ascii("0.8 ± 0.1 … é") == r"0.8 +- 0.1 ... \xe9"


def test_wrap_breaks_at_blanks_and_indents() -> None:
    """A word longer than the line is shortened, not spilled."""
    assert wrap("one two three", 7) == ["one two", "  three"]
    assert wrap("one abcdefghijkl", 7, first="> ") == ["> one", "  a…jkl"]
    assert wrap("", 7) == []


@given(st.text(max_size=200), st.integers(8, 60))
def test_wrapped_lines_fit_and_keep_every_word_that_can(text: str, width: int) -> None:
    """Nothing is lost at a line's end."""
    lines = wrap(text, width)
    assert all(width_of(line) <= width for line in lines)
    if all(width_of(word) <= width - 2 for word in text.split()):
        assert " ".join(lines).split() == text.split()


def columns() -> tuple[Column, ...]:
    """A name and three numbers, two of which may go."""
    return (
        Column("name", ("a-rather-long-name", "short"), left=True, names=True),
        Column("x", ("1.00 + 0.25", "2.00 + 0.50"), gives_way=1, narrow=("1.00", "2.00")),
        Column("y", ("10", "20"), gives_way=2),
        Column("z", ("7", "8")),
    )


@pytest.mark.parametrize(
    ("width", "row"),
    [
        (38, "a-rather-long-name  1.00 + 0.25  10  7"),
        (36, "a-rather…ng-name  1.00 + 0.25  10  7"),
        (32, "a-rather…ng-name  1.00 + 0.25  7"),
        (25, "a-rather…ng-name  1.00  7"),
        (18, "a-ra…name  1.00  7"),
    ],
)
def test_what_gives_way_first(width: int, row: str) -> None:
    """Names a little, then the weakest column, then a narrow form, then names as far as needed."""
    fitted = fit(columns(), width)
    assert lines_of(fitted)[1] == row
    assert table_width(fitted) <= width
