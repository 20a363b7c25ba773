"""Which DATs there are below a data root."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from ..errors import StoreError
from ..model import Json
from .annotations import annotated
from .dat import Dat
from .layout import IMPORTS, LOG, SPEC, absolute, is_dat, walk
from .log import read as read_log

TAG_PREFIX = "tag:"

_PREFIXES = ("dat.", "dat/", "experiments.", "experiments/")
"""What may stand before an experiment's name, in this order."""


def find_dats(data_root: Path, pattern: str = "*") -> list[Path]:
    """The DATs below `data_root` that `pattern` means, newest first, by absolute paths; [] if there are none.

    `pattern` is a path relative to the root (a DAT, or a folder of DATs), a glob on such paths (`*` also crosses `/`; of
    both leading folders may be left out: `mine/2026-11-26_001`), the name of an experiment, which means its latest DAT that
    was played here, else imported (`mutualism_battery`, `experiments/mutualism_battery` and
    `dat.experiments.mutualism_battery` are the same), or a path from here: of a DAT or a folder of DATs anywhere, or a glob
    on those below the root. `tag:release-3` is the newest DAT with that tag. Hidden folders, links and the inside of DATs
    are not searched. The light copies in an aggregate are meant only by its own path (`aggregates/mutualism`), or by a glob
    that fits no other DAT.
    """
    root, here = absolute(data_root), absolute(Path(pattern))
    if pattern.startswith(TAG_PREFIX):
        wanted = pattern.removeprefix(TAG_PREFIX)
        return list(islice((path for path in _newest_first(root) if wanted in _tags(path)), 1))
    names = {path: path.relative_to(root).as_posix() for path in _newest_first(root)}
    wanted = pattern.strip("/")
    if any(ch in pattern for ch in "*?["):
        return [path for path, name in names.items() if _matches(path, name, pattern)] or _in_aggregates(root, pattern)
    if wanted in ("", "."):
        return list(names)
    below = [path for path, name in names.items() if f"{name}/".startswith(f"{wanted}/")]
    if below:
        return below
    if is_dat(here):
        return [here]
    battery = wanted
    for prefix in _PREFIXES:
        battery = battery.removeprefix(prefix)
    # What was played here comes before what was imported: a tool's file must not take over the name of a battery.
    order = sorted(names, key=lambda path: names[path].startswith(f"{IMPORTS}/"))
    latest = next(([path] for path in order if battery and battery_of(path) == battery), [])
    ends = [path for path, name in names.items() if "/" in wanted and name.endswith(f"/{wanted}")]
    return latest or list(_newest_first(here)) or ends or _in_aggregates(root, wanted)


def distinct(paths: Iterable[Path]) -> list[Path]:
    """Each DAT once, as it is first named: a link to it is no other one."""
    found: dict[object, Path] = {}
    for path in paths:
        with suppress(OSError):
            stat = path.stat()
            found.setdefault((stat.st_dev, stat.st_ino), path)
    return list(found.values())


def _in_aggregates(root: Path, pattern: str) -> list[Path]:
    """The light copies that a path below the root, or a glob on such paths, means."""
    wanted = pattern.strip("/")
    if not any(ch in pattern for ch in "*?["):
        return list(_newest_first(root / wanted, aggregates=True))
    names = {path: path.relative_to(root).as_posix() for path in _newest_first(root, aggregates=True)}
    return [path for path, name in names.items() if _matches(path, name, pattern)]


def find_run(data_root: Path, run_id: str) -> Dat | None:
    """The newest DAT that `run_id` created or resumed; None if there is none."""
    for path in find_dats(data_root):
        if any(entry.get("run") == run_id for entry in read_log(path)):
            return Dat(path)
    return None


def tags_below(data_root: Path) -> dict[str, Path]:
    """Every tag that a DAT below `data_root` has, and the newest DAT with it."""
    found: dict[str, Path] = {}
    for path in _newest_first(Path(data_root)):
        for word in _tags(path):
            found.setdefault(word, path)
    return found


def _tags(dat: Path) -> tuple[str, ...]:
    with suppress(StoreError):
        return annotated(dat).run.tags
    return ()


def battery_of(dat: Path) -> str:
    """The battery a DAT was claimed for, from the first line of its log; '' if that does not say."""
    try:
        with (dat / LOG).open("rb") as source:
            entry: Json = json.loads(source.readline(2**20))
    except (OSError, ValueError, RecursionError):
        return ""
    battery = entry.get("battery") if isinstance(entry, dict) else None
    return battery if isinstance(battery, str) else ""


def source_of(dat: Path) -> str | None:
    """The file a DAT's battery was read from, as pytest's ids spell it; '' for arguments, None if its spec is damaged."""
    try:
        resolved = Dat(dat).spec().get("resolved")
    except StoreError:
        return None
    source = resolved.get("source") if isinstance(resolved, dict) else ""
    return source if isinstance(source, str) else ""


def _matches(path: Path, name: str, pattern: str) -> bool:
    wanted = pattern.strip("/")
    return (
        fnmatchcase(name, wanted)
        or fnmatchcase(name, f"*/{wanted}")
        or fnmatchcase(os.path.abspath(path), os.path.abspath(pattern))
    )


def _newest_first(root: Path, *, aggregates: bool = False) -> Iterator[Path]:
    found = []
    for folder, inside in walk(str(root), aggregates=aggregates):
        with suppress(OSError):
            found.append((next(entry.stat().st_mtime_ns for entry in inside if entry.name == SPEC), folder))
    return (Path(folder) for _, folder in sorted(found, reverse=True))
