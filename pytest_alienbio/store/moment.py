"""Moments as they stand in a DAT: ISO-8601, UTC, with microseconds; elsewhere Unix seconds."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from ..model import Json

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = _EPOCH.replace(tzinfo=None)
_MICROSECOND = timedelta(microseconds=1)
_LAST = math.nextafter(253402300800, 0)
"""The last moment of the year 9999, after which `datetime` ends: rounded up, what was read could not be written."""


def now_text() -> str:
    """The time now as it is written everywhere in a DAT."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def seconds(text: Json) -> float:
    """Unix seconds of a time of a row; 0 for null."""
    if not isinstance(text, str):
        return 0.0
    when = datetime.fromisoformat(text)
    return min(((when if when.tzinfo else when.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND / 1_000_000, _LAST)


def time_text(seconds: float) -> str:
    """Unix seconds as they are written everywhere in a DAT. Raises `ValueError` or `OverflowError` for no time."""
    whole, part = divmod(round(seconds * 1_000_000), 1_000_000)
    return f"{_second(whole)}.{part:06}Z"


@lru_cache(maxsize=16)
def _second(whole: int) -> str:
    return (_NAIVE_EPOCH + timedelta(seconds=whole)).isoformat()
