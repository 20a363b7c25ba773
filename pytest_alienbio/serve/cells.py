"""The cells of a run as a table, and one of them step by step, as `bio show` has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from ..model import Outcome, Result, figures, inert
from ..report import Document, render_cell
from ..report.cells import reason_of
from ..report.document import Block, Note, Notes, Section, Table, column, named
from ..store import annotated, battery_of, trajectory_of
from ..store import dat as dats
from .shell import Ask, page, query
from .site import Answer

MOST_ROWS = 500
_WIDTH = 96


def cells_page(path: Path, ways: Sequence[tuple[str, str]], asked: Mapping[str, str]) -> Answer:
    """The first cells that hold the words of `q` in their id, or broke in the way that `outcome` says."""
    words, outcome = asked.get("q", "").lower().split(), asked.get("outcome", "")
    opened = dats.open(path)
    fitting = (
        result
        for result in opened.results()
        if (not outcome or result.outcome == outcome) and all(word in result.id.lower() for word in words)
    )
    found = list(islice(fitting, MOST_ROWS + 1))
    shown = found[:MOST_ROWS]
    table = Table(
        "cells",
        (
            named("id", "cell", shown, lambda cell: cell.id),
            column("outcome", "outcome", shown, lambda cell: cell.outcome.value, lambda cell: cell.outcome.value, left=True),
            column("score", "score", shown, lambda cell: cell.score, lambda cell: figures.score(cell.score)),
            column("passed", "passed", shown, lambda cell: cell.passed, _passed),
            column("seconds", "time", shown, lambda cell: cell.duration_s, lambda cell: f"{cell.duration_s:.3g} s"),
            column("why", "why", shown, reason_of, reason_of, left=True),
        ),
    )
    more = f"the first {MOST_ROWS:,} are shown; narrow them by words of their ids" if len(found) > MOST_ROWS else ""
    notes = [Note(text) for text in (more, *(inert(note, most=400) for note in opened.notes)) if text]
    notes = notes or ([] if shown else [Note("no cell is recorded that fits")])
    blocks: tuple[Block, ...] = (*((Notes("notes", tuple(notes)),) if notes else ()), *((table,) if shown else ()))

    def link(about: Mapping[str, str]) -> str:
        return query("../cell/", id=about["id"]) if "id" in about else ""

    document = Document(f"cells of {inert(battery_of(path) or path.name)}", (Section("cells", blocks=blocks),))
    broke = [("", "any"), *((each.value, each.value) for each in Outcome)]
    asks = (Ask("q", asked.get("q", ""), "Words of the id"), Ask("outcome", outcome, "Outcome", broke))
    return page(document, ways=ways, link=link, asks=asks)


def cell_page(path: Path, ways: Sequence[tuple[str, str]], cell_id: str) -> Answer | None:
    """One cell; None if it has no record here. Its trace may be gone or damaged: that is said."""
    opened = dats.open(path)
    found: Result | None = next((result for result in opened.results() if result.id == cell_id), None)
    if found is None:
        return None
    trace = opened.trace(found)
    said = annotated(path).of(found.id)
    text = "\n".join(render_cell(found, None if trace is None else trajectory_of(trace), _WIDTH, said=said))
    seen = query("../report/#trace", cell=found.id)
    leads = ("" if trace is None else "Step by step, with charts: its trace in the report", "" if trace is None else seen)
    return page(Document(inert(found.id, most=400)), ways=ways, text=text, leads=leads)


def _passed(cell: Result) -> str:
    return figures.MISSING if cell.passed is None else "yes" if cell.passed else "no"
