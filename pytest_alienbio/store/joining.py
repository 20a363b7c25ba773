"""Several DATs of one plan as one: every file of theirs under its own name, none over another."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import StoreError
from .disk import store_error
from .layout import ARTIFACTS, CELLS, METRICS, TRACES

JOINED = (CELLS, METRICS, TRACES, ARTIFACTS)
"""The folders whose files are copied: what was recorded. What is made at the end is made anew."""


def join(sources: Sequence[Path], folder: Path) -> int:
    """Copies what the DATs `sources` recorded into `folder`; gives the number of files.

    Journals are copied whole, under their own names: those are of a run and a worker, and no two runs share one. Raises
    `StoreError` for two files of one name that differ; links are left out, as everywhere.
    """
    copied = 0
    for source in sources:
        for name in _files(source):
            target = folder / name
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with (source / name).open("rb") as taken, target.open("xb") as out:
                    shutil.copyfileobj(taken, out)
            except FileExistsError:
                if not filecmp.cmp(source / name, target, shallow=False):
                    raise StoreError(_clash(source, name)) from None
            except OSError as error:
                raise store_error("copy", source / name, error) from error
            copied += 1
    return copied


def _clash(source: Path, name: str) -> str:
    if name.startswith((CELLS, METRICS)) or not name.endswith(".json"):
        why = "they have one run id; leave ALIENBIO_RUN_ID alone, or give each its own"
    else:
        why = "those are two cells whose names look the same in files; play the shards with --bio-set trace_files=packed"
    return f"{source}: another of them has a {name}, too: {why}"


def _files(source: Path) -> Iterator[str]:
    """What was recorded in a DAT, by path in it, in order."""
    for part in JOINED:
        if (source / part).is_symlink():
            continue
        for folder, inner, names in os.walk(source / part):
            inner[:] = sorted(each for each in inner if not each.startswith(".") and not Path(folder, each).is_symlink())
            for each in sorted(names):
                path = Path(folder, each)
                if path.is_file() and not path.is_symlink() and not each.startswith("."):
                    yield path.relative_to(source).as_posix()
