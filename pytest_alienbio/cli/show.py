"""`bio show`: one cell, step by step."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..errors import StoreError
from ..report import inert, render_cell
from ..store import battery_of, codec, dat, find_dats, trajectory_of
from .common import Commands, add_data_option, data_here, say, width
from .results import matching


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio show`."""
    parser = commands.add_parser(
        "show",
        help="show one cell step by step",
        description="Show a recorded cell: what the agent saw, did and got, and the score.",
        epilog="example: bio show 'mutualism/competition[d2-greedy-s3]'",
    )
    parser.add_argument("cell", metavar="CELL", help="a cell's id, a pytest node id, or DAT::id")
    parser.add_argument("--json", action="store_true", help="the recorded line and the trace as JSON")
    add_data_option(parser)
    parser.set_defaults(command=show)


def show(args: argparse.Namespace) -> int:
    """Prints the newest record of the cell."""
    head, _, cell_id = args.cell.rpartition("::")
    root = data_here(args)
    paths = [Path(head)] if head and Path(head).is_dir() else _of_battery(find_dats(root), head.partition("::")[2])
    found = next(matching(paths, cell_id), None)
    if found is None:
        raise StoreError(f"no record of {cell_id!r} in {len(paths)} DATs below {root}; `bio results` lists what there is")
    path, result = found
    battery = battery_of(path)
    trace = dat.open(path).trace(result)
    if args.json:
        say(json.dumps({"result": json.loads(codec.encode(result)), "trace": trace, "battery": battery, "dat": str(path)}))
    else:
        trajectory = None if trace is None else trajectory_of(trace)
        lines = render_cell(result.with_(dat_path=str(path)), trajectory, width())
        at = next(number for number, line in enumerate(lines) if line.startswith("DAT "))
        say([*lines[:at], f"battery  {inert(battery, most=max(1, width() - 9))}", *lines[at:]])
    return 0


def _of_battery(paths: list[Path], battery: str) -> list[Path]:
    """Those claimed for `battery`; all of them for ''."""
    return [path for path in paths if battery_of(path) == battery] if battery else paths
