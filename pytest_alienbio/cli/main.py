"""The `bio` command: its parser, and what every command has in common."""

from __future__ import annotations

import os
import sys
from argparse import Action, ArgumentParser
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword
from typing import NoReturn

from ..errors import AlienBioError, SpecError
from ..model import inert
from .common import mutter, say
from .parser import Parser

COMMANDS = (
    "run",
    "batch",
    "watch",
    "view",
    "results",
    "report",
    "plot",
    "cost",
    "leaderboard",
    "notebook",
    "compare",
    "gate",
    "merge",
    "correlate",
    "difficulty",
    "history",
    "power",
    "bisect",
    "show",
    "diff",
    "replay",
    "rescore",
    "export",
    "import",
    "baseline",
    "tag",
    "note",
    "log",
    "audit",
    "share",
    "aggregate",
    "scenario",
    "agent",
    "new",
    "validate",
    "manifest",
    "schema",
    "config",
    "doctor",
    "warm",
    "completion",
)
"""The commands in the order of `bio --help`: each has a module of its name (`import_`), whose `add_command` adds it."""

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

_EXIT_CODES = (
    "exit codes: 0 ok or passed; 1 a negative verdict; 2 it could not be done (bad usage, a wrong file or name, or an error "
    "inside, which --debug shows in full); 3 incomplete, or not comparable; 4 inconclusive with --strict; 130 interrupted."
)

_GUIDE = """\
bio plays scenarios with agents and reads what was recorded. To begin with:

  bio scenario list
      what there is to play
  bio scenario show mutualism/competition
      what an agent is told and may do there
  bio run mutualism/competition --agent greedy
      play one cell, here and now
  bio show 'mutualism/competition[d2-greedy-s0]'
      the same cell, step by step
  bio results
      what was recorded last
  bio new battery mine
      a battery of your own: many cells, run by pytest

bio --help lists every command; bio COMMAND --help explains one, with an example."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code (see `bio --help`). Without arguments it says what to try first."""
    _streams()
    debug = False
    try:
        own, rest = _split(sys.argv[1:] if argv is None else argv)
        if not own and not rest:
            say(_GUIDE)
            return 0
        debug = "--debug" in own
        _refuse_rest(own, rest)
        args = parser(next((word for word in own if not word.startswith("-")), "")).parse_args(own)
        args.pytest_args = rest
        return int(args.command(args))
    except KeyboardInterrupt:
        mutter("bio: interrupted; what was finished is kept\n")
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: one sentence, whatever it was
        if debug:
            import traceback

            _mutter_lines(traceback.format_exc())
        _mutter_lines(sentence(error), "bio: ")
        return EXIT_USAGE


def sentence(error: Exception) -> str:
    """What went wrong, for people: our own errors say it themselves, a line a complaint."""
    if isinstance(error, AlienBioError):
        return str(error) or type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"something broke inside: {inert(what, most=1000)}; --debug shows where, please report it"


def _mutter_lines(text: str, before: str = "") -> None:
    mutter("".join(f"{before}{inert(line, most=4096, verbatim=True)}\n" for line in text.splitlines()))


def _streams() -> None:
    """Standard streams that were closed before we began (`>&-`) lead nowhere, instead of being None."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - for as long as the process lives
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115


def _split(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """Our own arguments, and those after `--`, which argparse would not leave alone."""
    at = argv.index("--") if "--" in argv else len(argv)
    return list(argv[:at]), list(argv[at + 1 :])


def _refuse_rest(own: Sequence[str], rest: Sequence[str]) -> None:
    """Raises `SpecError` where nobody would read what follows `--`."""
    command = next((word for word in own if not word.startswith("-")), "")
    if rest and command and command not in ("run", "bisect"):
        what = f"bio {inert(command, most=60)} would ignore {inert(' '.join(rest), most=100)!r}"
        raise SpecError(f"{what}: only `bio run BATTERY` and `bio bisect` hand what follows -- to pytest; leave the -- out")


def parser(command: str = "") -> ArgumentParser:
    """The whole command line; of a known `command` its own alone, since reading results must not import what plays cells."""
    top = Parser(
        prog="bio",
        description="Play scenarios with agents and read what was recorded. Batteries run under pytest: pytest experiments/",
        epilog=f"{_EXIT_CODES}\n\nbio COMMAND --help explains a command, with an example; bio alone says what to try first.",
    )
    top.add_argument("--version", action=_Version, nargs=0, help="show program's version number and exit")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in [command] if command in COMMANDS else COMMANDS:
        module = f"{name}_" if iskeyword(name) else name
        import_module(f".{module}", __package__).add_command(commands)
    return top


class _Version(Action):
    """`version` of argparse would look the number up for every command."""

    def __call__(self, parser: ArgumentParser, *rest: object) -> NoReturn:
        from importlib.metadata import version

        say(f"pytest-alienbio {version('pytest-alienbio')}")
        parser.exit()
