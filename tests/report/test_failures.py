"""Failing cells on a page."""

from __future__ import annotations

from pytest_alienbio.model import Outcome
from pytest_alienbio.report import render
from pytest_alienbio.report.document import Document, Items
from pytest_alienbio.report.failures import failures
from pytest_alienbio.results.failures import grouped

from .parts import failure


def test_beyond_ten_they_are_counted_on_a_screen() -> None:
    section = failures(grouped(failure(f"c{i}", score=0.0) for i in range(35)), "results.yaml")
    assert section
    lines = render(Document("", (section,)), 80).splitlines()
    assert lines[0] == "failures: 35 scores below the bar"
    assert lines[-1] == "  … and 25 more: results.yaml"
    assert len(lines) == 22


def test_machines_get_each_group_with_its_cells() -> None:
    section = failures(grouped(failure(f"c{i}", Outcome.LOST) for i in range(3)), "")
    assert section
    block = section["groups"]
    assert isinstance(block, Items)
    values = block.items[0].values
    assert (values["count"], values["cells"], values["outcome"]) == (3, ("c0", "c1", "c2"), "lost")


def test_none_is_no_section() -> None:
    assert failures(grouped([]), "") is None
