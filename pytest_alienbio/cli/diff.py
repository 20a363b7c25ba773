"""`bio diff`: two cells beside each other, from the first turn on."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ..errors import StoreError
from ..model import Json, Result, Trajectory, inert
from ..model.cell_diff import cell_diff, deed
from ..model.told import spent
from ..report import ascii_only
from ..report.cell_diff import Side, render_cell_diff
from ..report.facts import why_no_turns
from ..store import trajectory_of
from .common import Commands, add_data_option, colored, data_here, say, width
from .show import found_cell, so_far


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio diff`."""
    parser = commands.add_parser(
        "diff",
        help="two cells beside each other, up to where they part and after",
        description="Hold two recorded cells against each other: what both came to, up to which turn they are the same, both "
        "sides of the first difference (what a model was asked or answered, what was seen or done, what came of it), and what "
        "each did from there on. Names that a provider gives to its answers, times and prices are no difference. Whole runs: "
        "bio compare A B --diff.",
        epilog="exit codes: 0 they are the same; 1 they differ; 2 it could not be done.\n\n"
        "examples:\n"
        "  bio diff 'mutualism/competition[d2-greedy-s3]' 'mutualism/competition[d2-noop-s3]'\n"
        "  bio diff 'mine::mutualism/competition[d2-greedy-s3]' 'other::mutualism/competition[d2-greedy-s3]'\n"
        "  bio diff 'mutualism/competition[d2-greedy-s3]' 'mutualism/competition[d2-noop-s3]' --json",
    )
    told = "a cell's id, a pytest node id, or DAT::id (DAT: a folder, or a battery's name)"
    parser.add_argument("a", metavar="CELL", help=told)
    parser.add_argument("b", metavar="CELL", help="the other one, likewise")
    parser.add_argument("--json", action="store_true", help="both cells' figures and all that differs at that place as JSON")
    add_data_option(parser)
    parser.set_defaults(command=diff)


def diff(args: argparse.Namespace) -> int:
    """Prints them; 0 if nothing differs."""
    root = data_here(args)
    one, other = _side("A", args.a, root), _side("B", args.b, root)
    found = cell_diff(one[2], other[2])
    same = found.first is None and not found.setup and _end(one[1]) == _end(other[1])
    if args.json:
        told: dict[str, Json] = {
            "same": same,
            "a": _as_json(one),
            "b": _as_json(other),
            "same_turns": found.turns,
            "same_calls": found.calls,
            "setup": [{"what": each.what, "one": each.one, "other": each.other} for each in found.setup],
            "first": found.first.as_json() if found.first else None,
            "first_other_deed": found.deed,
        }
        say(json.dumps(told))
    else:
        scores = (so_far(*one[1:], root), so_far(*other[1:], root))
        style = {"color": colored(), "ascii": ascii_only(sys.stdout.encoding)}
        say(render_cell_diff(one, other, found, width(), so_far=scores, **style))
    return 0 if same else 1


def _side(name: str, cell: str, root: Path) -> Side:
    opened, result = found_cell(cell, root)
    trace = opened.trace(result)
    shown = result.with_(dat_path=str(opened.path))
    if trace is None:
        why = inert(why_no_turns(shown, None), most=4096, verbatim=True)
        raise StoreError(f"{result.id} in {opened.path} cannot be held beside another: {why}")
    return name, shown, trajectory_of(trace)


def _end(result: Result) -> object:
    return result.outcome, result.score, dict(result.scores)


def _as_json(side: Side) -> dict[str, Json]:
    _, result, trajectory = side
    usage, calls = result.usage, len(trajectory.calls)
    return {
        "id": result.id,
        "dat": result.dat_path,
        "outcome": str(result.outcome),
        "score": result.score,
        "scores": dict(result.scores),
        "turns": len(trajectory.turns),
        "cost": spent(trajectory),
        "calls": calls,
        "tokens": usage.tokens,
        "usd": usage.usd,
        "duration_s": result.duration_s,
        "deeds": list(_deeds(trajectory)),
    }


def _deeds(trajectory: Trajectory) -> tuple[str, ...]:
    return tuple(deed(turn) for turn in trajectory.turns)
