"""`bio rescore`: stored cells scored again, without playing anything."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import SpecError
from ..model import InstanceCache
from ..play import Catalog
from ..run import Project, build_catalog, instance_cache
from ..run.rescoring.asked import method_of
from ..run.rescoring.rescore import Rescored, rescore
from ..store import dat as dats
from .common import Commands, add_cap_options, add_data_option, caps_given, data_here, project_here, settings_here, warn
from .patterns import dats as named_dats
from .shown import add_output, show

EXIT_INCOMPLETE = 3


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio rescore`."""
    parser = commands.add_parser(
        "rescore",
        help="score stored cells again under a changed scorer",
        description="Score a run's stored trajectories again, without running its agents: by what its scenario files say now "
        "(same world, other goals, protect or scoring), by a function of yours, or by a language model with a rubric. The run "
        "stays as it was; what comes out is a result folder of its own inside it, rescored/<scorer>-<n>, which bio report, "
        "compare, gate and export take by its path.",
        epilog="exit codes: 0 every cell that was played has been scored; 2 it could not be done; 3 some cells have no score, "
        "for their trace is missing or of another world, or the scorer broke.\n\n"
        "examples:\n"
        "  bio rescore mine\n"
        "  bio rescore mine --scenario scenarios/pond.yaml\n"
        "  bio rescore mine --scorer scorers.py:thrift\n"
        "  bio rescore mine --scorer thrift --json | jq '.sections.agents.agents'\n"
        "  bio rescore mine --judge careful.rubric.yaml --by claude-opus\n"
        "  bio rescore mine --judge careful.rubric.yaml --by claude-opus --live --max-usd 2\n"
        "  bio rescore mine --judge careful.rubric.yaml --by claude-opus --replay DAT/rescored/careful-001",
    )
    parser.add_argument(
        "pattern", nargs="?", metavar="DAT", help="a DAT, or a battery's name (its latest); default: the newest"
    )
    how = parser.add_argument_group("how", "without any of these: by the project's scenarios as they are now")
    how.add_argument("--scorer", metavar="NAME", help="one that a conftest or a package registers, or FILE.py:FUNCTION")
    how.add_argument(
        "--scenario", action="append", default=[], metavar="FILE", help="by this scenario file; only its cells; may be repeated"
    )
    judge = parser.add_argument_group("a language model as the judge")
    judge.add_argument("--judge", metavar="RUBRIC", help="by this rubric's file: criteria, scale, what the judge is shown")
    judge.add_argument("--by", default="", metavar="AGENT", help="who judges; by default whom the rubric names")
    judge.add_argument("--replicates", type=_count, metavar="K", help="judgements of each cell (default: the rubric's, or 3)")
    judge.add_argument("--judge-seed", type=_whole, default=0, metavar="N", help="of the judgements' own seeds (default: 0)")
    judge.add_argument(
        "--live", action="store_true", help="let it judge if it costs money; without, what it would cost is said"
    )
    judge.add_argument("--replay", metavar="FOLDER", help="take the answers of this earlier rescoring: no network, no key")
    judge.add_argument(
        "--margin", type=_margin, metavar="X", help="warn above this noise of a mean (default: the gate's margin)"
    )
    judge.add_argument("--concurrency", type=_count, metavar="N", help="cells judged at once (default: 8)")
    add_cap_options(parser)
    add_output(parser)
    add_data_option(parser)
    parser.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Scores, and shows what came out."""
    args.pattern = [args.pattern] if args.pattern else []
    paths = named_dats(args)
    if len(paths) != 1:
        raise SpecError(f"DAT names {len(paths)} result folders; name one")
    project, root = project_here(), data_here(args)
    of = dats.open(paths[0])
    catalog = build_catalog(project.scenario_files)
    cache = instance_cache(root)
    if args.judge is None:
        if unused := [name for name in _JUDGES if getattr(args, name) not in (None, "", False)]:
            raise SpecError(f"--{unused[0]} is about a judge; name its rubric with --judge, or leave it out")
        method = method_of(of, catalog, cache, root=project.root, start=Path.cwd(), scorer=args.scorer, scenarios=args.scenario)
        done = rescore(of, method, project.root)
    else:
        done = _judged(args, of, project, catalog, cache, root)
    show(done.document, args)
    return 0 if done.complete else EXIT_INCOMPLETE


_JUDGES = ("by", "replicates", "live", "replay", "margin", "concurrency")


def _judged(
    args: argparse.Namespace, of: dats.Dat, project: Project, catalog: Catalog, cache: InstanceCache, root: Path
) -> Rescored:
    from ..run.rescoring.judging import CONCURRENCY, find_judge, rescore_by_judge

    if args.scorer or args.scenario:
        raise SpecError("--judge takes the place of --scorer and --scenario; name one of them")
    judge = find_judge(args.judge, project, catalog, by=args.by, replicates=args.replicates, seed=args.judge_seed)
    return rescore_by_judge(
        judge,
        of,
        project,
        catalog,
        cache,
        settings_here(args, project, **caps_given(args)),
        root,
        live=args.live,
        replay=Path(args.replay) if args.replay else None,
        margin=args.margin,
        concurrency=args.concurrency or CONCURRENCY,
        on_foreseen=lambda told: warn(f"{judge.profile.name} is to judge: {told.sentence()}"),
    )


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be it; expected a whole number from 0 on")
    return int(text)


def _count(text: str) -> int:
    if not (value := _whole(text)):
        raise argparse.ArgumentTypeError("0 cannot be it; expected 1 or more")
    return value


def _margin(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be it; expected a number above 0, in units of the score")
    return value
