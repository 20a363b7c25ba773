"""Files -> sources, batteries, project settings: the only I/O of this room."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

from ..errors import Complaint, SpecError, near_match
from ..model import Battery, DataManifest, Source
from .battery import batteries
from .files import EXPERIMENT_YAML, YAML, is_battery_file
from .manifest import data_manifest
from .project import ProjectConfig, project_config
from .python import python_batteries
from .reader import read

MAX_BYTES = 10_000_000


def read_source(path: str | os.PathLike[str], *, tags: tuple[str, ...] = (), honoured: tuple[str, ...] | None = None) -> Source:
    """The YAML file at `path`, parsed. `tags` and `honoured` as in `reader.read`.

    Raises `SpecError`, also if the file cannot be read.
    """
    return read(_text(path), os.fspath(path), tags=tags, honoured=honoured)


def read_battery(path: str | os.PathLike[str]) -> tuple[Battery, ...]:
    """All batteries of a YAML file, or of a Python file (which is run), in its order.

    A DAT's `_spec_.yaml` gets what a record cannot hold (the players of a battery in Python, an experiment's task) from the
    file it was made from, if that is still found looking upward. Raises `SpecError` with every complaint about it at once.
    """
    name = os.fspath(path)
    if name.endswith(".py"):
        return python_batteries(_bytes(name), name)
    source = read_source(path)
    found = batteries(source)
    written = _written_in(source)
    return tuple(_completed(battery, written) for battery in found) if written else found


def read_project(path: str | os.PathLike[str], *, mine: bool = False) -> ProjectConfig:
    """A project's `bio.yaml`, or (`mine`) the user's own file, which may hold keys if nobody else can read it.

    Raises `SpecError` with every complaint at once.
    """
    if not mine:
        return project_config(read_source(path))
    return project_config(read_source(path), "exposed" if os.stat(path).st_mode & 0o077 else "taken")


def read_manifest(path: str | os.PathLike[str], *, draft: bool = False) -> DataManifest:
    """A `data-manifest.yaml`; in a `draft` checksums may be missing or wrong. Looks at no data.

    Raises `SpecError` with every complaint at once.
    """
    return data_manifest(read_source(path), draft=draft)


def _written_in(source: Source) -> str:
    """The Python file or `config.yaml` of which `source`, a DAT's spec, says that its battery came from it; else ''."""
    value = source.value if isinstance(source.value, dict) else {}
    resolved = value.get("resolved")
    file = resolved.get("source") if isinstance(resolved, dict) else None
    if (
        not isinstance(file, str)
        or not file.endswith((".py", *EXPERIMENT_YAML))
        or os.path.isabs(file)
        or ".." in Path(file).parts
    ):
        return ""
    above = Path(os.path.abspath(source.file)).parents
    return next((str(folder / file) for folder in above if is_battery_file(folder / file)), "")


def _completed(battery: Battery, file: str) -> Battery:
    """A recorded battery with what its record cannot hold, from the file it was written in."""
    for again in read_battery(file):
        if again.name == battery.name:
            return replace(battery, players=again.players, tasks=again.tasks)
    return battery


def _text(path: str | os.PathLike[str]) -> str:
    name = os.fspath(path)
    data = _bytes(name)
    for mark, encoding in ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16")):
        if data.startswith(mark):
            raise SpecError(
                Complaint(f"the file is {encoding}", name, 1, 1, "UTF-8", "save it as UTF-8 without a byte order mark")
            )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        column = len(before[before.rfind(b"\n") + 1 :].decode()) + 1
        what = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        raise SpecError(Complaint(what, name, before.count(b"\n") + 1, column, hint="save the file as UTF-8")) from None


def _bytes(name: str) -> bytes:
    try:
        mode = os.stat(name).st_mode
        if stat.S_ISDIR(mode):
            raise SpecError(Complaint("this is a folder", name, expected="a file", hint=_inside(name)))
        if not stat.S_ISREG(mode):
            raise SpecError(Complaint("this is a device or a pipe", name, expected="a file", hint="copy its content to a file"))
        with open(name, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except SpecError:
        raise  # it is a ValueError too
    except FileNotFoundError:
        if os.path.islink(name):
            what = "this is a link to a file that does not exist"
            raise SpecError(Complaint(what, name, hint=f"it leads to {os.readlink(name)}")) from None
        raise SpecError(Complaint("there is no such file", name, hint=_beside(name))) from None
    except PermissionError:
        raise SpecError(Complaint("this file may not be read", name, hint=f"allow it: chmod u+r {name}")) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SpecError(Complaint(f"this file cannot be read: {reason}", name.replace("\0", "?"))) from None
    if len(data) > MAX_BYTES:
        raise SpecError(Complaint(f"the file is larger than {MAX_BYTES // 10**6} MB", name, hint="split it into several files"))
    return data


def _beside(name: str) -> str:
    """The nearest file of the same folder, or the first folder of the path that is missing."""
    folder = Path(name).parent
    if not folder.is_dir():
        return f"there is no folder {folder} either"
    return near_match(Path(name).name, _files(folder))


def _inside(name: str) -> str:
    files = sorted(_files(Path(name)))
    return "name one of its files: " + ", ".join(files[:4]) if files else ""


def _files(folder: Path) -> list[str]:
    """Those of a folder that may be meant: its YAML files and Python batteries."""
    try:
        entries = os.listdir(folder)
    except OSError:
        return []
    return [entry for entry in entries if entry.endswith(YAML) or is_battery_file(folder / entry)]
