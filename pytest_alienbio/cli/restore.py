"""What `bio import` does with an archive that `bio share` wrote: the run becomes a DAT again, where it lay."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import SpecError
from ..exchange.archive import Limits, Restored, is_archive, restore
from ..report import inert, many
from ..store import open_for_reading
from .common import data_here, say
from .target import author_of

FORMAT = "archive"
MIB = 2**20
_STANDARD = Limits()


def add_archive_options(parser: argparse.ArgumentParser) -> None:
    """Adds what is said of archives only."""
    group = parser.add_argument_group("archives", "zips of `bio share`: a run with all its files, unpacked to where it lay")
    group.add_argument(
        "--max-mib",
        type=_mib,
        metavar="N",
        help=f"unpack at most N MiB (default {_STANDARD.total // MIB:,}, {_STANDARD.file // MIB:,} of them in one file)",
    )
    group.add_argument("--author", metavar="NAME", help="who imports it (default: git's identity, else the login)")


def archives_of(args: argparse.Namespace) -> list[str]:
    """The files that are archives: all of them or none. Raises `SpecError` for a mixture."""
    found = [file for file in args.files if args.format == FORMAT or (not args.format and is_archive(Path(file)))]
    if found and len(found) < len(args.files):
        other = next(file for file in args.files if file not in found)
        raise SpecError(
            inert(f"{found[0]} is a run that was shared, {other} is not: import them one after the other", most=1000)
        )
    if found and (args.mapped or args.fixed or args.ignore or args.outcomes or args.mapping):
        raise SpecError(inert(f"{found[0]} is a run that was shared: nothing of it is mapped or set", most=1000))
    return found


def restore_all(args: argparse.Namespace, files: Sequence[str]) -> int:
    """Unpacks all of them, or none if one is not sound."""
    root, author = data_here(args), author_of(args)
    limits = _STANDARD if args.max_mib is None else replace(_STANDARD, total=args.max_mib * MIB, file=args.max_mib * MIB)
    if len(files) > 1 and not args.dry_run:
        for file in files:
            restore(Path(file), root, limits=limits, check_only=True)
    done = [(file, restore(Path(file), root, limits=limits, author=author, check_only=args.dry_run)) for file in files]
    if args.json:
        say(json.dumps([_row(file, made, written=not args.dry_run) for file, made in done]))
        return 0
    for file, made in done:
        told = "would be" if args.dry_run else "is now" if made.new else "was there already, and is the same:"
        say(inert(f"{file}: {many(len(made.manifest.files), 'file')}; {told} {made.path}", most=4096, verbatim=True))
        if made.manifest.traces_left_out:
            say(f"  without {many(made.manifest.traces_left_out, 'trace')} that were left out when it was shared")
    say("nothing is wrong; nothing was written" if args.dry_run else f"look at it with bio results {_named(done, root)}")
    return 0


def _named(done: Sequence[tuple[str, Restored]], root: Path) -> str:
    paths = [made.path for _, made in done]
    named = [
        path.relative_to(root.resolve()).as_posix() if path.is_relative_to(root.resolve()) else str(path) for path in paths
    ]
    return inert(" ".join(named), most=4096, verbatim=True)


def _row(file: str, made: Restored, *, written: bool) -> dict[str, object]:
    cells = sum(1 for _ in open_for_reading(made.path).results()) if written else None
    about = {"source": file, "format": FORMAT, "battery": made.manifest.battery, "cells": cells}
    return {"dat": str(made.path) if written else None, **about, "new": made.new}


def _mib(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text[:9]) > 0 or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)
