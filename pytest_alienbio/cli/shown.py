"""A document where it was asked for: on the screen or in a file, as text, Markdown or JSON."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from ..errors import SpecError, StoreError
from ..report.columns import ascii_only
from ..report.document import Document
from ..report.markdown import render_markdown
from ..report.plain import as_json
from ..report.text import render
from ..store.disk import replace_file
from .common import colored, say, width

FILE_WIDTH = 120
"""Columns of a text that goes into a file."""
_SUFFIXES = {".md": "markdown", ".markdown": "markdown", ".json": "json", ".txt": "text"}


def add_output(parser: argparse.ArgumentParser) -> None:
    """Adds the options that `show` reads."""
    group = parser.add_argument_group("output")
    group.add_argument(
        "--format", choices=("text", "markdown", "json"), help="text (the default), or what the FILE's name says"
    )
    group.add_argument("--markdown", dest="format", action="store_const", const="markdown", help="short for --format markdown")
    group.add_argument("--json", dest="format", action="store_const", const="json", help="short for --format json")
    group.add_argument("--all", action="store_true", help="every row; Markdown and JSON always have all")
    group.add_argument("-o", "--output", metavar="FILE", help="write it there: *.md is Markdown, *.json JSON, else text")


def show(document: Document, args: argparse.Namespace) -> None:
    """Writes `document` as `args` say. A file is replaced whole; a folder that is not there is refused."""
    path = None if args.output is None else _target(args.output)
    form = args.format or (_SUFFIXES.get(path.suffix.lower(), "text") if path else "text")
    if path is None:
        text = {
            "text": lambda: render(document, width(), color=colored(), ascii=ascii_only(sys.stdout.encoding), whole=args.all),
            "markdown": lambda: render_markdown(document),
            "json": lambda: as_json(document),
        }[form]()
        say(text.removesuffix("\n"))
        return
    made: Mapping[str, Callable[[], str]] = {
        "text": lambda: render(document, FILE_WIDTH, whole=args.all) + "\n",
        "markdown": lambda: render_markdown(document),
        "json": lambda: as_json(document),
    }
    replace_file(path, [made[form]().encode("utf-8", "backslashreplace")])
    say(f"written: {os.path.relpath(path)}")


def _target(text: str) -> Path:
    path = Path(text)
    if not text.strip() or "\0" in text:
        raise SpecError("-o needs a file's name")
    if path.is_dir():
        raise StoreError(f"{text} is a folder; name a file in it")
    if not path.absolute().parent.is_dir():
        raise StoreError(f"{text}: there is no folder {path.parent}")
    return path
