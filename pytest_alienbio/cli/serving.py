"""What `bio watch --serve` and `bio view` have in common: a server on this machine, until it is stopped."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .common import say

if TYPE_CHECKING:
    from ..serve.site import Site


def add_server_options(parser: argparse.ArgumentParser) -> None:
    """Adds `--port`."""
    parser.add_argument(
        "--port", type=_port, default=0, metavar="N", help="of the page on 127.0.0.1 (default: one that is free)"
    )


def serve_until_stopped(site: Site, args: argparse.Namespace) -> int:
    """Says where the page is, and serves it until Ctrl-C, which is how it is meant to end: exit code 0."""
    from ..serve.server import Server

    with Server(site, port=args.port) as server:
        say([server.url, "(only from this machine, and for who has the address; Ctrl-C ends it)"])
        try:
            server.serve()
        except KeyboardInterrupt:
            return 0
    return 0


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 <= int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected a number from 1 to 65535, or 0 for one that is free")
    return int(text)
