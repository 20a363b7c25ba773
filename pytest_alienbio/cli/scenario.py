"""`bio scenario`: what there is to play, what an agent is shown of it, and whether it is sound."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from fnmatch import fnmatchcase
from pathlib import Path

from ..errors import SpecError
from ..model import Case, Json, Selection, inert
from ..play import Catalog, ScenarioInfo, View, look
from ..report import ScenarioSheet, Truth, ascii_only, render_briefing, scenario_list, scenario_sheet
from ..run import build_catalog, case_of, instance_cache
from ..spec import parse_levels
from ..spec.ranges import MAX_SEED
from . import check, scenario_new
from .common import (
    CONFTEST,
    Commands,
    add_data_option,
    colored,
    data_here,
    find_scenario,
    project_here,
    refuse_needy,
    say,
    warn,
    width,
    words,
)

_PACKAGE = Path(__file__).parent.parent


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio scenario`."""
    parser = commands.add_parser(
        "scenario",
        help="list the scenarios, show one as an agent sees it, check some, or write a new one",
        description="The scenarios that batteries and bio run may name: built-in ones, those of installed packages, and the "
        f"files that bio.yaml names. Note: {CONFTEST}.",
        epilog="examples:\n  bio scenario list --tag mutualism\n  bio scenario show mutualism/competition --difficulty 3",
    )
    actions = parser.add_subparsers(title="actions", metavar="list|show|check|new", required=True)
    listing = actions.add_parser(
        "list",
        help="every scenario: levels, default level, bar, tags, file, and what it is about",
        description="Every scenario: its levels, the one it plays at if none is named, the score it takes to pass, tags, file, "
        "and what it is about. That is for people who choose, and may give away what an agent has to find out.",
        epilog="examples:\n  bio scenario list 'mutualism/*'\n  bio scenario list --difficulty '>=4' --json",
    )
    listing.add_argument("pattern", nargs="?", default="*", metavar="GLOB", help="only these; * also crosses /")
    listing.add_argument("--tag", metavar="TAG", action="append", default=[], help="only with this tag (or one of several)")
    listing.add_argument("--type", choices=("interactive", "task"), help="only of this type")
    listing.add_argument("--difficulty", metavar="EXPR", help="only with such a level: 2, <=3, 2-4 or 1,3,5 (quote the <)")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.set_defaults(command=list_scenarios)
    one = actions.add_parser(
        "show",
        help="one scenario, and what an agent is told of it",
        description="One scenario, and what an agent is shown of one of its worlds before it acts: briefing, goals, actions "
        "with costs and documented effects, limits, first observation. What agents are not told is shown only with --truth.",
        epilog="examples:\n"
        "  bio scenario show mutualism/competition\n"
        "  bio scenario show mutualism/competition --difficulty 3 --seed 7 --truth\n"
        "  bio scenario show worlds/mine.yaml",
    )
    one.add_argument("name", metavar="NAME", help="a scenario's name, or a scenario file")
    one.add_argument("--difficulty", type=_whole, metavar="N", help="level (default: the scenario's own)")
    one.add_argument("--seed", type=_whole, default=0, metavar="N", help="which world (default 0)")
    one.add_argument("--variant", type=_whole, default=1, metavar="N", help="which surface of that world (default 1)")
    one.add_argument(
        "--truth", action="store_true", help="also what no agent is told: what it is about, true state, figures, solution"
    )
    one.add_argument(
        "--as-model", action="store_true", help="what a language model is told of it: system prompt, tools, first turn"
    )
    one.add_argument("--json", action="store_true", help="as a JSON object")
    add_data_option(one)
    one.set_defaults(command=show_scenario)
    check.add_check(actions)
    scenario_new.add_action(actions)


def list_scenarios(args: argparse.Namespace) -> int:
    """Prints the scenarios that fit. Exits 0 also if none does."""
    catalog = build_catalog(project_here().scenario_files)
    tags = set(words("--tag", args.tag))
    select = Selection(levels=() if args.difficulty is None else parse_levels(args.difficulty))
    left = [info for _, info in sorted(catalog.scenarios.items())]
    none = ""
    filters: tuple[tuple[str, Callable[[ScenarioInfo], bool], Callable[[ScenarioInfo], Iterable[str | int]]], ...] = (
        (f"{args.pattern}: scenarios", lambda info: fnmatchcase(info.name, args.pattern), lambda info: [info.name]),
        ("--type: types", lambda info: args.type in (None, info.type), lambda info: [info.type]),
        ("--tag: tags", lambda info: not tags or not tags.isdisjoint(info.tags), lambda info: info.tags),
        ("--difficulty: levels", lambda info: any(map(select.at, info.levels or (None,))), lambda info: info.levels),
    )
    for name, fits, offers in filters:
        kept = list(filter(fits, left))
        if left and not kept:
            known = sorted({offer for info in left for offer in offers(info)})
            asked, _, what = name.rpartition(": ")
            there = ", ".join(map(str, known)) or "none"
            none = f"{asked} fits none of {len(left)} scenarios, which have the {what} {there}; "
        left = kept
    found = [_sheet(info, whole=args.json) for info in left]
    if args.json:
        say(json.dumps(asdict(sheet)) for sheet in found)
        if none:
            warn(none + CONFTEST)
        return 0
    say(scenario_list(found, width(), note=none + CONFTEST, ascii=ascii_only(sys.stdout.encoding)))
    return 0


def show_scenario(args: argparse.Namespace) -> int:
    """Prints one scenario. Raises `AlienBioError` for a name nobody knows, and for a world that cannot be built."""
    catalog, info = find_scenario(build_catalog(project_here().scenario_files), args.name)
    case = _case(args, catalog, info)
    root = data_here(args)
    # A command that only reads leaves nothing behind where nothing was before.
    view = look(case, catalog, args.seed, instance_cache(root) if root.is_dir() else None)
    if args.as_model:
        from ..agents.llm.shown import first_request

        say(inert(line, most=10_000, verbatim=True) for line in first_request(view.briefing, view.observation))
        return 0
    if args.json:
        say(json.dumps(_as_json(info, case, args, view)))
        return 0
    room, ascii, color = width(), ascii_only(sys.stdout.encoding), colored()
    level = "" if case.difficulty is None else f"difficulty {case.difficulty}, "
    where = f"{level}seed {args.seed}" + (f", variant {case.variant}" if info.has_variants else "")
    truth = Truth(info.description, view.solution, view.state, view.properties) if args.truth else None
    say(scenario_sheet(_sheet(info, whole=True), room, color=color, ascii=ascii))
    say("")
    say(render_briefing(view.briefing, view.observation, where, room, truth=truth, color=color, ascii=ascii))
    return 0


def _case(args: argparse.Namespace, catalog: Catalog, info: ScenarioInfo) -> Case:
    if args.variant < 1 or (args.variant > 1 and not info.has_variants):
        has = "variants are counted from 1" if info.has_variants else f"{info.name} has no surface variants"
        raise SpecError(f"--variant cannot be {args.variant}: {has}")
    refuse_needy(info)
    return replace(case_of(catalog, info.name, args.difficulty), variant=args.variant)


def _sheet(info: ScenarioInfo, *, whole: bool) -> ScenarioSheet:
    params = [*info.params.named, *(["any other"] if info.params.others else [])]
    return ScenarioSheet(
        name=info.name,
        source=_source(info, whole=whole),
        type=info.type,
        tags=info.tags,
        levels=info.levels,
        default_level=info.default_level,
        passing_score=info.passing_score,
        params=tuple(params),
        has_variants=info.has_variants,
        content_hash=info.content_hash,
        description=info.description,
    )


def _source(info: ScenarioInfo, *, whole: bool) -> str:
    """Where a scenario comes from: its file, whole or as short as one would say it."""
    if not info.source:
        return "Python"
    path = Path(info.source).absolute()
    if whole:
        return str(path)
    return "built-in" if path.is_relative_to(_PACKAGE) else os.path.relpath(path)


def _as_json(info: ScenarioInfo, case: Case, args: argparse.Namespace, view: View) -> dict[str, Json]:
    briefing, observation = asdict(view.briefing), asdict(view.observation)
    sheet = asdict(_sheet(info, whole=True))
    del briefing["seed"], sheet["description"]
    found: dict[str, Json] = {
        "scenario": sheet,
        "difficulty": case.difficulty,
        "seed": args.seed,
        "variant": case.variant,
        "briefing": briefing,
        "observation": observation,
    }
    if args.truth:
        found["truth"] = {
            "description": info.description,
            "state": view.state,
            "properties": view.properties,
            "solution": view.solution,
        }
    return found


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:11]) > MAX_SEED:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no whole number from 0 to {MAX_SEED}")
    return int(text)
