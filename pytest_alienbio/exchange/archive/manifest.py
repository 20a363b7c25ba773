"""`manifest.json`: what an archive holds, each file with its size and SHA-256, and what was left out of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ...errors import StoreError

FORMAT = "alienbio-archive"
VERSION = 1

README, MANIFEST = "README.txt", "manifest.json"
DAT = "dat"
"""Folder of an archive that holds the DAT; beside it only the two files above."""

_MAGIC = b"PK\x03\x04"
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the DAT."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    dat: str
    """Where the DAT lay below its data root, with `/`."""
    battery: str
    state: str
    """`closed`, or `open`: it was running, or its run never ended."""
    traces: str
    """`all`, `failed`, `none` or `chosen`."""
    traces_kept: int
    traces_left_out: int
    hidden: int
    """Places in which something that looked like a secret was hidden."""
    files: Mapping[str, Entry] = field(default_factory=dict)
    """By path in the DAT, with `/`."""

    def encode(self) -> bytes:
        """As it is written: keys in order, the same bytes for the same archive."""
        about = {"format": FORMAT, "v": VERSION, **asdict(self)}
        about["files"] = {name: about["files"][name] for name in sorted(about["files"])}
        return json.dumps(about, indent=1).encode() + b"\n"

    @classmethod
    def decode(cls, data: bytes, where: str) -> Manifest:
        """Raises `StoreError` naming `where` for anything but a whole manifest of a version that is known."""
        try:
            about = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise StoreError(f"{where}: {MANIFEST} is damaged: {error}") from None
        if not isinstance(about, dict) or about.get("format") != FORMAT:
            raise StoreError(f"{where}: {MANIFEST} is none of an archive that `bio share` wrote")
        version = about.get("v")
        if type(version) is not int or version < 1:
            raise StoreError(f"{where}: {MANIFEST}: v: expected 1 to {VERSION}, got {version!r:.40}")
        if version > VERSION:
            raise StoreError(f"{where}: an archive of format version {version}, newer than {VERSION}; upgrade pytest-alienbio")
        try:
            return cls(
                dat=_of(about, "dat", str),
                battery=_of(about, "battery", str),
                state=_of(about, "state", str),
                traces=_of(about, "traces", str),
                traces_kept=_of(about, "traces_kept", int),
                traces_left_out=_of(about, "traces_left_out", int),
                hidden=_of(about, "hidden", int),
                files={name: _entry(name, entry) for name, entry in _of(about, "files", dict).items()},
            )
        except ValueError as error:
            raise StoreError(f"{where}: {MANIFEST}: {error}") from None


def is_archive(path: Path, head: bytes = b"") -> bool:
    """Whether a file is one that `bio share` wrote: a zip that begins as it does, or any zip that is called one."""
    try:
        if not head:
            with path.open("rb") as source:
                head = source.read(512)
    except OSError:
        return False
    ours = MANIFEST.encode() in head[:256] or README.encode() in head[:256]
    return head.startswith(_MAGIC) and (ours or path.suffix.lower() == ".zip")


def _of(about: Mapping[str, Any], name: str, kind: type) -> Any:
    value = about.get(name)
    if type(value) is not kind:
        raise ValueError(f"{name}: expected {'a mapping' if kind is dict else kind.__name__}, got {value!r:.60}")
    return value


def _entry(name: str, value: Any) -> Entry:
    size, checksum = (value.get("bytes"), value.get("sha256")) if isinstance(value, dict) else (None, None)
    if type(size) is not int or size < 0 or not isinstance(checksum, str) or not _SHA256.fullmatch(checksum):
        raise ValueError(f"files: {name[:80]!r}: expected bytes and sha256, got {value!r:.80}")
    return Entry(size, checksum)
