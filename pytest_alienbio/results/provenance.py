"""Where runs come from: what their folders say of the surroundings they were played in."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from ..errors import StoreError
from ..model import Annotated, Deed, Json, Provenance
from ..model.canonical import mapping
from ..store import Dat, annotated, battery_of
from ..store.history import deeds_of
from ..store.layout import SPEC
from ..store.secrets import hide, redact

_KNOWN = frozenset(
    ("v", "run", "python", "implementation", "platform", "cpus", "packages", "git", "timestamp", "working_directory",
     "command", "user", "host")
)  # fmt: skip


def provenance(path: Path) -> Provenance:
    """What the DAT at `path` says of itself. A folder may come from anywhere: what is of no known form is passed over,
    secrets are hidden once more, and what cannot be read is a note. Never raises for what a file holds.
    """
    dat, notes = Dat(path), []
    spec: Mapping[str, Json] = {}
    deeds: list[Deed] = []
    said, state = Annotated(), ""
    try:
        spec = dat.spec()
    except StoreError as error:
        notes.append(str(error))
    try:
        deeds, said, state = deeds_of(path), annotated(path), str(dat.status().get("state", ""))
    except StoreError as error:
        notes.append(str(error))
    around = dat.environment()
    git, resolved, packages = (mapping(each) for each in (around.get("git"), spec.get("resolved"), around.get("packages")))
    dirty, cpus = git.get("dirty"), around.get("cpus")
    command = around.get("command")
    python = " ".join(filter(None, (_text(around.get("implementation")), _text(around.get("python")))))
    return Provenance(
        dat=str(path),
        battery=battery_of(path),
        source=_text(resolved.get("source")),
        spec=_hash(path / SPEC),
        plan=_text(resolved.get("plan_hash")),
        started=_text(around.get("timestamp")),
        commit=_text(git.get("commit")),
        branch=_text(git.get("branch")),
        dirty=dirty if isinstance(dirty, bool) else None,
        user=_text(around.get("user")),
        host=_text(around.get("host")),
        python=python,
        platform=_text(around.get("platform")),
        cpus=cpus if type(cpus) is int else None,
        packages={name: version for name, version in packages.items() if isinstance(version, str)},
        command=tuple(redact([word for word in command if isinstance(word, str)])) if isinstance(command, list) else (),
        directory=_text(around.get("working_directory")),
        more={name: _hidden(value) for name, value in around.items() if name not in _KNOWN},
        said=said.run,
        cells_said=len(said.cells),
        deeds=tuple(deeds),
        state=state,
        notes=tuple(notes),
    )


def _hash(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _hidden(value: Json) -> Json:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        return {key: _hidden(each) for key, each in value.items()}
    return [_hidden(each) for each in value] if isinstance(value, list | tuple) else value


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
