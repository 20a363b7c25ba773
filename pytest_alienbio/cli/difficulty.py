"""`bio difficulty`: scores over levels of difficulty, and where half of the cells pass."""

from __future__ import annotations

import argparse

from ..run.comparing import difficulty_on
from .asked import asked
from .common import Commands, add_data_option
from .patterns import add_pattern
from .query import add_filters
from .shown import add_output, show


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio difficulty`."""
    parser = commands.add_parser(
        "difficulty",
        help="scores over levels of difficulty",
        description="Each agent's mean over the levels of difficulty, as a curve that can only fall (or rise, where lower is "
        "better), with a band over scenarios; and the level at which half of its cells pass. In the newest DAT (result "
        "folder), or in every DAT that a PATTERN names.",
        epilog="examples:\n"
        "  bio difficulty mine\n"
        "  bio difficulty mine --scenario 'mutualism/*' --agent greedy --all\n"
        "  bio difficulty mine --json | jq '.sections.difficulty.agents[].d50'",
    )
    add_pattern(parser)
    parser.add_argument(
        "--metric", default="score", metavar="FIELD", help="score (default), a part of it, tokens, usd, a metric"
    )
    add_filters(parser)
    add_output(parser)
    add_data_option(parser)
    parser.set_defaults(command=difficulty)


def difficulty(args: argparse.Namespace) -> int:
    """Shows the curves; exits 0 also if no cell matches."""
    with asked(args) as question:
        show(difficulty_on(question.index, question.query, metric=args.metric, notes=question.none_matches()), args)
    return 0
