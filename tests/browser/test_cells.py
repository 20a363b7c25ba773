"""Every cell in a table: it sorts, filters, searches and turns pages, and the address says what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_alienbio.model import CellSheet, Json
from pytest_alienbio.report import Document
from pytest_alienbio.report.html.content import PageContent
from pytest_alienbio.report.html.render import render_html

from .conftest import once
from .looking import barriers, go, settled, too_wide, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from .witness import Witness

ROWS = 1234
"""Cells of the big page: twelve pages of a hundred, and one of 34."""


def many(rows: int) -> PageContent:
    """A page of nothing but cells: five agents, of which the last never has a score."""
    agents = [f"agent {at % 5}" for at in range(rows)]
    broke = [at % 5 == 4 for at in range(rows)]
    columns: dict[str, Sequence[Json]] = {
        "run": ["20260109T101530-3f9c2a"] * rows,
        "id": [f"world/{at % 7}[d{at % 3}-agent{at % 5}-s{at:05}]" for at in range(rows)],
        "scenario": [f"world/{at % 7}" for at in range(rows)],
        "difficulty": [at % 3 for at in range(rows)],
        "agent": agents,
        "seed": list(range(rows)),
        "outcome": ["agent_error" if bad else "completed" for bad in broke],
        "passed": [None if bad else at % 2 == 0 for at, bad in enumerate(broke)],
        "score": [None if bad else (at * 7919 % 1000) / 1000 for at, bad in enumerate(broke)],
        "seconds": [at * 104729 % 5000 / 10 for at in range(rows)],
        "why": [f"ValueError: no {at}" if bad else None for at, bad in enumerate(broke)],
    }
    return PageContent(Document("many cells"), CellSheet(columns))


@pytest.fixture(scope="module")
def big(shared: Path) -> Path:
    def make(folder: Path) -> None:
        folder.mkdir()
        (folder / "big.html").write_text(render_html(many(ROWS)), "utf-8")

    return once(shared, "big", make) / "big.html"


def opened(witness: Witness, path: Path, route: str = "#cells", width: int = 1200) -> Page:
    page = witness.visit(path, route, width=width)
    page.locator("#cells [role=status]").wait_for()
    return page


def counted(page: Page) -> str:
    """What the table says of how many there are."""
    return page.locator("#cells [role=status]").inner_text()


def column(page: Page, header: str) -> list[str]:
    """The texts of a column, as they stand."""
    heads = [text.strip().lower() for text in page.locator("#cells thead th").all_inner_texts()]
    at = heads.index(header) + 1
    return [text.strip() for text in page.locator(f"#cells tbody tr > :nth-child({at})").all_inner_texts()]


def head(page: Page, header: str) -> None:
    """Presses a header."""
    page.locator(f"#cells th[data-key={header}] button").click()


def numbers(texts: Sequence[str]) -> list[float]:
    return [float(text) for text in texts if text != "-"]


def test_it_sorts_over_all_its_pages(witness: Witness, big: Path) -> None:
    """Largest first, then smallest; cells without a score come last either way, on the last page."""
    page = opened(witness, big)
    head(page, "score")
    until(page, "location.hash.includes('sort=-score')")
    down = numbers(column(page, "score"))
    assert (len(down), down[0]) == (100, 1.0)
    assert down == sorted(down, reverse=True)
    head(page, "score")
    until(page, "location.hash.includes('sort=score')")
    up = numbers(column(page, "score"))
    assert (len(up), up[0]) == (100, 0.0)
    assert up == sorted(up)
    go(page, "cells?sort=score&from=1200")
    until(page, "document.querySelectorAll('#cells tbody tr').length === 34")
    assert set(column(page, "score")) == {"-"}


def test_it_filters_searches_and_clears(witness: Witness, big: Path) -> None:
    """A choice and words together; the address has both, so that it can be sent to somebody."""
    page = opened(witness, big)
    assert counted(page) == "1,234 cells"
    page.locator("select[data-key=agent]").select_option("agent 4")
    until(page, "document.querySelector('#cells [role=status]').textContent.startsWith('246 of')")
    assert set(column(page, "agent")) == {"agent 4"}
    page.get_by_role("searchbox").fill("no 1229")
    until(page, "document.querySelector('#cells [role=status]').textContent.startsWith('1 of')")
    assert column(page, "why") == ["ValueError: no 1229"]
    again = opened(witness, big, page.evaluate("location.hash"))
    assert counted(again) == "1 of 1,234 cells"
    assert again.get_by_role("searchbox").input_value() == "no 1229"
    assert again.locator("select[data-key=agent]").input_value() == "agent 4"
    again.get_by_role("button", name="Clear").click()
    until(again, "document.querySelector('#cells [role=status]').textContent === '1,234 cells'")
    assert again.get_by_role("searchbox").input_value() == ""


def test_nothing_fits_and_it_says_so(witness: Witness, big: Path) -> None:
    page = opened(witness, big, "#cells?find=nobody&agent=no-such&sort=-nothing&from=-7")
    assert counted(page) == "0 of 1,234 cells"
    assert page.locator("#cells tbody tr td").count() == 0


def test_it_turns_pages_and_back(witness: Witness, big: Path) -> None:
    """By its buttons, which end where the cells end, and by the browser's."""
    page = opened(witness, big)
    later, earlier = page.get_by_role("button", name="Next"), page.get_by_role("button", name="Previous")
    assert earlier.is_disabled()
    seeds = [column(page, "seed")]
    for number in range(1, 13):
        later.click()
        until(page, f"location.hash.includes('from={100 * number}')")
        seeds.append(column(page, "seed"))
    assert later.is_disabled()
    assert [int(seed.replace(",", "")) for each in seeds for seed in each] == list(range(ROWS))
    page.go_back()
    until(page, "location.hash.includes('from=1100')")
    assert column(page, "seed") == seeds[11]
    assert opened(witness, big, "#cells?from=99999").locator("#cells tbody tr").count() == 34


def test_it_is_used_by_keyboard_alone(witness: Witness, big: Path) -> None:
    """Sorting keeps the focus where it is, so that the next press turns the order."""
    page = opened(witness, big)
    page.locator("#cells th[data-key=seed] button").focus()
    for wanted in ("descending", "ascending"):
        page.keyboard.press("Enter")
        page.locator(f"#cells th[aria-sort={wanted}]").wait_for()
    assert page.evaluate("document.activeElement.parentElement.dataset.key") == "seed"
    page.get_by_role("searchbox").focus()
    page.keyboard.type("s01000")
    until(page, "document.querySelectorAll('#cells tbody tr').length === 1")
    assert page.evaluate("document.activeElement.type") == "search"


def test_a_telephone_shows_it_without_scrolling_the_page(witness: Witness, big: Path) -> None:
    page = opened(witness, big, width=360)
    settled(page)
    assert too_wide(page) == []
    assert page.get_by_role("searchbox").bounding_box()
    assert barriers(page) == []
