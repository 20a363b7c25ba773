"""A run's report in a few lines, for a notebook: how it ended, what its gates say, each agent's mean, where all of it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from . import figures
from .build import ended
from .columns import shorten
from .document import Copy, Document, Notes, Section, Table
from .text import render

WIDTH = 80
MAX_AGENTS = 12


def brief(document: Document, status: str) -> str:
    """`document` of a run that ended with `status` in some 16 lines of 80 columns, and one a gate; the path may be longer."""
    return "\n".join(_lines(document, status))


def _lines(document: Document, status: str) -> Iterator[str]:
    cells = document["run"]["cells"]
    assert isinstance(cells, Notes)
    values = cells.notes[0].values
    recorded, outcomes = cast("int", values["recorded"]), cast("Mapping[str, int]", values["outcomes"])
    yield f"{document.title}: {status}; {figures.many(recorded, 'cell')}: {ended(outcomes)}"
    for section in document.sections:
        if section.key.startswith("gate["):
            why = section["why"]
            assert isinstance(why, Notes)
            yield shorten(f"{section.heading}: {why.notes[0].text}", WIDTH, middle=False)
    if table := _agents(document) or _trials(document):
        yield render(Document("", (Section("agents", blocks=(table,)),)), WIDTH)
    findings = document.find("findings", "findings")
    if isinstance(findings, Notes):
        yield f"broken scenario: {findings.notes[0].text}"
        if more := len(findings.notes) - 1:
            yield f"... and {figures.many(more, 'more broken scenario')}"
    path = document.find("end", "results")
    yield f"results: {path.text if isinstance(path, Copy) else ''}"


def _agents(document: Document) -> Table | None:
    standings = document.find("leaderboard", "standings")
    rows = standings.rows() if isinstance(standings, Table) else []
    if not isinstance(standings, Table) or not any(row["n"] for row in rows):
        return None
    level = next((row["level"] for row in rows if row["level"]), 0.95)
    header = {"interval": f"{100 * float(str(level)):g}%"}
    left_out = len(rows) - MAX_AGENTS
    more = f"... and {figures.many(left_out, 'more agent')}" if left_out > 0 else ""
    return _picked(standings, ("agent", "mean", "interval", "pass_rate", "n", "errors"), header, more)


def _trials(document: Document) -> Table | None:
    leaves = document.find("scores", "leaves")
    if not isinstance(leaves, Table) or document["scores"].heading != "trials":
        return None
    return _picked(leaves, ("scenario", "agent", "pass_rate", "cells", "errors"), {"scenario": "task"}, "")


def _picked(table: Table, keys: tuple[str, ...], headers: Mapping[str, str], more: str) -> Table:
    """These fields of the first rows, every name in every row."""
    fields = {field.key: field for field in table.fields}
    picked = [replace(fields[key], header=headers.get(key, fields[key].header), once=False) for key in keys]
    screen = tuple(range(min(len(table), MAX_AGENTS)))
    return Table(table.key, tuple(picked), least=8, screen=screen, more=more)
