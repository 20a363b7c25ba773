"""`bio cost`: what stored results cost: tokens, requests, retries, waiting, money; and what they would cost now."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import SpecError
from .asked import asked
from .common import Commands, add_data_option
from .patterns import add_pattern
from .query import add_filters
from .shown import add_output, show

_BY = ("agent", "scenario", "cell", "run")


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio cost`."""
    parser = commands.add_parser(
        "cost",
        help="what stored results cost, and what they would cost now",
        description="Add up what was consumed in the newest DAT (result folder), or in every DAT that a PATTERN names: kinds "
        "of tokens, requests, retries, seconds of waiting for answers, money. All attempts count, those that failed included; "
        "what was not measured is counted apart, and is in no sum.",
        epilog="examples:\n"
        "  bio cost mine\n"
        "  bio cost 'results/*' --by scenario --agent 'claude*' --since 30d\n"
        "  bio cost mine --reprice --prices bio.yaml\n"
        "  bio cost mine --json | jq '.sections.accounts.lines[] | {agent, usd}'",
    )
    add_pattern(parser)
    parser.add_argument("--by", choices=_BY, default="agent", help="what a line is of (default: agent)")
    parser.add_argument(
        "--reprice",
        action="store_true",
        help="also what the recorded tokens would cost today, by the installed price data, beside what was booked",
    )
    parser.add_argument(
        "--prices",
        metavar="FILE",
        type=Path,
        help="with --reprice: prices that win over the data, a YAML file `gpt-4o*: {input: 2.5, output: 10}` or a bio.yaml",
    )
    add_filters(parser)
    add_output(parser)
    add_data_option(parser)
    parser.set_defaults(command=cost)


def cost(args: argparse.Namespace) -> int:
    """Shows the costs; exits 0 also if no cell matches."""
    from ..run.costs import costs_on, read_prices, repricing

    if args.prices and not args.reprice:
        raise SpecError("--prices says by which prices --reprice reckons; add --reprice")
    reprice = repricing(read_prices(args.prices) if args.prices else None) if args.reprice else None
    with asked(args) as question:
        notes = question.none_matches()
        show(costs_on(question.index, question.query, question.paths, by=args.by, reprice=reprice, notes=notes), args)
    return 0
