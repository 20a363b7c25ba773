"""The pages of `bio watch --serve` and `bio view` in a browser: nothing foreign does anything, and what ends is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest

from pytest_alienbio.run.watching import Watching
from pytest_alienbio.serve.browse import Browse
from pytest_alienbio.serve.live import live_site
from pytest_alienbio.serve.server import Server
from pytest_alienbio.serve.site import Site
from pytest_alienbio.store import find_dats
from pytest_alienbio.store.holding import Hold

from ..run.parts import Lab, make_plan

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from .witness import Witness

Serve = Callable[[Site], Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves sites until the test is over."""
    servers: list[Server] = []

    def start(site: Site) -> Server:
        servers.append(Server(site).start())
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def faults(page: Page) -> list[str]:
    """What axe finds wrong with it for those who do not see it, or not well."""
    from axe_playwright_python.sync_playwright import Axe

    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in Axe().run(page).response["violations"]]


def test_no_page_over_hostile_results_runs_anything_of_them(hostile: Path, witness: Witness, serve: Serve) -> None:
    """From the list on, every link that leads on is followed; the witness sees what any of them does."""
    server = serve(Browse(hostile / "data"))
    seen, todo = set[str](), [server.url]
    page = witness.visit(server.url)
    while todo:
        address = todo.pop()
        kind = re.sub(r"[0-9a-f]{20}|\?.*", "", address)
        if kind in seen:
            continue
        seen.add(kind)
        page.goto(address)
        found = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
        todo += [urljoin(address, href) for href in found if not href.startswith("#")]
        assert page.evaluate("window.hacked") is None
    assert {kind.removeprefix(server.url) for kind in seen} >= {
        "",
        "run//",
        "run//report/",
        "run//cells/",
        "run//cell/",
        "history/",
    }


def test_a_live_page_follows_its_run_to_the_end_and_says_that_it_lost_its_server(
    tmp_path: Path, chromium: Browser, serve: Serve
) -> None:
    """A lost server is an error of the console, too: so this one is seen by no witness."""
    lab = Lab(tmp_path, make_plan(agents=("right", "half"), seeds=(0, 1)))
    server = serve(live_site(Watching(lab.dat_path)))
    context = chromium.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")
    page = context.new_page()
    with Hold(lab.dat_path):
        page.goto(server.url)
        page.get_by_text("b: running").first.wait_for()
        lab.play(lab.plan.cells[0].id)
        page.get_by_text("1/4 cells").wait_for()
        assert page.title().startswith("25% b: running")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert faults(page) == []
    page.get_by_text("b: died before its end").first.wait_for()
    page.get_by_text("resume=").wait_for()
    assert page.locator("#lost").is_hidden()
    server.close()
    page.get_by_text("does not answer any more").wait_for()
    assert "b: died before its end" in page.inner_text("h1")
    context.close()


def test_the_list_is_filtered_and_two_runs_of_it_are_compared(tmp_path: Path, witness: Witness, serve: Serve) -> None:
    for _ in range(2):
        lab = Lab(tmp_path, make_plan(agents=("right", "half"), seeds=(0, 1)))
        lab.play()
        lab.close()
    older, newer = find_dats(tmp_path / "data")[::-1]
    page = witness.visit(serve(Browse(tmp_path / "data")).url)
    assert faults(page) == []
    page.get_by_role("searchbox").fill(newer.name)
    assert page.locator("tbody tr:visible").count() == 1
    page.get_by_role("searchbox").fill("")
    compare = page.get_by_role("button", name="Compare two")
    assert compare.is_disabled()
    for box in page.get_by_role("checkbox").all():
        box.check()
    compare.click()
    page.get_by_role("link", name=f"results/b/{older.name}").wait_for()
    assert page.title().startswith(f"data/results/b/{newer.name} against") or "against" in page.title()
