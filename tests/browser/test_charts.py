"""Charts on a page: drawn when they are looked at, by an interpreter, in the page's colours and width, and on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_alienbio.charts import bars, box, difficulty, drops, heatmap, histogram, profile
from pytest_alienbio.charts.theme import DARK, LIGHT
from pytest_alienbio.model import Call, Chart
from pytest_alienbio.report.document import Document, Figure, Section
from pytest_alienbio.report.html.content import PageContent
from pytest_alienbio.report.html.render import render_html

from ..charts.parts import HOSTILE, LONG, measured
from ..charts.test_curves import a_profile, slope, slopes
from ..report.verdicts import nodes, verdict

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from .witness import Witness

AGENTS = [LONG.format(at) for at in range(30)]
CHARTS: dict[str, Callable[[], Chart]] = {
    "heatmap": lambda: heatmap(measured(["a", "b"], ["x", HOSTILE])),
    "wide": lambda: heatmap(measured(AGENTS, ["x", "y", "z"], 0.0)),
    "bars": lambda: bars(measured([*AGENTS, HOSTILE], value=0.0)),
    "box": lambda: box({"a": [0.1, 0.2, 0.9], "b": [None]}),
    "histogram": lambda: histogram({agent: [0.1, 0.5] for agent in "abcdefg"}),
    "difficulty": lambda: difficulty(slopes(slope("a"), slope("b", half=40.0))),
    "profile": lambda: profile({"a": a_profile(), "b": a_profile()}),
    "drops": lambda: drops(verdict(Call.PASS, "same", found=nodes(["a"], ["x"]))),
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All kinds one below the other, in one part of a page."""
    figures = tuple(Figure(key, make()) for key, make in CHARTS.items())
    path = tmp_path_factory.mktemp("charts") / "charts.html"
    path.write_text(render_html(PageContent(Document("charts", (Section("scores", "charts", blocks=figures),)))), "utf-8")
    return path


HEIGHTS = "[...document.querySelectorAll('.drawn')].map(each => each.offsetHeight)"


def drawn(page: Page) -> int:
    """How many there are by now."""
    return page.locator(".drawn svg").count()


def polled(page: Page, what: str) -> bool:
    """Whether it becomes true within five seconds; asked from here, since a page lets no text become code."""
    for _ in range(100):
        if page.evaluate(what):
            return True
        page.wait_for_timeout(50)
    return False


def all_drawn(page: Page) -> None:
    """Scrolls down until every chart is there."""
    figures = page.locator("figure[data-chart]")
    for at in range(figures.count()):
        figures.nth(at).scroll_into_view_if_needed()
        figures.nth(at).locator("svg").wait_for()


def test_charts_are_drawn_as_they_come_into_sight(witness: Witness, page: Path) -> None:
    """Without a word on the console, a request, or a style that nobody wrote; each leaves its sentence for who hears it."""
    shown = witness.visit(page, height=500)
    shown.locator(".drawn svg").first.wait_for()
    assert drawn(shown) < len(CHARTS)
    all_drawn(shown)
    assert drawn(shown) == len(CHARTS)
    assert shown.locator("style").count() == page.read_text("utf-8").count("<style>")
    assert all(label for label in shown.locator(".drawn").evaluate_all("all => all.map(one => one.ariaLabel)"))
    assert shown.locator("svg [onclick], svg image, svg a, svg script").count() == 0
    assert shown.locator("svg text", has_text="<img src=x").count() > 0


@pytest.mark.parametrize("width", [360, 1600])
def test_as_wide_as_there_is_room(witness: Witness, page: Path, width: int) -> None:
    """Nothing pushes the page itself wider; what cannot be read in that room scrolls by itself, with the keyboard too."""
    shown = witness.visit(page, width=width)
    kept = shown.evaluate(HEIGHTS)
    all_drawn(shown)
    assert shown.evaluate("document.documentElement.scrollWidth") == width
    assert shown.evaluate(HEIGHTS) == kept, "a chart is taller than the place that was kept for it, and the page jumps"
    spare = shown.evaluate(
        "[...document.querySelectorAll('.drawn')].map(e => e.clientHeight - e.querySelector('svg').clientHeight)"
    )
    assert all(0 <= each <= 40 for each in spare), spare
    panels = shown.locator("figure").nth(4).locator("svg")
    assert panels.evaluate("one => one.clientHeight > one.clientWidth") == (width == 360)
    wide = shown.locator("figure").nth(1).locator(".drawn")
    assert wide.evaluate("one => one.scrollWidth > one.clientWidth") == (width == 360)
    assert wide.get_attribute("tabindex") == ("0" if width == 360 else None)


def test_the_colours_follow_the_page_and_the_width_the_window(witness: Witness, page: Path) -> None:
    shown = witness.visit(page)
    all_drawn(shown)
    shown.locator("figure").nth(2).scroll_into_view_if_needed()
    assert shown.locator("figure").nth(2).locator(f"svg [fill='{LIGHT.category[0]}']").count() > 0
    shown.emulate_media(color_scheme="dark")
    shown.locator("figure").nth(2).locator(f"svg [fill='{DARK.category[0]}']").first.wait_for(state="attached")
    before = shown.locator("figure").nth(2).locator("svg").evaluate("one => one.clientWidth")
    shown.set_viewport_size({"width": 700, "height": 900})
    narrower = f"document.querySelectorAll('figure')[2].querySelector('svg').clientWidth < {before}"
    assert polled(shown, narrower)


def test_a_mark_says_its_numbers_as_text(witness: Witness, page: Path) -> None:
    """Names in a tooltip are whole, and never markup."""
    shown = witness.visit(page)
    shown.locator("figure").nth(0).locator("svg .mark-text text").nth(2).hover()
    tip = shown.locator(".tip")
    tip.wait_for()
    assert "<img src=x onerror=" in tip.inner_text()
    assert "score 0.50" in tip.inner_text()
    assert tip.locator("img").count() == 0
    shown.keyboard.press("Escape")
    tip.wait_for(state="hidden")


def test_paper_holds_every_chart_in_light_colours(witness: Witness, page: Path) -> None:
    shown = witness.visit(page, dark=True)
    shown.locator("figure").nth(2).scroll_into_view_if_needed()
    shown.locator("figure").nth(2).locator("svg").wait_for()
    shown.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert drawn(shown) == len(CHARTS)
    assert shown.locator(f"svg [fill='{LIGHT.category[0]}']").count() > 0
    assert shown.locator(f"svg [fill='{DARK.category[0]}']").count() == 0
    shown.evaluate("dispatchEvent(new Event('afterprint'))")
    assert shown.locator(f"svg [fill='{DARK.category[0]}']").count() > 0


def test_without_scripts_the_sentence_and_the_numbers_are_there(witness: Witness, page: Path) -> None:
    shown = witness.visit(page, scripts=False)
    assert shown.locator(".drawn .alt").nth(0).inner_text().startswith("Heat map of score: 2 scenarios by 2 agents")
    assert shown.locator("figure details table").count() == len(CHARTS)
