"""What went wrong with a request, told from what a provider's client raised: its class, and a sentence for people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from ...errors import ProviderError
from ...model import inert
from .hints import asked_s
from .transport import EndlessError, TooLargeError, host_of

MOST_TOLD = 300
_CONTEXT = re.compile(
    r"context.{0,3}length|context.{0,3}window|context_length_exceeded|prompt is too long|too many (?:input )?tokens|"
    r"maximum (?:model )?(?:context|input)|exceeds? the (?:available |model'?s )?(?:context|max(?:imum)? (?:model )?len)|"
    r"longer than the (?:maximum )?model|input (?:length|is) .{0,40}(?:exceed|too long)|max_model_len|num_ctx|"
    r"exceed_context_size|request_too_large",
    re.IGNORECASE,
)
"""OpenAI, Anthropic, vLLM, Ollama, llama.cpp, OpenRouter and the like."""
_TOOLS = re.compile(
    r"(?:does not|doesn't|not) support (?:tool|function)|"
    r"(?:tools?|functions?|tool.?(?:use|call\w*)|tool.?choice|function.?calling) (?:is|are) not (?:supported|available|enabled)"
    r"|requires --enable-auto-tool-choice|tool.?call.?parser|no endpoints found that support tool use",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"model[_ ]not[_ ]found|model: \S+ not_found_error|"
    r"model:? .{0,120}(?:does not exist|not found|is not (?:available|supported|a valid))|"
    r"(?:unknown|invalid|no such|unsupported) model|not a valid model|try pulling it",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"insufficient.{0,3}(?:quota|credit|balance|funds)|exceeded your current quota|credit balance|billing", re.IGNORECASE
)
_FILTER = re.compile(r"content.?(?:policy|management|filter)|responsible.?ai", re.IGNORECASE)
_MASKED = re.compile(r"[\w.-]*\*{2,}[\w.-]*")
_KEYLIKE = re.compile(
    r"\b(?:sk|pk|rk)-[\w-]{4,}|(?i:\bbearer\s+)[^\s\"',]+|(?i:(?<=key provided: )|(?<=x-api-key: ))[^\s\"',]+"
)
_FRAGMENT = 6
"""Characters in a row that are the key's: so many are hidden."""


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
    """A provider's text to be told: one inert line, without the key, a part of it, or what looks like anybody's."""
    return inert(_without(text[: 4 * MOST_TOLD], key), most=MOST_TOLD)


def _without(text: str, key: str) -> str:
    if len(key) >= _FRAGMENT + 2:
        text = text.replace(key, "***")
        marked = [False] * len(text)
        for at in range(len(text) - _FRAGMENT + 1):
            if text[at : at + _FRAGMENT] in key:
                marked[at : at + _FRAGMENT] = [True] * _FRAGMENT
        text = re.sub("\0+", "***", "".join("\0" if mark else char for char, mark in zip(text, marked, strict=True)))
    return _KEYLIKE.sub("***", _MASKED.sub("***", text))


def without(told: Any, key: str) -> Any:
    """JSON that a server answered, without the key, which it may say again. Raises `RecursionError` for what is too deep.

    It is hidden before anybody reads it: whoever keeps, shows or sends back what a model said does not know the key.
    """
    if len(key) < _FRAGMENT + 2:  # no key, or one that stands in every text
        return told

    def hidden(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(key, "***")
        if isinstance(value, list):
            return [hidden(inner) for inner in value]
        return {hidden(name): hidden(inner) for name, inner in value.items()} if isinstance(value, dict) else value

    return hidden(told)


def message_in(body: bytes) -> str:
    """What a body says went wrong: its `error.message`, else its beginning."""
    try:
        told: Any = json.loads(body[:100_000])
    except (ValueError, RecursionError):
        return body[:1000].decode("utf-8", "replace")
    error = told.get("error", told) if isinstance(told, Mapping) else told
    if isinstance(error, Mapping):
        parts = [str(error.get(name)) for name in ("message", "detail", "code", "type") if error.get(name)]
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
    kind = kind_of(status, said)
    told = conceal(said, key)
    where = f"{host} answered {status}" + (f": {told}" if told else "")
    if kind == "wrong_url":
        where += f" (asked at {inert(url, most=200)})"
    asked = asked_s(response.headers, datetime.now(UTC), said) if kind in ("rate_limit", "server") else None
    return ProviderError(where, kind=kind, status=status, retry_after_s=asked)


def kind_of(status: int, said: str) -> str:
    """The class of a failure, by its HTTP status and what is said of it."""
    if status == 402 or (status in (400, 403, 429) and _CREDIT.search(said)):
        return "no_credit"
    if status in (401, 403):
        return "bad_key"
    if status == 408:
        return "timeout"
    if status == 429:
        return "rate_limit"
    if status in (409, 425) or status >= 500:
        # Some servers answer 500 to what will never fit.
        return "context_overflow" if _CONTEXT.search(said) else "no_tools" if _TOOLS.search(said) else "server"
    if _TOOLS.search(said):
        return "no_tools"
    if status == 413 or _CONTEXT.search(said):
        return "context_overflow"
    if _MODEL.search(said):
        return "unknown_model"
    if status in (404, 405):
        return "wrong_url"
    return "refusal" if _FILTER.search(said) else "bad_request"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
