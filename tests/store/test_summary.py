"""Text in a table that spreadsheets open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.store.summary import plain_text, safe_text

printable = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=12)


@given(printable)
def test_what_was_made_safe_is_taken_back(text: str) -> None:
    """Whatever it begins with, marks of its own among it; and nothing safe is run."""
    assert plain_text(safe_text(text)) == text
    assert safe_text(text)[:1] not in ("=", "+", "-", "@")


@pytest.mark.parametrize("cell", ["=1", "@x", "+1", "-x", "\t=1", "\r"])
def test_a_cell_that_would_be_run_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="begins like a formula, which a spreadsheet would run"):
        plain_text(cell)


def test_text_stays_on_its_line() -> None:
    """Line breaks become blanks, and hide no formula."""
    assert safe_text("a\nb\x07") == "a b "
    assert safe_text("\n=1") == "' =1"
    assert safe_text("\uff1d1") == "'\uff1d1"
    assert plain_text("\uff1d1") == "\uff1d1"
