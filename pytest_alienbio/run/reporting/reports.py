"""Reports on what is stored: from an index and a question to a document."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from ...model import Result, garbage
from ...report.build import some
from ...report.review import leaderboard_document, review_document
from ...results.leaderboard import leaderboard
from ...results.unrecorded import unrecorded_in
from ...store import battery_of
from ...store.layout import SPEC

if TYPE_CHECKING:
    from ...model import Query, Review
    from ...model.brief import Told
    from ...report import Document
    from ...store.index import Index

_BATTERIES = 3
"""Named in a title."""


def report_on(
    index: Index, query: Query, dats: Sequence[Path], *, only: Collection[str] = (), notes: Sequence[str] = ()
) -> Document:
    """The report of what `query` keeps, which looks at `dats`: all of `report.review.PARTS`, or `only` these.

    Of a cell with several records the latest scored one counts. Each failure comes with what plays it again.
    """
    made = reviewed(index, query, dats, notes=notes)
    if "correlations" in only or "difficulty" in only:
        from ...results.trends import links, slopes

        made = replace(
            made,
            links=links(index, query) if "correlations" in only else None,
            slopes=slopes(index, query) if "difficulty" in only else None,
        )
    return review_document(made, only)


def reviewed(
    index: Index,
    query: Query,
    dats: Sequence[Path],
    *,
    notes: Sequence[str] = (),
    meanwhile: Callable[[Result], None] | None = None,
) -> Review:
    """What `report_on` says of what `query` keeps, as numbers; `meanwhile` is told of every attempt, as they stream by.

    Without it only cells that broke, and trials of tasks, are read from their journals: the index tells the others.
    """
    from ...results.counted import counted_briefly, other_attempts
    from ...results.review import review

    attempts = other_attempts(index, query)
    commands = Commands()

    def others(result: Told) -> Sequence[Result]:
        found = attempts.get((result.dat_path, result.key, result.id), ())
        if meanwhile is not None and isinstance(result, Result):
            for each in (result, *found):
                meanwhile(each)
        return found

    near = from_here(dats)
    with garbage.kept():
        return review(
            counted_briefly(index, query, lambda brief: meanwhile is not None or not brief.outcome.scored),
            title=title_of(index, query, dats),
            dats=near,
            board=leaderboard(index, query),
            command=commands.again,
            others=others,
            unrecorded=unrecorded_in(index, dats, near),
            notes=(*notes, *_imported(index, query)),
        )


def report_of(results: Iterable[Result], *, only: Collection[str] = ()) -> Document:
    """The report of any results: a `BatchResult`, a `ResultSet`, a list. See `report_on`."""
    from ...model import Query
    from ...store.index import Index

    with Index.of(results) as index:
        return report_on(index, Query(), [Path(path) for path in index.dats() if path], only=only)


def leaderboard_on(index: Index, query: Query, dats: Sequence[Path], *, notes: Sequence[str] = ()) -> Document:
    """The leaderboard of what `query` keeps, which looks at `dats`. Remembered by the index: the second time is cheap."""
    told, near = (*notes, *_imported(index, query)), from_here(dats)
    board, lacking = leaderboard(index, query), unrecorded_in(index, dats, near)
    return leaderboard_document(title_of(index, query, dats), board, near, told, lacking)


def again(result: Result) -> str:
    """The shell command that plays a stored cell again, from its own DAT; '' for one that was not played here."""
    return Commands().again(result)


class Commands:
    """Commands that play cells again. Of each DAT it is asked once where it is from here: of 100,000 cells many fail."""

    def __init__(self) -> None:
        self._nodes: dict[str, str] = {}

    def again(self, result: Told) -> str:
        """See `again`."""
        dat = result.dat_path
        if result.origin or not dat:
            return ""
        node = self._nodes.get(dat)
        if node is None:
            node = self._nodes[dat] = os.path.join(os.path.relpath(dat), SPEC)
        return f"pytest {shlex.quote(f'{node}::{result.battery}::{result.id}')}"


def _imported(index: Index, query: Query) -> Iterator[str]:
    """That some of the records were not played here, if so."""
    if query.imported is not False and (count := index.count(replace(query, imported=True))):
        of = f"{count:,} of {index.count(query):,} records"
        yield f"{of} were imported from other tools' files, not played here (bio results shows where from)"


def from_here(dats: Iterable[Path]) -> list[str]:
    """Those below here as from here, others whole."""
    return [str(each) if (path := os.path.relpath(each)).startswith(os.pardir) else path for each in dats]


def title_of(index: Index, query: Query, dats: Sequence[Path] = ()) -> str:
    """The batteries that `query` keeps, some of them named; where no record tells one, those that `dats` were made for."""
    names = [
        name
        for name in index.names("battery", query)
        if not query.batteries or any(fnmatchcase(name, glob) for glob in query.batteries)
    ]
    if not names and not query.batteries:
        names = sorted({battery_of(path) for path in dats} - {""})
    return some(names, _BATTERIES) or "no battery"
