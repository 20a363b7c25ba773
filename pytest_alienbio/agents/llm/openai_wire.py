"""OpenAI's chat completions, as OpenAI and everybody compatible speaks them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...errors import ProviderError
from ...model import Answer, Json, Message, Request, Tokens, ToolCall
from .failing import conceal, kind_of, message_in

PATH = "/chat/completions"
_WANTED_BACK = ("reasoning_content", "reasoning", "reasoning_details")
"""What servers call a message's reasoning; some play worse, or refuse, without what they said before."""


def body_of(request: Request, *, newer: bool) -> dict[str, Json]:
    """The body of a request. `newer`: `max_completion_tokens`, as OpenAI has it; others know `max_tokens`."""
    body: dict[str, Json] = {
        **request.params,
        "model": request.model,
        "messages": [{"role": "system", "content": request.system}, *map(_message, request.messages)],
        "max_completion_tokens" if newer else "max_tokens": request.max_tokens,
    }
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.schema)},
            }
            for tool in request.tools
        ]
    return body


def answer_of(body: Mapping[str, Any], host: str) -> Answer:
    """An answer's body. Raises `ProviderError`: a refusal, or what is no answer."""
    tokens = tokens_of(body.get("usage"))
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, Sequence) and choices and isinstance(choices[0], Mapping) else None
    message = choice.get("message") if choice else None
    if choice is None and (error := body.get("error")):
        # Some proxies say 200 to everything, and tell the failure inside.
        code = error.get("code") if isinstance(error, Mapping) else None
        said = message_in(json.dumps({"error": error}).encode())
        kind = kind_of(code if isinstance(code, int) and 400 <= code < 600 else 400, said)
        raise ProviderError(f"{host} answered with an error: {conceal(said, '')}", kind=kind, status=200, tokens=tokens)
    if choice is None or not isinstance(message, Mapping):
        raise ProviderError(
            f"the answer of {host} is none of chat completions: no message", kind="truncated", status=200, tokens=tokens
        )
    stop = str(choice.get("finish_reason") or "")
    refusal = message.get("refusal")
    if refusal or stop == "content_filter":
        what = f"the model declined: {str(refusal)[:200]}" if refusal else "the answer was filtered by its provider"
        raise ProviderError(what, kind="refusal", status=200, tokens=tokens)
    content = message.get("content")
    return Answer(
        content if isinstance(content, str) else _joined(content),
        tuple(_calls(message.get("tool_calls"))),
        tokens,
        stop,
        str(body.get("model") or ""),
        str(body.get("id") or ""),
        {name: message[name] for name in _WANTED_BACK if message.get(name)} or None,
    )


def tokens_of(usage: object) -> Tokens:
    """What a `usage` says; input with what was cached, output with reasoning.

    Servers that leave reasoning out of the output are known by their total, which has it.
    """
    if not isinstance(usage, Mapping):
        return Tokens()
    read, made = usage.get("prompt_tokens_details"), usage.get("completion_tokens_details")
    input, output, total = (whole(usage.get(f"{name}_tokens")) for name in ("prompt", "completion", "total"))
    reasoning = whole(made.get("reasoning_tokens")) if isinstance(made, Mapping) else None
    if input is not None and output is not None and reasoning and total == input + output + reasoning:
        output += reasoning
    return Tokens(
        input,
        whole(read.get("cached_tokens")) if isinstance(read, Mapping) else None,
        whole(read.get("cache_write_tokens")) if isinstance(read, Mapping) else None,
        output,
        reasoning,
    )


def whole(value: object) -> int | None:
    """A count, if it is one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _message(message: Message) -> dict[str, Json]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.of, "content": message.text}
    if message.role == "user":
        return {"role": "user", "content": message.text}
    told: dict[str, Json] = {"role": "assistant", "content": message.text or (None if message.calls else "(nothing)")}
    if message.calls:
        told["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {
                    "name": call.name or "(nothing)",
                    # What was no JSON goes back inside of some: servers that parse it would refuse the whole conversation.
                    "arguments": json.dumps({"malformed": call.raw} if call.arguments is None else dict(call.arguments)),
                },
            }
            for call in message.calls
        ]
    if isinstance(message.native, Mapping):
        told |= {name: message.native[name] for name in _WANTED_BACK if name in message.native}
    return told


def _calls(values: object) -> Iterator[ToolCall]:
    for number, value in enumerate(values if isinstance(values, Sequence) else ()):
        function = value.get("function") if isinstance(value, Mapping) else None
        if not isinstance(function, Mapping):
            continue
        raw = function.get("arguments")
        arguments = raw
        if isinstance(raw, str):
            try:
                arguments = json.loads(raw or "{}")
            except (ValueError, RecursionError):
                arguments = None
        is_object = isinstance(arguments, Mapping)
        yield ToolCall(
            str(function.get("name") or ""),
            arguments if is_object else None,
            str(value.get("id") or f"call_{number}"),
            "" if is_object else str(raw),
        )


def _joined(content: object) -> str:
    """The text of a content in parts."""
    parts = content if isinstance(content, Sequence) else ()
    return "".join(str(part.get("text") or "") for part in parts if isinstance(part, Mapping))
