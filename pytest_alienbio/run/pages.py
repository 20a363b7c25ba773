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
from ..store import dat
from ..store.disk import locked, replace_file, store_error
from ..store.layout import LOCK, PAGE, REPORTS

if TYPE_CHECKING:
    from ..model import Query, Result
    from ..play import Catalog
    from ..report import Document
    from ..store.index import Index
    from .reporting.traced import Kept

_CHUNK = re.compile(r"traces-\d+\.js")


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """A report as a page: `page.save("report.html")`. As text, and in a notebook, it is its document."""

    content: PageContent
    source: object = None
    """What has to stay open for traces beside the page, which are read when they are written."""

    @property
    def document(self) -> Document:
        """The report: `page.document["leaderboard"].rows("standings")`."""
        return self.content.document

    @property
    def html(self) -> str:
        """The page as one file that opens from a disk and asks nobody; traces beside it are not in it."""
        return render_html(self.content)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the page, all or nothing, and beside it `<its name>.files` if there are traces that stand there.

        Of that folder only our own files are touched. Raises `StoreError`.
        """
        path = Path(path)
        folder = path.with_name(f"{path.stem}.files")
        beside = _write_beside(folder, side_files(self.content))
        replace_file(path, [render_html(self.content, files=folder.name if beside else "").encode("utf-8", "backslashreplace")])
        return path

    def __repr__(self) -> str:
        return f"<Page {self.document!r}>"

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
    root: Path,
    only: Collection[str] = (),
    notes: Sequence[str] = (),
    traces: Kept = "embedded",
    catalog: Catalog | None = None,
) -> Page:
    """The page of what `query` keeps, which looks at `dats` below the data `root`: see `page_of`. `only`: these parts of it.

    `catalog` knows the worlds that traces are told beside; None: that of the working directory. While it is saved with
    `traces` "all" the index has to be open.
    """
    from .reporting import report_on
    from .reporting.page import page_of

    content = page_of(index, query, dats, root=root, notes=notes, traces=traces, catalog=catalog)
    if only:
        content = replace(content, document=report_on(index, query, dats, only=only, notes=notes))
    return Page(content)


def page_of_dat(index: Index, dat_path: Path, root: Path, *, traces: Kept = "embedded", catalog: Catalog | None = None) -> Page:
    """The page of the one DAT at `dat_path`, which `index` (that of the data `root`) takes over first: see `page_on`.

    Raises `StoreError` if there is none, or one that cannot be read.
    """
    from ..model import Query

    dat.open(dat_path)
    notes = index.refresh([dat_path])
    query = Query(dats=(str(dat_path),))
    return page_on(index, query, [dat_path], root=root, notes=notes, traces=traces, catalog=catalog)


def page_with(document: Document) -> Page:
    """Any document as a page, with nothing beside it."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return Page(PageContent(document, made_at=now, made_by=f"pytest-alienbio {version('pytest-alienbio')}"))


def report_here(
    what: str | os.PathLike[str] | Iterable[str | os.PathLike[str] | Result] = (),
    *,
    only: Collection[str] = (),
    traces: str = "embedded",
    data: str | os.PathLike[str] | None = None,
) -> Page:
    """The report of what was recorded, as a page for a browser: `Bio.report("mine").save("report.html")`.

    `what`: DATs by path, glob or battery (its latest), like PATTERN of `bio report`; without it the newest; or any results
    (a `BatchResult`, a `ResultSet`, a list). `only`: some of its parts. `traces` that can be opened from it: "embedded", as
    many as the page has room for; "all", the others in files beside it; or "none". `data`: another data root. Raises
    `SpecError` for a word or part that there is not, `StoreError` for DATs that are none.
    """
    from ..model import Query, Result
    from ..results.result_set import Opened
    from ..store import find_dats
    from ..store.index import Index
    from .reporting.traced import kept_of
    from .where import data_root_here, dats_named

    kept, root = kept_of(traces), data_root_here(None if data is None else os.fspath(data), "{}=")
    given = [what] if isinstance(what, str | os.PathLike) else list(what)
    results = [each for each in given if isinstance(each, Result)]
    notes: tuple[str, ...] = ()
    if results:
        index, query = Index.of(results), Query()
        paths = [Path(path) for path in index.dats() if path]
    else:
        named = [os.fspath(each) for each in given if not isinstance(each, Result)]
        paths = list(dats_named(root, named)) or find_dats(root)[:1]
        if not paths:
            raise StoreError(f"there are no results below {root}; play something first, or name another data root with data=")
        index, query = Index.open(root), Query(dats=tuple(map(str, paths)))
        notes = index.refresh(paths)
    opened = Opened(index)
    return replace(page_on(index, query, paths, root=root, only=only, notes=notes, traces=kept), source=opened)


def write_page(dat_path: Path, data_root: Path, catalog: Catalog | None = None) -> Path:
    """Writes the page of a DAT below its `reports/`, under the DAT's lock. Raises `StoreError`."""
    from ..store.index import Index

    folder = dat_path / REPORTS
    with Index.open(data_root) as index:
        page = page_of_dat(index, dat_path, data_root, catalog=catalog)
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise store_error("make", folder, error) from error
        with locked(dat_path / LOCK):
            return page.save(folder / PAGE)


def _write_beside(folder: Path, files: Iterable[tuple[str, str]]) -> bool:
    """Makes the folder hold these of our files and no others of ours, and says whether there is any; without any it goes, if
    nothing else is in it.
    """
    kept: set[str] = set()
    try:
        for name, text in files:
            if folder.is_symlink():
                raise StoreError(f"{folder} is a link; a page keeps its traces there, and follows none")
            folder.mkdir(exist_ok=True)
            replace_file(folder / name, [text.encode("ascii")])
            kept.add(name)
        if folder.is_dir() and not folder.is_symlink():
            for path in folder.iterdir():
                if _CHUNK.fullmatch(path.name) and path.name not in kept:
                    path.unlink()
            if not kept:
                with suppress(OSError):  # something else is in it
                    folder.rmdir()
    except OSError as error:
        if isinstance(error, StoreError):
            raise
        raise store_error("write", folder, error) from error
    return bool(kept)
