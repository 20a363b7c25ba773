"""Lines of labels, prose and lists."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.report.columns import width_of
from pytest_alienbio.report.page import Page, short

NASTY = st.text(max_size=60) | st.just("\x1b[2Jwiped\u202e " * 9)


def test_labels_stand_beside_their_text_and_it_goes_on_below() -> None:
    assert Page(60).labelled("agent", "one two") == ["agent     one two"]
    assert Page(20).labelled("agent", "a text that is longer") == ["agent a text that is", "  longer"]
    assert Page(60).labelled("agent", "") == []


def test_short_texts_stand_in_columns() -> None:
    assert list(Page(24).packed(["a 1", "bb 22", "c 3"])) == ["    a 1     bb 22", "    c 3"]
    assert list(Page(24).packed([])) == []


def test_a_table_leaves_out_what_is_empty() -> None:
    assert Page(40).rows(("a", ["x", "y"], 0), ("b", ["", ""], 0), ("c", ["", "z"], 1)) == ["a  c", "x", "y  z"]
    assert Page(40).rows(("a", [], 0)) == []


def test_values_are_spelt_short() -> None:
    """However deep they nest."""
    assert short({"a": 1.0, "b": [1, 0.123456, None, True, "x"]}) == "{a 1, b [1, 0.1235, -, true, x]}"
    deep: object = 1
    for _ in range(500):
        deep = [deep]
    assert short(deep) == "[[[[…]]]]"


@given(NASTY, st.integers(1, 120), st.booleans())
def test_foreign_text_is_harmless_and_fits(text: str, width: int, ascii: bool) -> None:
    page = Page(max(width, 12), ascii=ascii)
    lines = [
        *page.prose(text, first="  ", indent="    "),
        *page.labelled("label", text),
        *page.section(text, [text, text]),
        *page.rows(("name", [text], 0)),
    ]
    for line in lines:
        assert "\x1b" not in line
        assert "\n" not in line
        assert width_of(line) <= page.width
        assert line.isascii() or not ascii
