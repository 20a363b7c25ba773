"""`bio new`: commented files that run, to start from."""

from __future__ import annotations

import argparse
import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from string import Template

from ..errors import SpecError
from .common import Commands, project_here, say
from .schema import schema_text

TEMPLATES = Path(__file__).parent / "templates"
SCHEMA = Path(".bio") / "battery.schema.json"
"""Below the project: what the first line of a new battery points editors to, so that it works without a network."""

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio new`."""
    parser = commands.add_parser(
        "new",
        help="write a commented battery or experiment that runs",
        description="Write commented files that run as they are: a battery, or an experiment (a folder with a battery, an "
        "agent of your own and a Python test). Nothing is ever overwritten.",
        epilog="examples: bio new battery mine; bio new experiment patience",
    )
    parser.add_argument(
        "kind", choices=("battery", "experiment"), help="one YAML file, or a folder with battery, agent and test"
    )
    parser.add_argument("name", metavar="NAME", help="letters, digits and '_'; also the battery's head")
    parser.add_argument("--folder", metavar="DIR", help="where to write (default: experiments/ of the project)")
    parser.set_defaults(command=new)


def new(args: argparse.Namespace) -> int:
    """Writes the files and says what to try next."""
    if not NAME.fullmatch(args.name):
        raise SpecError(f"{args.name[:60]!r} cannot be the name: expected letters, digits and '_', not beginning with a digit")
    project = project_here().root
    folder = Path.cwd() / args.folder if args.folder else project / "experiments"
    if args.kind == "battery":
        battery, files = folder / f"{args.name}.battery.yaml", {"battery.yaml": f"{args.name}.battery.yaml"}
    else:
        folder = folder / args.name
        battery = folder / f"{args.name}.battery.yaml"
        files = {"experiment.yaml": battery.name, "conftest.py": "conftest.py", "test_experiment.py": f"test_{args.name}.py"}
    schema = project / SCHEMA
    fields = {
        "name": args.name,
        "schema": Path(os.path.relpath(schema, folder)).as_posix(),
        "folder": shlex.quote(here(folder)),
    }
    texts = {folder / to: filled(template, {**fields, "file": battery.name}) for template, to in files.items()}
    texts[battery] = filled(next(iter(files)), {**fields, "file": shlex.quote(here(battery))})
    write_new(texts)
    if not schema.exists():
        write_new({schema: schema_text("battery")})
        texts[schema] = ""
    target = here(folder if args.kind == "experiment" else battery)
    say([*(f"wrote {here(path)}" for path in texts), "", "next:", f"  pytest {shlex.quote(target)} --bio-dry-run"])
    say([f"  pytest {shlex.quote(target)} -n auto", f"  bio results {args.name}"])
    return 0


def here(path: Path) -> str:
    """`path` as one would type it here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def filled(template: str, fields: Mapping[str, str]) -> str:
    """The text of one of our templates with `fields` put in."""
    return Template((TEMPLATES / f"{template}.template").read_text("utf-8")).substitute(fields)


def write_new(texts: Mapping[Path, str]) -> None:
    """All of them, or none if one is there already."""
    taken = [path for path in texts if path.exists() or path.is_symlink()]
    if taken:
        raise SpecError(f"{here(taken[0])} is there already and is not overwritten; take another name, or remove it first")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
