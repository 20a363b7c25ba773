"""The entries of a zip that somebody else made, each of which may try to be written where it should not."""

from __future__ import annotations

import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ...errors import AlienBioError, StoreError
from ...store import layout
from .limits import MIB, Limits
from .manifest import DAT, MANIFEST, README

_END, _END64, _CENTRAL = b"PK\x05\x06", b"PK\x06\x06", b"PK\x01\x02"
_COMMENT = 65535
_CENTRAL_HEAD = 46

_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"} | {f"{kind}{n}" for kind in ("com", "lpt") for n in "0123456789¹²³"}
)
"""Names of devices on Windows, whatever their suffix."""

_FILES = frozenset({layout.SPEC, layout.ENVIRONMENT, layout.LOG, *layout.AT_CLOSE})


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """The zip at `path`. Raises `StoreError` for what is none, and for one with too many entries, before they are read."""
    try:
        with path.open("rb") as file:
            count = _count(file, path)
            if count > limits.files + 2:
                raise StoreError(f"{path}: {count:,} entries, more than {limits.files:,}; not unpacked")
            with zipfile.ZipFile(file) as archive:
                yield archive
    except AlienBioError:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError) as error:
        raise StoreError(f"{path}: damaged, or no zip: {error}") from None
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}") from error


def checked(archive: zipfile.ZipFile, limits: Limits, where: str) -> dict[str, zipfile.ZipInfo]:
    """The files of an archive by name, if every one may be unpacked. Raises `StoreError` naming the first that may not."""
    found: dict[str, zipfile.ZipInfo] = {}
    folded: dict[str, str] = {}
    folders: dict[str, str] = {}
    total = 0
    for info in archive.infolist():
        name = info.orig_filename
        if wrong := _wrong_with(info, limits):
            raise StoreError(f"{where}: {name[:200]!r}: {wrong}; nothing was unpacked")
        if name.endswith("/"):
            continue
        same = _fold(name)
        parents = {_fold(parent): parent for parent in _parents(name)}
        clash = folded.get(same) or folders.get(same) or next((folded[each] for each in parents if each in folded), None)
        if clash is not None:
            raise StoreError(f"{where}: {name[:200]!r} and {clash[:200]!r} would be one file; nothing was unpacked")
        for each, spelled in parents.items():
            if folders.setdefault(each, spelled) != spelled:
                raise StoreError(f"{where}: {name[:200]!r}: its folder is spelled in two ways; nothing was unpacked")
        folded[same] = name
        found[name] = info
        total += info.file_size
        if total > limits.total:
            raise StoreError(f"{where}: unpacks to more than {limits.total // MIB:,} MiB; not unpacked (--max-mib allows more)")
    return found


def _wrong_with(info: zipfile.ZipInfo, limits: Limits) -> str:
    """Why an entry may not be unpacked; '' if it may."""
    name = info.orig_filename
    if wrong := _wrong_name(name.removesuffix("/"), limits):
        return wrong
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) and not (name.endswith("/") and kind == stat.S_IFDIR):
        return "a link or a device, no file"
    if info.flag_bits & 1:
        return "encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"packed in a way ({info.compress_type}) that `bio share` does not use"
    if name.endswith("/"):
        return "a folder with content" if info.file_size else ""
    if info.file_size > limits.file:
        return f"unpacks to {info.file_size:,} bytes, more than {limits.file // MIB:,} MiB (--max-mib allows more)"
    if info.file_size > MIB and info.file_size > limits.ratio * max(info.compress_size, 1):
        return f"unpacks to more than {limits.ratio} times its size"
    return "" if _is_ours(name) else f"no file of a result folder (expected {DAT}/{layout.SPEC} and the like)"


def _wrong_name(name: str, limits: Limits) -> str:
    if not name.isprintable() or "\\" in name or ":" in name:
        return "its name has a backslash, a colon or a control character"
    parts = name.split("/")
    if name.startswith("/") or any(part in ("", ".", "..") for part in parts):
        return "its name leads out of the folder"
    if len(parts) > limits.depth:
        return f"more than {limits.depth} folders deep"
    for part in parts:
        if len(part.encode()) > limits.name:
            return f"a name of more than {limits.name} bytes"
        if part.startswith(".") or part != part.rstrip(". ") or part.partition(".")[0].rstrip().casefold() in _RESERVED:
            return f"{part[:40]!r} is no name that every system takes"
    return ""


def _is_ours(name: str) -> bool:
    if name in (README, MANIFEST):
        return True
    top, _, rest = name.partition("/")
    folder, slash, inner = rest.partition("/")
    if top != DAT:
        return False
    if folder == layout.CELLS:
        return "/" not in inner and inner.endswith(".jsonl")
    return folder in layout.RECORDS if slash else rest in _FILES


def _parents(name: str) -> list[str]:
    return [name.rsplit("/", depth)[0] for depth in range(1, name.count("/") + 1)]


def _fold(name: str) -> str:
    """The name as a file system may see it that knows no capitals and one way to write an accent."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _count(file: IO[bytes], path: Path) -> int:
    """How many entries the list at the end of a zip has, told without trusting what it says. Leaves `file` at its start."""
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - 22 - _COMMENT)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise StoreError(f"{path}: no zip, or cut off")
    length, place = struct.unpack_from("<I", tail, at + 12)[0], start + at
    if length == 0xFFFFFFFF:
        file.seek(max(0, place - 76))
        head = file.read(56)
        if not head.startswith(_END64):
            raise StoreError(f"{path}: damaged, or no zip")
        length, place = struct.unpack_from("<Q", head, 40)[0], place - 76
    if length > min(size, 256 * MIB):
        raise StoreError(f"{path}: its list of entries is too long")
    file.seek(max(0, place - length))
    listed = file.read(length)
    file.seek(0)
    count = offset = 0
    while listed.startswith(_CENTRAL, offset) and offset + _CENTRAL_HEAD <= len(listed):
        name, extra, comment = struct.unpack_from("<HHH", listed, offset + 28)
        offset += _CENTRAL_HEAD + name + extra + comment
        count += 1
    return count
