"""Results into a file or folder of somebody else's format: whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..model import Result
from .cells import Cells, Summarise
from .formats import exporter
from .target import new_file, new_folder


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
) -> Exported:
    """Writes `results` to `path` as `format` (see `EXPORTERS`; '' = what the suffix means).

    Never over something that is there unless `force`. `leaves` makes the table of leaves of a workbook. Streams: csv,
    jsonl, json and parquet need the same memory for any number of cells. Raises `SpecError`, `StoreError`, and
    `MissingExtraError` for a format whose package is not installed.
    """
    target = Path(path)
    chosen = exporter(format, os.fspath(path))
    cells = Cells(results, leaves=leaves, traces=chosen.traces)
    if chosen.kind == "folder":
        with new_folder(target, force=force) as folder:
            chosen.write_folder(cells, folder)
    else:
        with new_file(target, force=force) as out:
            chosen.write_file(cells, out)
    return Exported(chosen.name, os.fspath(path), cells.count, dict(sorted(cells.lost.items())))
