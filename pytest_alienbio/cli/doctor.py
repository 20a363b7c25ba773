"""`bio doctor`: what of this environment would get in the way."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ..report import inert, many
from .common import Commands, add_data_option, data_here, say

if TYPE_CHECKING:
    from ..run.doctor import Symptom


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio doctor`."""
    parser = commands.add_parser(
        "doctor",
        help="is everything here as a run needs it?",
        description="Look at Python, pytest, missing extras, other programs called bio, the file system under the data root, "
        "room, locks, the clock, and runs that never ended. What it tries it does in a folder that it removes.",
        epilog="exit codes: 0 nothing grave; 1 results may be lost or wrong here.\n\n"
        "examples:\n  bio doctor\n  bio doctor --data /scratch/bio --json",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_data_option(parser)
    parser.set_defaults(command=doctor)


def doctor(args: argparse.Namespace) -> int:
    """Says what was found, what is grave first."""
    from ..run.doctor import examine

    root = data_here(args)
    found = examine(root)
    grave = any(each.grave for each in found)
    if args.json:
        say(json.dumps({"data": str(root), "ok": not grave, "symptoms": [asdict(each) for each in found]}, indent=2))
    else:
        say([*_page(found), _end(found, root)])
    return int(grave)


EXTRA = "extra"
"""What a symptom is about that is told in one line: there are many of them, and few are wanted."""


def _page(found: Sequence[Symptom]) -> Iterator[str]:
    for each in (each for each in found if each.about != EXTRA):
        word = "PROBLEM" if each.grave else "advice"
        yield f"{word:<8} {each.about}: {inert(each.what, most=1000, verbatim=True)}"
        yield f"{'':<8} why: {inert(each.why, most=1000)}"
        yield f"{'':<8} do:  {inert(each.todo, most=1000, verbatim=True)}"
    extras = [each for each in found if each.about == EXTRA]
    for each in extras:
        yield f"{'advice':<8} {EXTRA}: {inert(each.what, most=1000, verbatim=True)}; {inert(each.why, most=1000)}"
    if extras:
        yield f"{'':<8} do:  if you want one of them: pip install 'pytest-alienbio[NAME]'"


def _end(found: Sequence[Symptom], root: Path) -> str:
    grave = sum(each.grave for each in found)
    where = f"results go to {inert(str(root), most=4096, verbatim=True)}"
    if not grave:
        return f"nothing grave; {where}"
    return f"{many(grave, 'problem')}; {where}"
