"""Results into a file or folder of somebody else's format: whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ..errors import SpecError
from ..model import Result
from .cells import Cells, Summarise
from .formats import Exporter, exporter
from .target import new_file, new_folder
from .tracking import Tracking


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    format: str
    path: str
    cells: int
    lost: Mapping[str, int] = field(default_factory=dict)
    """What the format has no place for -> in how many cells there was something of it. It is not in the file."""


def export(
    results: Iterable[Result],
    format: str,
    path: str | os.PathLike[str],
    *,
    force: bool = False,
    leaves: Summarise | None = None,
    tracking: Tracking | None = None,
) -> Exported:
    """Writes `results` to `path` as `format` (see `EXPORTERS`; '' = what the suffix means).

    Never over something that is there unless `force`. `leaves` makes the table of leaves of a workbook. Streams: csv,
    jsonl, json and parquet need the same memory for any number of cells. Raises `SpecError`, `StoreError`, and
    `MissingExtraError` for a format whose package is not installed.
    """
    target = Path(path)
    chosen = exporter(format, os.fspath(path))
    cells = Cells(results, leaves=leaves, traces=chosen.traces)
    if chosen.kind == "store":
        chosen.write_store(cells, os.fspath(path), tracking or Tracking())
    elif chosen.kind == "folder":
        with new_folder(target, force=force, in_place=chosen.in_place, holds=chosen.holds) as folder:
            chosen.write_folder(cells, folder)
    else:
        with new_file(target, force=force) as out:
            chosen.write_file(cells, out)
    return _exported(chosen, os.fspath(path), cells)


def export_to(results: Iterable[Result], format: str, out: IO[bytes]) -> Exported:
    """Writes `results` to an open stream, as far as it goes. Raises `SpecError` for a format that is no text."""
    chosen = exporter(format)
    if not chosen.text:
        raise SpecError(f"{format} is no text; write it to a file")
    cells = Cells(results, traces=chosen.traces)
    chosen.write_file(cells, out)
    return _exported(chosen, "-", cells)


def _exported(chosen: Exporter, path: str, cells: Cells) -> Exported:
    return Exported(chosen.name, path, cells.count, dict(sorted(cells.lost.items())))
