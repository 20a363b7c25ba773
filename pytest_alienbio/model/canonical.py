"""Values as JSON in one fixed spelling, and hashes of them: the ground under every content key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""What may travel in a battery, a journal or a trace: JSON's own values, finite numbers only."""


def canonical(value: Json) -> str:
    """`value` as JSON with sorted keys, no blanks, UTF-8 kept. Raises `ValueError` for NaN and infinities."""
    return repr(value) if type(value) is int else _ENCODER.encode(value)


def mapping(value: Json) -> Mapping[str, Json]:
    """`value` of a file where a mapping is expected; an empty one if it is none."""
    return value if isinstance(value, Mapping) else {}


def storable(text: str) -> str:
    """`text` as UTF-8 can hold it: bytes of a file name that are none become `\\udcff`-like escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def digest(value: Json) -> str:
    """SHA-256 of `canonical(value)` as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()
