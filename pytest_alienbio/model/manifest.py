"""Which data an experiment reads, and how to tell that they are still the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import Complaint
from .canonical import digest

ALGORITHM = "sha256"

_UNNAMEABLE = re.compile("[\x00-\x1f\x7f\\\\\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class DataSource:
    """A file or folder of data."""

    path: str
    """POSIX, without a slash at its end; relative to the manifest's folder, else to the project."""
    checksum: str
    """`sha256:` and 64 hexadecimal digits: of a file's content, or of a folder as `folder_checksum` defines it."""
    created: str = ""
    description: str = ""
    files: Mapping[str, str] | None = None
    """Of a folder: each file's path below it -> its checksum; None if the manifest does not tell, or for a file."""
    is_folder: bool | None = None
    """None if the manifest leaves it open."""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class DataManifest:
    """The data of one experiment."""

    sources: tuple[DataSource, ...]
    file: str = ""

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that change when a path or a checksum does, and with nothing else of the file."""
        return digest(sorted([source.path, source.checksum] for source in self.sources))


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One way in which a source is not what its manifest says."""

    kind: str
    """`changed`, `missing`, `extra`, `pointer` (a Git LFS pointer stands for the data) or `refused` (cannot be read safely)."""
    source: str
    """The source's path."""
    files: tuple[str, ...]
    """Below the source; empty if it is the source as a whole, or if nobody can tell which."""
    complaint: Complaint


def folder_checksum(files: Mapping[str, str]) -> str:
    """A folder's checksum from its files' (path below it -> checksum).

    It is the SHA-256 of one line a file, `<64 hexadecimal digits>  <path>` and a line feed, sorted by the path's UTF-8
    bytes: what `sha256sum` of all files prints, hashed once more.
    """
    names = sorted(files, key=str.encode)
    text = "".join(f"{files[name].removeprefix(f'{ALGORITHM}:')}  {name}\n" for name in names)
    return f"{ALGORITHM}:{hashlib.sha256(text.encode()).hexdigest()}"


def is_data(name: str) -> bool:
    """Whether a file or folder of that name, inside a folder of data, counts: no name with a dot in front, no `__pycache__`.

    Systems and editors leave such files behind.
    """
    return not name.startswith(".") and name != "__pycache__"


def path_problem(path: str) -> str:
    """Why a manifest cannot hold `path`, one below some folder; '' if it can."""
    if _UNNAMEABLE.search(path):
        return "it holds a backslash, a control character or what is not UTF-8"
    if path.startswith("/"):
        return "it is not relative"
    parts = path.split("/")
    if ".." in parts:
        return "'..' would lead out of the folder"
    return "it has an empty part or a '.' in it" if {"", "."}.intersection(parts) else ""
