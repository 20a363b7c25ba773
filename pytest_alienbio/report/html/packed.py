"""Data inside a page: JSON, compressed, in letters that end no script."""

from __future__ import annotations

import base64
import gzip
import json

from ...model import Json


def pack(value: Json) -> str:
    """`value` as JSON, gzip and base64: the same letters for the same value, whenever and wherever it is packed.

    Raises `ValueError` for NaN and infinities, which no browser reads.
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False, default=dict)
    return base64.b64encode(gzip.compress(text.encode("ascii"), compresslevel=6, mtime=0)).decode("ascii")


def unpack(text: str) -> Json:
    """What `pack` packed. Raises `ValueError` for what it did not."""
    try:
        value: Json = json.loads(gzip.decompress(base64.b64decode(text, validate=True)))
    except (OSError, EOFError) as error:
        raise ValueError("no packed data of a page") from error
    return value
