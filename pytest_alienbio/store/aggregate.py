"""Aggregates: one folder below the data root that holds the light records of many runs, each run's in a DAT of its own.

A light record has everything but the trace, the traceback, long texts and bulky metrics. It lies at the same place below the
aggregate as the run's DAT below the data root, in a journal of the same name: so no two writers share a file, what a crash
leaves out can be added later, and what is queried is the same as in any DAT. Patterns mean an aggregate only by its own path,
so that no cell is counted twice.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from shutil import copyfile

from ..errors import SpecError, StoreError
from ..model import Json, Result
from . import codec, layout, log, template
from .annotations import NOTED, TAGGED, UNTAGGED
from .claims import inside
from .disk import append_shared, lines, locked, replace_file, store_error
from .journal import Journal

FIELDS = ("battery", "user", "host", "commit", "date")
"""What the template of an aggregate may name: what is the same for a whole run, and `{seq}` is not."""

MAX_TEXT = 500
"""Characters of a reason or an error's message in a light record."""
MAX_METRICS = 40
"""Metrics and properties of a light record: the first so many that are single values."""


def place(root: Path, wanted: str, fields: Mapping[str, str], *, output: str = "") -> str:
    """Where below the data root the aggregate `wanted` (a template) is for a run with these fields. Writes nothing.

    `output` is the template of the run's own DAT, which may not lie in it. Raises `SpecError` for a template that is none,
    `StoreError` for a place that is taken by something else or lies elsewhere.
    """
    wrong = template.check(wanted)
    wrong += [f"{{{name}}} is not the same for every cell of an aggregate" for name in ("seq", "agent", "scenario", "seed")
              if f"{{{name}}}" in wanted]  # fmt: skip
    if wrong:
        raise SpecError("\n".join(f"aggregate {wanted!r}: {text}" for text in wrong))
    today = date.today()
    found = template.expand(wanted, {name: fields[name] for name in FIELDS if name in fields}, today=today, seq=1)
    if output:
        own = template.expand(output, {**fields, "seq": "001"}, today=today, seq=1)
        if own.is_relative_to(found):
            raise SpecError(f"aggregate {wanted!r}: the run's own folder {own} would lie in it; choose a folder of its own")
    _check(root, found)
    return found.as_posix()


def light(result: Result) -> Result:
    """`result` without what is bulky: its trace, traceback, long texts, and metrics that are no single values."""
    error, trace = result.error, result.trace
    return result.with_(
        metrics=_single(result.metrics),
        properties=_single(result.properties),
        reason=result.reason[:MAX_TEXT],
        error=error and replace(error, message=error.message[:MAX_TEXT], traceback=""),
        trace=trace and trace.elsewhere(),
        trajectory=None,
    )


class Aggregate:
    """What one writer of one run adds. It never disturbs a run: after the first trouble it adds nothing more."""

    def __init__(self, dat: Path, root: Path, aggregate: str, run_id: str, worker: str) -> None:
        self._dat, self._root, self._aggregate = dat, root, aggregate
        self._journal: Journal | None = None
        self._writer = run_id, worker
        self.trouble = ""
        """Why nothing more is added; '' if all is well."""

    @classmethod
    def of(cls, dat: Path, run_id: str, worker: str) -> Aggregate | None:
        """The one that the DAT's log says its records go to; None if they go nowhere else."""
        told = told_by(dat)
        return cls(dat, *told, run_id, worker) if told else None

    def push(self, result: Result) -> None:
        """Appends a light record, on disk when this returns. The DAT is the truth, so what goes wrong here is only kept."""
        if self.trouble:
            return
        try:
            if self._journal is None:
                self._journal = Journal(open_light(self._dat, self._root, self._aggregate), *self._writer)
            self._journal.append(light(result))
        except (OSError, ValueError) as error:
            self.trouble = str(error)

    def close(self) -> None:
        """Closes the file."""
        if self._journal is not None:
            self._journal.close()


def told_by(dat: Path) -> tuple[Path, str] | None:
    """The data root of a DAT and the aggregate that its run was created with, from its log; None if there is none."""
    first = _first(dat)
    aggregate = first.get("aggregate")
    root = next((parent for parent in dat.parents if (parent / layout.CLAIMS).is_file()), None)
    return (root, aggregate) if root and isinstance(aggregate, str) and aggregate else None


def add(dat: Path, root: Path, aggregate: str) -> int:
    """Adds what of a DAT is not yet in the aggregate at `aggregate` below the data root; gives how many records that were.

    Doing so twice adds nothing. Tags and notes come along. Raises `StoreError`.
    """
    _check(root, PurePosixPath(aggregate))
    folder = open_light(dat, root, aggregate)
    count = 0
    for path in layout.journals(dat):
        there = folder / layout.CELLS / path.name
        if there.is_file() and _count(there) == _count(path):
            continue
        count += _add_missing(path, folder)
    _add_said(dat, folder)
    return count


def open_light(dat: Path, root: Path, aggregate: str) -> Path:
    """The folder of a run's light records, made if there is none: a DAT with the run's spec, environment and first log line.

    Raises `StoreError`.
    """
    folder = root / aggregate / _name_of(dat, root)
    if layout.is_dat(folder):
        return folder
    with locked(root / layout.CLAIMS_LOCK):
        if layout.is_dat(folder):
            return folder
        _check(root, PurePosixPath(aggregate))
        try:
            (root / aggregate).mkdir(parents=True, exist_ok=True)
            if not layout.is_aggregate(root / aggregate):
                about = json.dumps({"v": codec.VERSION, "holds": "light records of runs, each in a folder of its own"})
                replace_file(root / aggregate / layout.AGGREGATE, [about.encode(), b"\n"])
            inside(root.resolve(), folder)
            folder.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                copyfile(dat / layout.ENVIRONMENT, folder / layout.ENVIRONMENT)
            entry = {**{name: value for name, value in _first(dat).items() if name != "aggregate"}, "dat": _name_of(dat, root)}
            replace_file(folder / layout.LOG, [json.dumps(entry).encode(), b"\n"])
            # Last, for the spec is what makes a folder a DAT; as old as the run, so that the newest is the newest run.
            made = (dat / layout.SPEC).stat().st_mtime_ns
            replace_file(folder / layout.SPEC, [(dat / layout.SPEC).read_bytes()])
            os.utime(folder / layout.SPEC, ns=(made, made))
        except OSError as error:
            if isinstance(error, StoreError):
                raise
            raise store_error("write", folder, error) from error
    return folder


def _add_missing(path: Path, folder: Path) -> int:
    """Appends the light records of a journal that no journal of the same writer has there; gives how many."""
    ours = (there for there in layout.journals(folder) if there.name.startswith(path.stem))
    have = {_hash(codec.unsealed(raw)) for there in ours for _, _, raw in lines(there)}
    # Sorts behind the writer's own journal, as the later of two lines of one attempt counts.
    journal = Journal(folder, f"{path.stem}_more", f"{time.time_ns():x}-{secrets.token_hex(2)}")
    count = 0
    try:
        for result in _results(path):
            small = light(result.with_(run=result.run or path.stem, worker=result.worker or "more"))
            if _hash(codec.encode(small).encode() + b"\n") not in have:
                journal.append(small)
                count += 1
    finally:
        journal.close()
    return count


def _add_said(dat: Path, folder: Path) -> None:
    """Appends tags and notes that the log of a run has and its light one has not."""
    known = {json.dumps(entry, sort_keys=True) for entry in log.read(folder)}
    for entry in log.read(dat):
        line = json.dumps(entry, sort_keys=True)
        if entry.get("event") in (TAGGED, UNTAGGED, NOTED) and line not in known:
            append_shared(folder / layout.LOG, json.dumps(entry), folder / layout.LOCK)


def _check(root: Path, aggregate: PurePosixPath) -> None:
    """Raises `StoreError` if no aggregate can be at this place below the data root."""
    folder = root / aggregate
    inside(root.resolve(), root.resolve() / aggregate)
    for parent in aggregate.parents[:-1]:
        if layout.is_dat(root / parent) or layout.is_aggregate(root / parent):
            raise StoreError(f"no aggregate can be at {folder}: {root / parent} is a result folder or an aggregate itself")
    if layout.is_dat(folder):
        raise StoreError(f"no aggregate can be at {folder}: it is a result folder; choose another")
    try:
        other = not layout.is_aggregate(folder) and any(not name.startswith(".") for name in os.listdir(folder))
    except FileNotFoundError:
        return
    except OSError as error:
        raise store_error("use", folder, error, "an aggregate is a folder") from error
    if other:
        raise StoreError(f"no aggregate can be at {folder}: other things are in it; choose a folder of its own")


def _name_of(dat: Path, root: Path) -> str:
    """A run's place below an aggregate: that of its DAT below the data root, or below the aggregate it is taken from."""
    path, base = dat.resolve(), root.resolve()
    if not path.is_relative_to(base):
        return f"elsewhere/{layout.safe_name(path.name)}-{blake2b(str(path).encode(errors='surrogatepass')).hexdigest()[:12]}"
    around = next((parent for parent in path.parents if layout.is_aggregate(parent)), base)
    return path.relative_to(around).as_posix()


def _results(path: Path) -> Iterator[Result]:
    for _, _, raw in lines(path):
        with suppress(ValueError, StoreError):
            yield codec.decode(raw)


def _count(path: Path) -> int:
    """Whole lines of a file."""
    with path.open("rb") as source:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: source.read(2**20), b""))


def _first(dat: Path) -> dict[str, Json]:
    """The first entry of a DAT's log; {} if that cannot be read."""
    try:
        with (dat / layout.LOG).open("rb") as source:
            entry = json.loads(source.readline(2**20))
    except (OSError, ValueError, RecursionError):
        return {}
    return entry if isinstance(entry, dict) else {}


def _single(values: Mapping[str, Json]) -> Mapping[str, Json]:
    if not values:
        return values
    few = [(name, value) for name, value in values.items() if value is None or isinstance(value, bool | int | float)]
    return dict(few[:MAX_METRICS])


def _hash(line: bytes) -> bytes:
    return blake2b(line, digest_size=16).digest()
