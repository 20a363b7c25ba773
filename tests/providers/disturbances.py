"""What can go wrong at a provider, each as it looks on the wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .formats import Asked, Body, error


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent: `body`, of which only the first `sent` bytes if that is given; the connection is then closed."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: int | None = None
    stall_s: float = 0.0
    """Before the first byte."""
    silent: bool = False
    """Not even headers: the connection is closed."""
    endless: bool = False
    """Bytes without an end, until the client leaves."""

    @classmethod
    def of(cls, status: int, body: Body, headers: Mapping[str, str] | None = None) -> Reply:
        return cls(status, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})})


def _rate_limit(asked: Asked, rules: Mapping[str, Any]) -> Reply:
    wait = rules.get("retry_after_s", 0.05)
    if asked.format == "openai":
        headers = {"retry-after-ms": str(int(wait * 1000)), "x-ratelimit-remaining-requests": "0"}
        headers["x-ratelimit-reset-requests"] = f"{int(wait * 1000)}ms"
    else:
        headers = {"retry-after": f"{wait:g}", "anthropic-ratelimit-requests-remaining": "0"}
    return Reply.of(429, error(asked, "rate_limit_error", "Rate limit reached for requests"), headers)


def _busy(asked: Asked, rules: Mapping[str, Any]) -> Reply:
    """With a hint when to come again: without one clients wait for seconds."""
    return Reply.of(503, error(asked, "api_error", "Busy"), {"retry-after": f"{rules.get('retry_after_s', 0.05):g}"})


def _context(asked: Asked, rules: Mapping[str, Any]) -> Reply:
    if asked.format == "openai":
        message = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."
        return Reply.of(400, error(asked, "invalid_request_error", message, "context_length_exceeded"))
    return Reply.of(400, error(asked, "invalid_request_error", "prompt is too long: 212000 tokens > 200000 maximum"))


def _revoked(asked: Asked, rules: Mapping[str, Any]) -> Reply:
    """Providers echo parts of the key, and some the whole of it."""
    if asked.format == "openai":
        message = f"Incorrect API key provided: {asked.key}. You can find your API key at https://platform.openai.com/account."
        return Reply.of(401, error(asked, "invalid_request_error", message, "invalid_api_key"))
    return Reply.of(401, error(asked, "authentication_error", f"invalid x-api-key: {asked.key}"))


def _redirect(asked: Asked, rules: Mapping[str, Any]) -> Reply:
    return Reply(307, b"", {"location": rules.get("redirect_to", "http://collector.example/v1/steal?key=" + asked.key)})


def _unknown_model(asked: Asked, rules: Mapping[str, Any]) -> Reply:
    if asked.format == "openai":
        message = f"The model `{asked.model}` does not exist or you do not have access to it."
        return Reply.of(404, error(asked, "invalid_request_error", message, "model_not_found"))
    return Reply.of(404, error(asked, "not_found_error", f"model: {asked.model}"))


def _temperature(asked: Asked, rules: Mapping[str, Any]) -> Reply:
    message = "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported."
    return Reply.of(400, error(asked, "invalid_request_error", message, "unsupported_value"))


def _quota(asked: Asked, rules: Mapping[str, Any]) -> Reply:
    message = "You exceeded your current quota, please check your plan and billing details."
    return Reply.of(429, error(asked, "insufficient_quota", message, "insufficient_quota"))


def _plain(status: int, kind: str, message: str) -> Callable[[Asked, Mapping[str, Any]], Reply]:
    return lambda asked, rules: Reply.of(status, error(asked, kind, message))


BEFORE: dict[str, Callable[[Asked, Mapping[str, Any]], Reply]] = {
    "rate_limit": _rate_limit,
    "quota": _quota,
    "server": _plain(500, "api_error", "The server had an error while processing your request"),
    "busy": _busy,
    "overloaded": _plain(529, "overloaded_error", "Overloaded"),
    "stall": lambda asked, rules: Reply(200, b"", stall_s=rules.get("stall_s", 30.0), silent=True),
    "drop_before": lambda asked, rules: Reply(200, b"", silent=True),
    "context_overflow": _context,
    "revoked": _revoked,
    "forbidden": _plain(403, "permission_error", "Your API key does not have permission to use the specified resource."),
    "redirect": _redirect,
    "huge": lambda asked, rules: Reply(200, b'{"id": "' + b"a" * rules.get("huge", 17_000_000) + b'"}'),
    "endless": lambda asked, rules: Reply(200, b'{"id": "', {"content-type": "application/json"}, endless=True),
    "not_json": lambda asked, rules: Reply(200, b'{"id": "x", "choices": [}', {"content-type": "application/json"}),
    "html": lambda asked, rules: Reply(200, b"<!doctype html><title>Sign in</title>", {"content-type": "text/html"}),
    "gateway_html": lambda asked, rules: Reply(502, b"<html>502 Bad Gateway</html>", {"content-type": "text/html"}),
    "unknown_model": _unknown_model,
    "no_tools": _plain(400, "invalid_request_error", "registry.ollama.ai/library/tiny does not support tools"),
    "temperature": _temperature,
    "bad_request": _plain(400, "invalid_request_error", "messages: at least one message is required"),
    "no_choices": lambda asked, rules: Reply.of(200, {"object": "chat.completion", "choices": None, "content": None}),
    "list": lambda asked, rules: Reply(200, b"[1, 2]", {"content-type": "application/json"}),
}
"""Faults in place of an answer: the model says nothing, and nothing is counted but the call."""

AFTER = ("drop_after", "cut", "cut_json")
"""An answer that does not come whole: the provider has done, and counted, its work."""

SPOKEN: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "empty": lambda said: {"text": "", "calls": []},
    "refusal": lambda said: {"text": "", "calls": [], "refusal": "I can't help with that."},
    "max_tokens": lambda said: {"text": "I was about to", "calls": [], "stop": "length"},
    "bad_arguments": lambda said: {**said, "calls": [{"name": call["name"], "raw": '{"dose": '} for call in _calls(said)]},
    "unknown_tool": lambda said: {**said, "calls": [{"name": "launch_rockets", "arguments": {}}]},
    "parallel": lambda said: {**said, "calls": [*_calls(said), *_calls(said)]},
    "no_usage": lambda said: {**said, "no_usage": True},
}
"""Faults in what the model says: it comes whole, and is counted."""

KINDS = (*BEFORE, *AFTER, *SPOKEN)


def _calls(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(said.get("calls") or [{"name": "wait", "arguments": {}}])


def cut(kind: str, whole: Reply) -> Reply:
    """`whole` as it comes when the line, or whoever writes JSON, breaks in the middle."""
    if kind == "cut_json":
        return Reply(whole.status, whole.body[: len(whole.body) // 2], whole.headers)
    return Reply(whole.status, whole.body, whole.headers, sent=0 if kind == "drop_after" else len(whole.body) // 2)


def endless() -> Iterator[bytes]:
    """Chunks of a body that has no end."""
    while True:
        yield b"a" * 1024
