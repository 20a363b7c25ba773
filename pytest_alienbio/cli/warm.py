"""`bio warm`: generate what batteries will play in, before they do."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SpecError
from ..report import inert, many
from ..spec import read_battery
from .common import (
    Commands,
    add_data_option,
    add_set_option,
    mutter,
    named_batteries,
    project_here,
    say,
    settings_here,
    width,
)
from .live import CLEAR, EVERY_S, watched

if TYPE_CHECKING:
    from ..model import Battery, Cell
    from ..run import Project
    from ..run.warm import Warmed, World

MOST_JOBS = 1024
MOST_TOLD = 20
"""Failures that are told one by one; JSON has them all."""


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio warm`."""
    parser = commands.add_parser(
        "warm",
        help="generate the worlds of batteries, and plan in them, before they are played",
        description="Generate every world that these batteries' cells meet and that is not in the cache yet, and plan the "
        "oracle's way through it, in several processes. Worlds that are there are replayed, and generated anew if that does "
        "not come out. Plays nothing and makes no result folder. Ctrl-C keeps what is made.",
        epilog="exit codes: 0 all are there; 1 some could not be generated or kept; 130 interrupted.\n\n"
        "examples:\n  bio warm experiments/smoke.battery.yaml\n  bio warm smoke guard --jobs 8 --json",
    )
    parser.add_argument("batteries", nargs="+", metavar="BATTERY", help="battery files (all they hold), file::head or names")
    parser.add_argument("--jobs", metavar="N", help="processes (default: as many as can compute at once here)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_data_option(parser)
    add_set_option(parser)
    parser.set_defaults(command=warm)


def warm(args: argparse.Namespace) -> int:
    """Says how far it is while it works, where somebody watches; then what was made, what was there, what failed and why."""
    from ..run import build_catalog, instance_cache
    from ..run.durations import read_durations
    from ..run.prepare import prepare
    from ..run.warm import usable_cpus, warm, worlds_of

    project = project_here()
    chosen = settings_here(args, project)
    root, jobs = chosen.data_root(project.root), usable_cpus() if args.jobs is None else _jobs(args.jobs)
    worlds: dict[str, World] = {}
    cells: list[Cell] = []
    catalog = build_catalog(project.scenario_files)
    for battery in _batteries(args.batteries, project):
        plan, known = prepare(chosen.apply(battery), project, catalog)
        played = [cell for cell in plan.cells if not cell.agent.skip_reason]
        worlds |= {world.key: world for world in worlds_of(played, known)}
        cells += played
    done: list[Warmed] = []
    progress = _Progress(len(worlds))

    def heard(one: Warmed) -> None:
        done.append(one)
        progress.show(done)

    began = time.monotonic()
    try:
        warm(
            list(worlds.values()),
            instance_cache(root).root,
            jobs=jobs,
            known=read_durations(root, cells),
            on_world=heard,
        )
    finally:
        progress.end()
        took = time.monotonic() - began
        say(_json(done, len(worlds), took, jobs) if args.json else _page(done, len(worlds), took, min(jobs, len(worlds))))
    return int(any(one.reason for one in done))


def _batteries(names: Sequence[str], project: Project) -> Iterator[Battery]:
    """Those that are meant; of a file all it holds."""
    for name in names:
        yield from read_battery(Path(name)) if Path(name).is_file() else named_batteries([name], project)


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= MOST_JOBS:
        raise SpecError(f"--jobs {text[:40]}: expected how many processes, a whole number from 1 to {MOST_JOBS:,}")
    return int(text)


class _Progress:
    """A line on standard error that is written over, where somebody watches."""

    def __init__(self, total: int) -> None:
        self._total, self._line = total, watched()
        self._began, self._shown = time.monotonic(), 0.0

    def show(self, done: Sequence[Warmed]) -> None:
        """After each world."""
        from ..report.progress import duration

        now = time.monotonic()
        if not self._line or now - self._shown < EVERY_S:
            return
        self._shown = now
        left = (now - self._began) / len(done) * (self._total - len(done))
        failed = sum(bool(one.reason) for one in done)
        parts = [f"{len(done):,}/{self._total:,} worlds", *([f"{failed:,} failed"] if failed else []), f"ETA {duration(left)}"]
        mutter(f"{CLEAR}{', '.join(parts)[: width() - 1]}")

    def end(self) -> None:
        """The line is gone."""
        if self._line:
            mutter(CLEAR)


def _page(done: Sequence[Warmed], total: int, took: float, jobs: int) -> Iterator[str]:
    if not total:
        yield "nothing to generate: no cell of these batteries meets a world that is kept"
        return
    failed = [one for one in done if one.reason]
    made = [one.made_s for one in done if one.made_s is not None and not one.reason]
    there = sum(one.made_s is None and not one.reason for one in done)
    parts = [f"{len(made):,} generated", f"{there:,} there already", f"{len(failed):,} failed"]
    if left := total - len(done):
        parts.append(f"{left:,} not reached")
    yield f"{many(total, 'world')}: {', '.join(parts)}"
    for one in failed[:MOST_TOLD]:
        yield f"  {inert(f'{one.world.name}: {one.reason}', most=1000, verbatim=True)}"
    if len(failed) > MOST_TOLD:
        yield f"  and {many(len(failed) - MOST_TOLD, 'other')}; --json has them all"
    work = f", {sum(made):.1f} s of work" if made else ""
    yield f"took {took:.1f} s in {jobs} process{'es' if jobs > 1 else ''}{work}"


def _json(done: Sequence[Warmed], total: int, took: float, jobs: int) -> str:
    made = [one.made_s for one in done if one.made_s is not None and not one.reason]
    failed = [
        {"scenario": case.scenario, "difficulty": case.difficulty, "seed": one.world.seed, "reason": one.reason}
        for one in done
        if one.reason and (case := one.world.case)
    ]
    told = {
        "worlds": total,
        "made": len(made),
        "there": len(done) - len(made) - len(failed),
        "failed": failed,
        "not_reached": total - len(done),
        "seconds": round(took, 3),
        "work_seconds": round(sum(made), 3),
        "jobs": jobs,
    }
    return json.dumps(told, indent=2)
