"""What a worker elsewhere must know to play the cells of a run, and must have in common with us before it does."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ...errors import AlienBioError, StoreError
from ...model import Cell, CellLimits, Json
from ...play import Catalog
from ...play.registry import code_hash
from ...store.parcel import text_of
from ..limits.shared import Shared
from ..run import Keeping

SAME = {
    "pytest-alienbio": "pytest-alienbio",
    "code": "the source text of pytest-alienbio",
    "python": "Python",
    "numpy": "numpy",
    "world": "the world generator",
}
"""What two sides must have in common, as `versions` names it and as people are told."""


PACKAGE = Path(__file__).parents[2]
"""Whose text is compared: all of this package."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A run, as its workers are told: the same text with each of its cells."""

    project: str
    """The project's folder; scenario files that its `bio.yaml` names are read there."""
    data_root: str
    dat_path: str
    run_id: str
    probe: str
    """A file name below the DAT, and what stands in it: who reads that there sees the same folder."""
    host: str
    """Of whom tells it; see `host`."""
    battery: str = ""
    """The file whose tasks or agents are played, if it brings any along."""
    head: str = ""
    files: tuple[str, ...] = ()
    """Scenario files that the battery names, as absolute paths."""
    kept: Keeping = field(default_factory=Keeping)
    limits: CellLimits = field(default_factory=CellLimits)
    """Of each cell."""
    shared: Shared = field(default_factory=Shared)
    """Of all cells together."""
    log_level: int = 30
    same: Mapping[str, str] = field(default_factory=dict)
    """`versions()` of whom tells it."""

    @property
    def text(self) -> str:
        """As it travels."""
        return text_of(asdict(self))

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Terms:
        """What `text` said, parsed. Raises `StoreError` for anything else."""
        try:
            kept = Keeping(**{**row["kept"], "levels": tuple(row["kept"]["levels"])})
            limits, shared = CellLimits(**row["limits"]), Shared.of(row["shared"])
            return cls(**{**row, "files": tuple(row["files"]), "kept": kept, "limits": limits, "shared": shared})
        except (KeyError, TypeError) as error:
            raise StoreError(f"not the terms of a run: {error}") from error


@cache
def versions() -> Mapping[str, str]:
    """What of this process decides how cells are played: `SAME`'s keys. The code is told apart by its text, too."""
    from ...scenarios.streams import GENERATOR_VERSION

    found = {"python": ".".join(platform.python_version_tuple()[:2]), "world": GENERATOR_VERSION, "code": _code()}
    for name in ("pytest-alienbio", "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _code() -> str:
    """Of all that this package's files say, 16 hexadecimal digits."""
    said = sha256()
    for path in sorted(path for kind in ("*.py", "*.yaml") for path in PACKAGE.rglob(kind)):
        said.update(f"{path.relative_to(PACKAGE).as_posix()}\0".encode())
        said.update(path.read_bytes())
    return said.hexdigest()[:16]


@cache
def host() -> str:
    """This machine, as no other one calls itself: its name, and what Linux drew when it was started."""
    try:
        drawn = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        drawn = ""
    return f"{platform.node()} {drawn}".strip()


def fingerprints(catalog: Catalog, scenarios: Iterable[str], agents: Iterable[str]) -> dict[str, str]:
    """Of each name what `catalog` means by it: hashes of content and scoring of a scenario, of an agent's source text.

    Names that it does not know are not there.
    """
    found: dict[str, str] = {}
    for name in scenarios:
        try:
            info = catalog.scenario(name)
        except AlienBioError:
            continue
        found[f"scenario {name}"] = f"{info.content_hash} {info.scoring_hash or info.content_hash}"
    for kind in agents:
        if kind in catalog.agents:
            found[f"agent {kind}"] = code_hash(catalog.agents[kind])
    return found


def differences(
    ours: Mapping[str, str], theirs: Mapping[str, str], prints: Mapping[str, str], there: Mapping[str, str]
) -> list[str]:
    """What keeps the other side from playing for us, a sentence each: versions first, then scenarios and agents (`prints`)."""
    told = []
    for name, shown in SAME.items():
        if theirs.get(name) != ours.get(name):
            told.append(f"{shown} is {theirs.get(name, 'unknown')} there and {ours.get(name, 'unknown')} here")
    for name, mine in prints.items():
        if name not in there:
            told.append(f"{name} is not known there{_OUTSIDE if name.startswith('agent') else ''}")
        elif there[name] != mine:
            told.append(f"{name} is another one there")
    return told


_OUTSIDE = (
    " (one given as a class, or by a conftest, is known in this process alone; name it in a battery in Python or in a package)"
)


def unlike(cell: Cell, catalog: Catalog) -> str:
    """Why `catalog` would not play `cell` as it is meant; '' if it would. Cheap: asked before each cell."""
    try:
        info = catalog.scenario(cell.case.scenario)
    except AlienBioError as error:
        return str(error)
    if info.content_hash != cell.case.content_hash:
        return f"scenario {cell.case.scenario} is another one there"
    if cell.agent.kind not in catalog.agents:
        return f"agent {cell.agent.kind} is not known there{_OUTSIDE}"
    return ""


def row_of(value: object) -> dict[str, Json]:
    """An object that came as JSON. Raises `StoreError` for anything else."""
    if not isinstance(value, dict):
        raise StoreError("not an object")
    return value
