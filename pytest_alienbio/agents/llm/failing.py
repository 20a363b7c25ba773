"""What went wrong with a request, told from what a provider's client raised: its class, and a sentence for people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import ModuleType
from typing import Any

from ...errors import ProviderError
from ...model import inert
from ...model.rate import pause_s
from .transport import EndlessError, TooLargeError, host_of

MOST_TOLD = 300
_CONTEXT = re.compile(
    r"context[ _]length|maximum context|context window|too many (?:input )?tokens|prompt is too long|num_ctx"
    r"|longer than the maximum|input (?:is )?too long|exceeds? the (?:model|maximum)",
    re.I,
)
_TOOLS = re.compile(
    r"not support tools?|tools? (?:is|are) not supported|tool[ -]choice|tool-call-parser|function calling is not", re.I
)
_MODEL = re.compile(
    r"model[_ ]not[_ ]found|model\b.{0,80}\b(?:not found|does not exist|unknown)|unknown model|not a valid model"
    r"|not_found_error",
    re.I,
)
_CREDIT = re.compile(r"insufficient_quota|credit balance|billing|exceeded your current quota", re.I)
_KEYLIKE = re.compile(r"\b(?:sk|pk|rk|key)-[A-Za-z0-9_*.\-]{4,}|(?i:bearer )\S+")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def failure_of(error: Exception, sdk: ModuleType, url: str, key: str) -> ProviderError:
    """`error`, raised by `sdk` or by what reads its answers, as a `ProviderError`; nothing of `key` is in it."""
    host = host_of(url)
    for cause in _chain(error):
        if isinstance(cause, TooLargeError):
            return ProviderError(f"the answer of {host} is not read: {cause}", kind="too_large", status=None)
        if isinstance(cause, EndlessError):
            return ProviderError(f"the answer of {host}: {cause}", kind="timeout")
    if isinstance(error, sdk.APITimeoutError):
        return ProviderError(f"{host} did not answer in time", kind="timeout")
    if isinstance(error, sdk.APIStatusError):
        return _by_status(error.response, host, url, key)
    causes = " ".join(dict.fromkeys(str(cause) for cause in _chain(error)))
    told = conceal(causes, key)
    if "complete message body" in causes or "incomplete" in causes:
        return ProviderError(f"the answer of {host} broke off: {told}", kind="truncated")
    return ProviderError(f"no connection to {host}, or it was dropped: {told}", kind="connection")


def conceal(text: str, key: str) -> str:
    """A provider's text to be told: one inert line, without the key or what looks like one."""
    text = text.replace(key, "***") if len(key) > 3 else text
    return inert(_KEYLIKE.sub("***", text), most=MOST_TOLD)


def asked_pause(headers: Mapping[str, str]) -> float | None:
    """Seconds that an answer's headers ask everybody to wait; None if they do not."""
    after = _number(headers.get("retry-after-ms", ""), 0.001)
    if after is None and (text := headers.get("retry-after", "")):
        after = _number(text) if _number(text) is not None else _until(text)
    remaining: int | None = None
    reset = 0.0
    for what in ("requests", "tokens"):
        for prefix in ("x-ratelimit", "anthropic-ratelimit"):
            order = (f"{prefix}-remaining-{what}", f"{prefix}-{what}-remaining")
            left = next((headers[name] for name in order if name in headers), "")
            if left.isdigit() and int(left) == 0:
                remaining = 0
                spans = (headers.get(f"{prefix}-reset-{what}", ""), headers.get(f"{prefix}-{what}-reset", ""))
                reset = max(reset, *((_span(span) or _until(span) or 0.0) for span in spans))
    found = pause_s(retry_after_s=after, remaining=remaining, reset_s=reset)
    return found if after is not None or found > 0 else None


def message_in(body: bytes) -> str:
    """What a body says went wrong: its `error.message`, else its beginning."""
    try:
        told: Any = json.loads(body[:100_000])
    except ValueError:
        return body[:1000].decode("utf-8", "replace")
    error = told.get("error", told) if isinstance(told, Mapping) else told
    if isinstance(error, Mapping):
        parts = [str(error.get(name)) for name in ("message", "code", "type") if error.get(name)]
        return " ".join(dict.fromkeys(parts)) or json.dumps(error)[:1000]
    return str(error)[:1000]


def _by_status(response: Any, host: str, url: str, key: str) -> ProviderError:
    status: int = response.status_code
    if 300 <= status < 400:
        to = host_of(response.headers.get("location", ""))
        what = f"{host} sends on to {to}, which is not followed: the key would go there too"
        return ProviderError(what, kind="redirect", status=status)
    try:
        said = message_in(response.content)
    except Exception:  # noqa: BLE001 - a body that cannot be read says nothing
        said = ""
    kind = _kind(status, said)
    told = conceal(said, key)
    where = f"{host} answered {status}" + (f": {told}" if told else "")
    if kind == "bad_request" and status == 404:
        where += f" (asked at {inert(url, most=200)})"
    asked = asked_pause(response.headers) if kind in ("rate_limit", "server") else None
    return ProviderError(where, kind=kind, status=status, retry_after_s=asked)


def _kind(status: int, said: str) -> str:
    if status == 402 or (status in (400, 403, 429) and _CREDIT.search(said)):
        return "no_credit"
    if status in (401, 403):
        return "bad_key"
    if status == 408:
        return "timeout"
    if status == 429:
        return "rate_limit"
    if status >= 500 or status == 409:
        return "server"
    if _CONTEXT.search(said) or status == 413:
        return "context_overflow"
    if _TOOLS.search(said):
        return "no_tools"
    if _MODEL.search(said):
        return "unknown_model"
    return "bad_request"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _number(text: str, unit: float = 1.0) -> float | None:
    try:
        value = float(text) * unit
    except ValueError:
        return None
    return value if 0 <= value < 1e9 else None


def _span(text: str) -> float | None:
    """Seconds of `6m0s`, `20ms`, `1.5s`."""
    found = _SPAN.findall(text)
    return sum(float(count) * _SECONDS[unit] for count, unit in found) if found and not text.endswith("Z") else _number(text)


def _until(text: str) -> float | None:
    """Seconds until a moment, as HTTP or RFC 3339 writes it."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00")) if text[:4].isdigit() else parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
