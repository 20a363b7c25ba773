"""One cell step by step, and two side by side, in a browser: opened by click, key and address, and read by anybody."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pytest_alienbio.model import CellSheet, Outcome, Trajectory, Turn
from pytest_alienbio.report.document import Document
from pytest_alienbio.report.html.content import PageContent
from pytest_alienbio.report.html.packed import pack
from pytest_alienbio.report.traces import trace_data
from pytest_alienbio.run.pages import Page

from .conftest import once, reported
from .looking import barriers, go, settled, shown, too_wide, until
from .synthetic import cell_called, synthetic

if TYPE_CHECKING:
    from playwright.sync_api import Page as Opened

    from .witness import Witness

WORLD = "mutualism/competition"


def cell(agent: str, level: int = 1, seed: int = 0) -> str:
    return f"{WORLD}[d{level}-{agent}-s{seed}]"


def opened(witness: Witness, report: Path, agent: str, *, width: int = 1200, dark: bool = False, **more: object) -> Opened:
    """The trace of a cell, as its address opens it."""
    page = witness.visit(report, f"#trace?{urlencode({'cell': cell(agent), **more})}", width=width, dark=dark)
    page.locator("#trace .cell-name").wait_for()
    return page


def test_a_cell_is_opened_by_click_and_by_key_and_left_by_the_browsers_button(witness: Witness, report: Path) -> None:
    page = witness.visit(report, "#cells?agent=greedy")
    row = page.locator("#cells tbody tr", has_text=cell("greedy"))
    row.locator("td").last.click()
    page.locator("#trace .cell-name").wait_for()
    assert page.locator("#trace .cell-name").inner_text() == cell("greedy")
    assert shown(page) == ["trace"]
    page.go_back()
    row.wait_for()
    row.get_by_role("link").focus()
    page.keyboard.press("Enter")
    page.locator("#trace .step-detail").wait_for()
    assert shown(page) == ["trace"]


def test_steps_are_walked_by_key_and_button_and_the_address_follows(witness: Witness, report: Path) -> None:
    """So that a step can be sent to somebody, whom its address leads there."""
    page = opened(witness, report, "greedy")
    first = page.locator("#trace .step-detail h4").inner_text()
    page.keyboard.press("j")
    until(page, "location.hash.includes('step=')")
    page.get_by_role("button", name="Next step").click()
    third = page.locator("#trace .step-detail h4").inner_text()
    assert third != first
    again = witness.visit(report, page.evaluate("location.hash"))
    again.locator("#trace .step-detail h4").wait_for()
    assert again.locator("#trace .step-detail h4").inner_text() == third
    assert again.locator("#trace .steps-list [aria-current=step]").count() == 1
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert page.locator("#trace .step-detail h4").inner_text() == first


def test_hidden_truth_stands_beside_what_was_seen(witness: Witness, report: Path) -> None:
    page = opened(witness, report, "greedy")
    heads = page.locator("#trace .levels thead th").all_inner_texts()
    assert [head for head in heads if head in ("seen", "true")] == ["seen", "true"]
    assert page.locator("#trace svg").count() >= 1


def test_what_a_model_was_asked_and_said(witness: Witness, report: Path) -> None:
    """Messages, answers, tokens; the request that failed, with its attempt."""
    page = opened(witness, report, "reader")
    page.locator("#trace .call .came").first.wait_for()
    assert "it answered" in page.locator("#trace .step-detail").inner_text()
    assert page.locator("#trace .requests tbody tr").count() > 2
    page.locator("#trace summary", has_text="What its model was told").click()
    assert page.locator("#trace .system pre").first.is_visible()


def test_an_error_is_shown_with_its_traceback(witness: Witness, report: Path) -> None:
    page = opened(witness, report, "stumbles")
    assert "no third thought was given to <this>" in page.locator("#trace .went-wrong").inner_text()
    page.locator("#trace .went-wrong summary").click()
    assert "raise ValueError" in page.locator("#trace .went-wrong pre").inner_text()


def test_two_cells_of_a_world_stand_side_by_side_from_where_they_part(witness: Witness, report: Path) -> None:
    """Chosen in the first one's page; the address of both leads there too."""
    page = opened(witness, report, "greedy")
    page.locator("#trace .beside select").select_option(label=cell("random"))
    until(page, "location.hash.startsWith('#diff')")
    page.locator("#diff .side").first.wait_for()
    names = page.locator("#diff").inner_text()
    assert cell("greedy") in names
    assert cell("random") in names
    again = witness.visit(report, page.evaluate("location.hash"), width=360, dark=True)
    again.locator("#diff .side").first.wait_for()
    settled(again)
    assert too_wide(again) == []
    assert barriers(again) == []


def test_a_trace_that_is_not_here_says_how_it_is_seen(witness: Witness, report: Path) -> None:
    page = witness.visit(report, f"#trace?{urlencode({'cell': 'no/such[cell]'})}")
    page.locator("#trace .not-here").wait_for()
    assert "bio" in page.locator("#trace .copy code").inner_text()


def test_a_cell_without_a_trace_says_how_it_ended(witness: Witness, tmp_path: Path) -> None:
    """All that the table of cells has of it, and the command that shows the rest."""
    lost = cell_called("lost[it's]", outcome=Outcome.LOST, reason="worker gw0 died while it played this cell")
    file = synthetic(tmp_path / "page.html", [(cell_called("played"), Trajectory()), (lost, None)])
    page = witness.visit(file, f"#trace?{urlencode({'cell': lost.id, 'run': 'run'})}", width=360)
    text = page.locator("#trace .not-here").inner_text()
    assert "No trace of it was kept" in text
    go(page, f"trace?{urlencode({'cell': 'played', 'run': 'run'})}")
    until(page, "document.getElementById('trace').innerText.includes('was kept, and is not in this page')")
    go(page, f"trace?{urlencode({'cell': lost.id, 'run': 'run'})}")
    until(page, "document.getElementById('trace').innerText.includes('No trace of it was kept')")
    assert "worker gw0 died" in text
    assert page.locator("#trace .copy code").inner_text() == """bio show 'data/run::lost[it'\\''s]'"""
    assert too_wide(page) == []
    assert barriers(page) == []


def test_traces_beside_a_page_are_of_that_page_or_none(witness: Witness, tmp_path: Path) -> None:
    """One that stands there is opened; of another report's, of a file that holds none, of none it is said how it is."""
    chunk = pack({"r": {"i": trace_data(cell_called("i"), Trajectory((Turn(0, "wait"),)))}})

    def written(name: str, made: str) -> Path:
        sheet = CellSheet({"run": ["r"], "id": ["i"], "steps": [1], "outcome": ["completed"]})
        places = {"r": {"i": "traces-0001"}}
        content = PageContent(Document("t"), sheet, beside={"traces-0001": chunk}, places=places, dats={"r": "d"}, made_at=made)
        return Page(content).save(tmp_path / name / "a b.html")

    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    new, old = written("new", "2026-01-31T12:00:00Z"), written("old", "2026-01-30T12:00:00Z")
    page = witness.visit(new, "#trace?cell=i&run=r")
    page.locator("#trace .step-detail").wait_for()
    side = Path("a b.files", "traces-0001.js")
    for found, said in (
        ((old.parent / side).read_text(), "a report that was made at another time"),
        ("bio.arrived('another', '', '');", "holds no traces"),
    ):
        (new.parent / side).write_text(found)
        page = witness.visit(new, "#trace?cell=i&run=r")
        page.locator("#trace .not-here").wait_for()
        assert f"{side.as_posix()} {'is of ' if 'made' in said else ''}{said}" in page.locator("#trace .not-here").inner_text()
        assert page.locator("#trace .copy code").inner_text() == "bio show 'd::i'"


def test_a_long_trace_is_drawn_in_few_shapes_and_walked_to_its_end(witness: Witness, tmp_path: Path) -> None:
    """Thousands of steps are no thousands of circles, and nothing of what they span is left out."""
    levels = [{"K1": 5.0 + (at % 7)} for at in range(3000)]
    levels[1234]["K1"] = 99.0
    turns = tuple(Turn(at, "cull", {"species": "K1"}, seen=seen, state=seen) for at, seen in enumerate(levels))
    file = synthetic(tmp_path / "page.html", [(cell_called("long"), Trajectory(turns, levels[0]))])
    page = witness.visit(file, f"#trace?{urlencode({'cell': 'long', 'run': 'run', 'step': 2999})}")
    page.locator("#trace .step-detail").wait_for()
    assert page.locator("#trace .step-detail h4").inner_text().startswith("Step 2999")
    assert page.locator("#trace .steps-list li").count() == 3000
    assert page.locator("#trace svg *").count() < 500
    heights = [
        float(height) for height in re.findall(r" ([\d.]+)", page.locator("#trace svg .line.true").get_attribute("d") or "")
    ]
    assert sum(height < 15 for height in heights) == 1, "the one high level is drawn"
    page.keyboard.press("k")
    until(page, "document.querySelector('#trace .step-detail h4').textContent.startsWith('Step 2998')")


def test_two_trials_stand_side_by_side(witness: Witness, report: Path) -> None:
    """They have no steps to walk; what was told and printed is there, and whether they differ."""
    page = witness.visit(report, f"#diff?{urlencode({'cell': 'count_words[all-s1]', 'with': 'count_words[few-s1]'})}")
    page.locator("#diff .trial").nth(1).wait_for()
    text = page.locator("#diff").inner_text()
    assert "most 9" in text
    assert "most 4" in text
    assert "First difference: turn 1" in text
    assert "0 turns" not in text


def test_cells_of_other_worlds_are_said_to_be_so(witness: Witness, report: Path) -> None:
    page = witness.visit(report, f"#diff?{urlencode({'cell': cell('greedy'), 'with': cell('greedy', 3)})}")
    page.locator("#diff .parting").wait_for()
    assert "not of one world: they differ in difficulty" in page.locator("#diff .parting").inner_text()


def test_anybody_reads_a_trace_on_anything(witness: Witness, report: Path) -> None:
    """A model's and a plain one, at 360 px and wide, light and dark; on paper it does not hide."""
    for agent, width, dark in (("reader", 360, False), ("greedy", 1200, True)):
        page = opened(witness, report, agent, width=width, dark=dark)
        settled(page)
        assert too_wide(page) == [], agent
        assert barriers(page) == [], agent
        assert len(page.pdf()) > 5000


def test_a_hostile_trace_is_mere_text(witness: Witness, shared: Path, hostile: Path) -> None:
    """Each cell of the hostile folder, opened by its link in the table of cells, every detail unfolded."""
    file = once(shared, "hostile-report", lambda folder: reported(hostile, folder)) / "report.html"
    page = witness.visit(file, "#cells")
    page.locator("#cells tbody tr").first.wait_for()
    links = page.locator("#cells tbody a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    found = 0
    for link in links:
        page.evaluate("(link) => { location.hash = link; }", link)
        until(page, "(link) => location.hash === link && document.querySelector('#trace .view').childElementCount > 0", link)
        settled(page)
        page.evaluate("document.querySelectorAll('#trace details').forEach(each => { each.open = true; })")
        found += page.locator("#trace .step-detail").count()
        assert too_wide(page) == [], link
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", page.locator("#trace").inner_text()), link
    assert found == len(links), "each of them has a trace in the page"
