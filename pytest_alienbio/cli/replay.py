"""`bio replay`: one recorded cell played again from its record."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ..errors import SpecError
from ..report import ascii_only
from ..report.replayed import render_replayed
from ..run import build_catalog, instance_cache
from ..run.catalog import with_scenario_file
from ..run.replay_cell import replay_cell, replayed_as_json
from ..run.replaying import replay_of
from .common import Commands, add_data_option, colored, data_here, project_here, say, width
from .show import found_cell


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio replay`."""
    parser = commands.add_parser(
        "replay",
        help="play one recorded cell again from its record",
        description="Play a recorded cell once more, offline: its model's answers are those of the record, and so are the "
        "deeds of an agent that might do something else. Says whether every request, turn and score is the same, or shows "
        "both sides of the first that is not. Nothing is asked, spent or recorded. Whole batteries: pytest --bio-replay DAT.",
        epilog="exit codes: 0 identical; 1 not identical; 2 it could not be done.\n\n"
        "examples:\n"
        "  bio replay 'mutualism/competition[d2-greedy-s3]'\n"
        "  bio replay 'mutualism/competition[d2-greedy-s3]' --dat mine\n"
        "  bio replay 'mine::mutualism/competition[d2-greedy-s3]' --json",
    )
    parser.add_argument(
        "cell", metavar="CELL", help="a cell's id, a pytest node id, or DAT::id (DAT: a folder, or a battery's name)"
    )
    parser.add_argument("--dat", metavar="DAT", help="look for CELL in this folder, or in a battery's newest")
    parser.add_argument(
        "--scenario", action="append", default=[], metavar="FILE", help="a scenario file that this project does not name"
    )
    parser.add_argument("--json", action="store_true", help="both ends and the first difference as JSON")
    add_data_option(parser)
    parser.set_defaults(command=replay)


def replay(args: argparse.Namespace) -> int:
    """Plays it; 0 if it is what was recorded."""
    root, project = data_here(args), project_here()
    if args.dat is not None and "::" in args.cell:
        raise SpecError(f"{args.cell!r} says where it is, and so does --dat; leave one of them out")
    opened, record = found_cell(args.cell if args.dat is None else f"{args.dat}::{args.cell}", root)
    catalog = build_catalog(project.scenario_files)
    for file in args.scenario:
        catalog, _ = with_scenario_file(catalog, Path(file))
    records = replay_of(opened.path, root, "bio replay")
    found = replay_cell(opened, record.with_(dat_path=str(opened.path)), records, catalog, instance_cache(root))
    if args.json:
        say(json.dumps(replayed_as_json(found)))
    else:
        lines = render_replayed(
            found.record,
            found.now,
            found.diff,
            width(),
            identical=found.identical,
            notes=found.notes,
            color=colored(),
            ascii=ascii_only(sys.stdout.encoding),
        )
        say(lines)
    return 0 if found.identical else 1
