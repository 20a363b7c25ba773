"""`bio log`: what was done to runs, oldest first."""

from __future__ import annotations

import argparse
import json
import sys

from ..report import ascii_only
from ..report.deeds import render_log
from ..store import deeds_of
from .audit import as_json
from .common import Commands, add_data_option, colored, say, width
from .patterns import add_pattern, dats, readable


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio log`."""
    parser = commands.add_parser(
        "log",
        help="show what was done to a run",
        description="Show the log of runs: created, tagged, noted, closed, shared, imported; by whom, when (UTC) and why.",
        epilog="examples:\n  bio log\n  bio log mine 'results/other/*' --json",
    )
    add_pattern(parser, "DAT")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_data_option(parser)
    parser.set_defaults(command=log)


def log(args: argparse.Namespace) -> int:
    """Prints the deeds of each DAT."""
    deeds = [deed for opened in readable(dats(args)) for deed in deeds_of(opened.path)]
    if args.json:
        say(json.dumps(as_json(deed)) for deed in deeds)
    else:
        say(render_log(deeds, width(), color=colored(), ascii=ascii_only(sys.stdout.encoding)))
    return 0
