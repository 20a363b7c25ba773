"""`bio audit`: who did what to which run, when, with which command, on which commit."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

from ..errors import SpecError
from ..model import Deed, Json
from ..report import ascii_only, many
from ..report.deeds import render_audit
from ..results.when import when
from ..store import codec, deeds_of, find_dats
from .common import Commands, add_data_option, colored, data_here, say, width
from .patterns import add_pattern, dats, no_results, readable


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio audit`."""
    parser = commands.add_parser(
        "audit",
        help="list who did what, when",
        description="List what was done to the runs below the data root, or to those that a PATTERN names, the latest first: "
        "who ran what, when (UTC), with which command, on which commit; what was tagged, noted, shared and imported.",
        epilog="examples:\n  bio audit --since 7d\n  bio audit 'results/mine/*' --user kim --json",
    )
    add_pattern(parser)
    parser.add_argument("--since", metavar="WHEN", help="then or later: 2026-01-31, 2026-01-31T10:30, yesterday, 7d or 12h ago")
    parser.add_argument("--until", metavar="WHEN", help="by then; a day counts to its end")
    parser.add_argument("--user", metavar="TEXT", default="", help="part of the author's or the login name, in any case")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_data_option(parser)
    parser.set_defaults(command=audit)


def audit(args: argparse.Namespace) -> int:
    """Prints a line a deed. Exits 0 also if there is none."""
    now = time.time()
    since, until = _moment("--since", args.since, now)[0], _moment("--until", args.until, now)[1]
    root = data_here(args)
    opened = readable(dats(args) if args.pattern else find_dats(root))
    deeds = [deed for one in opened for deed in deeds_of(one.path)]
    who = args.user.casefold()
    kept = [
        deed
        for deed in deeds
        if (since is None or deed.at >= since)
        and (until is None or 0 < deed.at < until)
        and (who in deed.author.casefold() or who in deed.user.casefold())
    ]
    kept.sort(key=lambda deed: -deed.at)  # stable: what was done in one moment stays in the order of its log
    if args.json:
        say(json.dumps(as_json(deed)) for deed in kept)
        return 0
    if not opened:
        say(no_results(root))
        return 0
    short = [replace(deed, dat=_below(deed.dat, root)) for deed in kept]
    say(render_audit(short, width(), color=colored(), ascii=ascii_only(sys.stdout.encoding)))
    say(f"{len(kept)} of {many(len(deeds), 'deed')} in the logs of {many(len(opened), 'DAT')}")
    return 0


def _below(dat: str, root: Path) -> str:
    """A DAT's path as a PATTERN may have it: from the data root, if it lies below that."""
    return Path(dat).relative_to(root).as_posix() if Path(dat).is_relative_to(root) else dat


def as_json(deed: Deed) -> dict[str, Json]:
    """A deed for machines: the time as a text, and null for what is not known."""
    row = asdict(deed)
    row["at"] = codec.time_text(deed.at) if deed.at else None
    row["command"] = list(deed.command)
    return {name: None if value == "" else value for name, value in row.items()}


def _moment(option: str, text: str | None, now: float) -> tuple[float | None, float | None]:
    if text is None:
        return None, None
    try:
        return when(text, now)
    except SpecError as error:
        raise SpecError(f"{option}: {error}") from None
