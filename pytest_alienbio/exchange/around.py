"""What a DAT says about its run as a whole: what trackers and logs want to know beside the cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import StoreError
from ..model import Json
from ..model.canonical import mapping
from ..store import Dat
from ..store.layout import SPEC


@dataclass(frozen=True, slots=True)
class Around:
    """The surroundings of a run. What is not known is '' (None for `dirty`)."""

    place: str = ""
    """The DAT's path, relative to the data root if it lies below it."""
    run: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    user: str = ""
    host: str = ""
    command: str = ""
    """As one line; secrets were taken out before it was stored."""
    commit: str = ""
    dirty: bool | None = None
    at: str = ""
    """When its surroundings were looked at, or it was imported: ISO-8601, UTC."""
    packages: Mapping[str, str] = field(default_factory=dict)
    closed: bool = True


def around(dat: Dat, data_root: Path | None = None) -> Around:
    """The surroundings of a DAT. What is damaged or missing is not known; raises nothing for it."""
    try:
        spec = dat.spec()
    except StoreError:
        spec = {}
    here = dat.environment()
    git, imported = mapping(here.get("git")), mapping(here.get("imported"))
    head = next((mapping(value) for name, value in spec.items() if name.startswith("experiment.")), {})
    command, dirty, tags = here.get("command"), git.get("dirty"), head.get("tags")
    return Around(
        place=_place(dat.path, data_root),
        run=_text(spec.get("run")),
        description=_text(head.get("description")),
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        user=_text(here.get("user") or imported.get("by")),
        host=_text(here.get("host")),
        command=" ".join(map(str, command)) if isinstance(command, list) else "",
        commit=_text(git.get("commit")),
        dirty=dirty if isinstance(dirty, bool) else None,
        at=_text(here.get("timestamp") or imported.get("at")),
        packages={name: _text(version) for name, version in mapping(here.get("packages")).items()},
        closed=(dat.path / SPEC).is_file() and dat.status().get("state") == "closed",
    )


def _place(path: Path, root: Path | None) -> str:
    if root is not None and path.resolve().is_relative_to(root.resolve()):
        return path.resolve().relative_to(root.resolve()).as_posix()
    return path.name


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
