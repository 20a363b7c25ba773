"""`bio results`: the cells of recorded runs, filtered, or what groups of them say."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import StoreError
from ..model import Query, Result, inert
from ..report import ascii_only, many, table
from ..report.columns import wrap
from ..results.hints import hint
from ..store import codec
from ..store.index import Index
from .asked import asked
from .common import Commands, add_data_option, say, warn, width
from .patterns import add_pattern
from .query import SORTS, add_filters, sort_keys

if TYPE_CHECKING:
    from ..results.table import Table

LIMIT = 50
BY = "agent,scenario"
_GIVES_WAY = {"mean": 1, "pass_rate": 2, "missing": 3}
"""Which figures stay longest where there is little room, the first two then without their intervals."""
_NOT_WITH_STATS = ("sort", "reverse", "limit")


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio results`."""
    parser = commands.add_parser(
        "results",
        help="show recorded cells",
        description="Show the cells of recorded runs: those of the newest DAT (result folder), or of every DAT that a PATTERN "
        "names. Exits 0 also if no cell matches.",
        epilog="examples:\n"
        "  bio results mine --agent greedy --max-score 0.6\n"
        "  bio results 'results/*' --failed --since 7d --sort time --reverse\n"
        "  bio results mine --difficulty '>=3' --json | jq .score\n"
        "  bio results 'results/*' --stats --by agent",
    )
    add_pattern(parser)
    add_filters(parser)
    output = parser.add_argument_group("output")
    output.add_argument("--sort", metavar="KEY,KEY", type=sort_keys, default=(), help=f"sort by: {', '.join(SORTS)}")
    output.add_argument("--reverse", action="store_true", help="the largest first; what is missing stays last")
    output.add_argument("--limit", type=_count, metavar="N", help=f"cells to print (0 = all; default {LIMIT}, all with --json)")
    output.add_argument("--json", action="store_true", help="one JSON object a line: the journal's, and its DAT")
    groups = parser.add_argument_group("groups", "what cells say together; of each cell the latest scored record counts")
    groups.add_argument("--stats", action="store_true", help="a line a group: cells, mean and its interval, pass rate, missing")
    groups.add_argument("--by", metavar="FIELD,FIELD", type=_fields, help=f"what makes a group (default: {BY})")
    groups.add_argument("--field", metavar="FIELD", help="what is averaged: a sub-score, metric, tokens, ... (default: score)")
    add_data_option(parser)
    parser.set_defaults(command=results)


def results(args: argparse.Namespace) -> int:
    """Prints what matches; exits 0 even if nothing does. What cannot be read is said on standard error."""
    _refuse_mixed(args)
    with asked(args) as question:
        if args.stats:
            _stats(question.index, question.query, args)
        else:
            _cells(question.index, question.query, args, question.paths)
    return 0


def _cells(index: Index, query: Query, args: argparse.Namespace, paths: Sequence[Path]) -> None:
    order = tuple(("-" if args.reverse else "") + SORTS[key] for key in args.sort)
    most = (0 if args.json else LIMIT) if args.limit is None else args.limit
    found = index.results(query, order, most or None)
    if args.json:
        say(f'{codec.encode(result)[:-1]},"dat":{json.dumps(result.dat_path)}}}' for result in found)
        if not index.count(query) and (told := hint(index, query, "--{} {}")):
            warn(told)
        return
    rows, kept = list(found), index.count(query)
    where = many(len(paths), "DAT") + (f": {paths[0]}" if len(paths) == 1 else "")
    say(table(rows, width(), ascii=ascii_only(sys.stdout.encoding)))
    if rows:
        say(f"step by step: bio show {shlex.quote(_named(rows[0], paths, args.pattern))}")
    seen = kept or index.count(Query(dats=query.dats))
    if kept or not seen:
        say(f"{len(rows)} of {kept} cells from {where}")
        return
    say(wrap(hint(index, query, "--{} {}"), width(), ascii=ascii_only(sys.stdout.encoding)))
    say(f"0 of {seen} cells match in {where}")


def _stats(index: Index, query: Query, args: argparse.Namespace) -> None:
    from ..results.result_set import Opened, ResultSet

    found = ResultSet(Opened(index), query)
    groups = found.stats(by=args.by or _fields(BY), field=args.field or "score")
    if args.json:
        say(json.dumps(row) for row in groups.plain())
    else:
        _groups(groups)
    if not groups.rows and (told := hint(index, query, "--{} {}")):
        warn(told)


def _groups(groups: Table) -> None:
    from ..report.columns import Column, fit, lines_of, to_ascii

    ascii = ascii_only(sys.stdout.encoding)
    lines = [[to_ascii(cell) if ascii else cell for cell in line] for line in groups.cells()]
    names = len(groups.by)
    columns = []
    for at, header in enumerate(lines[0]):
        cells = tuple(line[at] for line in lines[1:])
        columns.append(
            Column(
                header,
                cells,
                left=True,
                names=at < names or header == "missing",
                gives_way=0 if at <= names else _GIVES_WAY.get(header, 4),
                narrow=tuple(cell.partition(" ")[0] for cell in cells) if header in ("mean", "pass_rate") else None,
            )
        )
    say(lines_of(fit(columns, width(), ascii=ascii)))
    for note in groups.notes:
        say(wrap(inert(note, most=400), width(), ascii=ascii))


def _named(result: Result, paths: Sequence[Path], patterns: list[str]) -> str:
    """What `bio show` takes for just this record: an id alone means the newest DAT that has it."""
    if not patterns:
        return inert(result.id, most=1000, verbatim=True)
    plain = len(paths) == len(patterns) == 1 and not any(ch in patterns[0] for ch in "*?[")
    dat_name = patterns[0] if plain else result.dat_path
    return inert(f"{dat_name}::{result.id}", most=4096, verbatim=True)


def _refuse_mixed(args: argparse.Namespace) -> None:
    """Raises `StoreError` for options that another one needs, or that say nothing beside it."""
    if args.reverse and not args.sort:
        raise StoreError("--reverse needs --sort, to say by what")
    if args.stats and (given := [name for name in _NOT_WITH_STATS if getattr(args, name)]):
        raise StoreError(f"--{given[0]} is for cells, and --stats shows groups; leave one of them out")
    if not args.stats and (given := [name for name in ("by", "field") if getattr(args, name)]):
        raise StoreError(f"--{given[0]} needs --stats")


def _fields(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(","))
    if not all(names):
        raise argparse.ArgumentTypeError(f"{text!r} holds an empty name")
    return names


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 on")
    return int(text)
