"""What agents, worlds, paths and errors say is shown as text, whatever they say: nothing of it runs, lays out or leads away."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .conftest import once, reported
from .hostile import ATTACKS
from .looking import go, routes, settled, shown, too_wide, until

if TYPE_CHECKING:
    from .witness import Witness

LEADS = ("href", "src", "action", "formaction", "srcset", "data", "poster", "xlink:href", "background", "ping")


@pytest.fixture(scope="module")
def page_file(shared: Path, hostile: Path) -> Path:
    return once(shared, "hostile-report", lambda folder: reported(hostile, folder)) / "report.html"


class Markup(HTMLParser):
    """What a page holds that could do something: elements, handlers, styles, addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.handlers: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.handlers.append(f"<{tag} {name}={value}>")
            if name in LEADS:
                self.addresses.append(value or "")


def test_the_file_holds_no_markup_of_theirs(page_file: Path) -> None:
    """Before anything runs: no elements but ours, no handlers, and no address that leads out of the page."""
    found = Markup()
    found.feed(page_file.read_text("utf-8"))
    assert found.handlers == []
    assert found.tags.isdisjoint({"iframe", "img", "svg", "base", "template", "textarea", "object", "embed", "form"})
    assert [each for each in found.addresses if not re.match(r"#[a-z0-9-]+(\?[\w%&=+.*~-]*)?$|data:,$", each)] == []


def test_every_part_shows_it_as_text(witness: Witness, page_file: Path) -> None:
    """Every part, opened; nothing runs, nothing is asked for, and the page is still as wide as its window."""
    page = witness.visit(page_file, width=900)
    for part in routes(page):
        go(page, part)
        settled(page)
        assert shown(page) == [part]
        assert too_wide(page) == [], part
    text = page.locator("main").evaluate("main => main.textContent")
    assert "<script>window.hacked=1</script>" in text
    assert "<img src=x onerror=window.hacked=1>" in text
    assert "{{7*7}}" in text
    for bad in "\u202e\u2066\u200b\u2028\x1b\x00\x07":
        assert bad not in text, hex(ord(bad))


def test_nothing_leads_away_however_it_is_pressed(witness: Witness, page_file: Path) -> None:
    """Every link and button of every part, once."""
    page = witness.visit(page_file)
    here = page.url.partition("#")[0]
    for part in routes(page):
        go(page, part)
        addresses = page.locator(f"#{part} a").evaluate_all("links => [...new Set(links.map(link => link.href))]")
        assert [each for each in addresses if not each.startswith(f"{here}#")] == []
        page.locator(f"#{part} button:enabled").evaluate_all("buttons => buttons.forEach(button => button.click())")
        settled(page)
    assert page.url.startswith(here)


def test_cells_are_found_and_filtered_whatever_they_are_called(witness: Witness, page_file: Path) -> None:
    """By name in the address, by choice and by words; names that every JavaScript object has are names like others."""
    page = witness.visit(page_file, "#cells")
    page.locator("#cells [role=status]").wait_for()
    assert page.locator("#cells [role=status]").inner_text() == f"{len(ATTACKS)} cells"
    for name in ("__proto__", "constructor", "hasOwnProperty", ATTACKS[0]):
        page.locator("select[data-key=agent]").select_option(name)
        until(page, "document.querySelectorAll('#cells tbody tr').length === 1")
        assert name in page.locator("#cells tbody tr").inner_text()
    for route in ("#cells?__proto__=1&constructor=2&find=%3Cscript%3E&sort=__proto__", "#__proto__", "#constructor?x=1"):
        witness.visit(page_file, route)
    assert shown(witness.visit(page_file, "#cells?page=environment")) == ["cells"], "what is asked of a part leads to no other"


def test_on_paper_and_without_scripts_too(witness: Witness, page_file: Path) -> None:
    page = witness.visit(page_file, scripts=False)
    assert "<script>window.hacked=1</script>" in page.locator("main").inner_text()
    assert too_wide(page) == []
    assert len(page.pdf()) > 1000


def test_the_page_stays_within_its_bounds(page_file: Path) -> None:
    """A text of 100,000 characters in each field makes no page that no mail takes."""
    assert page_file.stat().st_size < 4_000_000
