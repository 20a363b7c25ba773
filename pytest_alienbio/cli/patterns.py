"""The DATs that patterns on a command line name."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from ..errors import SpecError, StoreError, did_you_mean
from ..report import inert
from ..store import TAG_PREFIX, Dat, battery_of, dat, distinct, find_dats, tags_below
from .common import data_here, warn


def add_pattern(parser: argparse.ArgumentParser, metavar: str = "PATTERN") -> None:
    """Adds the argument that `dats` reads."""
    parser.add_argument("pattern", nargs="*", metavar=metavar, help="a DAT, a glob of DATs, or a battery's name (its latest)")


def readable(paths: Iterable[Path]) -> list[Dat]:
    """The DATs at `paths`, without those that cannot be read: each is said. Raises `StoreError` if none is left."""
    opened: list[Dat] = []
    errors: list[StoreError] = []
    for path in paths:
        try:
            opened.append(dat.open(path))
        except StoreError as error:
            errors.append(error)
    if errors and not opened:
        more = f" ({len(errors) - 1} more cannot be read either)" if len(errors) > 1 else ""
        raise StoreError(f"{errors[0]}{more}")
    for skipped in errors:
        warn(f"skipped: {skipped}")
    return opened


def dats(args: argparse.Namespace) -> list[Path]:
    """The DATs the patterns name, each once; the newest one without a pattern. Raises `StoreError` if there is none."""
    root = data_here(args)
    if not args.pattern:
        if newest := find_dats(root)[:1]:
            return newest
        raise StoreError(no_results(root))
    if not all(pattern.strip() for pattern in args.pattern):
        raise SpecError("PATTERN is empty; name a DAT, a glob of DATs or a battery, or leave it out for the newest DAT")
    found: list[Path] = []
    for pattern in args.pattern:
        paths = find_dats(root, pattern)
        if not paths:
            raise StoreError(nothing_named(pattern, root))
        found += paths
    return distinct(found) if len(args.pattern) > 1 else found


def nothing_named(pattern: str, root: Path) -> str:
    """Why a pattern names no DAT: what there is instead."""
    if pattern.startswith(TAG_PREFIX):
        hint = inert(did_you_mean(pattern.removeprefix(TAG_PREFIX), tags_below(root)) or "none has any: bio tag", most=400)
        return f"no DAT has the tag {pattern.removeprefix(TAG_PREFIX)!r}; {hint}"
    batteries = sorted({battery_of(path) for path in find_dats(root)} - {""})
    if not batteries:
        return f"no DAT matches {pattern!r}: {no_results(root)}"
    hint = inert(did_you_mean(pattern, batteries), most=400)
    return f"no DAT matches {pattern!r} below {root}; {hint}; or say where with --data"


def no_results(root: Path) -> str:
    """That there is no DAT at all."""
    return f"no results yet below {root}; run a battery first, or say where with --data"
