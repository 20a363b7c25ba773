"""`bio batch`: many cells in this process, without pytest."""

from __future__ import annotations

import argparse
import re
import sys

from ..errors import SpecError
from ..model import Battery, Cell, Result
from ..report import ascii_only, render
from ..run import EXIT_CODES, OnResult, adhoc_battery, build_catalog, find_battery, letter, run_batch
from .common import Commands, add_data_option, data_here, mutter, project_here, say, width

DEFAULT_SEEDS = "10"


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio batch`."""
    parser = commands.add_parser(
        "batch",
        help="play batteries, or scenarios x agents x seeds",
        description="Play batteries, or scenarios x agents x seeds, in this process; for many cores use pytest -n auto.",
        epilog="example: bio batch --scenarios 'mutualism/*' --agents oracle,greedy --seeds 5",
    )
    parser.add_argument("batteries", nargs="*", metavar="BATTERY", help="battery files, file::head or names")
    parser.add_argument("--scenarios", metavar="X,Y", help="scenario names or globs")
    parser.add_argument("--agents", metavar="A,B", help="agent names")
    parser.add_argument("--seeds", metavar="SPEC", help="10 (0-9; the default), 3,5 or 100-119")
    parser.add_argument("--difficulty", metavar="LEVELS", help="all, 2 or 1,3 (default: each scenario's own)")
    add_data_option(parser)
    parser.set_defaults(command=batch)


def batch(args: argparse.Namespace) -> int:
    """Plays what was asked for, one battery after the other; the worst exit code wins."""
    project, code = project_here(), 0
    for battery in _batteries(args):
        catalog = build_catalog(project.scenario_files)
        done = run_batch(battery, project, catalog, data_here(args), on_result=_progress(battery))
        mutter("\n")
        say(render(done.document, width(), ascii=ascii_only(sys.stdout.encoding)))
        code = max(code, EXIT_CODES[done.status])
    return code


def _batteries(args: argparse.Namespace) -> list[Battery]:
    if args.batteries and (args.scenarios or args.agents):
        raise SpecError("give batteries, or --scenarios and --agents, not both")
    if args.batteries:
        if given := [name for name in ("seeds", "difficulty") if getattr(args, name) is not None]:
            raise SpecError(f"a battery has its own scenarios, agents and seeds; leave out --{given[0]}")
        found = [(name, find_battery(name, project_here().root)) for name in args.batteries]
        missing = [name for name, battery in found if battery is None]
        if missing:
            raise SpecError(f"no battery {missing[0]!r}; expected a *.battery.yaml file, file::head or a head's name")
        return [battery for _, battery in found if battery]
    if not (args.scenarios and args.agents):
        raise SpecError("nothing to play: name a battery, or give --scenarios and --agents")
    levels = args.difficulty if args.difficulty in (None, "all") else numbers(args.difficulty)
    wanted = DEFAULT_SEEDS if args.seeds is None else args.seeds
    seeds = int(wanted) if re.fullmatch("[0-9]{1,9}", wanted) else numbers(wanted)
    return [adhoc_battery("batch", args.scenarios.split(","), args.agents.split(","), seeds, difficulty=levels)[0]]


def numbers(text: str) -> tuple[int, ...]:
    """`3,5` or `100-119` as numbers. Raises `SpecError`."""
    found: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,9})(?:-([0-9]{1,9}))?\s*", part)
        if not match:
            raise SpecError(f"{text[:60]!r} is no list of numbers; expected 3,5 or 100-119")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first or last - first > 1_000_000:
            raise SpecError(f"{part.strip()!r} is no range; expected first-last, at most a million")
        found += range(first, last + 1)
    return tuple(dict.fromkeys(found))


def _progress(battery: Battery) -> OnResult:
    def show(cell: Cell, result: Result) -> None:
        mutter(letter(result, battery.cells))

    return show
