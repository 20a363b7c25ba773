"""`bio compare`: runs or agents held against each other on stored results."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from ..errors import SpecError, StoreError, did_you_mean
from ..model import Query, inert
from ..results.unrecorded import unrecorded_in
from ..run.comparing import agents_on, diff_on, runs_on
from ..run.reporting import from_here
from ..store import dat, find_dats
from ..store.index import Index
from .common import Commands, add_data_option, data_here, warn
from .patterns import no_results, nothing_named
from .query import add_filters, query_of
from .shown import add_output, show

if TYPE_CHECKING:
    from ..results.contrast import Options


class Terms(TypedDict):
    """What comparisons of runs and of agents take alike."""

    metric: str
    better: str | None


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio compare`."""
    parser = commands.add_parser(
        "compare",
        help="runs, or agents, against each other",
        description="Hold runs against each other, or agents, on the worlds that both played: the difference, its interval, p, "
        "and the smallest difference these results could have shown. NAMEs of result folders (DATs) or batteries (their "
        "latest) are runs: agent by agent, each later one against the first; a glob alone is all of its DATs, oldest first. "
        "NAMEs of agents are looked up in the newest DAT that has them, or --in others: pair by pair. One DAT, or no NAME: its "
        "agents.",
        epilog="examples:\n"
        "  bio compare 'results/mine/*'\n"
        "  bio compare 'results/mine/*' --diff\n"
        "  bio compare greedy random --in mine\n"
        "  bio compare mine --against random --margin 0.05\n"
        "  bio compare mine --json | jq '.sections.pairs.pairs[0].p'",
    )
    parser.add_argument("name", nargs="*", metavar="NAME", help="DATs, globs, batteries or tag:TAG; or agents")
    parser.add_argument("--by", choices=("run", "agent"), help="what the NAMEs are, if they may be both")
    parser.add_argument(
        "--in",
        dest="within",
        action="append",
        default=[],
        metavar="PATTERN",
        help="where agents are looked up; may be repeated",
    )
    parser.add_argument("--diff", action="store_true", help="of two runs: every cell that changed, and what else did")
    parser.add_argument("--against", metavar="NAME", help="hold all others against this one (runs: the first)")
    parser.add_argument(
        "--metric", default="score", metavar="FIELD", help="score (default), a part of it, tokens, usd, a metric"
    )
    parser.add_argument("--better", choices=("higher", "lower"), help="which way a metric is better, where it does not tell")
    parser.add_argument("--margin", type=_margin, metavar="X", help="also whether they are as good as each other, up to X")
    parser.add_argument("--unpaired", action="store_true", help="other seeds on each side: as two samples, level by level")
    parser.add_argument("--force", action="store_true", help="of runs: pair scenarios whose content was changed, too")
    add_filters(parser)
    add_output(parser)
    add_data_option(parser)
    parser.set_defaults(command=compare)


def compare(args: argparse.Namespace) -> int:
    """Shows the comparison; exits 0 whatever it says."""
    if not all(name.strip() for name in (*args.name, *args.within)):
        raise SpecError("a NAME is empty; name DATs, batteries or agents, or leave it out for the newest DAT")
    root = data_here(args)
    with Index.open(root) as index:
        runs = _runs(args, index, root)
        if runs is None:
            _agents(args, index, root)
        else:
            _compare_runs(args, index, *runs)
    return 0


def _compare_runs(args: argparse.Namespace, index: Index, paths: Sequence[Path], typed: Sequence[str]) -> None:
    notes = _refreshed(index, paths)
    query = query_of(args, time.time())
    if args.diff:
        if len(paths) != 2:
            raise SpecError(f"--diff takes two runs, and {len(paths)} are named; name two")
        if args.against is not None:
            raise SpecError("--diff goes from the first run to the second; name them in that order, without --against")
        show(diff_on(index, query, paths, typed, notes=notes), args)
        return
    against = 0
    if args.against is not None:
        found = [at for at, (path, name) in enumerate(zip(paths, typed, strict=True)) if args.against in (name, str(path))]
        if not found:
            raise SpecError(f"--against {inert(args.against, most=80)}: {did_you_mean(args.against, typed, most=20)}")
        against = found[0]
    terms, options = _options(args)
    show(runs_on(index, query, paths, typed, against=against, force=args.force, notes=notes, **terms, **options), args)


def _agents(args: argparse.Namespace, index: Index, root: Path) -> None:
    names: list[str] = list(args.name)
    patterns: list[str] = list(args.within)
    if not patterns and len(names) == 1 and args.by != "agent" and find_dats(root, names[0]):
        patterns, names = names, []
    if not patterns:
        patterns = _having(names, index, root)
    for option in ("diff", "force"):
        if getattr(args, option):
            raise SpecError(f"--{option} is about two runs; name two DATs")
    if len(names) == 1 and args.against is None:
        raise SpecError(f"{inert(names[0], most=80)!r} against whom? name another agent, or --against one")
    paths = _within(root, patterns)
    notes = _refreshed(index, paths)
    query = query_of(args, time.time(), dats=map(str, paths))
    terms, options = _options(args)
    show(agents_on(index, query, names, reference=args.against, notes=notes, **terms, **options), args)


def _runs(args: argparse.Namespace, index: Index, root: Path) -> tuple[list[Path], list[str]] | None:
    """The runs that the NAMEs are, and how they were typed; None if they are agents.

    Raises `SpecError` where they may be both, or some are the one and some the other.
    """
    names: list[str] = args.name
    if args.by == "agent" or args.within:
        if args.by == "run":
            raise SpecError("--in says where agents are looked up, and --by run that the NAMEs are runs; leave one out")
        return None
    found = {name: find_dats(root, name) for name in names}
    if len(names) < 2:
        some = found[names[0]] if names else []
        if names and not some and args.by is None and names[0] in _known(index, root):
            return None
        if names and not some and (args.by == "run" or args.against is None):
            raise StoreError(_unknown(names[0], root, index, by_run=args.by == "run"))
        if len(some) < 2:
            if args.by == "run":
                raise SpecError(
                    f"{inert(names[0], most=80)!r} is one run; name another to compare it with" if names else "name runs"
                )
            return None
        oldest_first = some[::-1]
        return oldest_first, from_here(oldest_first)
    if args.by != "run":
        agents = _known(index, root)
        runs, players = [name for name in names if found[name]], [name for name in names if name in agents]
        if both := [name for name in runs if name in players]:
            what = f"{inert(both[0], most=80)!r} names a run, {found[both[0]][0]}, and an agent"
            raise SpecError(inert(f"{what}; say --by run or --by agent", most=1000))
        if not runs and players:
            return None
        if runs and players:
            what = f"{inert(runs[0], most=80)!r} names a run and {inert(players[0], most=80)!r} an agent"
            raise SpecError(f"{what}; name runs, or agents with --in {inert(runs[0], most=80)}")
    for name in names:
        if not found[name]:
            raise StoreError(_unknown(name, root, index, by_run=args.by == "run"))
    return [found[name][0] for name in names], names


def _known(index: Index, root: Path) -> list[str]:
    """The agents of all DATs."""
    index.refresh()
    return index.names("agent")


def _having(names: Sequence[str], index: Index, root: Path) -> list[str]:
    """The newest DAT in which all these agents played; [] for the newest one, if there is none or nobody is named."""
    if not names:
        return []
    index.refresh()
    for path in map(str, find_dats(root)):
        if set(names) <= set(index.names("agent", Query(dats=(path,)))):
            return [path]
    return []


def _unknown(name: str, root: Path, index: Index, *, by_run: bool) -> str:
    told = nothing_named(name, root)
    agents = [] if by_run else _known(index, root)
    hint = inert(did_you_mean(name, agents), most=300) if agents else ""
    return f"{told}; nor is it an agent: {hint}" if hint else told


def _within(root: Path, patterns: Sequence[str]) -> list[Path]:
    if not patterns:
        newest = find_dats(root)[:1]
        if not newest:
            raise StoreError(no_results(root))
        return newest
    found: dict[Path, None] = {}
    for pattern in patterns:
        paths = find_dats(root, pattern)
        if not paths:
            raise StoreError(nothing_named(pattern, root))
        found |= dict.fromkeys(paths)
    return list(found)


def _refreshed(index: Index, paths: Sequence[Path]) -> tuple[str, ...]:
    """Takes over the DATs, each of which must be readable; gives what of their cells has no record, or could not be read."""
    for path in paths:
        dat.open(path)
    for note in index.refresh(paths):
        warn(note)
    lacking = (f"{each.dat}: {each.sentence}" for each in unrecorded_in(index, paths, from_here(paths)))
    return *lacking, *index.notes(Query(dats=tuple(map(str, paths))))


def _options(args: argparse.Namespace) -> tuple[Terms, Options]:
    options: Options = {"unpaired": args.unpaired, "margin": args.margin}
    return {"metric": args.metric, "better": args.better}, options


def _margin(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no margin; expected a number above 0, in units of the metric")
    return value
