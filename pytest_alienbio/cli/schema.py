"""`bio schema`: what editors check batteries, experiments and `bio.yaml` against."""

from __future__ import annotations

import argparse
from pathlib import Path

from .common import Commands, say

KINDS = ("battery", "experiment", "project")
FILES = Path(__file__).parent.parent / "spec"


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio schema`."""
    parser = commands.add_parser(
        "schema",
        help="print the JSON Schema of batteries, of experiments or of bio.yaml",
        description="Print the JSON Schema of battery files, of an experiment's config.yaml, or of bio.yaml and the user's own "
        "config.yaml. An editor with a "
        "YAML language server checks and completes a file whose first line is `# yaml-language-server: $schema=PATH`.",
        epilog="example: bio schema > .bio/battery.schema.json",
    )
    parser.add_argument("of", nargs="?", choices=KINDS, default="battery", metavar="|".join(KINDS), help="default: battery")
    parser.set_defaults(command=schema)


def schema(args: argparse.Namespace) -> int:
    """Prints the schema as it is shipped."""
    say(schema_text(args.of).rstrip("\n"))
    return 0


def schema_text(of: str) -> str:
    """The shipped schema of `battery` files, of an `experiment`'s config.yaml or of a `project`'s bio.yaml, as JSON."""
    return (FILES / f"{of}.schema.json").read_text("utf-8")
