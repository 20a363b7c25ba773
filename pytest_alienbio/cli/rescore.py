"""`bio rescore`: stored cells scored again, without playing anything."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import SpecError
from ..run import build_catalog, instance_cache
from ..run.rescoring.asked import method_of
from ..run.rescoring.rescore import rescore
from ..store import dat as dats
from .common import Commands, add_data_option, data_here, project_here
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
        "  bio rescore mine --scorer thrift --json | jq '.sections.agents.agents'",
    )
    parser.add_argument(
        "pattern", nargs="?", metavar="DAT", help="a DAT, or a battery's name (its latest); default: the newest"
    )
    how = parser.add_argument_group("how", "without any of these: by the project's scenarios as they are now")
    how.add_argument("--scorer", metavar="NAME", help="one that a conftest or a package registers, or FILE.py:FUNCTION")
    how.add_argument(
        "--scenario", action="append", default=[], metavar="FILE", help="by this scenario file; only its cells; may be repeated"
    )
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
    method = method_of(
        of,
        catalog,
        instance_cache(root),
        root=project.root,
        start=Path.cwd(),
        scorer=args.scorer,
        scenarios=args.scenario,
    )
    done = rescore(of, method, project.root)
    show(done.document, args)
    return 0 if done.complete else EXIT_INCOMPLETE
