"""`bio agent add`, `remove` and `set-default`: lines of `bio.yaml`, or of the user's own file; what else is there stays."""

from __future__ import annotations

import argparse
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from ..errors import AlienBioError, Complaint, SpecError, did_you_mean
from ..model import ROLES, Json
from ..play import Catalog, builtin_agents, qualified_name
from ..play.builtin import refuse_params
from ..run import Project, build_catalog, user_file
from ..run.project import CONFIG_NAME
from ..spec import read, with_agent, with_defaults, without_agent
from ..spec.models import IN_PARAMS
from ..spec.project import KeysIn
from ..store import replace_file
from .common import Commands, place_of, project_here, say, warn

_KEYS: dict[bool, KeysIn] = {True: "taken", False: "refused"}
"""Keys that are written out, in the user's own file and in a project's."""


def add_actions(actions: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio agent add`, `remove` and `set-default`."""
    adding = actions.add_parser(
        "add",
        help="write a profile into bio.yaml: a known agent with params, under a name of its own",
        description="Write a profile into the project's bio.yaml (made if there is none): a known agent with params, under a "
        "name of its own, for batteries and bio run. Everything else in the file stays as it is, comments too.",
        epilog="examples:\n"
        "  bio agent add careful --kind greedy --param threshold=0.2\n"
        "  bio agent add qwen --kind ollama --model qwen3\n"
        "  bio agent add walker --kind scripted --param 'actions=[wait, wait, done]' --user",
    )
    adding.add_argument("name", metavar="NAME", help="as batteries will name it")
    adding.add_argument("--kind", required=True, help="the known agent it is built from (bio agent list)")
    adding.add_argument(
        "--param", action="append", default=[], metavar="KEY=VALUE", help="as in YAML, like threshold=0.2; may be repeated"
    )
    adding.add_argument("--model", help="of a language model: its name at the provider")
    adding.add_argument("--base-url", metavar="URL", help="of a language model: its server")
    adding.add_argument("--provider", metavar="NAME", help="of a language model: whose rates, prices and key these are")
    adding.add_argument("--key-env", metavar="NAME", help="the variable of the environment that holds its key")
    adding.add_argument("--key-keyring", metavar="NAME", help="the name of its key in this machine's keyring")
    adding.add_argument("--price", metavar="PRICE", help="free, or as in YAML: '{input: 2.5, output: 10}'")
    adding.add_argument("--role", choices=ROLES, help="default: that of the agent it is built from")
    adding.add_argument("--user", action="store_true", help="into your own config.yaml instead, for all your projects")
    adding.set_defaults(command=add)
    removing = actions.add_parser(
        "remove",
        help="take a profile out of bio.yaml",
        description="Take a profile out of the project's bio.yaml. Everything else in the file stays as it is; a file that "
        "holds nothing but what bio agent add wrote into a new one goes with it. Agents that are built in or registered in "
        "Python cannot be removed.",
        epilog="example:\n  bio agent remove careful",
    )
    removing.add_argument("name", metavar="NAME", help="as bio agent list shows it")
    removing.add_argument("--user", action="store_true", help="out of your own config.yaml instead")
    removing.set_defaults(command=remove)
    choosing = actions.add_parser(
        "set-default",
        help="say in bio.yaml who plays where a battery names no agents",
        description="Write the agents that play where a battery names none into the project's bio.yaml, as default_agents, in "
        "place of those it names there. Everything else in the file stays as it is.",
        epilog="example:\n  bio agent set-default oracle random qwen",
    )
    choosing.add_argument("names", metavar="NAME", nargs="+", help="as bio agent list shows them")
    choosing.add_argument("--user", action="store_true", help="into your own config.yaml instead, for all your projects")
    choosing.set_defaults(command=set_default)


def add(args: argparse.Namespace) -> int:
    """Writes the profile. Raises `SpecError` for a name that is taken, and for a kind, param or value nobody knows."""
    project = project_here()
    catalog = build_catalog(project.scenario_files)
    _refuse_taken(args.name, project, catalog)
    params = _params(args.param)
    if args.kind in project.profiles and args.kind not in catalog.agents:
        what = f"--kind: {args.kind!r} is a profile itself"
        raise SpecError(Complaint(what, hint=f"say what it is built from: --kind {project.profiles[args.kind].kind}"))
    said = _model_keys(args)
    _refuse_wrong(args.kind, {**params, **{key: said[key] for key in IN_PARAMS if key in said}}, catalog)
    entry: dict[str, Json] = {"kind": args.kind, **said}
    entry |= {"params": params} if params else {}
    entry |= {"role": args.role} if args.role else {}
    path = _target(project, user=args.user)
    _rewrite(path, lambda text: with_agent(text, args.name, entry, str(path), keys=_KEYS[args.user]))
    say([f"wrote the agent {args.name} to {_shown(path)}", "", "next:", f"  bio agent test {args.name}"])
    return 0


def remove(args: argparse.Namespace) -> int:
    """Takes the profile out. Raises `SpecError` for an agent that is none."""
    project = project_here()
    config, other = (project.user, project.own) if args.user else (project.own, project.user)
    if args.name not in config.agents:
        raise SpecError(_not_here(args.name, project, user=args.user))
    path, keys = Path(config.file), _KEYS[args.user]
    _rewrite(path, lambda text: without_agent(text or "", args.name, config.file, keys=keys))
    gone = "" if os.path.lexists(path) else ", and the file, which held nothing else"
    say(f"removed the agent {args.name} from {_shown(path)}{gone}")
    if args.name in other.agents:
        warn(f"{place_of(other.file, other.agents[args.name])} defines an agent of that name, too: it holds now")
    for file in (project.own, project.user):
        named, place = file.settings.get("default_agents", ((), ""))
        if isinstance(named, Sequence) and args.name in named and args.name not in other.agents:
            warn(f"{place}: default_agents still names it")
    return 0


def set_default(args: argparse.Namespace) -> int:
    """Writes who plays by default. Raises `SpecError` for an agent nobody knows, or that is named twice."""
    project = project_here()
    known = {**build_catalog(project.scenario_files).agents, **(project.user.agents if args.user else project.profiles)}
    wrong = [
        Complaint(f"there is no agent {name!r:.80}", hint=did_you_mean(name, known, most=20))
        for name in args.names
        if name not in known
    ]
    if twice := sorted({name for name in args.names if args.names.count(name) > 1}):
        wrong.append(Complaint(f"{', '.join(twice)}: named twice"))
    if wrong:
        raise SpecError(wrong)
    path = _target(project, user=args.user)
    _rewrite(path, lambda text: with_defaults(text, args.names, str(path), keys=_KEYS[args.user]))
    say(f"where a battery names no agents, {', '.join(args.names)} play: {_shown(path)}")
    if args.user and (held := project.own.settings.get("default_agents")):
        warn(f"{held[1]}: here default_agents says otherwise, and holds")
    return 0


def _refuse_taken(name: str, project: Project, catalog: Catalog) -> None:
    if name in project.profiles:
        config = project.own if name in project.own.agents else project.user
        what = f"there is an agent {name!r} already, at {place_of(config.file, project.profiles[name])}"
        raise SpecError(Complaint(what, hint="remove it first, or take another name"))
    if name in catalog.agents:
        what = f"{name!r} is the name of {_whose(name, catalog)}"
        raise SpecError(Complaint(what, hint="take another name: what batteries mean by this one would change"))


def _refuse_wrong(kind: str, params: dict[str, Json], catalog: Catalog) -> None:
    """A kind that is unknown, params that it does not take or cannot be built with; ones it lacks a battery may give."""
    info = catalog.agents.get(kind)
    if info is not None and (meant := info.stands_for):
        info, params = catalog.agent(meant.kind), {**meant.params, **params}
    if info is None:
        raise SpecError(Complaint(f"--kind: there is no agent {kind!r}", hint=did_you_mean(kind, catalog.agents, most=20)))
    if info.skip_reason:
        return
    lacking = [name for name, needed in info.params.named.items() if needed and name not in params]
    wrong = [Complaint(f"--param: {what}", hint=hint) for what, hint in info.params.wrong(kind, [*params, *lacking])]
    if wrong:
        raise SpecError(wrong)
    if not lacking:
        refuse_params(info, params)


def _model_keys(args: argparse.Namespace) -> dict[str, Json]:
    """What the options say of a language model, as its keys in the file."""
    found: dict[str, Json] = {
        "model": args.model,
        "base_url": args.base_url,
        "provider": args.provider,
        "price": None if args.price is None else cast("Json", read(args.price, "--price").value),
    }
    keys = {"env": args.key_env, "keyring": args.key_keyring}
    if all(keys.values()):
        raise SpecError("--key-env and --key-keyring: a key is in one place; leave one of them out")
    found["api_key"] = {how: name for how, name in keys.items() if name} or None
    return {key: value for key, value in found.items() if value is not None}


def _params(texts: Sequence[str]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for text in texts:
        key, is_pair, value = text.partition("=")
        if not is_pair or not key:
            raise SpecError(Complaint(f"--param cannot be {text[:60]!r}", expected="KEY=VALUE, like threshold=0.2"))
        if key in found:
            raise SpecError(f"--param {key} is given twice")
        found[key] = read(value, f"--param {key}").value  # type: ignore[assignment]
    return found


def _target(project: Project, *, user: bool) -> Path:
    if not user:
        return Path(project.own.file) if project.own.file else project.root / CONFIG_NAME
    path = user_file()
    if path is None:
        raise SpecError("--user: there is no home folder here; set XDG_CONFIG_HOME, or write into the project's bio.yaml")
    return path


def _not_here(name: str, project: Project, *, user: bool) -> Complaint:
    """Why there is nothing to remove."""
    elsewhere = project.own if user else project.user
    if name in elsewhere.agents:
        option = "leave --user out" if user else "say --user"
        return Complaint(f"the agent {name!r} stands in {place_of(elsewhere.file, elsewhere.agents[name])}", hint=option)
    catalog = build_catalog(project.scenario_files)
    if name in catalog.agents:
        return Complaint(f"{name!r} is {_whose(name, catalog)} and no profile", hint="there is nothing to remove")
    known = (project.user if user else project.own).agents
    return Complaint(f"there is no profile {name!r}", hint=did_you_mean(name, known) or "bio agent list shows all agents")


def _whose(name: str, catalog: Catalog) -> str:
    return "a built-in agent" if name in builtin_agents() else f"an agent of {qualified_name(catalog.agent(name).factory)}"


def _rewrite(path: Path, change: Callable[[str | None], str | None]) -> None:
    """Replaces a file's text by what `change` makes of it, all or nothing; through links, with its permissions kept.

    None is the text of no file. A file behind a link is emptied instead of removed.
    """
    is_link = path.is_symlink()
    path = Path(os.path.realpath(path))
    before = _content(path)
    mode = None if before is None else stat.S_IMODE(path.stat().st_mode)
    try:
        after = change(None if before is None else before.decode())
    except UnicodeDecodeError:
        raise SpecError(Complaint("the file is not UTF-8", str(path))) from None
    path.parent.mkdir(parents=True, exist_ok=True)
    if _content(path) != before:
        raise AlienBioError(f"{path} was changed by somebody else just now; try again")
    if after is None and not is_link:
        path.unlink()
    else:
        replace_file(path, [(after or "").encode()], mode=mode)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if os.path.lexists(path) else None


def _shown(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
