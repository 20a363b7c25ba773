"""The one run, or the one cell of a run, that a command is about: `DAT`, `DAT::CELL` or a cell's id."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

from ..errors import SpecError, StoreError
from ..report import inert
from ..store import dat, find_dats, provenance
from .common import project_here
from .patterns import no_results, nothing_named
from .show import looked_in, matching, unknown


class Target(NamedTuple):
    """A DAT, and the id of one of its cells; '' = the whole run."""

    dat: Path
    cell: str

    @property
    def shown(self) -> str:
        """As it may be typed again."""
        return inert(f"{self.dat}::{self.cell}" if self.cell else str(self.dat), most=4096, verbatim=True)


def target_of(text: str, root: Path) -> Target:
    """What `text` means; a cell's id alone is its newest record. Raises `StoreError` and `SpecError` for nothing or many."""
    if not text.strip():
        raise SpecError("the target is empty; name a DAT, DAT::CELL or a cell's id")
    if "::" not in text:
        found = find_dats(root, text)
        if len(found) == 1:
            return Target(dat.open(found[0]).path, "")
        if found:
            what = f"{text!r} names {len(found)} DATs, the newest of them {found[0]}"
            raise SpecError(inert(f"{what}; name one of them", most=1000))
        if "[" not in text:
            raise StoreError(nothing_named(text, root))
    paths, cell = looked_in(text, root)
    if not paths:
        head = text.rpartition("::")[0]
        raise StoreError(nothing_named(head, root) if head else no_results(root))
    match = next(matching(paths, cell), None)
    if match is None:
        raise StoreError(unknown(cell, paths, root))
    opened, result = match
    return Target(opened.path, result.id)


def add_author_options(parser: argparse.ArgumentParser) -> None:
    """Adds `--author` and `--reason`."""
    parser.add_argument(
        "--author", metavar="NAME", help="who says so (default: git's user.name and user.email, else the login)"
    )
    parser.add_argument("--reason", metavar="TEXT", default="", help="why, for whoever reads the log")


def author_of(args: argparse.Namespace) -> str:
    """Who answers for what is done: `--author`, `ALIENBIO_AUTHOR`, git's identity, the login name."""
    if args.author is None:
        return provenance.identity(project_here().root)
    name = str(args.author).strip()
    if not name or len(name) > 200 or not name.isprintable():
        raise SpecError(f"--author: {inert(name, most=60)!r} is no name; expected something like 'Kim <kim@example.org>'")
    return name
