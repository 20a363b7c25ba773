"""The zip that an `.eval` log is: its members by name, never more of one than is good for the memory."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Any

from ...store import packing

MAX_MEMBERS = 1_000_000
MAX_MEMBER = 256 * 2**20
"""Bytes of one member, unpacked."""
MAX_DOCUMENT = 256 * 2**20
"""Bytes of a log that is one JSON document."""
MAX_TOTAL = 64 * 2**30
"""Bytes of all members that are read, unpacked: a small zip can unpack to any size."""
ZSTD = 93
"""The method under which Inspect packs since 2026; before, and here, it is deflate."""

_LOCAL = struct.Struct("<4s5H3L2H")


class Archive:
    """A log's zip, opened for reading. Member names are keys only: nothing is ever unpacked to a file.

    Raises `ValueError` that says what is wrong for all that is no such zip, and `OSError`.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        try:
            self._zip = zipfile.ZipFile(self._file)
            entries = self._zip.infolist()
            if len(entries) > MAX_MEMBERS:
                raise ValueError(f"{len(entries):,} members; at most {MAX_MEMBERS:,} are read")
        except (zipfile.BadZipFile, struct.error, NotImplementedError, EOFError, UnicodeDecodeError) as error:
            self._file.close()
            raise ValueError(f"damaged: {error}") from None
        except BaseException:
            self._file.close()
            raise
        self._members = {entry.filename: entry for entry in entries}
        """Of two of one name the later one counts, as for every reader of zips."""
        self._total = 0

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._zip.close()
        self._file.close()

    def names(self, folder: str = "") -> list[str]:
        """The members below `folder`, in the file's order."""
        return [name for name in self._members if name.startswith(folder) and not name.endswith("/")]

    def read_json(self, name: str) -> Any:
        """What a member holds. Raises `KeyError` if there is none of this name, `ValueError` if it is damaged or too big."""
        entry = self._members[name]
        if entry.flag_bits & 1:
            raise ValueError(f"{name}: encrypted")
        if max(entry.file_size, entry.compress_size) > MAX_MEMBER:
            size = max(entry.file_size, entry.compress_size)
            raise ValueError(f"{name}: {size:,} bytes; at most {MAX_MEMBER:,} are read")
        try:
            data = self._unzstd(entry) if entry.compress_type == ZSTD else self._inflate(entry)
        except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError) as error:
            raise ValueError(f"{name}: damaged: {error}") from None
        self._total += len(data)
        if self._total > MAX_TOTAL:
            raise ValueError(f"{name}: with it, more than {MAX_TOTAL:,} bytes were unpacked; no more is read")
        return parse(data, name)

    def _inflate(self, entry: zipfile.ZipInfo) -> bytes:
        with self._zip.open(entry) as member:
            data = member.read(MAX_MEMBER + 1)
        if len(data) > MAX_MEMBER:
            raise ValueError(f"{entry.filename}: unpacks to more than {MAX_MEMBER:,} bytes")
        return data

    def _unzstd(self, entry: zipfile.ZipInfo) -> bytes:
        """What `zipfile` cannot read before Python 3.14: the member's bytes stand behind its own header."""
        self._file.seek(entry.header_offset)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\3\4":
            raise zipfile.BadZipFile("no member where the directory says one is")
        *_, name_length, extra_length = _LOCAL.unpack(header)
        self._file.seek(name_length + extra_length, 1)
        packed = self._file.read(entry.compress_size)
        data = packing.unzstd_frames(packed, MAX_MEMBER, entry.filename)
        if zlib.crc32(data) != entry.CRC:
            raise zipfile.BadZipFile("its checksum differs")
        return data


def parse(data: bytes, where: str) -> Any:
    """JSON as Inspect writes it: `NaN` is allowed. Raises `ValueError`."""
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError(f"{where}: nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"{where}: no JSON: {error}") from None
