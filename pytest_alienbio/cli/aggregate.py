"""`bio aggregate`: light records of many runs, in one place."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ..errors import StoreError
from ..report import inert, many
from ..store import aggregate as aggregates
from ..store import log, provenance
from .common import Commands, add_data_option, data_here, project_here, say, warn
from .patterns import add_pattern, dats, readable


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio aggregate`."""
    parser = commands.add_parser(
        "aggregate",
        help="gather light records of many runs in one folder",
        description="Add light records (no traces, tracebacks, long texts) of the runs that PATTERNs name to an aggregate: a "
        "folder below the data root that is queried by its path, and stays when the runs' own folders are deleted. What is "
        "there already is not added again. A battery's `aggregate:` does the same while its cells finish.",
        epilog="examples:\n"
        "  bio aggregate 'results/mutualism/*' -o aggregates/mutualism\n"
        "  bio results aggregates/mutualism --since 30d",
    )
    add_pattern(parser)
    parser.add_argument("-o", "--out", metavar="PATH", required=True, help="the aggregate's folder below the data root")
    add_data_option(parser)
    parser.set_defaults(command=aggregate)


def aggregate(args: argparse.Namespace) -> int:
    """Adds what is missing; says how much of each run."""
    root = data_here(args)
    place = aggregates.place(root, _below(args.out, root), {})
    author = provenance.identity(project_here().root)
    total = 0
    opened = readable(dats(args))
    for one in opened:
        added = aggregates.add(one.path, root, place)
        if added:
            try:
                log.append(one.path, "aggregated", {"aggregate": place, "cells": added}, author=author)
            except StoreError as error:  # a disk that is read-only: the records are there
                warn(f"the run's log does not say that it was gathered: {error}")
            say(f"{inert(str(one.path), most=4096, verbatim=True)}: {many(added, 'record')} added")
        for note in one.notes:
            warn(f"{one.path}: {note}")
        total += added
    say(f"{place}: {many(total, 'record')} of {many(len(opened), 'DAT')} added; look at them with bio results {place}")
    return 0


def _below(text: str, root: Path) -> str:
    """The path from the data root, if it was given from here or absolute."""
    path, base = Path(os.path.abspath(text)), Path(os.path.abspath(root))
    return path.relative_to(base).as_posix() if path.is_relative_to(base) and path != base else text
