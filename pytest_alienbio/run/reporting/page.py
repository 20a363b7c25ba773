"""What the page of some results holds: the report's document with more sections, every cell, and traces to look into."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import SpecError, StoreError
from ...model.homes import homeless
from ...report.accounts import accounts_sections
from ...report.document import Document, Facts, Section
from ...report.glance import glance_section
from ...report.html.content import PageContent
from ...report.provenance import provenance_section
from ...report.review import review_document
from ...report.timeline import timeline_section
from ...report.trends import slopes_section
from ...results.provenance import provenance
from ...results.sheet import Found
from ...results.sides import called
from ...store import Dat
from .before import between, since
from .judged import gates_of
from .mailed import mailed
from .reports import from_here, reviewed
from .traced import Kept, Traced, traced

if TYPE_CHECKING:
    from ...model import Accounts, Query, Slopes
    from ...play import Catalog
    from ...store.index import Index

LEVELS = 2
"""Levels of difficulty from which there is a curve."""
MOST_UNREAD = 20
MOST_RUNS = 200
"""Runs whose surroundings are told."""


def page_of(
    index: Index,
    query: Query,
    dats: Sequence[Path],
    *,
    root: Path | None = None,
    notes: Sequence[str] = (),
    traces: Kept = "embedded",
    catalog: Catalog | None = None,
    at: float | None = None,
) -> PageContent:
    """The page of what `query` keeps, which looks at `dats`: their numbers are those of `report_on`.

    `notes`, and what could not be read, are its last words: who opens a page sees no standard error.

    More sections than a report has: gates, what changed since the run before (of one run, looked for below the data `root`)
    or between the two runs, difficulty, execution, environment. `traces`: which of them are at hand, if the
    data `root` is told (see `traced`). `catalog` knows their worlds; None: that of the working directory. `at` is when, in
    Unix seconds; None: now.
    """
    from ...results.accounts import Accounting
    from ...results.sheet import found_cells, sheet
    from ...results.timeline import timeline
    from .drawn import charts_of, drawn
    from .telling import telling

    (gates, charts, verdicts), compared = gates_of(dats), _compared(index, query, dats, root)
    found = found_cells(index, query)
    accounting = Accounting("agent")
    notes = [homeless(note.replace(os.getcwd() + os.sep, "")) for note in (*notes, *_unread(index, query))]
    review = reviewed(index, query, dats, notes=notes, meanwhile=accounting.add if _asked(found) else None)
    review = replace(review, slopes=_slopes(index, query, found["difficulty"]))
    paths = [path for path in dict.fromkeys(found["dat"]) if path] or list(map(str, dats))
    near = from_here(map(Path, paths))
    names = dict(zip(paths, called(near, near), strict=True))
    played = timeline(index, query)
    more = [
        slopes_section(review.slopes) if review.slopes else None,
        _accounts(accounting.made()),
        timeline_section(played),
        provenance_section([mailed(provenance(Path(path)), near[at]) for at, path in enumerate(paths[:MOST_RUNS])]),
    ]
    glance = glance_section(review, verdicts, _end(paths))
    document = _with(review_document(review), [*filter(None, [glance])], [*gates, *compared, *filter(None, more)])
    held = Traced()
    if root:
        held = traced(index, found, names, telling(index, found, root, catalog), traces, named=_named(glance))
    return PageContent(
        document=drawn(document, [*charts, *charts_of(review, found, played)]),
        cells=sheet(found, names),
        traces=held.chunks,
        beside=held.beside,
        places=held.places,
        dats=dict(zip(names.values(), near, strict=True)),
        made_at=f"{datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}",
        made_by=f"pytest-alienbio {version('pytest-alienbio')}",
    )


def _with(document: Document, first: Sequence[Section], more: Sequence[Section]) -> Document:
    """The document with some sections `first`, and `more` before its last words."""
    last = [section for section in document.sections if section.key == "end"]
    return Document(document.title, (*first, *(each for each in document.sections if each not in last), *more, *last))


def _named(glance: Section | None) -> set[str]:
    """The cells that the first screen leads to."""
    facts = [fact for block in (glance.blocks if glance else ()) if isinstance(block, Facts) for fact in block.facts]
    return {fact.about["id"] for fact in facts if "id" in fact.about}


def _end(paths: Sequence[str]) -> str:
    """How the one run ended, in the word that it was closed with; '' of several, and of what has no such word."""
    if len(paths) != 1:
        return ""
    try:
        status = Dat(Path(paths[0])).status()
    except StoreError:
        return ""
    word = status.get("verdict", "") if status.get("state") == "closed" else "open"
    return word if isinstance(word, str) else ""


def _unread(index: Index, query: Query) -> Iterator[str]:
    """What could not be read in the DATs that are looked at."""
    unread = index.notes(query)
    yield from unread[:MOST_UNREAD]
    if len(unread) > MOST_UNREAD:
        yield f"and {len(unread) - MOST_UNREAD:,} more lines that could not be read"


def _compared(index: Index, query: Query, dats: Sequence[Path], root: Path | None) -> list[Section]:
    if len(dats) == 2:
        return between(index, query, dats)
    if len(dats) == 1 and root is not None and (told := since(index, query, root, dats[0])):
        return [told]
    return []


def _slopes(index: Index, query: Query, levels: Sequence[int | None]) -> Slopes | None:
    """The curves over the difficulty; None where there is one level at most, or no common direction."""
    from ...results.trends import slopes

    if len(set(levels) - {None}) < LEVELS:
        return None
    with suppress(SpecError):
        return slopes(index, query)
    return None


def _asked(found: Found) -> bool:
    """Whether any cell asked a model, as far as it was counted."""
    return any(value is not None for name in ("tokens", "requests") for value in found[name])


def _accounts(found: Accounts) -> Section | None:
    """Kinds of tokens, requests and waiting; None where nothing was asked of a model."""
    usage = found.total.usage
    if usage.tokens is None and usage.requests is None:
        return None
    return replace(accounts_sections([found], "bio cost"), heading="what models took")
