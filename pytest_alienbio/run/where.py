"""Where results and generated worlds lie: the data root, the DATs that somebody names, the cache."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import StoreError, did_you_mean
from ..model import Query
from ..store import battery_of, distinct, find_dats
from .ini import read_ini
from .project import Project, find_project
from .settings import settings

if TYPE_CHECKING:
    from ..resources import FileCache
    from ..store.index import Index

VARIABLE = "ALIENBIO_DATA"
CACHE_NAME = ".bio-cache"


def data_root_here(data: str | None, flag: str) -> Path:
    """The data root that `data`, the environment, a file or the project of the working directory means.

    An argument and the variable win over every file: then no file is read, which takes longer than most questions.
    Raises `SpecError`.
    """
    here = Path.cwd()
    options = {} if data is None else {"data": data}
    if data or os.environ.get(VARIABLE, "").strip():
        return settings(Project(here), options=options, flag=flag).data_root(here)
    project = find_project(here, walk=True, about="data")
    ini, ini_file = read_ini(here)
    return settings(project, options=options, ini=ini, ini_file=ini_file, flag=flag).data_root(project.root)


def instance_cache(data_root: Path) -> FileCache:
    """The cache of generated instances that everything under one data root shares."""
    from ..resources import FileCache

    return FileCache(data_root / CACHE_NAME)


def dats_named(root: Path, patterns: Iterable[str | os.PathLike[str]]) -> tuple[Path, ...]:
    """The DATs that these paths, globs and batteries (their latest) mean, each once. Raises `StoreError`."""
    found: list[Path] = []
    for pattern in (os.fspath(each) for each in patterns):
        paths = find_dats(root, pattern) if pattern.strip() else []
        if not paths:
            known = sorted({battery_of(path) for path in find_dats(root)} - {""})
            raise StoreError(
                f"dats=: no DAT matches {pattern!r} below {root}; {did_you_mean(pattern, known) or 'there is none'}"
            )
        found += paths
    return tuple(distinct(found))


def two_runs(
    dats: Sequence[str | os.PathLike[str]], data: str | os.PathLike[str] | None
) -> tuple[Index, Query, list[Path], list[str]]:
    """An index that has the latest DAT that each names, and how they were named."""
    from ..store.index import Index

    root = data_root_here(None if data is None else os.fspath(data), "{}=")
    typed = [os.fspath(each) for each in dats]
    paths = [Path(dats_named(root, [each])[0]) for each in typed]
    index = Index.open(root)
    index.refresh(paths)
    return index, Query(), paths, typed
