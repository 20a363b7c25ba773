"""`bio note`: writes a sentence about a run or a cell."""

from __future__ import annotations

import argparse

from ..store.annotations import note as write
from .common import Commands, add_data_option, data_here, say, warn
from .target import add_author_options, author_of, target_of


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio note`."""
    parser = commands.add_parser(
        "note",
        help="write a note about a run or a cell",
        description="Add a note to a run or to one of its cells. It stands in the DAT's log, `bio show` and `bio log` "
        "print it, and `bio results --note` finds it. What looks like a key or a password is hidden.",
        epilog="examples:\n"
        "  bio note mine 'the provider was slow this morning'\n"
        "  bio note 'mutualism/competition[d2-greedy-s3]' 'gives up at step 4' --author 'Kim <kim@example.org>'",
    )
    parser.add_argument("target", metavar="DAT|CELL", help="a DAT, a battery's name (its latest), DAT::CELL or a cell's id")
    parser.add_argument("text", metavar="TEXT", help="what is to be said, in quotes")
    add_author_options(parser)
    add_data_option(parser)
    parser.set_defaults(command=note)


def note(args: argparse.Namespace) -> int:
    """Writes a line into the DAT's log."""
    target = target_of(args.target, data_here(args))
    written = write(target.dat, args.text, cell=target.cell, author=author_of(args), reason=args.reason)
    say(f"{target.shown}: noted")
    if written != args.text.strip():
        warn(f"what looked like a secret was hidden: {written}")
    return 0
