"""`bio export`: recorded cells in other people's formats."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from ..errors import SpecError
from ..exchange import EXPORTERS, Exported, Tracking, export, export_to, exporter
from ..exchange.formats import names
from ..model import Leaf, Query, Result
from ..report import inert
from ..store.index import Index
from .common import Commands, add_data_option, data_here, mutter, say, to_nowhere, warn
from .patterns import add_pattern, dats, readable
from .query import add_filters, query_of


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio export`."""
    what = "\n".join(f"{each.name}: {each.what}" for each in EXPORTERS)
    parser = commands.add_parser(
        "export",
        help="write recorded cells as csv, jsonl, json, parquet, excel, junit, ...",
        description="Write the cells of recorded runs in another format: those of the newest DAT (result folder), or of every "
        "DAT that a PATTERN names. A file appears when it is complete, never over another one, and what it could not hold is "
        f"listed.\n\nformats:\n{what}",
        epilog="examples:\n"
        "  bio export mine -o mine.csv\n"
        "  bio export 'results/*' --agent greedy --format jsonl -o - | jq .score\n"
        "  bio export mine --traces traces/\n"
        "  bio export mine --format inspect -o logs\n"
        "  bio export mine --mlflow sqlite:///mlflow.db --mlflow-cells",
    )
    add_pattern(parser)
    add_filters(parser)
    output = parser.add_argument_group("output")
    output.add_argument("-o", "--output", metavar="PATH", default="", help="file or folder to write; - is standard output")
    output.add_argument(
        "--format", metavar="NAME", default="", help=f"{', '.join(names(EXPORTERS))} (default: what PATH's suffix means)"
    )
    output.add_argument("--layout", choices=["runs"], help="runs: PATH becomes a folder with run-001/summary.json, ...")
    output.add_argument("--traces", metavar="DIR", default="", help="unpack what happened step by step: a JSON file a cell")
    output.add_argument(
        "--mlflow", metavar="URI", default="", help="write runs to an MLflow store: sqlite:///FILE, or a server's http://..."
    )
    output.add_argument("--experiment", metavar="NAME", default="", help="of MLflow (default: one for each battery)")
    output.add_argument("--mlflow-cells", action="store_true", help="write a run for each cell, too, below that of its agent")
    output.add_argument("--wandb", metavar="DIR", default="", help="write offline W&B runs below DIR, for `wandb sync`")
    output.add_argument("--force", action="store_true", help="replace what is at PATH or DIR")
    output.add_argument("--json", action="store_true", help="what was written, as JSON")
    add_data_option(parser)
    parser.set_defaults(command=export_cells)


def export_cells(args: argparse.Namespace) -> int:
    """Writes what matches, and says what was written."""
    wanted = list(_wanted(args))
    paths = [one.path for one in readable(dats(args))]
    query = query_of(args, time.time(), dats=map(str, paths))
    with Index.open(data_here(args)) as index:
        notes = index.refresh(paths)
        done = _written(args, wanted, index, query)
        notes += tuple(index.notes(query))
    lines = [line for each in done for line in _told(each)]
    if args.json and not any(path == "-" for _, path in wanted):
        say(json.dumps([{"format": x.format, "path": x.path, "cells": x.cells, "lost": dict(x.lost)} for x in done]))
    elif any(path == "-" for _, path in wanted):
        mutter("".join(f"{line}\n" for line in lines))
    else:
        say(lines)
    for note in notes:
        warn(note)
    return 0


def _written(args: argparse.Namespace, wanted: Sequence[tuple[str, str]], index: Index, query: Query) -> list[Exported]:
    done: list[Exported] = []
    tracking = Tracking(args.experiment, cells=args.mlflow_cells)
    for format, path in wanted:
        results = _some(index.results(query), query)
        if path != "-":
            done.append(export(results, format, path, force=args.force, leaves=_leaves, tracking=tracking))
            continue
        try:
            done.append(export_to(results, format, sys.stdout.buffer))
            sys.stdout.flush()
        except BrokenPipeError:
            to_nowhere(sys.stdout)
    return done


def _wanted(args: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Format and path of each thing to write. Raises `SpecError`."""
    others = {"traces": args.traces, "mlflow": args.mlflow, "wandb": args.wandb}
    if not args.output and not any(others.values()):
        raise SpecError(
            "where to? name a file with -o PATH (- is standard output), or say --traces DIR, --mlflow URI or --wandb DIR"
        )
    if (args.experiment or args.mlflow_cells) and not args.mlflow and "mlflow" not in (args.format, args.layout):
        raise SpecError("--experiment and --mlflow-cells say how runs are written to MLflow, and there is no --mlflow URI")
    if args.layout and args.format:
        raise SpecError("--layout and --format both say what -o PATH becomes; leave one of them out")
    if args.output:
        name = args.layout or args.format
        if args.output == "-" and (not name or not exporter(name).text):
            known = ", ".join(each.name for each in EXPORTERS if each.text)
            raise SpecError(f"-o - is standard output: say with --format what to write there: {known}")
        yield exporter(name, args.output).name, args.output
    elif args.layout or args.format:
        raise SpecError("--format and --layout say what -o PATH becomes, and there is no -o")
    yield from ((format, path) for format, path in others.items() if path)


def _some(results: Iterator[Result], query: Query) -> Iterator[Result]:
    """`results`. Raises `SpecError` if there are none: an empty file would look like an answer."""
    first = next(results, None)
    if first is None:
        paths = query.dats or ()
        where = paths[0] if len(paths) == 1 else f"{len(paths)} DATs"
        raise SpecError(inert(f"no cell of {where} matches; nothing was written (`bio results` says what there is)", most=1000))
    return chain([first], results)


def _leaves(results: Iterable[Result]) -> Sequence[Leaf]:
    from ..stats import summarize  # late: only a workbook has them

    return summarize(results).leaves


def _told(done: Exported) -> Iterator[str]:
    where = "standard output" if done.path == "-" else done.path
    yield inert(f"{where}: {done.cells:,} cell{'' if done.cells == 1 else 's'} as {done.format}", most=4096, verbatim=True)
    if done.lost:
        lost = ", ".join(f"{what} ({count:,})" for what, count in done.lost.items())
        yield inert(f"  not in it, of so many cells: {lost}", most=4096, verbatim=True)
