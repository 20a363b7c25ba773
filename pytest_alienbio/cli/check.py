"""`bio scenario check`: whether scenarios measure what they should, and the ladder table."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ..errors import SpecError
from ..model import AgentEntry, AgentProfile, Climb, Finding, InstanceCache, Json, Selection
from ..play import Catalog, ScenarioInfo
from ..report import ascii_only, render_all, render_faults, render_scenario
from ..run import Workshop, build_catalog, instance_cache, questions
from ..run.catalog import with_scenario_file
from ..run.climb import climb
from ..run.profiles import profile
from ..spec import parse_levels, parse_seeds
from ..stats import doubts, ladder, unsound
from ..testing import check_scenario
from .common import (
    Commands,
    add_data_option,
    colored,
    data_here,
    find_scenario,
    mutter,
    project_here,
    refuse_needy,
    say,
    width,
    words,
)
from .live import CLEAR, watched

DEFAULT_SEEDS = "5"
MOST_JOBS = 256


def add_check(actions: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio scenario check`."""
    parser = actions.add_parser(
        "check",
        help="whether scenarios can be played, solved, and tell agents apart",
        description="Checks scenarios. A file's form; the contract that every scenario keeps (it ends, refuses nonsense, "
        "repeats itself, leaks nothing); then a ladder: at every level and seed each agent plays the same worlds. The oracle "
        "must score exactly 1 and waiting exactly 0, acting at random must stay below the bar, scores must fall with "
        "difficulty, and worlds must be found at the first attempt. Exits 0 if all is sound, 1 if something is broken, 2 if "
        "a file cannot be honoured. Nothing is recorded but the worlds, in the instance cache.",
        epilog="examples:\n"
        "  bio scenario check worlds/mine.yaml\n"
        "  bio scenario check 'mutualism/*' --seeds 0-19 --jobs 2\n"
        "  bio scenario check '*' --agents oracle,greedy,random,noop --json",
    )
    parser.add_argument("names", nargs="+", metavar="NAME|FILE|GLOB", help="scenarios by name, as files, or by pattern")
    parser.add_argument("--seeds", default=DEFAULT_SEEDS, metavar="SPEC", help="5 (0-4; the default), 3,5 or 100-119")
    parser.add_argument("--difficulty", metavar="EXPR", help="only these levels: 2, <=3, 2-4 or 1,3,5 (quote the <)")
    parser.add_argument(
        "--agents",
        action="append",
        default=[],
        metavar="A,B",
        help="best first (default: those that play alike each time, need no params, and are no language model or its stand-in)",
    )
    parser.add_argument("--jobs", type=_jobs, default=1, metavar="N", help="processes (default 1)")
    parser.add_argument("--json", action="store_true", help="as a JSON object, with every world's scores")
    add_data_option(parser)
    parser.set_defaults(command=check)


@dataclass(frozen=True, slots=True)
class _Target:
    info: ScenarioInfo
    levels: tuple[int | None, ...]


def check(args: argparse.Namespace) -> int:
    """Prints tables, what is broken and what is worth knowing. Raises `SpecError` for what cannot be checked at all."""
    project = project_here()
    catalog, files, infos = _named(args.names, build_catalog(project.scenario_files))
    targets = [_target(info, args.difficulty) for info in infos]
    agents = _agents(args.agents, catalog, project.profiles)
    seeds, root = parse_seeds(args.seeds), data_here(args)
    asked = [question for target in targets for question in questions(target.info, target.levels, seeds)]
    workshop = Workshop((*project.scenario_files, *files), root)
    climbs = list(_watched(climb(asked, agents, catalog, workshop, jobs=args.jobs), len(asked)))
    kinds, roles = {each.name: each.kind for each in agents}, {each.name: each.role for each in agents}
    findings: list[Finding] = []
    notes: list[str] = []
    for target in targets:
        mine = [each for each in climbs if each.scenario == target.info.name]
        findings += [*_contract(target, mine, instance_cache(root)), *unsound(mine, kinds, roles)]
        notes += doubts(mine, kinds, roles)
    if args.json:
        say(json.dumps(_as_json(climbs, kinds, findings, notes)))
    else:
        _print(climbs, [*kinds], findings, notes)
    return 1 if findings else 0


def _named(names: Sequence[str], catalog: Catalog) -> tuple[Catalog, list[Path], list[ScenarioInfo]]:
    """What the arguments mean, each scenario once, and a catalog that knows it. Every file's complaints come together."""
    files: list[Path] = []
    found: dict[str, None] = {}
    wrong: list[SpecError] = []
    for name in names:
        if name not in catalog.scenarios and os.path.isfile(name):
            try:
                catalog, own = with_scenario_file(catalog, Path(name))
            except SpecError as error:
                wrong.append(error)
                continue
            files.append(Path(name))
            found[own] = None
        elif matches := catalog.match(name):
            found |= dict.fromkeys(matches)
        else:
            catalog, info = find_scenario(catalog, name)
            found[info.name] = None
    if wrong:
        raise SpecError([complaint for error in wrong for complaint in error.complaints])
    return catalog, files, [catalog.scenario(name) for name in found]


def _target(info: ScenarioInfo, expression: str | None) -> _Target:
    if info.type != "interactive":
        raise SpecError(f"{info.name} is a {info.type}; only scenarios that agents act in can be checked")
    refuse_needy(info)
    select = Selection(levels=() if expression is None else parse_levels(expression))
    levels = tuple(level for level in info.levels or (None,) if select.at(level))
    if not levels:
        raise SpecError(f"{info.name} has no difficulty {expression}; its levels: {', '.join(map(str, info.levels)) or 'none'}")
    return _Target(info, levels)


def _agents(given: Sequence[str], catalog: Catalog, profiles: Mapping[str, AgentEntry]) -> list[AgentProfile]:
    names: Sequence[str] = words("--agents", given)
    if not names:
        names = [
            info.name
            for info in catalog.agents.values()
            if info.deterministic
            and not info.skip_reason
            and not {"llm", "simulated"}.intersection(info.tags)
            and not any(info.params.named.values())
        ]
    found = [profile(AgentEntry(name), catalog, profiles) for name in dict.fromkeys(names)]
    for each in found:
        if each.skip_reason:
            raise SpecError(f"agent {each.name!r} cannot play: {each.skip_reason}")
        info = catalog.agent(each.kind)
        for what, hint in info.params.wrong(each.name, list(each.params)):
            raise SpecError(f"{what}; {hint or 'give it in bio.yaml, under agents:'}")
    return found


def _watched(climbs: Iterator[Climb], count: int) -> Iterator[Climb]:
    """`climbs`, with how far they have come on standard error where somebody watches."""
    line = watched() and count > 1
    try:
        for done, each in enumerate(climbs, 1):
            yield each
            if line:
                mutter(f"{CLEAR}{done:,} of {count:,} worlds"[: width() - 1 + len(CLEAR)])
    finally:
        if line:
            mutter(CLEAR)


def _contract(target: _Target, climbs: Sequence[Climb], store: InstanceCache) -> list[Finding]:
    """What the contract says of a world at the lowest and at the highest level that could be played; out of the cache."""
    info = target.info
    kept = replace(info, factory=lambda case, _cache: info.factory(case, store))
    for level in dict.fromkeys((target.levels[0], target.levels[-1])):
        played = [each for each in climbs if each.difficulty == level and any(r.outcome.scored for r in each.results)]
        for seed in [each.seed for each in played[:1]]:
            try:
                check_scenario(kept, levels=(level,), seeds=(seed,), score_range=(0.0, 1.0) if info.has_variants else None)
            except AssertionError as error:
                return [Finding(info.name, "contract", str(error).splitlines()[0])]
    return []


def _print(climbs: Sequence[Climb], agents: Sequence[str], findings: Sequence[Finding], notes: Sequence[str]) -> None:
    table = ladder(climbs, agents)
    room, look = width(), {"color": colored(), "ascii": ascii_only(sys.stdout.encoding)}
    lines: list[str] = []
    for one in table.scenarios:
        lines += [*render_scenario(one, agents, room, **look), ""]
    if len(table.scenarios) > 1:
        lines += [*render_all(table, room, **look), ""]
    lines += render_faults([finding.sentence for finding in findings], notes, room, **look)
    broken = len({finding.scenario for finding in findings})
    say([*lines, f"{broken} of {len(table.scenarios)} broken" if broken else "sound"])


def _as_json(climbs: Sequence[Climb], kinds: Mapping[str, str], findings: Sequence[Finding], notes: Sequence[str]) -> Json:
    worlds = [
        {
            **{key: value for key, value in asdict(replace(each, results=())).items() if key != "results"},
            "cells": {
                result.agent: {
                    "outcome": str(result.outcome),
                    "score": result.score,
                    "scores": dict(result.scores),
                    "metrics": dict(result.metrics),
                    "reason": result.reason,
                }
                for result in each.results
            },
        }
        for each in climbs
    ]
    found = [asdict(finding) for finding in findings]
    return {
        "sound": not findings,
        "findings": found,
        "notes": list(notes),
        "ladder": asdict(ladder(climbs, [*kinds])),
        "worlds": worlds,
    }


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST_JOBS:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no number of processes from 1 to {MOST_JOBS}")
    return int(text)
