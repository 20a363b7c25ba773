"""How a run is reported: on the terminal, in files of its result folder."""

from __future__ import annotations

import json

import pytest

from .conftest import Lab

ONE = "experiment.x: {scenarios: [walks/plain], agents: [right, half], seeds: 1, cells: record}"


def test_without_a_word_it_is_the_terminal_and_no_file(lab: Lab) -> None:
    lab.battery(ONE)
    run = lab.run("plain")
    run.stdout.fnmatch_lines(["leaderboard: *", "results: *"])
    assert not (lab.dats()[0] / "reports").exists()


def test_markdown_and_json_are_files_that_say_what_the_terminal_says(lab: Lab) -> None:
    lab.battery(ONE.replace("}", ", report: [terminal, markdown, json]}"))
    run = lab.run("plain")
    run.stdout.fnmatch_lines(["leaderboard: *", "   1  right  1.00*"])
    markdown = (lab.dats()[0] / "reports/report.md").read_text("utf-8")
    assert markdown.startswith("# x\n")
    assert "| 1 | `right` | 1.00 |" in markdown
    sections = json.loads((lab.dats()[0] / "reports/report.json").read_text("utf-8"))["sections"]
    assert [row["mean"] for row in sections["leaderboard"]["standings"]] == [1.0, 0.5]


@pytest.mark.parametrize("how", [["--bio-report=markdown"], ["--bio-set", "report=markdown"], ["-o", "bio_report=markdown"]])
def test_asked_for_elsewhere_and_without_the_terminal_only_the_end_is_shown(lab: Lab, how: list[str]) -> None:
    """How many cells ended how, what went unread, and where it all is."""
    lab.battery(ONE)
    text = lab.run("plain", *how).stdout.str()
    assert "leaderboard:" not in text
    assert "2 cells: 2 completed" in text
    assert f"results: {lab.dats()[0]}" in text
    assert "## Leaderboard" in (lab.dats()[0] / "reports/report.md").read_text("utf-8")


def test_html_is_a_page_of_the_result_folder_and_the_terminal_says_where(lab: Lab) -> None:
    """With what every cell came to, and the numbers of the terminal; other reports name it, too."""
    lab.battery(ONE.replace("}", ", report: [terminal, markdown, html]}"))
    run = lab.run("plain")
    page = lab.dats()[0] / "reports/report.html"
    run.stdout.fnmatch_lines(["   1  right  1.00*", "results: *", f"report: {page}"])
    html = page.read_text("utf-8")
    assert html.startswith("<!doctype html>")
    assert "<title>x</title>" in html
    assert ">right</" in html
    assert f"report: `{page}`" in (lab.dats()[0] / "reports/report.md").read_text("utf-8")


def test_html_that_cannot_be_written_is_a_note_and_costs_nothing_else(lab: Lab) -> None:
    """The results were written before it, and the run ends as it would have ended."""
    lab.battery(ONE.replace("}", ", report: [terminal, html]}"))
    (lab.path / "conftest.py").write_text(
        (lab.path / "conftest.py").read_text("utf-8")
        + "\nfrom pytest_alienbio.errors import StoreError\nfrom pytest_alienbio.run import pages\n"
        + "def refuse(*args):\n    raise StoreError('the disk is full')\npages.write_page = refuse\n"
    )
    run = lab.run("plain")
    assert run.ret == 0
    run.stdout.fnmatch_lines(["*the report as a page is not written: the disk is full*", "results: *"])
    run.stdout.no_fnmatch_line("report: *")
    assert (lab.dats()[0] / "results.json").exists()
