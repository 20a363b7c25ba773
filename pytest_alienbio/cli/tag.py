"""`bio tag`: puts tags on a run or a cell, or takes them off."""

from __future__ import annotations

import argparse

from ..store.annotations import tag as put
from .common import Commands, add_data_option, data_here, say
from .target import add_author_options, author_of, target_of


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio tag`."""
    parser = commands.add_parser(
        "tag",
        help="tag a run or a cell",
        description="Put tags on a run or on one of its cells, or take them off. `bio results --tag` finds them, and tag:NAME "
        "names the newest run that has it wherever a DAT (result folder) is asked for. A line is added to the DAT's log; "
        "nothing is ever taken out of it.",
        epilog="examples:\n"
        "  bio tag mine release-3 paper\n"
        "  bio tag 'mine::mutualism/competition[d2-greedy-s3]' odd --reason 'the score jumps'\n"
        "  bio tag tag:release-3 release-3 --remove",
    )
    parser.add_argument("target", metavar="DAT|CELL", help="a DAT, a battery's name (its latest), DAT::CELL or a cell's id")
    parser.add_argument("tags", nargs="+", metavar="TAG", help="words without blanks: release-3, paper/figure-2, gpu=a100")
    parser.add_argument("--remove", action="store_true", help="take the tags off")
    add_author_options(parser)
    add_data_option(parser)
    parser.set_defaults(command=tag)


def tag(args: argparse.Namespace) -> int:
    """Writes a line into the DAT's log; says what changed."""
    target = target_of(args.target, data_here(args))
    changed = put(target.dat, args.tags, cell=target.cell, remove=args.remove, author=author_of(args), reason=args.reason)
    same = [word for word in dict.fromkeys(args.tags) if word not in changed]
    if changed:
        say(f"{target.shown}: {'no longer tagged' if args.remove else 'tagged'} {', '.join(changed)}")
    if same:
        say(f"{target.shown}: was tagged {', '.join(same)} before")
    return 0
