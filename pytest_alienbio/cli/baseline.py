"""`bio baseline`: what later runs are held against: blessed by somebody, kept in a file that is reviewed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import AlienBioError, SpecError, StoreError, UnfitRunError
from ..model import Baseline, Json, inert
from ..report import ascii_only, many
from ..report.baseline import render_baseline, render_baselines, render_moved
from ..run.gates.baselines import kept_baseline, kept_baselines
from ..run.gates.batches import place_of
from ..store import TAG_PREFIX, dat, find_dats
from ..store.annotations import tag
from ..store.baseline import FOLDER, SUFFIX, text_of
from ..store.baseline_reading import read_baseline
from .common import Commands, add_data_option, colored, data_here, project_here, say, warn, width, words
from .patterns import no_results, nothing_named
from .target import author_of

if TYPE_CHECKING:
    from ..run.gates.blessing import Blessed

EXIT_REFUSED = 1


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio baseline`."""
    parser = commands.add_parser(
        "baseline",
        help="bless a run as what later ones are held against; list, show, promote, remove baselines",
        description="A baseline is a small file, by default baselines/<battery>.json beside the battery's file. It holds "
        "every number of a run, and what decides whether another run may be compared with it. Commit it: a gate (gates: in a "
        "battery) holds each run against it, and a new blessing is a diff that somebody reviews.",
        epilog="examples:\n"
        "  bio baseline save mine --why 'first release'\n"
        "  bio baseline save mine --name release-3 --verify\n"
        "  bio baseline list\n"
        "  bio baseline promote release-3",
    )
    actions = parser.add_subparsers(title="actions", metavar="save|list|show|promote|rm", required=True)
    _add_save(actions)
    listing = actions.add_parser(
        "list",
        help="every baseline of the project",
        description="Every baseline of the project: what it holds, who blessed it, when and why.",
        epilog="example:\n  bio baseline list --json",
    )
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.set_defaults(command=list_baselines)
    one = actions.add_parser(
        "show",
        help="one baseline: its blessing, and the mean of each agent on each scenario",
        description="One baseline: its blessing, what it was made of, and the mean of each agent on each scenario.",
        epilog="example:\n  bio baseline show mine",
    )
    _add_which(one)
    one.add_argument("--json", action="store_true", help="the whole file, on one line")
    one.set_defaults(command=show)
    raising = actions.add_parser(
        "promote",
        help="make a named baseline the default, or tag the run of one",
        description="Make a named baseline its battery's default, as it is. With --tag its run gets a tag, and "
        "`against: tag:NAME` means that run from then on.",
        epilog="examples:\n  bio baseline promote release-3\n  bio baseline promote mine --tag release-3",
    )
    _add_which(raising)
    raising.add_argument("--tag", metavar="TAG", help="tag the baseline's run instead")
    raising.add_argument(
        "--author", metavar="NAME", help="who says so (default: git's user.name and user.email, else the login)"
    )
    add_data_option(raising)
    raising.set_defaults(command=raise_)
    removing = actions.add_parser(
        "rm",
        help="remove a baseline's file",
        description="Remove a baseline's file. Gates that are held against it will say so before they play anything.",
        epilog="example:\n  bio baseline rm release-3",
    )
    _add_which(removing)
    removing.set_defaults(command=remove)


def _add_save(actions: Commands[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "save",
        help="bless a run: write its numbers into a baseline's file",
        description="Bless a run (a DAT, or a battery's name, which means its latest; without one the newest run). A run that "
        "is not whole, or whose own gates were INVALID or INCONCLUSIVE, is refused unless there is a reason. Exits 1 if the "
        "run is refused.",
        epilog="examples:\n"
        "  bio baseline save mine --why 'the new prompt is what we ship'\n"
        "  bio baseline save tag:release-3 --name release-3 --metric score,usd\n"
        "  bio baseline save mine --verify",
    )
    parser.add_argument("pattern", nargs="?", metavar="PATTERN", help="a DAT, or a battery's name (its latest)")
    parser.add_argument("--name", metavar="NAME", default="", help="baselines/NAME.json instead of the battery's default")
    parser.add_argument("-o", "--output", metavar="FILE", help="this file instead; its name ends in .json")
    parser.add_argument(
        "--metric",
        action="append",
        default=[],
        metavar="NAME",
        help="what it holds (default: the score, and what the gates ask for)",
    )
    parser.add_argument("--why", metavar="TEXT", default="", help="why this is as it should be, for whoever reviews it")
    parser.add_argument("--force", action="store_true", help="also a run that is not fit for it; needs --why")
    parser.add_argument(
        "--verify",
        action="store_true",
        help="play what is declared deterministic again, and note what really is: it costs a run",
    )
    parser.add_argument(
        "--author", metavar="NAME", help="who says so (default: git's user.name and user.email, else the login)"
    )
    add_data_option(parser)
    parser.set_defaults(command=save)


def _add_which(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME|FILE", help="a battery (its default), a baseline's name, or its file")


def save(args: argparse.Namespace) -> int:
    """Blesses a run; says what was written and what moved."""
    from ..run.gates.blessing import bless
    from ..run.gates.verifying import verify

    if args.name and args.output:
        raise SpecError("give --name or -o, not both")
    if args.output is not None and not args.output.endswith(SUFFIX):
        raise SpecError(f"-o: a baseline's file ends in {SUFFIX}, got {args.output!r}")
    project, root = project_here(), data_here(args)
    path = _run(args.pattern, root)
    try:
        done = bless(
            path,
            project=project.root,
            data_root=root,
            name=args.name,
            path=Path(args.output) if args.output else None,
            metrics=words("--metric", args.metric),
            why=args.why,
            force=args.force,
            author=author_of(args),
            verify=partial(verify, project=project) if args.verify else None,
        )
    except UnfitRunError as error:
        warn(str(error))
        return EXIT_REFUSED
    batch = done.baseline.batch
    say([inert(f"{done.shown}: {_holds(done.baseline)}; run {batch.dat}", most=4096, verbatim=True), *_notes(done.notes)])
    _say_moved(done)
    return 0


def list_baselines(args: argparse.Namespace) -> int:
    """Prints a line a file; exits 0 also if there is none."""
    project = project_here().root
    found: list[tuple[str, Baseline | str]] = []
    for path in kept_baselines(project):
        try:
            found.append((place_of(path, project), read_baseline(path, place_of(path, project))))
        except AlienBioError as error:
            found.append((place_of(path, project), str(error).splitlines()[0]))
    if args.json:
        say(json.dumps(_as_json(file, held)) for file, held in found)
    elif found:
        say(render_baselines(found, width(), color=colored(), ascii=_ascii()))
    else:
        say("no baselines yet; play a battery, look at the run, and bless it: bio baseline save")
    return 0


def show(args: argparse.Namespace) -> int:
    """Prints one baseline."""
    project = project_here().root
    path = kept_baseline(args.name, project)
    held = read_baseline(path, place_of(path, project))
    if args.json:
        say(json.dumps({"file": held.name, **json.loads(text_of(held))}))
    else:
        say(render_baseline(held.name, held, width(), color=colored(), ascii=_ascii()))
    return 0


def raise_(args: argparse.Namespace) -> int:
    """Makes a baseline the default, or tags its run."""
    from ..run.gates.blessing import promote

    project = project_here().root
    path = kept_baseline(args.name, project)
    if args.tag is None:
        done = promote(path, project)
        say([inert(f"{done.shown}: {_holds(done.baseline)}, as in {place_of(path, project)}", most=4096, verbatim=True)])
        say(_notes(done.notes))
        _say_moved(done)
        return 0
    held = read_baseline(path)
    of = _dat_of(held, project, data_here(args))
    changed = tag(of, [args.tag], author=author_of(args), reason=f"the baseline {place_of(path, project)}")
    was = "tagged" if changed else "was tagged before:"
    say(inert(f"{held.batch.dat}: {was} {args.tag}; `against: {TAG_PREFIX}{args.tag}` means it", most=4096, verbatim=True))
    return 0


def remove(args: argparse.Namespace) -> int:
    """Removes a file."""
    project = project_here().root
    path = kept_baseline(args.name, project)
    if path.parent.name != FOLDER:
        read_baseline(path)  # any other file whose name ends so is not ours to remove
    try:
        path.unlink()
    except OSError as error:
        raise StoreError(f"cannot remove {path}: {error.strerror}") from error
    say(inert(f"removed {place_of(path, project)}", most=4096, verbatim=True))
    return 0


def _run(pattern: str | None, root: Path) -> Path:
    """The one run that is meant. Raises `StoreError` for none, `SpecError` for several."""
    found = find_dats(root, pattern) if pattern else find_dats(root)[:1]
    if not found:
        raise StoreError(nothing_named(pattern, root) if pattern else no_results(root))
    if len(found) > 1:
        what = f"{pattern!r} names {len(found)} runs, the newest of them {found[0]}; bless one of them"
        raise SpecError(inert(what, most=1000, verbatim=True))
    return found[0]


def _dat_of(held: Baseline, project: Path, root: Path) -> Path:
    """The run a baseline was made of. Raises `StoreError` if it is not here any more."""
    for base in (project, root):
        path = base / held.batch.dat
        inside = bool(held.batch.dat) and path.resolve().is_relative_to(base.resolve())
        if inside and path.is_dir() and dat.open(path).spec().get("run") == held.batch.run:
            return path
    raise StoreError(f"the run of this baseline ({held.batch.dat or 'unknown'}) is not here, so it cannot be tagged")


def _say_moved(done: Blessed) -> None:
    """What changed against the file's former content, if it had any, in the first of its metrics."""
    from ..run.gates.blessing import moved

    if done.before:
        metric = next(iter(done.baseline.batch.better), "score")
        say(render_moved(moved(done.baseline, done.before, metric), metric, width(), ascii=_ascii()))


def _holds(held: Baseline) -> str:
    agents, seeds = len(held.batch.agents), len({cell.seed for cell in held.batch.cells})
    return f"{many(len(held.batch.cells), 'cell')} of {many(agents, 'agent')} on {many(seeds, 'seed')}"


def _notes(notes: Sequence[str]) -> list[str]:
    return [f"  {inert(note, most=1000)}" for note in notes]


def _as_json(file: str, held: Baseline | str) -> dict[str, Json]:
    if isinstance(held, str):
        return {"file": file, "error": held}
    batch, said = held.batch, held.blessing
    blessed: Json = (
        {"by": said.by, "at": said.at, "why": said.why, "forced": said.forced, "verdict": said.verdict} if said else None
    )
    return {
        "file": file,
        "battery": batch.battery,
        "metrics": dict(batch.better),
        "cells": len(batch.cells),
        "agents": list(batch.agents),
        "scenarios": list(batch.scenarios),
        "seeds": sorted({cell.seed for cell in batch.cells}),
        "blessed": blessed,
        "commit": batch.commit,
        "dat": batch.dat,
    }


def _ascii() -> bool:
    return ascii_only(sys.stdout.encoding)
