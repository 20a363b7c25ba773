"""Which files are batteries, and which of them the arguments of this session would collect. Light: stdlib only."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

_HEAD = re.compile(rb"""^["']?experiment[.:]""", re.MULTILINE)
_SNIFF = 4096


def is_battery(path: Path, named: bool, globs: tuple[str, ...] = ()) -> bool:
    """Whether `path` is ours: `*.battery.yaml|yml`, a glob of ini `bio_batteries`, or `named` on the command line
    with an `experiment.` head in its first 4 KiB."""
    if path.name.endswith((".battery.yaml", ".battery.yml")) or any(fnmatch(path.name, glob) for glob in globs):
        return True
    return named and _looks_like_one(path)


def _looks_like_one(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return bool(_HEAD.search(file.read(_SNIFF)))
    except OSError:
        return False


def find_batteries(session: pytest.Session, globs: tuple[str, ...]) -> list[Path]:
    """The battery files pytest would collect for this session's arguments, in its order, each once.

    Directories are walked as pytest walks them (`norecursedirs`, virtual environments, `--ignore`, `collect_ignore`).
    """
    found: dict[Path, None] = {}
    for arg in session.config.args:
        path = session.config.invocation_params.dir / arg.partition("[")[0].split("::")[0]
        path = Path(os.path.abspath(path))
        if path.is_file():
            if path.suffix in (".yaml", ".yml") and is_battery(path, True, globs):
                found[path] = None
        else:
            for battery in _walk(path, session, globs):
                if not _ignored(battery, path, session):
                    found[battery] = None
    return list(found)


def _walk(folder: Path, session: pytest.Session, globs: tuple[str, ...]) -> Iterator[Path]:
    skip = session.config.getini("norecursedirs")
    pending = [str(folder)]
    while pending:
        try:
            entries = sorted(os.scandir(pending.pop()), key=lambda entry: entry.name)
        except OSError:
            continue
        if any(entry.name == "pyvenv.cfg" for entry in entries):
            continue
        folders = []
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__" and not any(fnmatch(entry.name, pattern) for pattern in skip):
                    folders.append(entry.path)
            elif entry.name.endswith((".yaml", ".yml")) and is_battery(Path(entry.path), False, globs):
                yield Path(entry.path)
        pending += reversed(folders)


def _ignored(battery: Path, root: Path, session: pytest.Session) -> bool:
    chain = [path for path in battery.parents if path.is_relative_to(root) and path != root]
    return any(
        session.gethookproxy(path.parent).pytest_ignore_collect(collection_path=path, config=session.config)
        for path in [*reversed(chain), battery]
    )
