"""`bio plot`: one chart of stored results, as a file."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SpecError, did_you_mean
from ..model import inert
from .asked import Asked, asked
from .common import Commands, add_data_option, say, warn
from .patterns import add_pattern
from .query import add_filters

if TYPE_CHECKING:
    from ..results.picture import Picture

KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "heatmap": ("agent x scenario", ("metric",)),
    "bars": ("means with intervals; --by scenario: on each", ("metric", "by")),
    "box": ("how a number is spread, by agent or --by FIELD", ("metric", "by")),
    "scatter": ("--y against --x, cell by cell", ("x", "y")),
    "difficulty": ("means over levels, and the fitted curve", ("metric",)),
    "histogram": ("numbers over seeds, by agent or --by FIELD", ("metric", "by")),
    "timeline": ("cells by worker over time", ()),
    "profile": ("share of runs above each threshold", ("metric",)),
    "cost": ("what agents consumed: --metric usd, tokens, requests, seconds", ("metric",)),
}
"""What can be drawn, what it shows, and the options it takes."""
FORMS = ("svg", "png", "pdf", "html", "json")


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio plot`."""
    parser = commands.add_parser(
        "plot",
        help="one chart of stored results, as a file",
        description="Draw a chart of recorded cells: those of the newest DAT (result folder), or of every DAT that a PATTERN "
        "names. SVG, PNG and PDF need the extra `charts`; a page (html) and the Vega-Lite specification (json) do not. Without "
        "-o the file goes into the DAT's reports/.\n\nkinds:\n"
        + "\n".join(f"{name}: {what}" for name, (what, _) in KINDS.items()),
        epilog="examples:\n"
        "  bio plot heatmap mine\n"
        "  bio plot bars mine --by scenario -o bars.svg\n"
        "  bio plot scatter 'results/*' --x tokens --y score --agent 'claude*' -o tokens.png\n"
        "  bio plot difficulty mine -o difficulty.pdf --dark\n"
        "  bio plot heatmap mine --json | jq .description",
    )
    parser.add_argument("kind", metavar="KIND", type=_kind, help=", ".join(KINDS))
    add_pattern(parser)
    chart = parser.add_argument_group("chart")
    chart.add_argument("--metric", metavar="FIELD", help="score (default), a part of it, tokens, usd, a metric or property")
    chart.add_argument("--x", metavar="FIELD", help="of a scatter, across")
    chart.add_argument("--y", metavar="FIELD", help="of a scatter, up (default: score)")
    chart.add_argument("--by", metavar="FIELD", help="what makes a group (default: agent), as difficulty or params.size")
    chart.add_argument("--dark", action="store_true", help="on a dark background")
    add_filters(parser)
    output = parser.add_argument_group("output")
    output.add_argument("-o", "--output", metavar="FILE", help=f"write it there: *.{', *.'.join(FORMS)}")
    output.add_argument("--json", action="store_true", help="print the specification")
    add_data_option(parser)
    parser.set_defaults(command=plot)


def plot(args: argparse.Namespace) -> int:
    """Writes the chart and says where; exits 0 also if no cell matches, with a chart that says so."""
    _refuse_idle(args)
    form = _form(args.output)
    with asked(args) as question:
        question.none_matches()
        picture = _picture(args, question)
        if args.json:
            from ..charts.drawing import drawn

            say(drawn(picture, "json", dark=args.dark).decode().removesuffix("\n"))
            return 0
        if args.output:
            path = Path(args.output)
            picture.save(path, dark=args.dark) if form != "html" else _page(picture, path)
        else:
            path = _kept(picture, args, question)
    say(f"written: {inert(os.path.relpath(path), most=4096, verbatim=True)}")
    if picture.empty:
        warn(picture.alt)
    for note in picture.notes[bool(picture.about) :]:
        warn(note)
    return 0


def _picture(args: argparse.Namespace, question: Asked) -> Picture:
    from ..results.result_set import Opened, ResultSet

    plots = ResultSet(Opened(question.index), question.query).plot
    metric = args.metric or "score"
    if args.kind == "scatter":
        return plots.scatter(args.x, args.y or "score")
    if args.kind == "bars":
        return plots.bars(metric, by_scenario=args.by == "scenario")
    if args.kind == "cost":
        return plots.cost(args.metric or "")
    if args.kind in ("box", "histogram"):
        return getattr(plots, args.kind)(metric, by=args.by or "agent")  # type: ignore[no-any-return]
    return getattr(plots, args.kind)(*([] if args.kind == "timeline" else [metric]))  # type: ignore[no-any-return]


def _kept(picture: Picture, args: argparse.Namespace, question: Asked) -> Path:
    """Written into the `reports/` of the newest DAT that was asked."""
    from ..charts.drawing import drawn
    from ..store.layout import REPORTS
    from ..store.reports import write_reports

    words = [args.kind, *(word for word in (args.metric, args.x, args.y, args.by) if word), *(["dark"] if args.dark else [])]
    name = re.sub(r"[^A-Za-z0-9_.]+", "-", "-".join(words))[:120] + ".svg"
    write_reports(question.paths[0], {name: drawn(picture, "svg", dark=args.dark)})
    return question.paths[0] / REPORTS / name


def _page(picture: Picture, path: Path) -> None:
    from ..report.document import Document, Figure, Section
    from ..run.pages import page_with

    page_with(Document(picture.title, (Section("chart", "", blocks=(Figure("chart", picture),)),))).save(path)


def _form(output: str | None) -> str:
    form = Path(output).suffix.lower().removeprefix(".") if output else "svg"
    if form not in FORMS:
        raise SpecError(f"-o {output}: a chart's file ends in .{', .'.join(FORMS)}")
    return form


def _refuse_idle(args: argparse.Namespace) -> None:
    """Raises `SpecError` for what this kind of chart lacks, or takes no notice of."""
    _, takes = KINDS[args.kind]
    if given := [name for name in ("metric", "x", "y", "by") if getattr(args, name) is not None and name not in takes]:
        takers = [name for name, (_, theirs) in KINDS.items() if given[0] in theirs]
        raise SpecError(f"--{given[0]} says nothing to {args.kind}; it is for {', '.join(takers)}")
    if args.kind == "scatter" and not args.x:
        raise SpecError("a scatter needs --x, as in: bio plot scatter --x tokens --y score")
    if args.kind == "bars" and args.by not in (None, "agent", "scenario"):
        raise SpecError(f"bars are --by agent or --by scenario, not {args.by!r}; box and histogram take any field")


def _kind(text: str) -> str:
    if text not in KINDS:
        raise argparse.ArgumentTypeError(f"{text!r} is no kind of chart; {did_you_mean(text, KINDS, most=20)}")
    return text
