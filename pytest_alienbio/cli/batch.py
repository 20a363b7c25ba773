"""`bio batch`: many cells in this process, without pytest."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

from ..errors import Complaint, SpecError
from ..model import Battery, Selection
from ..model.selection import EVERYTHING
from ..report import ascii_only, render
from ..run import (
    EXIT_CODES,
    BatchResult,
    Closed,
    Project,
    Settings,
    adhoc_battery,
    build_catalog,
    forecast_battery,
    run_batch,
)
from ..run.again.asked import Again, again
from ..run.find import registered
from ..run.limits.session import SessionLimits, limits_here
from ..spec import SETTINGS, parse_levels
from .common import (
    Commands,
    add_again_options,
    add_cap_options,
    add_data_option,
    add_live_option,
    add_set_option,
    again_given,
    caps_given,
    end_stuck,
    named_batteries,
    project_here,
    say,
    settings_here,
    warn,
    width,
)
from .foresee import add_dry_run_option, say_forecasts
from .live import Live

DEFAULT_SEEDS = 10


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio batch`."""
    parser = commands.add_parser(
        "batch",
        help="play batteries, or scenarios x agents x seeds",
        description="Play batteries, or scenarios x agents x seeds, in this process; for cells that wait, like calls "
        "to a model, many at once with --engine threads:N; for many cores use pytest -n auto.",
        epilog="example: bio batch --scenarios 'mutualism/*' --agents oracle,greedy --seeds 5",
    )
    parser.add_argument("batteries", nargs="*", metavar="BATTERY", help="battery files, file::head or names")
    parser.add_argument("--scenarios", metavar="X,Y", help="scenario names or globs")
    parser.add_argument("--agents", metavar="A,B", help="agent names")
    parser.add_argument("--seeds", metavar="SPEC", help="10 (0-9; the default), 3,5 or 100-119")
    parser.add_argument("--difficulty", metavar="LEVELS", help="all, 2, 1,3 or <=3 (default: each scenario's own)")
    parser.add_argument("--engine", metavar="ENGINE", help=f"{SETTINGS['engine'].help} Example: threads:16")
    parser.add_argument("--shard", metavar="I/N", help="only the cells of shard I of N; bio merge joins the N result folders")
    add_again_options(parser)
    add_cap_options(parser)
    add_live_option(parser)
    add_dry_run_option(parser)
    add_data_option(parser)
    add_set_option(parser)
    parser.set_defaults(command=batch)


def batch(args: argparse.Namespace) -> int:
    """Plays what was asked for, one battery after the other; the worst exit code wins."""
    project, code = project_here(), 0
    said = {"seeds": args.seeds, "engine": args.engine, "shard": args.shard, "live": args.live}
    chosen = settings_here(args, project, **said, **again_given(args), **caps_given(args))
    if narrowing := [value.source for name, value in chosen.selecting.items() if name != "shard"]:
        warn(f"{', '.join(narrowing)}: bio batch plays batteries whole, so this has no part in it; pytest and bio run heed it")
    wanted = again(chosen.continuing, "--{}")
    root, strict = chosen.data_root(project.root), bool(chosen.values["strict"].value)
    batteries = [chosen.apply(battery) for battery in _batteries(args, project, chosen)]
    if args.dry_run:
        found = []
        for battery in batteries:
            with _told_of_conftests(battery, project):
                catalog = build_catalog(project.scenario_files)
                found.append(forecast_battery(battery, project, catalog, root, wanted, chosen))
        say_forecasts(found)
        return 0
    with limits_here(chosen, root) as session:
        for battery in batteries:
            with _told_of_conftests(battery, project):
                code = max(code, _play(battery, project, root, session, wanted, chosen.selection.shard, strict=strict))
    return code


@contextmanager
def _told_of_conftests(battery: Battery, project: Project) -> Iterator[None]:
    """Says of an agent or a scenario that nobody knows here that a conftest may, where one registers some."""
    try:
        yield
    except SpecError as error:
        missing = any(complaint.what.startswith(("unknown agent ", "unknown scenario ")) for complaint in error.complaints)
        file = Path(battery.source or project.root / "x")
        if not missing or not registered(file, project.root):
            raise
        what = "agents and scenarios of a conftest.py are known to pytest alone"
        play = f"pytest {shlex.quote(battery.source)}" if battery.source else "a battery and pytest"
        raise SpecError([*error.complaints, Complaint(what, hint=f"try {play}")]) from error


def _play(
    battery: Battery,
    project: Project,
    root: Path,
    session: SessionLimits,
    wanted: Again,
    shard: tuple[int, int] | None,
    *,
    strict: bool,
) -> int:
    catalog, live = build_catalog(project.scenario_files), Live(battery.cells)
    done = run_batch(
        battery,
        project,
        catalog,
        root,
        strict=strict,
        again=wanted,
        shard=shard,
        session=session,
        on_plan=live.begin,
        on_result=live.show,
        on_stuck=end_stuck,
        notice=warn,
        mortal=True,
        on_interrupted=partial(_show, live),
    )
    _show(live, done)
    return EXIT_CODES[done.status]


def _show(live: Live, done: BatchResult | Closed) -> None:
    live.end()
    say(render(done.on_terminal, width(), ascii=ascii_only(sys.stdout.encoding)))


def _batteries(args: argparse.Namespace, project: Project, chosen: Settings) -> list[Battery]:
    if args.batteries and (args.scenarios or args.agents):
        raise SpecError("give batteries, or --scenarios and --agents, not both")
    if args.batteries:
        if given := [name for name in ("seeds", "difficulty") if getattr(args, name) is not None]:
            raise SpecError(f"a battery has its own scenarios, agents and seeds; leave out --{given[0]}")
        return named_batteries(args.batteries, project)
    if not (args.scenarios and args.agents):
        raise SpecError("nothing to play: name a battery, or give --scenarios and --agents")
    seeds = cast("list[int] | None", chosen.values["seeds"].value) or DEFAULT_SEEDS
    levels, kept = _levels(args.difficulty)
    battery = adhoc_battery("batch", args.scenarios.split(","), args.agents.split(","), seeds, difficulty=levels)
    return [replace(battery, select=kept)]


def _levels(text: str | None) -> tuple[tuple[int, ...] | str | None, Selection]:
    """Which levels to play and which of them to keep. Plain numbers must exist everywhere; `<=3` keeps what fits."""
    if text in (None, "all"):
        return text, EVERYTHING
    ranges = parse_levels(text)
    if all(low == high for low, high in ranges):
        return tuple(low for low, _ in ranges), EVERYTHING
    return "all", Selection(levels=ranges)
