"""`bio report`: what stored results say: leaderboard, summary, breakdown, failures, cost."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import did_you_mean
from ..report.review import ON_REQUEST, PARTS
from ..run.reporting import report_on
from .asked import asked
from .common import Commands, add_data_option, data_here
from .patterns import add_pattern
from .query import add_filters
from .shown import add_output, show, show_page

if TYPE_CHECKING:
    from ..model import Query
    from ..run.pages import Page
    from ..store.index import Index

_HELP = f"of {', '.join(PARTS)}; on request also {', '.join(ON_REQUEST)}"


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio report`."""
    parser = commands.add_parser(
        "report",
        help="what stored results say",
        description="Report on the cells of recorded runs: those of the newest DAT (result folder), or of every DAT that a "
        "PATTERN names. Of a cell that several of them hold the latest record with a score counts. Nothing is played again.",
        epilog="examples:\n"
        "  bio report mine\n"
        "  bio report mine --only failures,cost --since 7d\n"
        "  bio report 'results/*' --agent 'claude*' -o report.md\n"
        "  bio report mine -o report.html\n"
        "  bio report mine --json | jq '.sections.leaderboard.standings[0]'",
    )
    add_pattern(parser)
    parser.add_argument(
        "--only", metavar="PART,PART", type=_parts, default=(), help=f"of {', '.join(PARTS)}; also {' and '.join(ON_REQUEST)}"
    )
    parser.add_argument(
        "--traces",
        choices=("embedded", "all", "none"),
        default="embedded",
        help="of a page (html): which can be opened from it: as many as it has room for (the default); all, the others in "
        "FILE's folder *.files beside it; none",
    )
    add_filters(parser)
    add_output(parser)
    add_data_option(parser)
    parser.set_defaults(command=report)


def report(args: argparse.Namespace) -> int:
    """Shows the report; exits 0 also if no cell matches."""
    with asked(args, tells=True) as question:
        index, query, paths = question.index, question.query, question.paths
        notes = question.none_matches()
        if not show_page(lambda: _page(index, query, paths, notes, args), args):
            show(report_on(index, query, paths, only=args.only, notes=notes), args)
    return 0


def _page(index: Index, query: Query, paths: Sequence[Path], notes: Sequence[str], args: argparse.Namespace) -> Page:
    from ..run.pages import page_on  # late: most reports are read on a screen

    return page_on(index, query, paths, root=data_here(args), only=args.only, notes=notes, traces=args.traces)


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.split(","))
    known = (*PARTS, *ON_REQUEST)
    for part in parts:
        if part not in known:
            raise argparse.ArgumentTypeError(f"{part!r} is no part of a report; {did_you_mean(part, known)}")
    return parts
