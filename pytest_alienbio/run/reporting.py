"""Reports on what is stored: from an index and a question to a document."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from ..report.build import some
from ..report.review import leaderboard_document, review_document
from ..results.leaderboard import leaderboard
from ..store.layout import SPEC

if TYPE_CHECKING:
    from ..model import Query, Result
    from ..report import Document
    from ..store.index import Index

_BATTERIES = 3
"""Named in a title."""


def report_on(
    index: Index, query: Query, dats: Sequence[Path], *, only: Collection[str] = (), notes: Sequence[str] = ()
) -> Document:
    """The report of what `query` keeps, which looks at `dats`: all of `report.review.PARTS`, or `only` these.

    Of a cell with several records the latest scored one counts. Each failure comes with what plays it again.
    """
    from ..results.counted import counted
    from ..results.review import review

    made = review(
        counted(index, query),
        title=_title(index, query),
        dats=_paths(dats),
        board=leaderboard(index, query),
        command=again,
        notes=notes,
    )
    return review_document(made, only)


def leaderboard_on(index: Index, query: Query, dats: Sequence[Path], *, notes: Sequence[str] = ()) -> Document:
    """The leaderboard of what `query` keeps, which looks at `dats`. Remembered by the index: the second time is cheap."""
    return leaderboard_document(_title(index, query), leaderboard(index, query), _paths(dats), notes)


def again(result: Result) -> str:
    """The shell command that plays a stored cell again, from its own DAT; '' for one that was not played here."""
    if result.origin or not result.dat_path:
        return ""
    node = os.path.join(os.path.relpath(result.dat_path), SPEC)
    return f"pytest {shlex.quote(f'{node}::{result.battery}::{result.id}')}"


def _paths(dats: Sequence[Path]) -> list[str]:
    """Those below here as from here, others whole."""
    return [str(each) if (path := os.path.relpath(each)).startswith(os.pardir) else path for each in dats]


def _title(index: Index, query: Query) -> str:
    names = [
        name
        for name in index.names("battery", query)
        if not query.batteries or any(fnmatchcase(name, glob) for glob in query.batteries)
    ]
    return some(names, _BATTERIES) or "no battery"
