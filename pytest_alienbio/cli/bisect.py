"""`bio bisect`: the commit that lowered a score."""

from __future__ import annotations

import argparse
import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from ..errors import SpecError
from ..model import Battery, inert
from ..report import many
from ..run import Project, find_battery
from .common import Commands, add_data_option, add_set_option, project_here, say, settings_here, warn
from .shown import add_output, show

if TYPE_CHECKING:
    from ..run.bisect import Bisecting, Question, Repository

DEFAULT_SEEDS = 10
_BOUNDS = re.compile(r"(-?[0-9][0-9.e+-]*?)\.\.(-?[0-9][0-9.e+-]*)")


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio bisect`."""
    parser = commands.add_parser(
        "bisect",
        help="find the commit that lowered a score",
        description="Find the commit between GOOD and BAD that lowered an agent's score. Commits are played in a worktree of "
        "their own, which is thrown away: the checkout stays as it is, and its uncommitted changes are no part of it. Each is "
        "played until it is shown to have the drop or to lack it; one that cannot be played, or lacks a number, is skipped. "
        "What was played is kept and used again. Pytest gets what follows --.",
        epilog="examples:\n"
        "  bio bisect v1.2..HEAD --battery mine --agent planner\n"
        "  bio bisect v1.2.. --battery mine --agent planner --scenario 'mutualism/*' --seeds 20 -- -n auto\n"
        "exit codes: 0 found; 1 not found, or not to one commit; 2 it could not be done; 130 interrupted",
    )
    parser.add_argument("range", metavar="GOOD..BAD", help="from a commit where the score was right to one where it is not")
    parser.add_argument("--battery", required=True, metavar="BATTERY", help="a battery's file, file::head or name")
    parser.add_argument("--agent", required=True, metavar="NAME", help="the agent, as the battery calls it")
    parser.add_argument(
        "--scenario", action="append", default=[], metavar="GLOB", help="only scenarios that fit; may be repeated"
    )
    parser.add_argument("--metric", default="score", metavar="NAME", help="score (the default), passed, a sub-score, a metric")
    parser.add_argument("--better", choices=("higher", "lower"), help="which is better, where the results do not tell")
    parser.add_argument("--bounds", type=_bounds, metavar="LOW..HIGH", help="of the metric (scores: 0..1)")
    parser.add_argument("--drop", type=_drop, metavar="D", help="the drop to look for (default: most of what the ends show)")
    parser.add_argument("--seeds", metavar="SPEC", help="played at most (default: the battery's), like 20 or 100-119")
    parser.add_argument(
        "--alpha", type=_alpha, default=0.05, metavar="A", help="chance that the answer is wrong (default: 0.05)"
    )
    parser.add_argument(
        "--paths",
        nargs="+",
        default=[],
        metavar="PATH",
        help="what agents and cells are made of, from the repository's top: commits that agree in it share their cells "
        "(default: all but documentation)",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be played at most, and play nothing")
    add_data_option(parser)
    add_set_option(parser)
    add_output(parser)
    parser.set_defaults(command=bisect)


def bisect(args: argparse.Namespace) -> int:
    """Searches, and shows what was found."""
    from ..report.bisect import bisect_document
    from ..run.bisect import Repository  # late: statistics, and what only POSIX has

    project = project_here()
    repository = Repository.at(project.root)
    bisecting, question = _asked(args, project, repository)
    if args.dry_run:
        most, there, seeds = bisecting.foresee()
        what = f"{many(len(question.commits), 'candidate')}: at most {most} commits are played, on {many(seeds, 'seed')} each"
        say([what, f"of the ends {many(there, 'cell')} are there already", "nothing was played, nothing was written"])
        return 0
    if repository.is_dirty():
        warn("there are uncommitted changes here: they are no part of what is played")
    with _ends_heard():
        found = bisecting.run()
    show(bisect_document(found), args)
    return 0 if found.status == "found" else 1


def _asked(args: argparse.Namespace, project: Project, repository: Repository) -> tuple[Bisecting, Question]:
    from ..run.bisect import Bisecting, Play, Question, checked_paths

    if not args.agent.strip() or any(ch in args.agent for ch in "*?[,"):
        raise SpecError(f"--agent {inert(args.agent, most=80)!r}: one agent is meant, by the name that the battery gives it")
    good, bad = repository.range(args.range)
    battery = _battery(args.battery, project)
    chosen = settings_here(args, project, seeds=args.seeds)
    root = chosen.data_root(project.root)
    top = repository.top.resolve()
    question = Question(
        play=Play(
            file=_below(Path(battery.source), project.root, "the battery"),
            head=battery.name,
            folder=_below(project.root, top, "the project"),
            agent=args.agent,
            metric=args.metric,
            scenarios=tuple(args.scenario),
            assignments=tuple(args.assignments),
            arguments=tuple(args.pytest_args),
        ),
        good=good,
        bad=bad,
        commits=repository.between(good, bad),
        seeds=chosen.apply(battery).seeds,
        drop=args.drop,
        alpha=args.alpha,
        better=args.better or "",
        bounds=args.bounds,
        paths=checked_paths(repository, bad, args.paths),
        unread=tuple(f"{path}/*" for path in _inside([root, project.root / "reports"], top)),
    )
    return Bisecting(repository, question, root, warn), question


def _battery(name: str, project: Project) -> Battery:
    """The battery of that name as it is now: where it stands, and on which seeds. What is played is each commit's own."""
    battery = find_battery(name, project.root)
    if battery is None or not battery.source:
        raise SpecError(f"there is no battery {inert(name, most=80)!r} in {project.root}; name its file, file::head or head")
    return battery


def _below(path: Path, root: Path, what: str) -> str:
    inner, outer = Path(os.path.realpath(path)), Path(os.path.realpath(root))
    if not inner.is_relative_to(outer):
        raise SpecError(f"{what} is not in {root}, and so no commit holds it: {path}")
    return inner.relative_to(outer).as_posix()


def _inside(paths: list[Path], top: Path) -> Iterator[str]:
    for path in map(Path.resolve, paths):
        if path.is_relative_to(top) and path != top:
            yield path.relative_to(top).as_posix()


@contextmanager
def _ends_heard() -> Iterator[None]:
    """What would end this process ends it as a Ctrl-C does: the worktree is removed first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {kind: signal.signal(kind, stop) for kind in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, signal.SIG_DFL if handler is None else handler)


def _bounds(text: str) -> tuple[float, float]:
    found = _BOUNDS.fullmatch(text.strip())
    try:
        low, high = (float(found[1]), float(found[2])) if found else (0.0, 0.0)
    except ValueError:
        low = high = 0.0
    if not -1e150 < low < high < 1e150:
        raise argparse.ArgumentTypeError(f"{text!r} are no bounds; expected LOW..HIGH, like 0..100")
    return low, high


def _drop(text: str) -> float:
    return _number(text, 1e150, "drop; expected a number above 0, in units of the metric")


def _alpha(text: str) -> float:
    return _number(text, 1.0, "chance; expected a number between 0 and 1, like 0.05")


def _number(text: str, below: float, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < below:
        raise argparse.ArgumentTypeError(f"{text!r} is no {what}")
    return value
