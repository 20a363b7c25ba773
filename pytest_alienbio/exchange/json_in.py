"""JSON Lines and JSON documents in: journal lines as they are, other objects like rows of a table."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..errors import StoreError
from ..model import Result
from ..store import codec
from ..store.disk import MAX_LINE, lines
from .cell_of import cell_of
from .columns import Columns
from .header import fields_of
from .problems import Problems
from .values import STRICT

MAX_DOCUMENT = 256 * 2**20
"""Bytes of one JSON document, which is read as a whole."""
MOST_ORIGIN = 500

_JOURNAL = frozenset({"v", "key", "id", "scenario", "agent", "seed", "outcome"})
"""What every journal line has."""


def read_lines(source: str, columns: Columns, problems: Problems) -> Iterator[Result]:
    """The cells of a file with one object a line."""
    yield from cells_of(_objects(source, problems), "jsonl", source, columns, problems)


def read_document(source: str, columns: Columns, problems: Problems) -> Iterator[Result]:
    """The cells of one JSON document: `{"cells": [...]}`, or a list; they are numbered from 1."""
    try:
        if os.path.getsize(source) > MAX_DOCUMENT:
            what = f"a JSON document of more than {MAX_DOCUMENT // 2**20} MiB, which would be read as a whole"
            problems.add(what, source, hint="export it as jsonl")
            return
        value = json.loads(Path(source).read_bytes(), **STRICT)
    except OSError as error:
        problems.add(f"cannot be read: {error.strerror}", source)
        return
    except (ValueError, RecursionError) as error:
        problems.add(f"this is no JSON: {_short(error)}", source)
        return
    version = value.get("v", 1) if isinstance(value, dict) else 1
    if isinstance(version, int) and version > codec.VERSION:
        what = f"format version {version} is newer than {codec.VERSION}, the newest this pytest-alienbio can read"
        problems.add(what, source, hint="upgrade pytest-alienbio")
        return
    found = value.get("cells") if isinstance(value, dict) else value
    if not isinstance(found, list):
        problems.add("no list of cells", source, expected='{"cells": [...]} or [...]')
        return
    yield from cells_of(enumerate(found, start=1), "json", source, columns, problems)


def _objects(source: str, problems: Problems) -> Iterator[tuple[int, object]]:
    try:
        for line, _, raw in lines(Path(source)):
            if raw.isspace():
                continue
            if not raw:
                problems.add(f"a line of more than {MAX_LINE // 2**20} MiB", source, line)
                continue
            try:
                text = raw.removeprefix(b"\xef\xbb\xbf") if line == 1 else raw
                yield line, json.loads(text.decode(), **STRICT)
            except UnicodeDecodeError as error:
                problems.add(f"the byte 0x{raw[error.start]:02x} is not UTF-8", source, line, hint="save it as UTF-8")
            except (ValueError, RecursionError) as error:
                problems.add(f"this is no JSON: {_short(error)}", source, line)
    except StoreError as error:
        problems.add(str(error), source)


def cells_of(
    rows: Iterable[tuple[int, object]], kind: str, source: str, columns: Columns, problems: Problems
) -> Iterator[Result]:
    """The cells of numbered objects: journal lines as they are, others like rows. `kind` is what origins begin with."""
    known: dict[tuple[str, ...], list[str]] = {}
    for row, value in rows:
        if not isinstance(value, dict):
            problems.add(f"not an object but {type(value).__name__}", source, row, expected="one object a cell")
            continue
        origin = f"{kind}:{os.path.basename(source)}:{row}"
        if value.keys() >= _JOURNAL:
            if result := _journal_line(value, columns, origin, source, row, problems):
                yield result
            continue
        names = tuple(value)
        if names not in known:
            before = len(problems)
            fields = fields_of(names, columns, problems, source, row, holes=True)
            known[names] = [] if len(problems) > before else fields
        if fields := known[names]:
            say = problems.of_row(source, row, {field: (name, 0) for field, name in zip(fields, names, strict=True) if field})
            values = {"battery": Path(source).stem}
            values |= {field: value[name] for field, name in zip(fields, names, strict=True) if field}
            if result := cell_of(values, columns, origin, say):
                yield result
    unmet = {theirs: name for name, theirs in columns.names.items() if not any(theirs in names for names in known)}
    for theirs, name in unmet.items() if known else ():
        problems.add(f"no object has a {theirs!r} to be {name!r}", source)


def _journal_line(
    row: dict[str, Any], columns: Columns, origin: str, source: str, line: int, problems: Problems
) -> Result | None:
    """A cell that was recorded here once: every field stays. Its trace is in its own DAT, so only steps and cost are kept."""
    if columns.names or columns.fixed.keys() - {"battery"}:
        what = "a journal line, which is read as it is"
        problems.add(what, source, line, hint="of --map and --set only --set battery=NAME holds for it")
        return None
    try:
        result = codec.build(codec.checked(row))
    except (ValueError, StoreError) as error:
        problems.add(f"not a journal line: {_short(error)}", source, line)
        return None
    before = f" < {result.origin}" if result.origin else ""
    trace = result.trace
    return result.with_(
        battery=columns.fixed.get("battery", result.battery),
        origin=f"{origin}{before}"[:MOST_ORIGIN],
        trace=trace and trace.elsewhere(),
    )


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] if not isinstance(error, RecursionError) else "nested too deeply"
