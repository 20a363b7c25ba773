"""Which files are batteries, and which of them the arguments of this session would collect. Light: stdlib only."""

from __future__ import annotations

import os
from fnmatch import fnmatch
from pathlib import Path

import pytest

from ..spec.files import SUFFIXES, YAML, has_head, is_battery_file, walk


def is_battery(path: Path, named: bool, globs: tuple[str, ...] = ()) -> bool:
    """Whether `path` is ours: a battery file by its name, by a glob of ini `bio_batteries`, or a YAML file `named` on the
    command line with an `experiment` head."""
    if any(fnmatch(path.name, glob) for glob in globs) or is_battery_file(path):
        return True
    return named and path.suffix in YAML and has_head(path)


def is_no_test_module(path: Path, config: pytest.Config) -> bool:
    """Whether `path` is a Python battery and, by its name, no test module as well."""
    if not is_battery(path, False, tuple(config.getini("bio_batteries"))):
        return False
    return not any(fnmatch(path.name, pattern) or path.match(pattern) for pattern in config.getini("python_files"))


def find_batteries(session: pytest.Session, globs: tuple[str, ...]) -> list[Path]:
    """The battery files pytest would collect for this session's arguments, in its order, each once.

    Directories are walked as pytest walks them (`norecursedirs`, virtual environments, `--ignore`, `collect_ignore`).
    """
    found: dict[Path, None] = {}
    patterns = session.config.getini("norecursedirs")

    def skipped(folder: os.DirEntry[str]) -> bool:
        return any(fnmatch(folder.name, pattern) for pattern in patterns)

    for arg in session.config.args:
        path = session.config.invocation_params.dir / arg.partition("[")[0].split("::")[0]
        path = Path(os.path.abspath(path))
        if path.is_file():
            if path.suffix in SUFFIXES and is_battery(path, True, globs):
                found[path] = None
        else:
            for battery in map(Path, walk(path, skipped)):
                if is_battery(battery, False, globs) and not _ignored(battery, path, session):
                    found[battery] = None
    return list(found)


def _ignored(battery: Path, root: Path, session: pytest.Session) -> bool:
    chain = [path for path in battery.parents if path.is_relative_to(root) and path != root]
    return any(
        session.gethookproxy(path.parent).pytest_ignore_collect(collection_path=path, config=session.config)
        for path in [*reversed(chain), battery]
    )
