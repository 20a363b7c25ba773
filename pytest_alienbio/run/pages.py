"""Reports as pages for a browser: made of what is stored, and written where somebody can open them."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import StoreError
from ..report.html.content import PageContent
from ..report.html.render import render_html, side_files
from ..store.disk import locked, replace_file, store_error
from ..store.layout import LOCK, PAGE, REPORTS

if TYPE_CHECKING:
    from ..model import Query, Result
    from ..report import Document
    from ..store.index import Index
    from .reporting.traced import Kept

_CHUNK = re.compile(r"traces-\d+\.js")


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """A report as a page: `page.save("report.html")`. As text, and in a notebook, it is its document."""

    content: PageContent

    @property
    def document(self) -> Document:
        """The report: `page.document["leaderboard"].rows("standings")`."""
        return self.content.document

    @property
    def html(self) -> str:
        """The page as one file that opens from a disk and asks nobody; traces that need more room are not in it."""
        return render_html(self.content)

    def save(self, path: str | Path) -> Path:
        """Writes the page, all or nothing, and beside it `<its name>.files` if there are traces that it has no room for.

        Of that folder only our own files are touched. Raises `StoreError`.
        """
        path = Path(path)
        kept = side_files(self.content)
        folder = path.with_name(f"{path.stem}.files")
        _write_beside(folder, kept)
        replace_file(path, [render_html(self.content, files=folder.name if kept else "").encode("utf-8", "backslashreplace")])
        return path

    def __str__(self) -> str:
        return str(self.document)

    def _repr_markdown_(self) -> str:
        """How a notebook shows it: not the page, which is as large as all it holds."""
        return self.document._repr_markdown_()


def page_on(
    index: Index,
    query: Query,
    dats: Sequence[Path],
    *,
    root: Path | None = None,
    only: Collection[str] = (),
    notes: Sequence[str] = (),
    traces: Kept = "embedded",
) -> Page:
    """The page of what `query` keeps, which looks at `dats` below the data `root`: see `page_of`. `only`: these parts of it."""
    from .reporting import report_on
    from .reporting.page import page_of

    content = page_of(index, query, dats, root=root, notes=notes, traces=traces)
    if only:
        content = replace(content, document=report_on(index, query, dats, only=only, notes=notes))
    return Page(content)


def page_with(document: Document) -> Page:
    """Any document as a page, with nothing beside it."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return Page(PageContent(document, made_at=now, made_by=f"pytest-alienbio {version('pytest-alienbio')}"))


def page_of_results(results: Iterable[Result], *, only: Collection[str] = ()) -> Page:
    """The page of any results: a `BatchResult`, a `ResultSet`, a list."""
    from ..model import Query
    from ..store.index import Index

    with Index.of(results) as index:
        return page_on(index, Query(), [Path(path) for path in index.dats() if path], only=only)


def report_here(
    what: str | os.PathLike[str] | Iterable[str | os.PathLike[str] | Result] = (),
    *,
    only: Collection[str] = (),
    data: str | os.PathLike[str] | None = None,
) -> Page:
    """The report of what was recorded, as a page for a browser: `Bio.report("mine").save("report.html")`.

    `what`: DATs by path, glob or battery (its latest), like PATTERN of `bio report`; without it the newest; or any results
    (a `BatchResult`, a `ResultSet`, a list). `only`: some of its parts. `data`: another data root. Raises `SpecError` for a
    part that there is not, `StoreError` for DATs that are none.
    """
    from ..model import Query, Result
    from ..store import find_dats
    from ..store.index import Index
    from .where import data_root_here, dats_named

    given = [what] if isinstance(what, str | os.PathLike) else list(what)
    if results := [each for each in given if isinstance(each, Result)]:
        return page_of_results(results, only=only)
    root = data_root_here(None if data is None else os.fspath(data), "{}=")
    paths = dats_named(root, [os.fspath(each) for each in given if not isinstance(each, Result)]) or find_dats(root)[:1]
    if not paths:
        raise StoreError(f"there are no results below {root}; play something first, or name another data root with data=")
    with Index.open(root) as index:
        notes = index.refresh(paths)
        return page_on(index, Query(dats=tuple(map(str, paths))), paths, root=root, only=only, notes=notes)


def write_page(dat_path: Path, data_root: Path) -> Path:
    """Writes the page of a DAT below its `reports/`, under the DAT's lock. Raises `StoreError`."""
    from ..model import Query
    from ..store.index import Index

    with Index.open(data_root) as index:
        index.refresh([dat_path])
        page = page_on(index, Query(dats=(str(dat_path),)), [dat_path], root=data_root)
    folder = dat_path / REPORTS
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise store_error("make", folder, error) from error
    with locked(dat_path / LOCK):
        return page.save(folder / PAGE)


def _write_beside(folder: Path, files: dict[str, str]) -> None:
    """Makes the folder hold these of our files and no others of ours; without any it goes, if nothing else is in it."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        if not files:
            return
        raise StoreError(f"{folder} is no folder; a page keeps its traces there")
    try:
        if files:
            folder.mkdir(exist_ok=True)
        old = [path for path in folder.iterdir() if _CHUNK.fullmatch(path.name)] if folder.is_dir() else []
        for name, text in files.items():
            replace_file(folder / name, [text.encode("ascii")])
        for path in old:
            if path.name not in files:
                path.unlink()
        if old and not files:
            with suppress(OSError):  # something else is in it
                folder.rmdir()
    except StoreError:
        raise
    except OSError as error:
        raise store_error("write", folder, error) from error
