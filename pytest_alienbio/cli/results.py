"""`bio results`: the cells of recorded runs, filtered."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import groupby, islice

from ..errors import StoreError, did_you_mean
from ..model import Result
from ..report import ascii_only, inert, table
from ..report.columns import wrap
from ..store import Dat, codec
from .common import Commands, add_data_option, say, warn, width
from .patterns import dats, readable
from .query import SORTS, Query, add_filters, fits, in_order, query_of, sort_keys

LIMIT = 50


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
        "  bio results mine --difficulty '>=3' --json | jq .score",
    )
    parser.add_argument("pattern", nargs="*", metavar="PATTERN", help="a DAT, a glob of DATs, or a battery's name (its latest)")
    add_filters(parser)
    output = parser.add_argument_group("output")
    output.add_argument("--sort", metavar="KEY,KEY", type=sort_keys, default=(), help=f"sort by: {', '.join(SORTS)}")
    output.add_argument("--reverse", action="store_true", help="the largest first; what is missing stays last")
    output.add_argument("--limit", type=_count, metavar="N", help=f"cells to print (0 = all; default {LIMIT}, all with --json)")
    output.add_argument("--json", action="store_true", help="one JSON object a line: the journal's, and its DAT")
    add_data_option(parser)
    parser.set_defaults(command=results)


def results(args: argparse.Namespace) -> int:
    """Prints what matches; exits 0 even if nothing does. What cannot be read is said on standard error."""
    query = query_of(args, time.time())
    opened = readable(dats(args))
    tally = _Tally()
    found = tally.of(opened, query)
    most = (0 if args.json else LIMIT) if args.limit is None else args.limit
    if args.sort:
        found = iter(in_order(found, args.sort, reverse=args.reverse, most=most))
    elif args.reverse:
        raise StoreError("--reverse needs --sort, to say by what")
    if args.json:
        shown = islice(found, most or None)
        say(f'{codec.encode(result)[:-1]},"dat":{json.dumps(result.dat_path)}}}' for result in shown)
        if hint := tally.hint(query):
            warn(hint)
    else:
        _table(found, most, tally, opened, args.pattern, query)
    for one in opened:
        for note in one.notes:
            warn(f"{one.path}: {note}")
    return 0


class _Tally:
    """Counts what passes by."""

    def __init__(self) -> None:
        self.seen = self.kept = 0
        self._met: dict[str, set[str]] = {name: set() for name in ("battery", "scenario", "agent", "tag")}

    def of(self, opened: Iterable[Dat], query: Query) -> Iterator[Result]:
        """The results that `query` keeps, DAT by DAT, one in memory at a time."""
        for one in opened:
            tags = _battery_tags(one) if query.select.tags else ()
            for result in _by_variant(one.results()):
                self.seen += 1
                if query.keeps(result, tags):
                    self.kept += 1
                    yield result
                elif not self.kept:
                    self._meet(result, tags)

    def _meet(self, result: Result, tags: Iterable[str]) -> None:
        for name, met in (("battery", result.battery), ("scenario", result.scenario), ("agent", result.agent)):
            self._met[name].add(met)
        self._met["tag"].update(result.tags, tags)

    def hint(self, query: Query) -> str:
        """What there is of that which was asked for and fits no cell at all; '' if any cell was kept."""
        if self.kept:
            return ""
        asked = {"battery": query.batteries, "scenario": query.select.names, "agent": query.select.agents}
        hints = []
        for name, globs in {**asked, "tag": query.select.tags}.items():
            met = self._met[name]
            if met and globs and not any(fits(each, [glob], exactly=name == "tag") for each in met for glob in globs):
                hints.append(f"--{name} {','.join(globs)}: {did_you_mean(globs[0], met, most=20)}")
        return inert("; ".join(hints), most=1000)


def _by_variant(results: Iterable[Result]) -> Iterator[Result]:
    """A DAT's results, those of one agent in one world by their surfaces."""
    worlds = groupby(results, key=lambda result: (result.scenario, result.difficulty, result.agent, result.seed))
    for _, world in worlds:
        yield from sorted(world, key=lambda result: result.variant)


def _battery_tags(opened: Dat) -> tuple[str, ...]:
    heads = (head for name, head in opened.spec().items() if name.startswith("experiment.") and isinstance(head, dict))
    return tuple(tag for head in heads for tag in head.get("tags") or () if isinstance(tag, str))


def _table(found: Iterator[Result], most: int, tally: _Tally, opened: list[Dat], patterns: list[str], query: Query) -> None:
    rows = list(islice(found, most or None))
    for _ in found:
        pass  # counted on their way
    where = f"{len(opened)} DAT{'' if len(opened) == 1 else 's'}" + (f": {opened[0].path}" if len(opened) == 1 else "")
    say(table(rows, width(), ascii=ascii_only(sys.stdout.encoding)))
    if rows:
        say(f"step by step: bio show {shlex.quote(_named(rows[0], opened, patterns))}")
    if tally.kept or not tally.seen:
        say(f"{len(rows)} of {tally.kept} cells from {where}")
    else:
        say(wrap(tally.hint(query), width(), ascii=ascii_only(sys.stdout.encoding)))
        say(f"0 of {tally.seen} cells match in {where}")


def _named(result: Result, opened: list[Dat], patterns: list[str]) -> str:
    """What `bio show` takes for just this record: an id alone means the newest DAT that has it."""
    if not patterns:
        return inert(result.id, most=1000, verbatim=True)
    plain = len(opened) == len(patterns) == 1 and not any(ch in patterns[0] for ch in "*?[")
    dat_name = patterns[0] if plain else result.dat_path
    return inert(f"{dat_name}::{result.id}", most=4096, verbatim=True)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 on")
    return int(text)
