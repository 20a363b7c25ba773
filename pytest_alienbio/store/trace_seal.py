"""The checksum of a trace that is kept as JSON: its last key, over all before it. Packed ones have their format's."""

from __future__ import annotations

import re
from zlib import crc32

from ..errors import StoreError

_END = b"\n}\n"
_SEAL = re.compile(rb',\n "crc": ([0-9]{1,10})\n}\n\Z')


def sealed(text: bytes) -> bytes:
    """`text`, a JSON object that ends in a line of its own, with the checksum of it; in place of one that it had."""
    body = _opened(text)[0]
    if not body.endswith(_END):
        return text
    return body[: -len(_END)] + b',\n "crc": %d\n}\n' % crc32(body)


def unsealed(text: bytes, where: str) -> bytes:
    """`text` without its checksum; one that has none is not checked. Raises `StoreError` if it is not what was written."""
    body, crc = _opened(text)
    if crc is not None and crc != crc32(body):
        raise StoreError(f"{where}: damaged trace: it is not what was written (its checksum says so)")
    return body


def _opened(text: bytes) -> tuple[bytes, int | None]:
    found = _SEAL.search(text, max(0, len(text) - 40))
    return (text, None) if found is None else (text[: found.start()] + _END, int(found[1]))
