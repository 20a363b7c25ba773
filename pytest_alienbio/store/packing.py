"""One compressed frame a trace: zstd, or gzip where no zstd is installed. Both are always tried when reading."""

from __future__ import annotations

import sys
import zlib
from types import ModuleType

from ..errors import StoreError

MAX_BYTES = 256 * 2**20
"""Of one trace, packed or not: a frame that grows beyond is refused before the memory is gone."""

MAX_FRAMES = 10_000
"""In a row: real ones hold megabytes each."""

ZSTD, GZIP = ".zst", ".gz"


def _zstd() -> ModuleType | None:
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError:
        return None
    return zstd


def suffix() -> str:
    """The file name's end for what `compress` gives here: `.zst` or `.gz`."""
    return ZSTD if _zstd() else GZIP


def compress(data: bytes, kind: str = "") -> bytes:
    """`data` as one frame that stands alone, of a file that ends in `kind` ('' = as `suffix` says).

    Raises `StoreError` for zstd where none is installed.
    """
    zstd = _zstd()
    if zstd and kind in ("", ZSTD):
        return bytes(zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1}))
    if kind == ZSTD:
        raise StoreError("packed with zstd, which is not installed here; pip install backports.zstd")
    packer = zlib.compressobj(wbits=31)
    return packer.compress(data) + packer.flush()


def expand(frame: bytes, kind: str, where: str) -> bytes:
    """What one frame holds. Raises `StoreError` naming `where` if it is cut, damaged, of an unknown kind or too big."""
    if kind == GZIP:
        plain, whole = _gunzip(frame, where)
    elif kind == ZSTD:
        plain, whole = _unzstd(frame, where)
    else:
        raise StoreError(f"{where}: unknown kind of trace file {kind!r}; expected .json, {ZSTD} or {GZIP}")
    if len(plain) > MAX_BYTES:
        raise StoreError(f"{where}: the trace unpacks to more than {MAX_BYTES} bytes, not read")
    if not whole:
        raise StoreError(f"{where}: the trace is cut off")
    return plain


def unzstd_frames(data: bytes, most: int, where: str) -> bytes:
    """What several zstd frames in a row hold. Raises `ValueError` naming `where`: cut, damaged, or more than `most` bytes."""
    zstd = _zstd()
    if zstd is None:
        raise ValueError(f"{where}: packed with zstd, which is not installed here; pip install backports.zstd")
    plain: list[bytes] = []
    left = most
    while data:
        unpacker = zstd.ZstdDecompressor()
        try:
            part = bytes(unpacker.decompress(data, left + 1))
        except zstd.ZstdError as error:
            raise ValueError(f"{where}: damaged: {error}") from error
        left -= len(part)
        if left < 0:
            raise ValueError(f"{where}: unpacks to more than {most:,} bytes")
        if not unpacker.eof:
            raise ValueError(f"{where}: cut off")
        plain.append(part)
        if len(plain) > MAX_FRAMES:
            raise ValueError(f"{where}: more than {MAX_FRAMES:,} frames")
        data = unpacker.unused_data
    return b"".join(plain)


def _gunzip(frame: bytes, where: str) -> tuple[bytes, bool]:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(frame, MAX_BYTES + 1), unpacker.eof
    except zlib.error as error:
        raise StoreError(f"{where}: damaged trace: {error}") from error


def _unzstd(frame: bytes, where: str) -> tuple[bytes, bool]:
    zstd = _zstd()
    if zstd is None:
        raise StoreError(f"{where}: packed with zstd, which is not installed here; pip install backports.zstd")
    unpacker = zstd.ZstdDecompressor()
    try:
        return bytes(unpacker.decompress(frame, MAX_BYTES + 1)), bool(unpacker.eof)
    except zstd.ZstdError as error:
        raise StoreError(f"{where}: damaged trace: {error}") from error
