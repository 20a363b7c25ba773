"""Data inside a page: JSON in letters that end no script, plain or compressed."""

from __future__ import annotations

import base64
import gzip
import json

from ...model import Json


def in_page(value: Json) -> str:
    """`value` as JSON that may stand in a script: ASCII, and nothing in it is markup. Raises `ValueError` for NaN."""
    return _text(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def arrival(name: str, packed: str, made: str) -> str:
    """The script that hands a page a chunk which stands beside it; `made`: when the page was, which takes no other's."""
    return f"bio.arrived({in_page(name)}, {in_page(packed)}, {in_page(made)});\n"


def pack(value: Json) -> str:
    """`value` as JSON, gzip and base64: the same letters for the same value, whenever and wherever it is packed.

    Raises `ValueError` for NaN and infinities, which no browser reads.
    """
    return base64.b64encode(gzip.compress(_text(value).encode("ascii"), compresslevel=6, mtime=0)).decode("ascii")


def unpack(text: str) -> Json:
    """What `pack` packed. Raises `ValueError` for what it did not."""
    try:
        value: Json = json.loads(gzip.decompress(base64.b64decode(text, validate=True)))
    except (OSError, EOFError) as error:
        raise ValueError("no packed data of a page") from error
    return value


def _text(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False, default=dict)
