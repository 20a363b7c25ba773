"""`bio share`: a run as one file, to be handed on."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import SpecError
from ..report import inert, many
from .common import Commands, add_data_option, data_here, say, warn
from .target import author_of, target_of

CHOICES = ("all", "failed", "none")


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio share`."""
    parser = commands.add_parser(
        "share",
        help="pack a run into one file to hand on",
        description="Pack a run's DAT (result folder) into one zip: spec, environment, results, journals, log, reports, "
        "artifacts and the chosen traces, with a manifest of checksums. The same DAT gives the same file. Nothing is written "
        "if something in it looks like a key, a token or a password, or is the value of a variable here that is named like "
        "one. `bio import FILE.zip` restores it.",
        epilog="examples:\n"
        "  bio share mine -o mine.zip\n"
        "  bio share tag:release-3 -o release-3.zip --traces failed\n"
        "  bio share mine -o one.zip --traces 'mutualism/competition[d2-greedy-s3]' --redact",
    )
    parser.add_argument("dat", metavar="DAT", help="a DAT, a battery's name (its latest), or tag:NAME")
    parser.add_argument("-o", "--out", metavar="FILE.zip", required=True, help="the file to write")
    parser.add_argument(
        "--traces",
        metavar="WHICH",
        default="all",
        help="all, failed, none, or ids of cells with commas between (default all); a cell without its trace keeps its result",
    )
    parser.add_argument("--redact", action="store_true", help="write secrets hidden instead of refusing")
    parser.add_argument("--force", action="store_true", help="replace FILE.zip")
    parser.add_argument("--author", metavar="NAME", help="who shares it (default: git's identity, else the login)")
    add_data_option(parser)
    parser.set_defaults(command=share)


def share(args: argparse.Namespace) -> int:
    """Writes the archive; says what is in it, and what is not."""
    from ..exchange import archive

    root = data_here(args)
    target = target_of(args.dat, root)
    if target.cell:
        raise SpecError("a whole run is shared; to leave out the traces of its other cells, say --traces CELL")
    traces = args.traces if args.traces in CHOICES else tuple(filter(None, (word.strip() for word in args.traces.split(","))))
    if not traces:
        raise SpecError("--traces is empty; expected all, failed, none, or ids of cells")
    if args.out == "-":
        raise SpecError("-o - names no file, and an archive is no text to be printed; name one, like run.zip")
    made = archive.share(
        target.dat,
        Path(args.out),
        root=root,
        traces=traces,
        redact=args.redact,
        force=args.force,
        author=author_of(args),
    )
    kept = f"{many(made.traces_kept, 'trace')}" + (f" ({made.traces_left_out:,} left out)" if made.traces_left_out else "")
    name = inert(str(made.path), most=4096, verbatim=True)
    say(f"{name}: {many(made.files, 'file')}, {kept}, {made.bytes:,} bytes; sha256 {made.sha256}")
    if made.state != "closed":
        say("its run has not ended, or never came to its end: what was finished by now is in it")
    if made.hidden:
        say(f"{many(made.hidden, 'place')} that looked like a secret {'is' if made.hidden == 1 else 'are'} hidden in it")
    if made.homes:
        say(f"it names home folders of people here: {', '.join(f'{name} ({n})' for name, n in list(made.homes.items())[:8])}")
    for note in made.notes:
        warn(note)
    return 0
