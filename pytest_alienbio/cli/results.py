"""`bio results`: the cells of recorded runs, filtered."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from ..errors import StoreError
from ..model import Outcome, Result
from ..report import table
from ..store import codec, dat, find_dats
from .common import Commands, add_data_option, data_here, say, width

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
    """Prints what matches; exits 0 even if nothing does."""
    paths = dats(args)
    found = (result for path in paths for result in dat.open(path).results() if _matches(result, args))
    if args.json:
        say(json.dumps({**json.loads(codec.encode(result)), "dat": result.dat_path}) for result in found)
        return 0
    rows, total = [], 0
    for result in found:
        total += 1
        if args.limit <= 0 or total <= args.limit:
            rows.append(result)
    say(table(rows, width()))
    say(f"{len(rows)} of {total} cells from {len(paths)} DAT{'' if len(paths) == 1 else 's'}" + _names(paths))
    return 0


def dats(args: argparse.Namespace) -> list[Path]:
    """The DATs a pattern names; the newest one without a pattern. Raises `StoreError` if there is none."""
    root = data_here(args)
    found = find_dats(root, args.pattern) if args.pattern else find_dats(root)[:1]
    if not found:
        what = f"no DAT matches {args.pattern!r}" if args.pattern else "no results yet"
        raise StoreError(f"{what} below {root}; run a battery first, or say where with --data")
    return found


def _names(paths: list[Path]) -> str:
    return f": {paths[0]}" if len(paths) == 1 else ""


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
    """Every recorded cell with this id, newest DAT first."""
    for path in paths:
        for result in dat.open(path).results():
            if result.id == cell_id:
                yield path, result
