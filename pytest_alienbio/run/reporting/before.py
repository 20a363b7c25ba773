"""What changed since the run before, and between two runs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import SpecError, StoreError
from ...model import Side
from ...store import battery_of, find_dats
from .reports import from_here

if TYPE_CHECKING:
    from ...model import Diff, Query, Versus
    from ...report.document import Section
    from ...store.index import Index


def run_before(root: Path, dat: Path) -> Path | None:
    """The run of the same battery that was made before `dat`, below the data root; None if there is none."""
    battery = battery_of(dat)
    if not battery:
        return None
    every = iter(find_dats(root))
    with suppress(OSError):
        if any(os.path.samefile(path, dat) for path in every):  # the newest first: what is left is older
            return next((path for path in every if battery_of(path) == battery), None)
    return None


def since(index: Index, query: Query, root: Path, dat: Path) -> Section | None:
    """What changed since the run before; None if there is none that has cells which `query` keeps.

    Refreshes the index with that run.
    """
    from ...report.since import since_section

    before = run_before(root, dat)
    if before is None:
        return None
    index.refresh([before, dat])
    if not index.count(replace(query, dats=(str(before),))):
        return None
    told = _compared(index, query, [before, dat])
    return None if told is None else since_section(*told)


def between(index: Index, query: Query, dats: Sequence[Path]) -> list[Section]:
    """Two runs held against each other, the second against the first, as `bio compare A B --diff` has it: `compare[KEY]`."""
    from ...report.diff import around_section, cell_sections
    from ...report.versus import versus_document

    told = _compared(index, query, dats)
    if told is None:
        return []
    found, changed = told
    document = versus_document(found, [around_section(changed), *cell_sections(changed)])
    return [replace(section, key=f"compare[{section.key}]") for section in document.sections]


def _compared(index: Index, query: Query, dats: Sequence[Path]) -> tuple[Versus, Diff] | None:
    """None for what cannot be compared: scores that have no common mean, a folder that is gone."""
    from ...results.diff import diff_runs
    from ...results.sides import called, read_runs
    from ...results.versus import compare_runs

    near = from_here(dats)
    try:
        runs, field = read_runs(index, query, list(map(str, dats)), called(near, near))
        found, changed = compare_runs(runs, field), diff_runs(*runs)
    except (SpecError, StoreError):
        return None
    a, b = map(_near, changed.sides)
    return replace(found, sides=(a, b)), replace(changed, sides=(a, b))


def _near(side: Side) -> Side:
    [path] = from_here([Path(side.path)])
    return replace(side, path=path)
