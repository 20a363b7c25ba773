"""Where we are and what the project's own files add: the folder, `bio.yaml`, the data root."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import SpecError
from ..model import AgentEntry

CONFIG_NAME = "bio.yaml"

_PYTEST_SECTIONS = {"pytest.ini": b"", "pyproject.toml": b"[tool.pytest", "tox.ini": b"[pytest]", "setup.cfg": b"[tool:pytest]"}
"""Files that may configure pytest, and the section with which they do."""


@dataclass(frozen=True, slots=True)
class Project:
    """The nearest folder upward with a `bio.yaml`, and what that file says."""

    root: Path
    profiles: Mapping[str, AgentEntry] = field(default_factory=dict)
    scenario_files: tuple[Path, ...] = ()


def find_project(start: Path, *, walk: bool = False) -> Project:
    """The project `start` lies in; without a `bio.yaml` above it, `start` itself.

    With `walk` that is then the folder pytest takes as its rootdir when it is started in `start`: the nearest one upward
    that configures pytest, else the nearest with a `pyproject.toml`, `tox.ini` or `setup.cfg`, else `start`. So both
    mean the same `<project>/data`. Raises `SpecError` for a bad `bio.yaml`.
    """
    for folder in (start, *start.parents):
        config = folder / CONFIG_NAME
        if config.exists():
            from ..spec import read_project

            read = read_project(config)
            files = (path for pattern in read.scenarios for path in _glob(folder, pattern, config))
            return Project(folder, read.agents, tuple(dict.fromkeys(files)))
    return Project(_rootdir(start) if walk else start)


def _rootdir(start: Path) -> Path:
    above = (start, *start.parents)
    for folder in above:
        if any(_holds(folder / name, section) for name, section in _PYTEST_SECTIONS.items()):
            return folder
    return next((folder for folder in above if any((folder / name).is_file() for name in _PYTEST_SECTIONS)), start)


def _holds(path: Path, section: bytes) -> bool:
    try:
        return section in path.read_bytes()
    except OSError:
        return False


def _glob(folder: Path, pattern: str, config: Path) -> list[Path]:
    found = sorted(folder.glob(pattern))
    if not found:
        raise SpecError(f"{config}: scenarios: no file matches {pattern!r}")
    return found


def data_root(project: Path, *, option: str | None = None, ini: str | None = None, cwd: Path | None = None) -> Path:
    """Where DATs go: the option, else `ALIENBIO_DATA` (both relative to `cwd`), else the ini value, else `<project>/data`."""
    here = cwd or Path.cwd()
    if chosen := option or os.environ.get("ALIENBIO_DATA"):
        return here / chosen
    return project / (ini or "data")
