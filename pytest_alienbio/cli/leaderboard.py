"""`bio leaderboard`: who is best in stored results, and how sure that is."""

from __future__ import annotations

import argparse

from ..run.reporting import leaderboard_on
from .asked import asked
from .common import Commands, add_data_option
from .patterns import add_pattern
from .query import add_filters
from .shown import add_output, show


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio leaderboard`."""
    parser = commands.add_parser(
        "leaderboard",
        help="who is best in stored results",
        description="Rank agents by their mean over scenarios: in the newest DAT (result folder), or in every DAT that a "
        "PATTERN names. Of a cell that several of them hold the latest record with a score counts.",
        epilog="examples:\n"
        "  bio leaderboard mine\n"
        "  bio leaderboard 'results/*' --scenario 'mutualism/*' --since 30d\n"
        "  bio leaderboard mine --json | jq -r '.sections.leaderboard.standings[].agent'",
    )
    add_pattern(parser)
    add_filters(parser)
    add_output(parser)
    add_data_option(parser)
    parser.set_defaults(command=leaderboard)


def leaderboard(args: argparse.Namespace) -> int:
    """Shows the leaderboard; exits 0 also if no cell matches."""
    with asked(args, tells=True) as question:
        index, query, paths = question.index, question.query, question.paths
        show(leaderboard_on(index, query, paths, notes=question.none_matches()), args)
    return 0
