"""From what a person types to what is meant: a battery by file or name, a case by scenario."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import SpecError
from ..model import Battery, Case
from ..play import Catalog

_ENDINGS = (".battery.yaml", ".battery.yml")
_SKIP = {"__pycache__", "node_modules", "build", "dist", "data"}


def find_battery(name: str, project: Path) -> Battery | None:
    """The battery `name` means: a file, `file::head`, or a head's name as in `experiments/mutualism_battery`.

    None if it means none: then it may be a scenario, by name or as a file with `scenario:` in it. Raises `SpecError` if
    it means several.
    """
    file, _, head = name.partition("::")
    path = Path(file)
    if not head and _is_scenario_file(path):
        return None
    if path.suffix in (".yaml", ".yml") and (path.is_file() or not _is_scenario_name(file)):
        return _of_file(path, head)
    folder, _, wanted = _path_of(name).rpartition("/")
    matches = list(_named(wanted, battery_files(project / folder))) if wanted else []
    if len(matches) > 1:
        raise SpecError(f"{name!r} means several batteries: " + ", ".join(f"{m.source}::{m.name}" for m in matches))
    return matches[0] if matches else None


def battery_files(folder: Path) -> Iterator[Path]:
    """Every `*.battery.yaml` below `folder`, by name; hidden folders, environments and data are left out."""
    for root, folders, files in os.walk(folder):
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIP)
        yield from (Path(root, name) for name in sorted(files) if name.endswith(_ENDINGS))


def case_of(catalog: Catalog, scenario: str, difficulty: int | None) -> Case:
    """The case of a scenario at a level, or at its default level. Raises `SpecError` for a level it does not have."""
    info = catalog.scenario(scenario)
    if difficulty is not None and difficulty not in info.levels:
        has = ", ".join(map(str, info.levels)) or "none"
        raise SpecError(f"{scenario} has no difficulty {difficulty}; its levels: {has}")
    level = info.default_level if difficulty is None else difficulty
    return Case(scenario, level, {}, info.content_hash, info.tags, info.passing_score)


def _named(wanted: str, files: Iterable[Path]) -> Iterator[Battery]:
    """The batteries called `wanted`. Files that do not even mention the name are not read: they may be broken."""
    for file in files:
        if wanted.encode() in file.read_bytes():
            yield from (battery for battery in _heads(file) if battery.name == wanted)


def _path_of(name: str) -> str:
    """`experiments/x` for each of its spellings: `dat.experiments.x`, `dat/experiments/x`."""
    if name.startswith("dat."):
        return name.removeprefix("dat.").replace(".", "/")
    return name.removeprefix("dat/")


def _is_scenario_name(text: str) -> bool:
    return "/" not in text and not text.endswith(_ENDINGS)


def _is_scenario_file(path: Path) -> bool:
    """Whether a file looks like a scenario. It is not parsed: what is wrong with it is said by who reads it as one."""
    if path.suffix not in (".yaml", ".yml") or path.name.endswith(_ENDINGS) or not path.is_file():
        return False
    return re.search(rb"^([\"']?)scenario\1[ \t]*:", path.read_bytes(), re.MULTILINE) is not None


def _of_file(path: Path, head: str) -> Battery:
    batteries = _heads(path)
    for battery in batteries:
        if head in ("", battery.name) and (head or len(batteries) == 1):
            return battery
    names = ", ".join(f"{path}::{battery.name}" for battery in batteries)
    raise SpecError(f"{path} has no battery {head!r}; it holds {names}" if head else f"{path} holds several; name one: {names}")


def _heads(path: Path) -> tuple[Battery, ...]:
    from ..spec import read_battery

    return read_battery(path)
