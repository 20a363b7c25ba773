"""Points in time as people type them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from ..errors import SpecError

_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?P<minute>[T ][0-9]{2}:[0-9]{2}(?P<second>:[0-9]{2}(?P<part>\.[0-9]{1,6})?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_AGO = re.compile(r"([0-9]{1,6})([mhdw])")
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_DAYS = {"today": 0, "yesterday": -1}
_EXPECTED = "2026-01-31, 2026-01-31T10:30, 7d, 12h, today or yesterday"


def when(text: str, now: float, zone: tzinfo | None = None) -> tuple[float, float]:
    """The stretch of time `text` names, in Unix seconds: its first moment, and the first moment after it.

    `2026-01-31`, `today` and `yesterday` are days, `2026-01-31T10:30` is a minute, `...:30:15` a second; `90m`, `12h`,
    `7d` and `2w` are moments so long before `now`. Without an offset in the text (`Z`, `+01:00`) it is a time in `zone`,
    None for this machine's. Raises `SpecError`.
    """
    word = text.strip()
    if ago := _AGO.fullmatch(word):
        moment = now - int(ago[1]) * _SECONDS[ago[2]]
        return moment, moment
    try:
        return _day(word, now, zone) if word in _DAYS else _iso(word, zone)
    except (ValueError, OverflowError, OSError) as error:
        raise SpecError(f"{text[:60]!r} is no time: {error}; expected {_EXPECTED}") from None


def _day(word: str, now: float, zone: tzinfo | None) -> tuple[float, float]:
    today = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start = today + timedelta(days=_DAYS[word])
    return start.timestamp(), (start + timedelta(days=1)).timestamp()


def _iso(word: str, zone: tzinfo | None) -> tuple[float, float]:
    match = _ISO.fullmatch(word)
    if not match:
        raise ValueError("not a date, nor a word for one")
    start = datetime.fromisoformat(word)
    if start.tzinfo is None:
        start = start.replace(tzinfo=zone)
    if not match["minute"]:
        return start.timestamp(), (start + timedelta(days=1)).timestamp()
    length = 0.0 if match["part"] else 1.0 if match["second"] else 60.0
    return start.timestamp(), start.timestamp() + length
