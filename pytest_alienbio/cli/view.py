"""`bio view`: all runs, on pages for a browser on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import StoreError
from .common import Commands, add_data_option, data_here
from .serving import add_server_options, serve_until_stopped


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio view`."""
    parser = commands.add_parser(
        "view",
        help="look at all runs in a browser",
        description="Serve pages of all runs below ROOT on this machine alone: the list, which is filtered; each run as it is "
        "now, also while it is played; its report; its cells, step by step; a battery's history; two runs compared. Only "
        "reading: nothing is played, changed or sent anywhere. It prints an address with a random word in it, without which "
        "there is nothing to see, and ends with Ctrl-C.",
        epilog="examples:\n  bio view\n  bio view /scratch/bio --port 8123",
    )
    parser.add_argument("root", nargs="?", default=None, metavar="ROOT", help="folder of result folders (default: as --data)")
    add_server_options(parser)
    add_data_option(parser)
    parser.set_defaults(command=view)


def view(args: argparse.Namespace) -> int:
    """Serves until it is stopped."""
    from ..serve.browse import Browse

    root = data_here(args) if args.root is None else Path(args.root)
    if not root.is_dir():
        raise StoreError(f"there is no folder {root}; run a battery first, or say where results are")
    return serve_until_stopped(Browse(root), args)
