"""`bio results`: the cells of recorded runs, filtered."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from ..errors import StoreError
from ..model import Outcome, Result
from ..report import table
from ..store import Dat, codec, dat, find_dats
from .common import Commands, add_data_option, data_here, say, warn, width

LIMIT = 50


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio results`."""
    parser = commands.add_parser(
        "results",
        help="show recorded cells",
        description="Show the cells of recorded runs: those of the newest DAT, or of every DAT that PATTERN names.",
        epilog="example: bio results mutualism_battery --agent greedy --max-score 0.6",
    )
    parser.add_argument("pattern", nargs="?", metavar="PATTERN", help="a DAT, a glob of DATs, or a battery's name (its latest)")
    parser.add_argument("--agent", metavar="GLOB", help="only these agents")
    parser.add_argument("--scenario", metavar="GLOB", help="only these scenarios")
    parser.add_argument("--seed", type=int, help="only this seed")
    parser.add_argument("--outcome", choices=[str(outcome) for outcome in Outcome], help="only cells that ended so")
    parser.add_argument("--min-score", type=float, metavar="X", help="only scores of at least X")
    parser.add_argument("--max-score", type=float, metavar="X", help="only scores of at most X")
    parser.add_argument("--limit", type=int, default=LIMIT, metavar="N", help=f"rows to print (default {LIMIT}; 0 = all)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, no limit")
    add_data_option(parser)
    parser.set_defaults(command=results)


def results(args: argparse.Namespace) -> int:
    """Prints what matches; exits 0 even if nothing does. What cannot be read is said on standard error."""
    opened = readable(dats(args))
    every = (result for one in opened for result in one.results())
    if args.json:
        found = (result for result in every if _matches(result, args))
        say(json.dumps({**json.loads(codec.encode(result)), "dat": result.dat_path}) for result in found)
    else:
        _table(every, args, opened)
    for one in opened:
        for note in one.notes:
            warn(f"{one.path}: {note}")
    return 0


def _table(every: Iterable[Result], args: argparse.Namespace, opened: list[Dat]) -> None:
    rows: list[Result] = []
    seen = total = 0
    for result in every:
        seen += 1
        if _matches(result, args):
            total += 1
            if args.limit <= 0 or total <= args.limit:
                rows.append(result)
    where = f"{len(opened)} DAT{'' if len(opened) == 1 else 's'}" + (f": {opened[0].path}" if len(opened) == 1 else "")
    say(table(rows, width()))
    say(f"{len(rows)} of {total} cells from {where}" if total or not seen else f"0 of {seen} cells match in {where}")


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
    """The DATs a pattern names; the newest one without a pattern. Raises `StoreError` if there is none."""
    root = data_here(args)
    found = find_dats(root, args.pattern) if args.pattern else find_dats(root)[:1]
    if not found:
        what = f"no DAT matches {args.pattern!r}" if args.pattern else "no results yet"
        raise StoreError(f"{what} below {root}; run a battery first, or say where with --data")
    return found


def _matches(result: Result, args: argparse.Namespace) -> bool:
    score = result.score
    return (
        (args.agent is None or fnmatchcase(result.agent, args.agent))
        and (args.scenario is None or fnmatchcase(result.scenario, args.scenario))
        and (args.seed is None or result.seed == args.seed)
        and (args.outcome is None or result.outcome == args.outcome)
        and (args.min_score is None or (score is not None and score >= args.min_score))
        and (args.max_score is None or (score is not None and score <= args.max_score))
    )


def matching(paths: list[Path], cell_id: str) -> Iterator[tuple[Path, Result]]:
    """Every recorded cell with this id, newest DAT first. A DAT that cannot be read is skipped, and that is said.

    Raises `StoreError` if it is the only one.
    """
    for path in paths:
        try:
            opened = dat.open(path)
        except StoreError as error:
            if len(paths) == 1:
                raise
            warn(f"skipped: {error}")
            continue
        for result in opened.results():
            if result.id == cell_id:
                yield path, result
