"""The `bio` command: its parser, and what every command has in common."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from ..errors import AlienBioError
from . import batch, results, run, show

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code: 0 ok, 1 negative verdict, 2 usage, 3 incomplete, 130 interrupted."""
    own, rest = _split(sys.argv[1:] if argv is None else argv)
    args = parser().parse_args(own)
    args.pytest_args = rest
    try:
        return int(args.command(args))
    except (AlienBioError, OSError) as error:
        if args.debug:
            raise
        sys.stderr.write(f"bio: {error}\n")
        return EXIT_USAGE
    except KeyboardInterrupt:
        sys.stderr.write("bio: interrupted; what was finished is kept\n")
        return EXIT_INTERRUPTED


def _split(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """Our own arguments, and those after `--`, which argparse would not leave alone."""
    at = argv.index("--") if "--" in argv else len(argv)
    return list(argv[:at]), list(argv[at + 1 :])


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="bio",
        description="Play scenarios with agents and read what was recorded. Batteries run under pytest: pytest experiments/",
    )
    top.add_argument("--version", action="version", version=f"pytest-alienbio {version('pytest-alienbio')}")
    top.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (run, batch, results, show):
        module.add_command(commands)
    return top
