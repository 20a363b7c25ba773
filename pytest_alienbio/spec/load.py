"""Files -> sources, batteries, project settings: the only I/O of this room."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ..errors import Complaint, SpecError, did_you_mean
from ..model import Battery, Source
from .battery import batteries
from .project import ProjectConfig, project_config
from .reader import read

MAX_BYTES = 10_000_000


def read_source(path: str | os.PathLike[str], *, tags: tuple[str, ...] = ()) -> Source:
    """The YAML file at `path`, parsed. `tags` as in `reader.read`. Raises `SpecError`, also if the file cannot be read."""
    return read(_text(path), os.fspath(path), tags=tags)


def read_battery(path: str | os.PathLike[str]) -> tuple[Battery, ...]:
    """All heads of a battery file, in its order. Raises `SpecError` with every complaint about the file at once."""
    return batteries(read_source(path))


def read_project(path: str | os.PathLike[str]) -> ProjectConfig:
    """A project's `bio.yaml`. Raises `SpecError` with every complaint at once."""
    return project_config(read_source(path))


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
    hint = did_you_mean(Path(name).name, _yaml_files(folder))
    return hint if hint.startswith("did") else ""


def _inside(name: str) -> str:
    files = sorted(_yaml_files(Path(name)))
    return "name one of its files: " + ", ".join(files[:4]) if files else ""


def _yaml_files(folder: Path) -> list[str]:
    try:
        return [entry for entry in os.listdir(folder) if entry.endswith((".yaml", ".yml"))]
    except OSError:
        return []
