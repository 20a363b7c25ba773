"""`bio run`: one cell here and now, or a battery through pytest."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator

from ..errors import SpecError
from ..model import Battery, Result, apart
from ..play import Catalog
from ..report import inert
from ..run import (
    EXIT_CODES,
    Project,
    adhoc_cell,
    build_catalog,
    find_battery,
    forecast_battery,
    new_run_id,
    refuse_unknown,
    run_batch,
)
from ..run.limits.session import limits_here
from ..store import find_run
from .common import (
    Commands,
    add_again_options,
    add_data_option,
    add_live_option,
    add_set_option,
    again_given,
    end_stuck,
    project_here,
    say,
    settings_here,
    warn,
    words,
)
from .foresee import add_dry_run_option, say_forecasts

_CELL = re.compile(
    r"(?P<scenario>[^\[\]]+)\[(?:d(?P<level>[0-9]{1,9})-)?(?P<agent>[^\[\]]+?)-s(?P<seed>[0-9]{1,10})(?P<rest>-[^\[\]]*)?\]"
)
"""A cell's id: scenario, level, agent, seed, and what tells cells apart that have these in common."""

_WITHOUT_DAT = {0: 0, 1: 1, 3: 3}
"""Our exit code by pytest's where nothing was recorded; for the others (bad arguments, nothing selected) it is 2."""


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio run`."""
    parser = commands.add_parser(
        "run",
        help="play one cell, or a battery",
        description="Play one cell of SCENARIO here and now, or a BATTERY through pytest, which gets what follows --; --agent, "
        "--seed and --difficulty then play that part of it.",
        epilog="examples: bio run mutualism/competition --agent greedy; bio run experiments/smoke.battery.yaml -- -n 2",
        unknown="pytest's options go after --, like `bio run BATTERY -- -n 2`",
    )
    parser.add_argument("what", metavar="SCENARIO|BATTERY", help="a scenario's name, a battery's file, file::head or name")
    parser.add_argument("--agent", default=None, help="who plays (a scenario's default: greedy)")
    parser.add_argument("--seed", type=int, default=None, help="which world (a scenario's default: 0)")
    parser.add_argument("--difficulty", type=int, default=None, help="which level (a scenario's default: its own)")
    parser.add_argument("--no-runs", action="store_true", help="an experiment (config.yaml) gets no runs/ beside it")
    add_again_options(parser)
    add_dry_run_option(parser)
    add_live_option(parser)
    add_data_option(parser)
    add_set_option(parser)
    parser.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Plays what was asked for."""
    _refuse_cell(args.what)
    if args.agent is not None:
        words("--agent", [args.agent])
    project = project_here()
    battery = find_battery(args.what, project.root)
    if battery is None:
        catalog = build_catalog(project.scenario_files)
        refuse_unknown(args.what, project.root, catalog)
        if args.pytest_args:
            raise SpecError(f"{args.what} is no battery, and only a battery is played by pytest; leave out what follows --")
        return _one_cell(args, project, catalog)
    return _battery(args, battery, project)


def _refuse_cell(name: str) -> None:
    """Raises `SpecError`, with what plays that cell, for the id of one: with or without its battery in front."""
    battery, _, cell = name.rpartition("::")
    if not (parts := _CELL.fullmatch(cell)):
        return
    options = f"--agent {shlex.quote(parts['agent'])} --seed {int(parts['seed'])}"
    options += f" --difficulty {int(parts['level'])}" if parts["level"] else ""
    command = f"bio run {shlex.quote(battery or parts['scenario'])} {options}"
    rest = "" if battery or not parts["rest"] else f" ({parts['rest'][1:]!r} comes from its battery)"
    raise SpecError(f"{name!r} is the id of a cell; try {command}{rest}, or read what was recorded with bio show")


def _one_cell(args: argparse.Namespace, project: Project, catalog: Catalog) -> int:
    chosen = settings_here(args, project, live=args.live)
    for name, one in (("seeds", "seed"), ("default_agents", "agent")):
        if chosen.values[name].source.startswith("--"):
            raise SpecError(f"one cell has one {one}; give it with --{one} instead of --set {name}")
    if given := [name for name, text in again_given(args).items() if text is not None]:
        raise SpecError(f"--{given[0]} is about a run of a battery, and {args.what} is a scenario; leave it out")
    seed = 0 if args.seed is None else args.seed
    battery = adhoc_cell(args.what, args.agent or "greedy", seed, difficulty=args.difficulty)
    battery, root = chosen.apply(battery, keep={"seeds"}), chosen.data_root(project.root)
    if args.dry_run:
        say_forecasts([forecast_battery(battery, project, catalog, root, session=chosen)])
        return 0
    with limits_here(chosen, root) as session:
        result = run_batch(battery, project, catalog, root, session=session, on_stuck=end_stuck, notice=warn).results[0]
    say(describe(result))
    return 0 if result.outcome.scored else 1


def describe(result: Result) -> list[str]:
    """A result in a few lines."""
    lines = [f"{inert(result.id)}: {result.outcome}"]
    if result.score is not None:
        bar = "" if result.passing_score is None else f" (bar {result.passing_score:g})"
        verdict = "" if result.passed is None else "  passed" if result.passed else "  not passed"
        lines.append(f"score   {apart(result.score, result.passing_score, 3)}{verdict}{bar}")
        lines += [f"  {inert(name):<12} {value:.3f}" for name, value in result.scores.items()]
    if result.reason:
        lines.append(f"reason  {inert(result.reason, most=400)}")
    if result.error:
        lines.append(f"error   {inert(f'{result.error.type}: {result.error.message}', most=400)}")
    return [*lines, f"DAT     {result.dat_path}"]


def _battery(args: argparse.Namespace, battery: Battery, project: Project) -> int:
    run_id, root = new_run_id(), settings_here(args, project).data_root(project.root)
    argv = [sys.executable, "-m", "pytest", f"{battery.source}::{battery.name}", "--bio-data", str(root)]
    argv += [word for text in args.assignments for word in ("--bio-set", text)]
    argv += [f"--bio-{option}={text}" for option, text in _part(args)]
    argv += ["--bio-live"] if args.live else []
    argv += ["--bio-no-runs"] if args.no_runs else []
    given = again_given(args)
    argv += [f"--bio-{name}={text}" for name in ("resume", "retry", "replay") if (text := given[name]) is not None]
    argv += ["--bio-reuse"] if given["reuse"] else []
    if args.dry_run:
        code, interrupted = _wait_for([*argv, "--bio-dry-run", *args.pytest_args], dict(os.environ))
        return EXIT_CODES["interrupted"] if interrupted else _WITHOUT_DAT.get(code, 2)
    code, interrupted = _wait_for([*argv, *args.pytest_args], {**os.environ, "ALIENBIO_RUN_ID": run_id})
    made = find_run(root, run_id)
    if made is None:
        return EXIT_CODES["interrupted"] if interrupted else _WITHOUT_DAT.get(code, 2)
    # A DAT without a verdict was never closed: its process died.
    return EXIT_CODES.get(str(made.status().get("verdict")), EXIT_CODES["incomplete"])


def _part(args: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """What `--agent`, `--seed` and `--difficulty` mean for a battery: a part of its cells."""
    if args.agent is not None:
        yield "agent", args.agent
    if args.seed is not None:
        yield "seeds", f"{args.seed}-{args.seed}"
    if args.difficulty is not None:
        yield "difficulty", str(args.difficulty)


def _wait_for(argv: list[str], environment: dict[str, str]) -> tuple[int, bool]:
    """The exit code of a command, and whether a Ctrl-C came. It gets that too, and is given the time to close its DAT.

    A SIGTERM comes to this process alone; the command hears of it as of a Ctrl-C.
    """
    interrupted = False
    process = subprocess.Popen(argv, env=environment)  # noqa: S603 - our own interpreter

    def pass_on(number: int, frame: object) -> None:
        nonlocal interrupted
        interrupted = True
        process.send_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        while True:
            try:
                return process.wait(), interrupted
            except KeyboardInterrupt:
                interrupted = True
    finally:
        signal.signal(signal.SIGTERM, before)
