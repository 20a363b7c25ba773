"""`bio merge`: the shards of a run as one run, judged as a whole."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ..errors import SpecError, StoreError
from ..model import Call, Verdict
from ..report import ascii_only, inert, render
from ..report.gate import failure_text, properties_of
from ..run import EXIT_CODES
from ..store import distinct, find_dats, replace_file
from .common import Commands, add_data_option, add_set_option, project_here, say, settings_here, warn, width
from .patterns import nothing_named
from .target import author_of

if TYPE_CHECKING:
    from ..exchange.junit_join import Added
    from ..run.merging import Merged

JUNIT = "junit.xml"


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio merge`."""
    parser = commands.add_parser(
        "merge",
        help="join the shards of a run, and judge the whole",
        description="Join the DATs (result folders) of pytest --bio-shard 1/N to N/N into one new DAT, as if one session had "
        "played all: journals, traces, metrics and artifacts as they are, results and report made anew, and the gates judged "
        "over all cells by their own rules: no hook of a conftest (pytest_alienbio_regression) is asked, and no fresh seeds "
        "are played to confirm a drop. Nothing is played, the shards stay as they are. Refused, with what is wrong: a missing "
        "shard, one that is named twice, one of another plan, one whose run is not over.",
        epilog="exit codes: those of a run: 0 passed; 1 failed; 2 it could not be merged; 3 incomplete, or its gates are "
        "INVALID; 4 INCONCLUSIVE with --strict.\n\n"
        "examples:\n"
        "  bio merge shards/*/results/mine/*\n"
        "  bio merge one.zip two.zip --junit shards/*/junit.xml --junit-out junit.xml\n"
        "  bio merge mine/2026-11-26_001 mine/2026-11-26_003 --allow-missing",
    )
    parser.add_argument("dats", nargs="+", metavar="DAT", help="a shard's DAT, a glob of them, or a zip of bio share")
    parser.add_argument(
        "--out", metavar="TEMPLATE", default="", help="path of the new DAT below the data root (default: the battery's)"
    )
    parser.add_argument(
        "--junit", nargs="+", action="extend", default=[], metavar="FILE", help="the JUnit files of the shards' sessions"
    )
    parser.add_argument(
        "--junit-out", metavar="FILE", help=f"where the joined one goes (default: reports/{JUNIT} in the new DAT)"
    )
    parser.add_argument(
        "--allow-missing",
        action="store_true",
        help="cells of shards that are missing or not over count as not run (exit code 3)",
    )
    parser.add_argument("--strict", action="store_true", help="INCONCLUSIVE is no success: exit 4")
    parser.add_argument("--author", metavar="NAME", help="who merges (default: git's identity, else the login)")
    add_data_option(parser)
    add_set_option(parser)
    parser.set_defaults(command=merge)


def merge(args: argparse.Namespace) -> int:
    """Merges and shows the report; the exit code is that of the whole run."""
    from ..exchange.junit_join import joined
    from ..run.merging import differ, merge
    from ..spec.template import template_problem

    if args.junit_out and not args.junit:
        raise SpecError("--junit-out is where the joined JUnit file goes, and --junit names none")
    if args.out and (problem := template_problem(args.out)):
        raise SpecError(f"--out {args.out!r}: {problem}")
    project = project_here()
    chosen = settings_here(args, project)
    root, strict = chosen.data_root(project.root), args.strict or bool(chosen.values["strict"].value)
    with ExitStack() as stack:
        sources = list(_sources(args.dats, root, stack))
        if args.junit:
            joined(args.junit, lambda classname, name: False, ())  # refused before anything is written
        done = merge(
            sources,
            project,
            root,
            out=args.out,
            allow_missing=args.allow_missing,
            strict=strict,
            command=sys.argv,
            author=author_of(args),
        )
        for sentence in differ(done.shards):
            warn(sentence)
    say(render(done.closed.on_terminal, width(), ascii=ascii_only(sys.stdout.encoding)))
    if args.junit:
        target = Path(args.junit_out) if args.junit_out else done.closed.dat_path / "reports" / JUNIT
        _write_junit(args.junit, target, done, strict=strict)
        say(f"junit: {inert(str(target), most=4096, verbatim=True)}")
    return EXIT_CODES[done.closed.status]


def _sources(names: list[str], root: Path, stack: ExitStack) -> Iterator[tuple[str, Path]]:
    """Each DAT that is meant once, with what it is called; archives are unpacked, and gone in the end."""
    from ..exchange.archive import is_archive, restore

    found: dict[Path, str] = {}
    for name in names:
        if Path(name).is_file():
            if not is_archive(Path(name)):
                raise StoreError(f"{name} is no archive of bio share, and no result folder")
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="bio-merge-")))
            found[restore(Path(name), folder).path] = name
            continue
        paths = find_dats(root, name)
        if not paths:
            raise StoreError(nothing_named(name, root))
        for path in paths:
            found.setdefault(path, name if len(paths) == 1 else str(path))
    for path in distinct(found):
        yield found[path], path


def _write_junit(files: list[str], target: Path, done: Merged, *, strict: bool) -> None:
    """The shards' files as one: what each of them said of gates, of scenarios' sanity and of cells from before gives way to
    what the whole says."""
    from ..exchange.junit_join import classname, joined

    battery = done.plan.battery
    own = classname(f"{battery.origin}::{battery.name}::gate")

    def drop(where: str, name: str) -> bool:
        return where == own and (name == "before" or name.startswith(("gate[", "sanity[")))

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot write {target}: {error.strerror or error}") from error
    replace_file(target, [joined(files, drop, list(_cases(done, own, strict=strict)), of_run=own)])


def _cases(done: Merged, own: str, *, strict: bool) -> Iterator[Added]:
    from ..exchange.junit_join import Added

    for verdict in done.closed.verdicts:
        name, pairs = f"gate[{verdict.rule.name}]", tuple(properties_of(verdict))
        if verdict.call is Call.NOT_JUDGED:
            yield Added(own, name, "skipped", inert(" ".join(verdict.why), most=400), pairs)
        elif _fails(verdict, strict=strict):
            yield Added(own, name, "failed", failure_text(verdict), pairs)
        else:
            yield Added(own, name, "passed", properties=pairs)
    sentences: dict[str, list[str]] = {}
    for finding in done.closed.findings:
        sentences.setdefault(finding.scenario, []).append(finding.sentence)
    for scenario, told in sentences.items():
        yield Added(own, f"sanity[{scenario}]", "failed", "\n".join(told))


def _fails(verdict: Verdict, *, strict: bool) -> bool:
    return verdict.fails or (strict and verdict.call is Call.INCONCLUSIVE)
