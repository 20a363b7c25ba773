"""Inspect logs -> cells: one a sample and epoch. Read with the standard library, within bounds."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from itertools import count, islice
from pathlib import Path
from typing import Any

from ...errors import SpecError
from ...model import Result
from ...store import codec
from ..columns import Columns
from ..foreign import listed, mapping, name, whole
from ..formats import head_of
from ..problems import Problems
from .archive import MAX_DOCUMENT, Archive, parse
from .cell import Log, cell_of, never_played, scores_of
from .messages import OURS

NEWEST = 2
"""Of Inspect's log format: the newest version that is known here."""
MOST_LOGS = 10_000
"""Of one folder."""
_NAMED = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}[:-]\d{2}[:-]\d{2}")
"""What the name of a log begins with."""
_BEGINNING = re.compile(rb'\s*\{\s*"(?:version|status|eval|invalidated|location|metadata|tags)"')
"""A manifest of logs begins with the name of one."""


def is_log(path: Path, head: bytes) -> bool:
    """Whether this is an Inspect log, or a folder with one."""
    if path.is_dir():
        return next(_logs_in(path), None) is not None
    if head.startswith(b"PK"):
        return path.suffix.lower() == ".eval" or b"_journal/start.json" in head or b"samples/" in head[:200]
    start = head[:400]
    return bool(_BEGINNING.match(start)) and b'"status"' in start and b'"eval"' in start and b'"version"' in start


def read_log(source: str, columns: Columns, problems: Problems) -> Iterator[Result]:
    """The cells of a log, or of every log in a folder and below. See docs/exchange.md for what becomes what.

    `columns.names` may name the scorer that is the score, and where the metadata has a difficulty, a seed, a scenario
    or an agent (`metadata.level`); `columns.fixed` sets fields of all cells. What is wrong goes to `problems`.
    """
    path = Path(source)
    logs = [path]
    if path.is_dir():
        logs = sorted(islice(_logs_in(path), MOST_LOGS + 1))
        if len(logs) > MOST_LOGS:
            problems.add(f"more than {MOST_LOGS:,} logs", source, hint="import them in parts")
            return
    for each in logs:
        try:
            yield from _read(each, columns, problems)
        except OSError as error:
            problems.add(f"cannot be read: {error.strerror or error}", str(each))
        except (ValueError, SpecError) as error:
            problems.add(str(error), str(each), expected="a log of Inspect AI")


def _logs_in(folder: Path) -> Iterator[Path]:
    """The logs in a folder: by their names as Inspect knows them, also in folders below; a `.json` by its beginning, too.

    Other `.json` files are none: an eval set has a manifest beside its logs. Links to folders are not followed.
    """
    for root, _, files in os.walk(folder):
        for each in files:
            path = Path(root, each)
            named = path.suffix == ".eval" or (path.suffix == ".json" and _NAMED.match(each))
            begun = path.suffix == ".json" and path.parent == folder and path.is_file() and is_log(path, head_of(path))
            if (named or begun) and path.is_file():
                yield path


def _read(path: Path, columns: Columns, problems: Problems) -> Iterator[Result]:
    with path.open("rb") as file:
        zipped = file.read(2) == b"PK"
    if not zipped:
        if (size := path.stat().st_size) > MAX_DOCUMENT:
            raise ValueError(f"{size:,} bytes; at most {MAX_DOCUMENT:,} of a .json log are read: convert it to .eval")
        document = parse(path.read_bytes(), path.name)
        log = _log(document, path, columns)
        yield from _cells(log, enumerate(listed(document.get("samples")), 1), problems)
        return
    with Archive(path) as archive:
        names = archive.names("samples/")
        if "header.json" in archive.names():
            head = archive.read_json("header.json")
        elif "_journal/start.json" in archive.names():
            head = {**mapping(archive.read_json("_journal/start.json")), "status": "started"}  # its run was killed
        else:
            raise ValueError("neither header.json nor _journal/start.json is in it")
        log = _log(head, path, columns)
        yield from _cells(log, _members(archive, names, path, problems), problems)


def _members(archive: Archive, names: list[str], path: Path, problems: Problems) -> Iterator[tuple[int, Any]]:
    for number, member in enumerate(names, 1):
        try:
            yield number, archive.read_json(member)
        except ValueError as error:
            problems.add(str(error), str(path), number)


def _log(head: object, path: Path, columns: Columns) -> Log:
    if not isinstance(head, Mapping):
        raise ValueError("not a JSON object")
    version, spec = head.get("version", 1), head.get("eval")
    if isinstance(version, bool) or not isinstance(version, int):
        raise ValueError(f"version: expected a format version, got {version!r:.40}")
    if version > NEWEST:
        raise ValueError(f"format version {version} is newer than {NEWEST}, the newest known here; upgrade pytest-alienbio")
    if not isinstance(spec, Mapping) or not isinstance(spec.get("task"), str) or not isinstance(spec.get("model"), str):
        raise ValueError("eval: no task and model in it")
    return Log(path, head, spec, columns)


def _cells(log: Log, samples: Iterator[tuple[int, Any]], problems: Problems) -> Iterator[Result]:
    seen: set[tuple[str, int]] = set()
    last = lacking = 0
    main_found = False
    for number, sample in samples:
        last = number
        if not isinstance(sample, Mapping) or "id" not in sample:
            problems.add(f"sample {number} is no sample: it has no id", str(log.path), number)
            continue
        seen.add((str(sample["id"]), whole(sample.get("epoch")) or 1))
        given = scores_of(log, sample)
        main_found = main_found or log.main in given
        lacking = lacking or (number if given and not log.ours else 0)
        try:
            yield cell_of(log, sample, number)
        except (ValueError, SpecError) as error:
            problems.add(f"sample {name(sample['id'])}: {error}", str(log.path), number)
    if lacking and not main_found and not len(problems):
        what = f"no sample has the score {log.main!r}, which the log says it has"
        problems.add(what, str(log.path), lacking, hint="say which one is the score with --map score=NAME")
    for number, row in zip(count(last + 1), listed(log.ours.get("not_played")), strict=False):
        try:
            yield codec.decode(json.dumps(row)).with_(origin=log.origin(number, row.get("origin", "")))
        except (ValueError, OSError, AttributeError) as error:
            problems.add(f"metadata.{OURS}.not_played: {error}", str(log.path), number)
    if not log.ours and log.status != "success":
        yield from never_played(log, seen, last)
