"""`bio agent`: who can play here."""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import partial
from inspect import Parameter

from ..errors import AlienBioError, UnknownNameError
from ..model import AgentEntry, Json
from ..play import AgentInfo, Catalog, builtin_agents, qualified_name
from ..report import AgentSheet, Param, agent_list, agent_sheet, ascii_only
from ..run import Project, build_catalog
from . import profiles, tryout
from .common import Commands, colored, place_of, project_here, say, width
from .model_sheet import model_sheet

BUILT_IN = "built-in"
CONFTEST = "agents of a conftest.py are known to pytest alone, and not listed here"


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio agent`."""
    parser = commands.add_parser(
        "agent",
        help="list, show or test the agents, add or remove a profile, say who plays by default",
        description="The agents that batteries and bio run may name: built-in ones, those of installed packages, and those "
        f"that bio.yaml and your own config.yaml define. Note: {CONFTEST}.",
        epilog="examples:\n  bio agent list\n  bio agent add bold --kind greedy --param threshold=0\n  bio agent test bold",
    )
    actions = parser.add_subparsers(title="actions", metavar="list|show|test|add|remove|set-default", required=True)
    listing = actions.add_parser(
        "list",
        help="every agent: role, tags, params with their defaults, and why one is not available",
        description="Every agent: role, tags, params with their defaults, and why one is not available.",
        epilog="example:\n  bio agent list --json",
    )
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.set_defaults(command=list_agents)
    one = actions.add_parser(
        "show",
        help="one agent: what it does, and what it takes",
        description="One agent: what it does, where it comes from, and its params with the values it would play with.",
        epilog="example:\n  bio agent show greedy",
    )
    one.add_argument("name", metavar="NAME", help="as a battery would name it")
    one.add_argument("--json", action="store_true", help="as a JSON object")
    one.set_defaults(command=show_agent)
    tryout.add_action(actions)
    profiles.add_actions(actions)


def list_agents(args: argparse.Namespace) -> int:
    """Prints every agent."""
    found = list(sheets(project_here()))
    if args.json:
        say(json.dumps(as_json(sheet)) for sheet in found)
    else:
        say(agent_list(found, width(), note=CONFTEST, ascii=ascii_only(sys.stdout.encoding)))
    return 0


def show_agent(args: argparse.Namespace) -> int:
    """Prints one agent. Raises `AlienBioError` for a name nobody knows."""
    found = {sheet.name: sheet for sheet in sheets(project_here())}
    if args.name not in found:
        error = UnknownNameError("agent", args.name, found)
        raise AlienBioError(f"{error}; `bio agent list` lists them; {CONFTEST}")
    sheet = found[args.name]
    if args.json:
        say(json.dumps(as_json(sheet)))
    else:
        say(agent_sheet(sheet, width(), color=colored(), ascii=ascii_only(sys.stdout.encoding)))
    return 0


def sheets(project: Project) -> Iterator[AgentSheet]:
    """Every agent that can be named in `project`: those of the catalog, then those that its files define.

    A file's agent hides one of the catalog that has the same name, as it does in batteries.
    """
    catalog = build_catalog()
    for name, info in catalog.agents.items():
        if name not in project.profiles:
            yield replace(_sheet(info), model=model_sheet(name, catalog, project))
    for entry in project.profiles.values():
        yield _profile_sheet(entry, catalog, project)


def as_json(sheet: AgentSheet) -> dict[str, Json]:
    """A sheet as JSON."""
    return {**asdict(sheet), "available": not sheet.unavailable}


def _sheet(info: AgentInfo) -> AgentSheet:
    takes = info.params
    preset = info.stands_for.params if info.stands_for else {}
    defaults = {**_defaults(info), **preset}
    needed = {name for name, is_needed in takes.named.items() if is_needed} - preset.keys()
    return AgentSheet(
        name=info.name,
        kind=info.stands_for.kind if info.stands_for else info.name,
        role=info.role,
        source=BUILT_IN if info.name in builtin_agents() else qualified_name(info.factory),
        tags=info.tags,
        params=()
        if info.skip_reason
        else tuple(Param(name, defaults.get(name), required=name in needed, preset=name in preset) for name in takes.named),
        others=takes.others and not info.skip_reason,
        unavailable=info.skip_reason,
        deterministic=info.deterministic,
        privileged=info.privileged,
        description=_doc(info),
    )


def _profile_sheet(entry: AgentEntry, catalog: Catalog, project: Project) -> AgentSheet:
    config = project.own if entry.name in project.own.agents else project.user
    source = place_of(config.file, entry)
    if entry.name in catalog.agents:
        source += f", in place of the {BUILT_IN if entry.name in builtin_agents() else 'installed'} one"
    try:
        info = catalog.agent(entry.kind)
    except UnknownNameError as error:
        return AgentSheet(entry.name, entry.kind, entry.role or "candidate", source, unavailable=str(error))
    base = _sheet(info)
    known = {param.name for param in base.params}
    preset = info.stands_for.params if info.stands_for else {}
    wrong = [f"{what}; {hint}" if hint else what for what, hint in info.params.wrong(entry.kind, {**preset, **entry.params})]
    return AgentSheet(
        name=entry.name,
        kind=entry.kind,
        role=entry.role or base.role,
        source=source,
        tags=base.tags,
        params=(
            *(
                Param(param.name, entry.params[param.name], True, param.required) if param.name in entry.params else param
                for param in base.params
            ),
            *(Param(name, value, True) for name, value in entry.params.items() if name not in known),
        ),
        others=base.others,
        unavailable=base.unavailable or "; ".join(wrong),
        deterministic=base.deterministic,
        privileged=base.privileged,
        description=base.description,
        model=None if wrong else model_sheet(entry.name, catalog, project),
    )


def _defaults(info: AgentInfo) -> dict[str, Json]:
    try:
        found = inspect.signature(info.factory).parameters.values()
    except (TypeError, ValueError):
        return {}
    return {each.name: _plain(each.default) for each in found if each.default is not Parameter.empty}


def _plain(value: object) -> Json:
    try:
        plain: Json = json.loads(json.dumps(value))
    except (TypeError, ValueError, RecursionError):
        return repr(value)
    return plain


def _doc(info: AgentInfo) -> str:
    factory: object = info.factory
    while isinstance(factory, partial):
        factory = factory.func
    return "" if info.skip_reason else inspect.getdoc(factory) or ""
