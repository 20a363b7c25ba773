"""A report in a browser: its parts, its tables, on paper, in the dark, on a telephone, without scripts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .looking import SEEN, barriers, go, headings_of, routes, settled, shown, too_wide, until, until_reloaded

if TYPE_CHECKING:
    from .witness import Witness


def test_a_part_at_a_time_by_its_link_and_back(witness: Witness, report: Path) -> None:
    """Each link shows its part, and says that it is the one; the browser's own buttons lead back and forth."""
    page = witness.visit(report)
    parts = routes(page)
    assert len(parts) > 4
    for part in parts:
        page.locator(f"nav.parts a[href='#{part}']").click()
        until(page, SEEN, part)
        assert shown(page) == [part]
        assert page.locator("nav.parts [aria-current]").get_attribute("href") == f"#{part}"
        assert page.locator(f"#{part} h2").first.inner_text()
    page.go_back()
    until(page, SEEN, parts[-2])
    assert shown(page) == [parts[-2]]
    page.go_forward()
    until(page, SEEN, parts[-1])


def test_an_address_leads_to_its_part(witness: Witness, report: Path) -> None:
    """As one that was sent to somebody does; one that leads nowhere leads to the first part."""
    first = shown(witness.visit(report))
    for part in ("cells", "scenarios"):
        assert shown(witness.visit(report, f"#{part}")) == [part]
    assert shown(witness.visit(report, "#nothing-here")) == first
    assert shown(witness.visit(report, "#%E0%A4%A")) == first


def test_numbers_are_those_of_the_terminal(witness: Witness, report: Path, said: str) -> None:
    """The leaderboard's rows, text by text, stand in the report that a screen shows."""
    page = witness.visit(report)
    rows = page.locator("#section-leaderboard > .table tbody tr").all()
    assert len(rows) > 5
    lines = [line.split() for line in said.splitlines()]
    for row in rows:
        words = row.inner_text().split()
        assert words in lines, words


def test_a_table_sorts_by_its_headers(witness: Witness, report: Path) -> None:
    """Numbers from the largest, then the other way round; what is missing stays last; by mouse and by keyboard."""
    page = witness.visit(report)
    table = page.locator("#section-leaderboard > .table table")
    heads = [text.lower() for text in table.locator("thead th").all_inner_texts()]
    at = next(place for place, text in enumerate(heads) if text.startswith("mean"))
    button = table.locator("thead th").nth(at).locator("button")

    def column() -> list[str]:
        return [text.strip() for text in table.locator(f"tbody tr > :nth-child({at + 1})").all_inner_texts()]

    def ends() -> tuple[list[float], list[str]]:
        texts = column()
        return [float(text) for text in texts if text != "-"], texts[len([text for text in texts if text != "-"]) :]

    button.click()
    down, missing = ends()
    assert down == sorted(down, reverse=True)
    assert set(missing) == {"-"}
    assert table.locator("thead th").nth(at).get_attribute("aria-sort") == "descending"
    button.focus()
    page.keyboard.press("Enter")
    up, missing = ends()
    assert up == sorted(down)
    assert set(missing) == {"-"}
    assert table.locator("thead th[aria-sort]").count() == 1


def test_a_name_leads_to_its_cells(witness: Witness, report: Path) -> None:
    page = witness.visit(report)
    page.locator("#section-leaderboard").get_by_role("link", name="greedy", exact=True).click()
    page.locator("#cells tbody tr").first.wait_for()
    assert shown(page) == ["cells"]
    assert set(page.locator("#cells tbody tr td:nth-child(1), #cells tbody tr th").all_inner_texts()) != set()
    assert all("greedy" in text for text in page.locator("#cells tbody tr").all_inner_texts())


def test_without_scripts_everything_is_there(witness: Witness, report: Path) -> None:
    """Every part, one below the other; links jump to them; nothing waits for a script that never comes."""
    page = witness.visit(report, scripts=False)
    parts = routes(page)
    assert [part for part in shown(page) if part in parts] == parts
    for part in parts:
        assert len(page.locator(f"#{part}").inner_text()) > 20, part
    assert page.locator("#cells table tbody tr").count() == 62
    for figure in page.locator("figure").all():
        assert figure.get_by_role("img").inner_text() or figure.get_by_role("img").get_attribute("aria-label")
    assert too_wide(page) == []


def test_on_paper_everything_is_there(witness: Witness, report: Path) -> None:
    """The PDF's outline has all parts, whichever was shown, and what is pressed to look around is not printed."""
    page = witness.visit(report, "#cells", dark=True)
    names = page.locator("nav.parts a").evaluate_all("links => links.map(l => l.firstChild.textContent.trim())")
    titles = headings_of(page.pdf(outline=True, tagged=True, print_background=True))
    assert set(names) <= set(titles)
    page.emulate_media(media="print")
    assert shown(page)[: len(names)] == routes(page)
    assert not page.locator("nav.parts").is_visible()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")


def test_the_reader_chooses_the_colours(witness: Witness, report: Path) -> None:
    """The system's at first; a button turns to the others, and the page remembers."""
    page = witness.visit(report, dark=True)
    ground = "getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number)"
    assert max(page.evaluate(ground)[:3]) < 60
    page.get_by_role("button", name="Colours").click()
    assert min(page.evaluate(ground)[:3]) > 230
    until_reloaded(page, f"Math.min(...{ground}.slice(0, 3)) > 230")
    assert min(witness.visit(report).evaluate(ground)[:3]) > 230


@pytest.mark.parametrize("width", [360, 1600])
def test_no_part_is_wider_than_the_window(witness: Witness, report: Path, width: int) -> None:
    page = witness.visit(report, width=width, height=740)
    for part in routes(page):
        go(page, part)
        settled(page)
        assert too_wide(page) == [], part


def test_the_keyboard_goes_everywhere(witness: Witness, report: Path) -> None:
    """The first stop leads past the navigation; a part's heading is where reading goes on; what is focused can be seen."""
    page = witness.visit(report)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Skip")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.id === 'main' || document.activeElement.closest('main')")
    link = page.locator("nav.parts a").nth(1)
    link.focus()
    page.keyboard.press("Enter")
    until(page, "document.activeElement.tagName === 'H2'")
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_who_wants_no_motion_sees_none(witness: Witness, report: Path) -> None:
    page = witness.visit(report, calm=True)
    moving = (
        "[...document.querySelectorAll('*')].filter(e => {const s = getComputedStyle(e); return "
        "[s.transitionDuration, s.animationDuration].some(d => d.split(',').some(each => parseFloat(each) > 0)) || "
        "s.scrollBehavior === 'smooth'}).length"
    )
    assert page.evaluate(moving) == 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_keeps_anybody_from_any_part(witness: Witness, report: Path, dark: bool) -> None:
    """WCAG 2.2 A and AA, as far as axe-core checks it."""
    page = witness.visit(report, dark=dark)
    found = []
    for part in routes(page):
        go(page, part)
        settled(page)
        found += [f"{part}: {barrier}" for barrier in barriers(page)]
    assert found == []
