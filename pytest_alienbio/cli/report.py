"""`bio report`: what stored results say: leaderboard, summary, breakdown, failures, cost."""

from __future__ import annotations

import argparse
import os
import shlex

from ..errors import did_you_mean
from ..model import Result
from ..report.review import PARTS, review_document
from ..results.counted import counted
from ..results.leaderboard import leaderboard
from ..results.review import review
from .asked import Asked, asked
from .common import Commands, add_data_option, warn
from .query import add_filters
from .shown import add_output, show


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
        "  bio report mine --json | jq '.sections.leaderboard.standings[0]'",
    )
    parser.add_argument("pattern", nargs="*", metavar="PATTERN", help="a DAT, a glob of DATs, or a battery's name (its latest)")
    parser.add_argument("--only", metavar="PART,PART", type=_parts, default=(), help=f"of {', '.join(PARTS)}")
    add_filters(parser)
    add_output(parser)
    add_data_option(parser)
    parser.set_defaults(command=report)


def report(args: argparse.Namespace) -> int:
    """Shows the report; exits 0 also if no cell matches."""
    with asked(args) as question:
        made = review(
            counted(question.index, question.query),
            title=question.title(),
            dats=[os.path.relpath(path) for path in question.paths],
            board=leaderboard(question.index, question.query),
            command=again,
            notes=none_matches(question),
        )
        show(review_document(made, args.only), args)
    return 0


def again(result: Result) -> str:
    """The shell command that plays a stored cell again, from its own DAT; '' for one that was not played here."""
    if result.origin or not result.dat_path:
        return ""
    node = os.path.join(os.path.relpath(result.dat_path), "_spec_.yaml")
    return f"pytest {shlex.quote(f'{node}::{result.battery}::{result.id}')}"


def none_matches(question: Asked) -> tuple[str, ...]:
    """What to say if no cell matches: how many there are, and what may have been meant. Also on standard error."""
    if question.index.count(question.query):
        return ()
    if hint := question.hint():
        warn(hint)
    return ("no cell matches",)


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.split(","))
    for part in parts:
        if part not in PARTS:
            raise argparse.ArgumentTypeError(f"{part!r} is no part of a report; {did_you_mean(part, PARTS)}")
    return parts
