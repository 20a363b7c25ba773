"""What no page of ours may do is seen, and fails its test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .witness import witnessed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NONE = "<meta http-equiv=content-security-policy content=\"default-src 'none'\">"


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("<script>console.error('oh')</script>", "console: oh"),
        ("<script>null.oh</script>", "uncaught: "),
        ("<script>Promise.reject(new Error('late'))</script>", "uncaught: late"),
        ("<img src='http://127.0.0.1:9/x.png'>", "request: http://127.0.0.1:9/x.png"),
        ("<img src='../../elsewhere.png'>", "request: file:///"),
        (f"{NONE}<p style='color: red'>", "CSP: "),
        (f"{NONE}<script>1</script>", "CSP: "),
        ("<img src='data:,' onerror='window.hacked=1'>", "executed"),
        ("<script>alert('look')</script>", "dialog: look"),
        ("<script>open('about:blank')</script>", "a window opened"),
    ],
)
def test_what_a_page_does_wrong_fails_its_test(chromium: Browser, tmp_path: Path, markup: str, seen: str) -> None:
    (tmp_path / "x.html").write_text(f"<!doctype html><meta charset=utf-8><title>x</title>{markup}", "utf-8")
    with pytest.raises(AssertionError, match=seen), witnessed(chromium) as witness:
        witness.visit(tmp_path / "x.html")


def test_a_page_that_does_nothing_wrong_fails_nothing(chromium: Browser, tmp_path: Path) -> None:
    """Not without scripts either, nor by what lies in its folder."""
    (tmp_path / "side.js").write_text("window.arrived = 1", "utf-8")
    (tmp_path / "x.html").write_text(
        "<!doctype html><title>x</title><img src='data:,'><script src='side.js'></script>", "utf-8"
    )
    with witnessed(chromium) as witness:
        page = witness.visit(tmp_path / "x.html")
        assert page.evaluate("window.arrived") == 1
        assert witness.visit(tmp_path / "x.html", scripts=False).evaluate("window.arrived") is None
