"""What one form of a report says, the others say, too."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import cmarkgfm  # type: ignore[import-untyped, import-not-found, unused-ignore]
import pytest

from pytest_alienbio.report import Document, as_json, render, render_markdown
from pytest_alienbio.report.columns import width_of

from .documents import EVIL, report, results
from .parts import small

NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?")

DOCUMENTS = {
    "a run": small(),
    "stored": report(results(params=(0.5, 1.0))),
    "hostile": report(results(6, 5, named=EVIL)),
    "many": report(results(12, 40, 2)),
    "all failed": report(results(3, 2, broke=1.0)),
    "one seed": report(results(3, 2, 1, levels=(None,))),
    "nothing measured": report(results(measured=False)),
    "nothing": report([]),
}


@pytest.fixture(params=DOCUMENTS)
def document(request: pytest.FixtureRequest) -> Document:
    """Each of them."""
    return DOCUMENTS[request.param]


class Page(HTMLParser):
    """The text of a page, and the tags that are not of a report."""

    OURS = frozenset(["h1", "h2", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code"])

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.text = ""
        self.foreign: list[str] = []
        self.feed(cmarkgfm.github_flavored_markdown_to_html(markdown))

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.text += "\n" if tag in ("p", "li", "tr", "h1", "h2") else " "
        if tag not in self.OURS:
            self.foreign.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data.replace("\u200b", "")


def numbers(value: Any) -> Iterator[float]:
    """Every number in plain values, those in sentences, too."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, str):
        yield from (float(found.replace(",", "")) for found in NUMBER.findall(value))
    else:
        for each in value.values() if isinstance(value, dict) else value:
            yield from numbers(each)


def test_every_number_on_a_screen_is_in_markdown(document: Document) -> None:
    """Spelled alike: it was decided before."""
    shown = NUMBER.findall(render(document, 400, whole=True))
    there = set(NUMBER.findall(Page(render_markdown(document)).text))
    assert shown
    assert set(shown) <= there


def test_every_number_on_a_screen_is_in_json_unrounded(document: Document) -> None:
    """Machines need not read what was rounded for people: each number shown is one of JSON's, rounded."""
    raw = sorted({abs(number) for number in numbers(json.loads(as_json(document)))})
    for text in set(NUMBER.findall(render(document, 400, whole=True))):
        number = abs(float(text.replace(",", "")))
        # As they are, in percent, in ms, in minutes: each as exact as its last digit.
        half = 0.5000001 * 10 ** -len(text.partition(".")[2])
        assert any(within(raw, (number - half) / scale, (number + half) / scale) for scale in (1.0, 100.0, 1000.0, 1 / 60)), (
            text
        )


def within(ordered: list[float], low: float, high: float) -> bool:
    """Whether one of the numbers lies there."""
    at = bisect_left(ordered, low)
    return at < len(ordered) and ordered[at] <= high


def test_markdown_holds_no_more_than_text_and_tables(document: Document) -> None:
    """No link, no picture, no tag, no stress that a name or a message asked for, as GitHub's own parser reads it."""
    assert Page(render_markdown(document)).foreign == []


@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("ascii", [False, True])
def test_no_line_is_too_wide_or_moves_the_cursor(document: Document, width: int, ascii: bool) -> None:
    """Whatever the names; only what is to be copied may be wider."""
    for line in render(document, width, ascii=ascii).split("\n"):
        assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in line)
        assert not ascii or line.isascii()
        if not line.startswith(("    pytest '", "results: ")):
            assert width_of(line) <= width, line


def test_a_screen_is_bounded_and_says_what_it_left_out() -> None:
    """A few pages for the largest battery; `--all` is how to see the rest, and a whole page has every row."""
    text = render(DOCUMENTS["many"], 100)
    assert len(text.splitlines()) < 250
    assert text.count(": --all") >= 4
    assert "--all" not in render(DOCUMENTS["many"], 100, whole=True)
    assert "scenario_39" not in text
    assert "scenario_39" in render(DOCUMENTS["many"], 100, whole=True)
    assert "scenario_39" in render_markdown(DOCUMENTS["many"])


def test_json_is_ascii_and_has_null_for_what_is_missing() -> None:
    """And names as they are: JSON spells them so that they do nothing."""
    text = as_json(DOCUMENTS["hostile"])
    assert text.isascii()
    assert "\x1b" not in text
    sections = json.loads(text)["sections"]
    assert EVIL[0] in {row["agent"] for row in sections["leaderboard"]["standings"]}
    assert "NaN" not in as_json(DOCUMENTS["nothing"])
    failed = json.loads(as_json(DOCUMENTS["all failed"]))["sections"]
    candidate = next(row for row in failed["breakdown"]["leaves"] if row["role"] == "candidate")
    assert (candidate["n"], candidate["mean"], candidate["interval"]) == (0, None, None)
    assert candidate["missing"]
