"""A document where it was asked for: on the screen or in a file, as text, Markdown, JSON, tables or a page."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SpecError, StoreError
from ..model import inert
from ..report import Document, as_json, ascii_only, render, render_markdown
from ..store.disk import replace_file
from .common import colored, say, width

if TYPE_CHECKING:
    from ..run.pages import Page

FILE_WIDTH = 120
"""Columns of a text that goes into a file."""
_SUFFIXES = {".md": "markdown", ".markdown": "markdown", ".json": "json", ".html": "html", ".htm": "html"}
_SUFFIXES |= {".csv": "csv", ".xlsx": "xlsx", ".txt": "text"}

_FORMS = ("text", "markdown", "json", "html", "csv", "xlsx")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Adds the options that `show` reads."""
    group = parser.add_argument_group("output")
    group.add_argument(
        "--format",
        choices=_FORMS,
        type=lambda name: "markdown" if name == "md" else name,
        help="text (the default), or what the FILE's name says; md is markdown",
    )
    group.add_argument("--markdown", dest="format", action="store_const", const="markdown", help="short for --format markdown")
    group.add_argument("--json", dest="format", action="store_const", const="json", help="short for --format json")
    group.add_argument("--table", metavar="SECTION.TABLE", default="", help="csv, xlsx: this table alone, like cost.agents")
    group.add_argument("--all", action="store_true", help="every row; JSON always has all, Markdown up to 1 MB")
    group.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write it there: *.md is Markdown, *.json JSON, *.html a page, *.csv a table, *.xlsx all tables, else text",
    )


def show(document: Document, args: argparse.Namespace) -> None:
    """Writes `document` as `args` say. A file is replaced whole; what is no ordinary file, or in no folder, is refused."""
    path, form = _wanted(args)
    if form == "html":
        from ..run.pages import page_with

        return _show_page(page_with(document), path)
    if form == "xlsx":
        return _show_book(document, args.table, path)
    if form == "csv":
        from ..report.grids import as_csv, grids, one_of

        text = as_csv(one_of(grids(document), args.table))
    elif form == "markdown":
        from ..report.github import fitting

        text = render_markdown(document) if args.all else fitting(document)
    elif form == "json":
        text = as_json(document)
    elif path:
        text = render(document, FILE_WIDTH, whole=args.all) + "\n"
    else:
        text = render(document, width(), color=colored(), ascii=ascii_only(sys.stdout.encoding), whole=args.all) + "\n"
    if path:
        replace_file(path, [text.encode("utf-8", "backslashreplace")])
        text = _written(path)
    say(text.removesuffix("\n"))


def show_page(make: Callable[[], Page], args: argparse.Namespace) -> bool:
    """Writes the page that `make` gives, if `args` ask for a page; whether they do. As `show` otherwise."""
    path, form = _wanted(args)
    if form == "html":
        _show_page(make(), path)
    return form == "html"


def _show_book(document: Document, table: str, path: Path | None) -> None:
    from ..exchange.workbook import workbook
    from ..report.grids import grids, one_of

    if path is None:
        raise SpecError("a workbook is no text: say where it goes, like -o report.xlsx")
    found = grids(document)
    chosen = (one_of(found, table),) if table else found
    replace_file(path, [workbook((each.name, each.header, each.rows) for each in chosen)])
    say(_written(path))


def _show_page(page: Page, path: Path | None) -> None:
    say(_written(page.save(path)) if path else page.html.removesuffix("\n"))


def _written(path: Path) -> str:
    return f"written: {inert(os.path.relpath(path), most=4096, verbatim=True)}"


def _wanted(args: argparse.Namespace) -> tuple[Path | None, str]:
    """The file, if one is meant, and the form. Raises `SpecError` and `StoreError` for what can be none."""
    path = None if args.output in (None, "-") else _target(args.output)
    return path, args.format or (_SUFFIXES.get(path.suffix.lower(), "text") if path else "text")


def _target(text: str) -> Path:
    path = Path(text)
    if not text.strip() or "\0" in text:
        raise SpecError("-o needs a file's name")
    if path.exists() and not path.is_file():
        what = "a folder; name a file in it" if path.is_dir() else "no ordinary file; leave -o out to print"
        raise StoreError(f"{text} is {what}")
    if not path.absolute().parent.is_dir():
        raise StoreError(f"{text}: there is no folder {path.parent}")
    return path
