"""What a provider's headers and words say about when to come again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

from ...model.rate import pause_s

_LENGTH = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_AGAIN = re.compile(r"(?i)\btry again in ((?:\d+(?:\.\d+)?(?:ms|[dhms]))+)")
_COUNTED = ("requests", "tokens", "input-tokens", "output-tokens")


def asked_s(headers: Mapping[str, str], now: datetime, said: str = "") -> float | None:
    """How long nobody should call, seconds; None if nothing is said.

    `retry-after-ms`, then `Retry-After` (seconds or a date), then what is used up by `x-ratelimit-*` (OpenAI and who speaks
    like it) or `anthropic-ratelimit-*`, then the words of the error.
    """
    for name, scale in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        if (found := _number(headers.get(name))) is not None:
            return max(0.0, found * scale)
    if (until := _date(headers.get("retry-after"))) is not None:
        return max(0.0, (until - now).total_seconds())
    used_up = max((_used_up(headers, prefix, what, now) for prefix in _PREFIXES for what in _COUNTED), default=0.0)
    if used_up > 0:
        return used_up
    again = _AGAIN.search(said)
    return _length(again[1]) if again else None


_PREFIXES = ("x-ratelimit", "anthropic-ratelimit")


def _used_up(headers: Mapping[str, str], prefix: str, what: str, now: datetime) -> float:
    """Seconds until one more is possible of what is used up; 0 if it is not."""
    ours = prefix == "anthropic-ratelimit"
    named = (f"{prefix}-{what}-{{}}" if ours else f"{prefix}-{{}}-{what}").format
    remaining = _number(headers.get(named("remaining")))
    reset = headers.get(named("reset"), "")
    seconds = _length(reset)
    if seconds is None and (until := _date(reset)) is not None:
        seconds = (until - now).total_seconds()
    limit = _number(headers.get(named("limit")))
    if seconds is not None and not ours and what == "requests" and limit and limit >= 1:
        seconds /= limit  # OpenAI says when all of them are possible again
    return pause_s(remaining=None if remaining is None else int(remaining), reset_s=seconds)


def _number(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if isfinite(found) else None


def _length(text: str) -> float | None:
    """Seconds of `6m0s`, `120ms`, `1.5s`, `12`."""
    if (found := _number(text)) is not None:
        return found
    match = _LENGTH.fullmatch(text.strip())
    if not match or not any(match.groups()):
        return None
    return sum(float(part or 0) * scale for part, scale in zip(match.groups(), (86400, 3600, 60, 1, 1e-3), strict=True))


def _date(text: str | None) -> datetime | None:
    """An HTTP date or one of RFC 3339."""
    if not text:
        return None
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(text)
        except (TypeError, ValueError, OverflowError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
