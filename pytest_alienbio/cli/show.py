"""`bio show`: one cell, step by step."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from heapq import nlargest
from pathlib import Path

from ..errors import AlienBioError, StoreError, did_you_mean
from ..model import Json, Result, Trajectory
from ..report import ascii_only, inert, render_cell
from ..spec.files import BATTERY_PYTHON
from ..store import Dat, annotated, battery_of, codec, dat, find_dats, source_of, trajectory_of
from .common import Commands, add_data_option, colored, data_here, project_here, say, warn, width
from .patterns import no_results, nothing_named

MOST_DATS = 20
"""DATs, the newest, in which a near match is looked for."""
MOST_IDS = 200
"""Ids, of those that begin and end like it, among which a near match is looked for: more would take seconds."""


def add_command(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds `bio show`."""
    parser = commands.add_parser(
        "show",
        help="show one cell step by step",
        description="Show a recorded cell: how it ended, and what the agent saw, did, thought and got at each step, with what "
        "changed since the step before; or some of its steps whole: what its model was sent and answered, too. Of several "
        "records the newest counts.",
        epilog="examples:\n"
        "  bio show 'mutualism/competition[d2-greedy-s3]'\n"
        "  bio show 'mutualism/competition[d2-greedy-s3]' --step 3-5\n"
        "  bio show 'mutualism/competition[d2-greedy-s3]' --calls\n"
        "  bio show 'experiments/mine.battery.yaml::mine::mutualism/competition[d2-greedy-s3]'\n"
        "  bio show 'data/results/mine/2026-01-31_001::mutualism/competition[d2-greedy-s3]' --json",
    )
    parser.add_argument(
        "cell", metavar="CELL", help="a cell's id, a pytest node id, or DAT::id (DAT: a folder, or a battery's name)"
    )
    parser.add_argument("--step", metavar="N", help="these steps whole: 3, 3-5, or 3- to the last; 0 with the system prompt")
    parser.add_argument("--system", action="store_true", help="with --step: the system prompt and tools of its model, too")
    parser.add_argument("--calls", action="store_true", help="every call to its model, one line each, with what it took")
    parser.add_argument("--json", action="store_true", help="the recorded line and the trace as JSON")
    add_data_option(parser)
    parser.set_defaults(command=show)


def show(args: argparse.Namespace) -> int:
    """Prints the newest record of the cell."""
    opened, result = found_cell(args.cell, data_here(args))
    if args.step is not None or args.calls or args.system:
        from .step import show_steps

        return show_steps(opened, result, args)
    trace = opened.trace(result)
    battery = result.battery or battery_of(opened.path)
    said = annotated(opened.path).of(result.id)
    if args.json:
        line = json.loads(codec.encode(result))
        about: dict[str, Json] = {"tags": said.tags, "notes": [asdict(note) for note in said.notes]} if said else {}
        told = so_far(result, None if trace is None else trajectory_of(trace), data_here(args))
        about |= {"score_so_far": list(told)} if told else {}
        say(json.dumps({"result": line, "trace": trace, "battery": battery, "dat": str(opened.path), **about}))
        return 0
    trajectory = None if trace is None else trajectory_of(trace)
    shown = result.with_(dat_path=str(opened.path), battery=battery)
    told = so_far(result, trajectory, data_here(args))
    say(render_cell(shown, trajectory, width(), said=said, so_far=told, color=colored(), ascii=ascii_only(sys.stdout.encoding)))
    return 0


def so_far(result: Result, trajectory: Trajectory | None, root: Path) -> tuple[float | None, ...]:
    """The score after each turn, if nothing more were done; () where that is not known. Its world is generated if need be."""
    from ..run import build_catalog, instance_cache
    from ..run.retelling import retold

    try:
        catalog = build_catalog(project_here().scenario_files)
    except AlienBioError:
        return ()  # what is wrong with other files is not asked here
    return retold(result, trajectory, catalog, instance_cache(root)).so_far


def found_cell(cell: str, root: Path) -> tuple[Dat, Result]:
    """The newest record of the cell that is meant, and its DAT. Raises `StoreError`, with what there is instead."""
    paths, cell_id = looked_in(cell, root)
    if not paths:
        head = cell.rpartition("::")[0]
        raise StoreError(nothing_named(head, root) if head else no_results(root))
    found = next(matching(paths, cell_id), None)
    if found is None:
        if cell and "::" not in cell and find_dats(root, cell):
            run = inert(cell, most=400, verbatim=True)
            raise StoreError(f"{run!r} is a run; one of its cells is '{run}::ID' (`bio results {run}` lists them)")
        raise StoreError(unknown(cell_id, paths, root))
    return found


def matching(paths: Iterable[Path], cell_id: str) -> Iterator[tuple[Dat, Result]]:
    """Every recorded cell with this id, DAT by DAT. A DAT that cannot be read is skipped, and that is said.

    `test_it[m/x-d1-greedy-s0]`, as a Python test spells it, is the id `m/x[d1-greedy-s0]`. Raises `StoreError` for the only
    DAT there is.
    """
    paths = list(paths)
    inside = cell_id.partition("[")[2].removesuffix("]")
    for path in paths:
        try:
            opened = dat.open(path)
        except StoreError as error:
            if len(paths) == 1:
                raise
            warn(f"skipped: {error}")
            continue
        for result in opened.results():
            if result.id == cell_id or result.id.replace("[", "-").removesuffix("]") == inside:
                yield opened, result


def looked_in(cell: str, root: Path) -> tuple[list[Path], str]:
    """The DATs in which a cell is looked for, newest first, and its id: `id`, `DAT::id`, or pytest's own node id."""
    head, _, name = cell.rpartition("::")
    file, _, battery = head.partition("::")
    if not battery and not file.endswith(".py"):
        return find_dats(root, file) if file else find_dats(root), name
    every = find_dats(root)
    if not battery or (file.endswith(".py") and not _is_battery(file)):
        return every, name  # a test (in a class, perhaps) over the cells of any battery
    of_head = [path for path in every if battery_of(path) == battery]
    return _of_file(of_head, file, battery) if of_head else [], name


def _is_battery(file: str) -> bool:
    name = os.path.basename(file)
    return name.endswith(BATTERY_PYTHON) and not name.startswith("test_")


def _of_file(paths: list[Path], file: str, head: str) -> list[Path]:
    """Those of a head's DATs whose battery stands in `file`, as it is spelled in ids, or from here. Raises `StoreError`."""
    root = project_here().root
    sources = {path: source_of(path) for path in paths}
    for base in (root, Path.cwd()):
        wanted = os.path.realpath(base / file)
        found = [path for path, source in sources.items() if source and _same(root, source, file, wanted)]
        if found:
            return [path for path in paths if path in found or sources[path] is None]
    unread = [path for path, source in sources.items() if source is None]
    if unread:
        return unread
    files = ", ".join(sorted({source or "arguments" for source in sources.values() if source is not None}))
    what = f"no record of the battery {head!r} of {file}"
    raise StoreError(inert(f"{what}; what is called {head!r} was recorded from {files}", most=1000))


def _same(root: Path, source: str, file: str, wanted: str) -> bool:
    return source == os.path.normpath(file) or os.path.realpath(root / source) == wanted


def unknown(cell_id: str, paths: list[Path], root: Path) -> str:
    """Why nothing was found, with the nearest cell of the newest DATs."""
    what = f"no record of {cell_id!r} in {len(paths)} DAT{'' if len(paths) == 1 else 's'} below {root}"
    return f"{what}; {_nearest(cell_id, paths)}(`bio results` lists what there is)"


def _nearest(cell_id: str, paths: list[Path]) -> str:
    """A near match among the ids of the newest DATs that can be read, or some of them."""

    def alike(other: str) -> int:
        return _shared(cell_id, other) + _shared(cell_id[::-1], other[::-1])

    ids: set[str] = set()
    for path in paths[:MOST_DATS]:
        with suppress(StoreError):
            ids |= set(nlargest(MOST_IDS, {result.id for result in dat.open(path).results()}, key=alike))
    hint = did_you_mean(cell_id, nlargest(MOST_IDS, ids, key=alike), most=3)
    return f"{inert(hint, most=400)} " if hint else ""


def _shared(one: str, other: str) -> int:
    """With how many characters both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (mine, yours) in pairs if mine != yours), min(len(one), len(other)))
