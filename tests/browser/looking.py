"""What is asked of every page: does it fit, can it be read, which parts has it."""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING, Any

from .witness import HELD_S

if TYPE_CHECKING:
    from playwright.sync_api import Page

STANDARD = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
SEEN = "(part) => document.getElementById(part)?.checkVisibility()"
_TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const scrolls = (each) => each && (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(each).overflowX) || scrolls(each.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((each) => each.getBoundingClientRect().right > room + 1 && !scrolls(each.parentElement))
    .map((each) => `${each.tagName} ${each.className} ${each.textContent.trim().slice(0, 40)}`).slice(0, 5);
}"""  # noqa: E501


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways; [] if it does not."""
    found: list[str] = page.evaluate(_TOO_WIDE)
    return found or (["something"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else [])


def barriers(page: Page) -> list[str]:
    """What keeps people from the page as it is now, by the rules of WCAG 2.2 A and AA that axe-core checks."""
    from axe_playwright_python.sync_playwright import Axe

    found: dict[str, Any] = Axe().run(page, options={"runOnly": list(STANDARD), "resultTypes": ["violations"]}).response
    return [
        f"{rule['id']} ({len(rule['nodes'])}): {node['html'][:150]} {' '.join(node['failureSummary'].split())[:240]}"
        for rule in found["violations"]
        for node in rule["nodes"][:2]
    ]


def routes(page: Page) -> list[str]:
    """The parts of the page by their places in the address, as its navigation lists them."""
    links = page.locator("nav.parts a").all()
    return [str(link.get_attribute("href")).removeprefix("#") for link in links]


def until(page: Page, expression: str, arg: object = None) -> None:
    """Waits until JavaScript's `expression`, or a function of `arg`, is true.

    Asked from outside, again and again: what Playwright leaves in a page for that (`wait_for_function`) its policy refuses.
    """
    end = monotonic() + HELD_S
    while not page.evaluate(expression, arg):
        assert monotonic() < end, f"never came true: {expression} ({arg!r}) at {page.url}"
        page.wait_for_timeout(20)


def until_reloaded(page: Page, expression: str) -> None:
    """Loads the page again until JavaScript's `expression` is true.

    What a page stores is handed to another process of the browser. On a busy machine a page that is loaded at once does not
    find it yet (measured with Chromium 156: 1 of 140 loads under load 6, found by the next).
    """
    end = monotonic() + HELD_S
    while True:
        page.reload(wait_until="load")
        if page.evaluate(expression):
            return
        assert monotonic() < end, f"never came true: {expression} at {page.url}"


def go(page: Page, route: str) -> None:
    """To another place of the same page, as by a link."""
    page.evaluate("(route) => { location.hash = route; }", route)
    until(page, SEEN, route.partition("?")[0])


def shown(page: Page) -> list[str]:
    """The parts that can be seen."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('main > .part')].filter(e => e.checkVisibility()).map(e => e.id)"
    )
    return found


def settled(page: Page) -> None:
    """Waits until two frames were drawn and nothing moves."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def headings_of(pdf: bytes) -> list[str]:
    """The outline of a PDF that Chromium printed: its headings, as far as they are ASCII."""
    found = re.findall(rb"/Title \(((?:[^()\\]|\\.)*)\)", pdf)
    return [re.sub(rb"\\(.)", rb"\1", title).decode("latin-1") for title in found]
