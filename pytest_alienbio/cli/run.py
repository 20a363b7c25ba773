"""`bio run`: one cell here and now, or a battery through pytest."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from ..errors import SpecError
from ..model import Battery, Result
from ..report import inert
from ..run import EXIT_CODES, adhoc_cell, build_catalog, find_battery, new_run_id, run_batch
from ..store import find_run
from .common import Commands, add_data_option, data_here, project_here, say

_WITHOUT_DAT = {0: 0, 1: 1, 3: 3}
"""Our exit code by pytest's where nothing was recorded; for the others (bad arguments, nothing selected) it is 2."""


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio run`."""
    parser = commands.add_parser(
        "run",
        help="play one cell, or a battery",
        description="Play one cell of SCENARIO here and now, or a whole BATTERY through pytest, which gets what follows --.",
        epilog="examples: bio run mutualism/competition --agent greedy; bio run experiments/smoke.battery.yaml -- -n 2",
    )
    parser.add_argument("what", metavar="SCENARIO|BATTERY", help="a scenario's name, a battery's file, file::head or name")
    parser.add_argument("--agent", default=None, help="who plays the scenario (default: greedy)")
    parser.add_argument("--seed", type=int, default=None, help="which world (default: 0)")
    parser.add_argument("--difficulty", type=int, default=None, help="level of the scenario (default: its own default)")
    add_data_option(parser)
    parser.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Plays what was asked for."""
    battery = find_battery(args.what, project_here().root)
    if battery is None:
        if args.pytest_args:
            raise SpecError(f"{args.what} is no battery, and only a battery is played by pytest; leave out what follows --")
        return _one_cell(args)
    given = [name for name in ("agent", "seed", "difficulty") if getattr(args, name) is not None]
    if given:
        raise SpecError(f"{args.what} is a battery, which has its own agents and seeds; leave out --{given[0]}")
    return _battery(args, battery)


def _one_cell(args: argparse.Namespace) -> int:
    seed = 0 if args.seed is None else args.seed
    battery, _ = adhoc_cell(args.what, args.agent or "greedy", seed, difficulty=args.difficulty)
    project = project_here()
    result = run_batch(battery, project, build_catalog(project.scenario_files), data_here(args)).results[0]
    say(describe(result))
    return 0 if result.outcome.scored else 1


def describe(result: Result) -> list[str]:
    """A result in a few lines."""
    lines = [f"{inert(result.id)}: {result.outcome}"]
    if result.score is not None:
        bar = "" if result.passing_score is None else f" (bar {result.passing_score:g})"
        verdict = "" if result.passed is None else "  passed" if result.passed else "  not passed"
        lines.append(f"score   {result.score:.3f}{verdict}{bar}")
        lines += [f"  {inert(name):<12} {value:.3f}" for name, value in result.scores.items()]
    if result.reason:
        lines.append(f"reason  {inert(result.reason, most=400)}")
    if result.error:
        lines.append(f"error   {inert(f'{result.error.type}: {result.error.message}', most=400)}")
    return [*lines, f"DAT     {result.dat_path}"]


def _battery(args: argparse.Namespace, battery: Battery) -> int:
    run_id, root = new_run_id(), data_here(args)
    argv = [sys.executable, "-m", "pytest", f"{battery.source}::{battery.name}", "--bio-data", str(root), *args.pytest_args]
    code, interrupted = _wait_for(argv, {**os.environ, "ALIENBIO_RUN_ID": run_id})
    made = find_run(root, run_id)
    if made is None:
        return EXIT_CODES["interrupted"] if interrupted else _WITHOUT_DAT.get(code, 2)
    # A DAT without a verdict was never closed: its process died.
    return EXIT_CODES.get(str(made.status().get("verdict")), EXIT_CODES["incomplete"])


def _wait_for(argv: list[str], environment: dict[str, str]) -> tuple[int, bool]:
    """The exit code of a command, and whether a Ctrl-C came. It gets that too, and is given the time to close its DAT."""
    interrupted = False
    process = subprocess.Popen(argv, env=environment)  # noqa: S603 - our own interpreter
    while True:
        try:
            return process.wait(), interrupted
        except KeyboardInterrupt:
            interrupted = True
