"""`bio scenario new`: a commented world that runs, to start from."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

from ..errors import SpecError
from ..run import build_catalog
from .common import Commands, project_here, say
from .new import filled, here, write_new

NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}(/[a-z][a-z0-9_-]{0,59}){0,3}")


def add_action(actions: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio scenario new`."""
    parser = actions.add_parser(
        "new",
        help="write a commented scenario file that runs",
        description="Write a commented scenario file that runs as it is: a small world with two foods, of which one is praised "
        "and poisonous. Nothing is ever overwritten.",
        epilog="example:\n  bio scenario new ponds/algae",
    )
    parser.add_argument("name", metavar="NAME", help="family/name: small letters, digits, - and _")
    parser.add_argument("--dir", metavar="DIR", help="where to write (default: worlds/ of the project)")
    parser.set_defaults(command=new_scenario)


def new_scenario(args: argparse.Namespace) -> int:
    """Writes the file and says what to try next. Raises `SpecError` for a name that cannot be one, or is taken."""
    name = str(args.name)
    if not NAME.fullmatch(name):
        what = "small letters, digits, - and _, each part beginning with a letter, like ponds/algae"
        raise SpecError(f"{name[:60]!r} cannot be the name of a scenario: expected {what}")
    project = project_here()
    catalog = build_catalog(project.scenario_files)
    if name in catalog.scenarios:
        source = catalog.scenario(name).source or "Python"
        raise SpecError(f"there is a scenario {name!r} already, from {source}; take another name")
    family, _, last = name.rpartition("/")
    folder = Path.cwd() / args.dir if args.dir else project.root / "worlds"
    path = folder / f"{last}.yaml"
    file = shlex.quote(here(path))
    fields = {"name": name, "family": family.partition("/")[0] or last, "file": file}
    write_new({path: filled("scenario.yaml", fields)})
    say([f"wrote {here(path)}", "", "next:", f"  bio validate {file}", f"  bio scenario show {file} --truth"])
    say([f"  bio run {file} --agent oracle", f"  bio scenario check {file}"])
    if path not in project.scenario_files:
        say(["", "To name it in batteries, too, say so in bio.yaml, like: scenarios: [worlds/*.yaml]"])
    return 0
