"""`bio notebook`: a notebook that looks at stored results."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ..errors import SpecError
from ..exchange.target import new_file
from ..model import inert
from .common import Commands, add_data_option, say
from .patterns import dats


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio notebook`."""
    parser = commands.add_parser(
        "notebook",
        help="a Jupyter notebook that looks at stored results",
        description="Write a Jupyter notebook that reads a DAT (result folder) or an experiment's trials, and shows what they "
        "say: aggregates by variation, a box plot, a scatter of two metrics, a heat map, a statistical test, success rates, a "
        "report. It runs top to bottom as it is. Its first code cell is tagged `parameters`, for papermill.",
        epilog="examples:\n"
        "  bio notebook mine -o analysis.ipynb\n"
        "  bio notebook experiments/exp-001-coordination-comparison --metric message_count\n"
        "  papermill analysis.ipynb done.ipynb -p metric tokens",
    )
    parser.add_argument(
        "pattern", nargs="*", metavar="PATTERN", help="a DAT, a battery's name (its latest), or an experiment's folder"
    )
    parser.add_argument("--metric", default="", help="what it looks at first (default: the score, else the first there is)")
    parser.add_argument("--other", default="", metavar="METRIC", help="what that is drawn against")
    parser.add_argument(
        "-o", "--output", metavar="FILE", default="analysis.ipynb", help="default: analysis.ipynb; - is standard output"
    )
    parser.add_argument("--force", action="store_true", help="replace what is at FILE")
    add_data_option(parser)
    parser.set_defaults(command=notebook)


def notebook(args: argparse.Namespace) -> int:
    """Writes the notebook. A file that is there is never replaced unasked: somebody may have worked on it."""
    from ..run.analysis.notebook import notebook_of

    target = None if args.output == "-" else Path(args.output)
    if target is not None and target.suffix != ".ipynb":
        raise SpecError(f"-o {args.output}: a notebook's name ends in .ipynb")
    text = notebook_of(_path(args), target.parent if target else Path(), metric=args.metric, other=args.other)
    if target is None:
        say(text.removesuffix("\n"))
        return 0
    with new_file(target, force=args.force) as file:
        file.write(text.encode())
    say(f"written: {inert(os.path.relpath(target), most=4096, verbatim=True)}")
    return 0


def _path(args: argparse.Namespace) -> Path:
    """The DAT or folder that is meant. Raises `SpecError` for several."""
    if len(args.pattern) == 1:
        given = Path(args.pattern[0])
        if (given / "config.yaml").is_file() or given.name == "config.yaml" or any(given.glob("run*")):
            return given
    found = dats(args)
    if len(found) > 1:
        raise SpecError(f"a notebook looks at one result folder, and these are {len(found)}; name one of them")
    return found[0]
