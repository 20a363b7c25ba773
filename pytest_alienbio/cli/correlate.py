"""`bio correlate`: how scores go with what was played."""

from __future__ import annotations

import argparse

from ..run.comparing import correlations_on
from .asked import asked
from .common import Commands, add_data_option, words
from .patterns import add_pattern
from .query import add_filters
from .shown import add_output, show


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio correlate`."""
    parser = commands.add_parser(
        "correlate",
        help="how scores go with the difficulty, size, noise, ... of worlds",
        description="Correlate each agent's scores with properties of what it played, in the newest DAT (result folder) or in "
        "every DAT that a PATTERN names. A unit is a scenario at one of its levels, not a cell. p values are adjusted over all "
        "that is asked (Benjamini-Hochberg).",
        epilog="examples:\n"
        "  bio correlate mine\n"
        "  bio correlate mine --with difficulty,noise --partial\n"
        "  bio correlate 'results/*' --agent greedy --method kendall --json",
    )
    add_pattern(parser)
    parser.add_argument(
        "--with",
        dest="properties",
        action="append",
        default=[],
        metavar="NAME...",
        help="the difficulty, properties, params or metrics (default: the difficulty and all properties)",
    )
    parser.add_argument(
        "--metric", default="score", metavar="FIELD", help="score (default), a part of it, tokens, usd, a metric"
    )
    parser.add_argument("--method", choices=("spearman", "kendall"), default="spearman", help="of numbers (default: spearman)")
    parser.add_argument("--partial", action="store_true", help="each number with the others held constant, by ranks")
    add_filters(parser)
    add_output(parser)
    add_data_option(parser)
    parser.set_defaults(command=correlate)


def correlate(args: argparse.Namespace) -> int:
    """Shows the correlations; exits 0 also if no cell matches."""
    names = words("--with", args.properties) if args.properties else ()
    with asked(args) as question:
        notes = question.none_matches()
        made = correlations_on(
            question.index,
            question.query,
            () if notes else names,
            metric=args.metric,
            method=args.method,
            partial=args.partial,
            notes=notes,
        )
        show(made, args)
    return 0
