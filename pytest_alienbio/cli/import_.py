"""`bio import`: cells from other people's files, as a result folder like any other."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

from ..errors import Complaint, SpecError, did_you_mean
from ..exchange import IMPORTERS, Columns, import_files
from ..exchange.formats import names
from ..model import Source
from ..report import inert
from ..spec import read_source
from .common import Commands, add_data_option, data_here, say
from .restore import FORMAT, add_archive_options, archives_of, restore_all

_KEYS = ("map", "set", "ignore", "outcomes")
"""Of a mapping file."""


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio import`."""
    what = "\n".join([*(f"{each.name}: {each.what}" for each in IMPORTERS), f"{FORMAT}: a run that `bio share` packed"])
    parser = commands.add_parser(
        "import",
        help="make a result folder of other tools' results: csv, JUnit, Inspect, MLflow, ...",
        description="Read cells from other tools' files and make result folders of them (imports/BATTERY/DATE_SEQ), which can "
        "be queried like any other. Everything is checked first: if anything is wrong, all of it is said, and nothing is "
        f"imported. What a file is, is told from its content and suffix.\n\nformats:\n{what}",
        epilog="examples:\n"
        "  bio import scores.csv --map score=acc,agent=model --set battery=theirs\n"
        "  bio import scores.csv --mapping theirs.yaml --dry-run\n"
        "  bio import report.xml --set agent=v2\n"
        "  bio import shared.zip",
    )
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument(
        "--format", metavar="NAME", default="", help=f"what the files are: {', '.join((*names(IMPORTERS), FORMAT))}"
    )
    parser.add_argument(
        "--map", action="append", default=[], metavar="FIELD=COLUMN,...", dest="mapped", help="which column is which field"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", dest="fixed", help="a field that is the same in every row"
    )
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="COLUMN", help="a column to leave out; '*' for all others"
    )
    parser.add_argument(
        "--outcome", action="append", default=[], metavar="WORD=OUTCOME", dest="outcomes", help="what a word of theirs means"
    )
    parser.add_argument("--mapping", metavar="FILE", default="", help="all that in a YAML file: map, set, ignore, outcomes")
    parser.add_argument("--dry-run", action="store_true", help="check everything and write nothing")
    parser.add_argument("--json", action="store_true", help="what was imported, as JSON")
    add_archive_options(parser)
    add_data_option(parser)
    parser.set_defaults(command=import_cells)


def import_cells(args: argparse.Namespace) -> int:
    """Imports all files or none of them."""
    if archives := archives_of(args):
        return restore_all(args, archives)
    columns = _columns(args)
    root = data_here(args)
    done = import_files(
        args.files, root, format=args.format, columns=columns, command=["bio", *sys.argv[1:]], check_only=args.dry_run
    )
    if args.json:
        say(
            json.dumps(
                [
                    {"dat": x.dat_path or None, "battery": x.battery, "source": x.source, "format": x.format, "cells": x.cells}
                    for x in done
                ]
            )
        )
        return 0
    for each in done:
        cells = f"{each.cells:,} cell{'' if each.cells == 1 else 's'}"
        where = f"  -> {each.dat_path}" if each.dat_path else ""
        say(inert(f"{each.source} ({each.format}): {cells} of {each.battery or 'no battery'}{where}", most=4096, verbatim=True))
    say("nothing is wrong; nothing was written" if args.dry_run else "look at them with bio results")
    return 0


def _columns(args: argparse.Namespace) -> Columns:
    """The mapping file, and what the command line says over it. Raises `SpecError`."""
    told = _mapping_file(args.mapping) if args.mapping else {key: [] if key == "ignore" else {} for key in _KEYS}
    mapped, fixed = _pairs("--map", _parts(args.mapped)), _pairs("--set", args.fixed)
    keep = {name: column for name, column in told["map"].items() if name not in fixed}
    return Columns(
        {**keep, **mapped},
        {**{name: value for name, value in told["set"].items() if name not in mapped}, **fixed},
        (*told["ignore"], *args.ignore),
        {**told["outcomes"], **_pairs("--outcome", args.outcomes)},
    )


def _parts(texts: Iterable[str]) -> Iterable[str]:
    """The pairs of comma lists: a piece without `=` belongs to the name before it, which has a comma in it."""
    for text in texts:
        found: list[str] = []
        for piece in text.split(","):
            if "=" in piece or not found:
                found.append(piece)
            else:
                found[-1] += f",{piece}"
        yield from found


def _pairs(option: str, texts: Iterable[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise SpecError(f"{option} {text[:60]!r}: expected two words with = between them, like {option} score=acc")
        if name.strip() in pairs:
            raise SpecError(f"{option} says {name.strip()!r} twice")
        pairs[name.strip()] = value if option == "--set" else value.strip()
    return pairs


def _mapping_file(path: str) -> dict[str, Any]:
    """`{map: {score: acc}, set: {battery: theirs}, ignore: [note], outcomes: {ok: completed}}`; each may be left out."""
    source = read_source(path)
    told = source.value if isinstance(source.value, dict) else {}
    wrong = [*_wrong(source, told)] if isinstance(source.value, dict) else [
        source.complain((), "this is no mapping file", expected=f"a mapping with {', '.join(_KEYS)}")
    ]  # fmt: skip
    if wrong:
        raise SpecError(wrong)
    return {
        key: [str(each) for each in told.get(key) or []]
        if key == "ignore"
        else {name: _cell(value) for name, value in (told.get(key) or {}).items()}
        for key in _KEYS
    }


def _wrong(source: Source, told: dict[str, Any]) -> Iterable[Complaint]:
    for key, value in told.items():
        if key not in _KEYS:
            yield source.complain((key,), f"unknown key {key!r:.60}", hint=did_you_mean(key, _KEYS), key=True)
        elif key == "ignore" and not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
            yield source.complain((key,), "`ignore` is no list of columns", expected="[note, comment]")
        elif key != "ignore" and not (isinstance(value, dict) and all(_is_plain(each) for each in value.values())):
            yield source.complain((key,), f"`{key}` is no mapping of words to words", expected="{score: acc}")


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool)


def _cell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
