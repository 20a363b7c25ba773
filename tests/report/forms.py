"""What holds of every document, whatever it tells: its forms agree, and it fits its screen."""

from __future__ import annotations

import json

from pytest_alienbio.report import Document, as_json, render, render_markdown
from pytest_alienbio.report.columns import width_of

from .test_agree import NUMBER, Page, numbers, within


def assert_forms_agree(document: Document) -> None:
    """Every number of a screen is in Markdown, spelled alike, and in JSON, unrounded; no name does anything in any of them."""
    text, page, machine = render(document, 400, whole=True), Page(render_markdown(document)), json.loads(as_json(document))
    shown = set(NUMBER.findall(text))
    assert shown
    assert shown <= set(NUMBER.findall(page.text))
    assert page.foreign == []
    raw = sorted({abs(number) for number in numbers(machine)})
    for each in shown:
        number = abs(float(each.replace(",", "")))
        half = 0.5000001 * 10 ** -len(each.partition(".")[2])
        assert any(within(raw, (number - half) / scale, (number + half) / scale) for scale in (1.0, 100.0)), each


def assert_fits(document: Document, width: int, copied: tuple[str, ...]) -> None:
    """No line is too wide but those that begin as `copied` do; a screen is bounded, and nothing moves the cursor."""
    for ascii in (False, True):
        lines = render(document, width, ascii=ascii).split("\n")
        assert len(lines) < 160
        for line in lines:
            assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in line)
            assert not ascii or line.isascii()
            assert line.startswith(copied) or width_of(line) <= width, line
