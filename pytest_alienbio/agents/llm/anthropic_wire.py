"""Anthropic's messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import ProviderError
from ...model import Answer, Json, Message, Request, Tokens, ToolCall
from .openai_wire import whole

PATH = "/v1/messages"
_KEPT: Mapping[str, Json] = {"type": "ephemeral"}


def body_of(request: Request) -> dict[str, Json]:
    """The body of a request.

    Three places are marked to be kept in the provider's cache: what is the same at each turn (tools and system), the end of
    the turn before, which the last request has put there, and the end of this one, for the next.
    """
    body: dict[str, Json] = {
        **request.params,
        "model": request.model,
        "max_tokens": request.max_tokens,
        "messages": [*_messages(request.messages)],
    }
    if request.system.strip():  # an empty text is refused
        body["system"] = [{"type": "text", "text": request.system, "cache_control": dict(_KEPT)}]
    if request.tools:
        tools: list[dict[str, Json]] = [
            {"name": tool.name, "description": tool.description, "input_schema": dict(tool.schema)} for tool in request.tools
        ]
        if "system" not in body:
            tools[-1]["cache_control"] = dict(_KEPT)
        body["tools"] = [*tools]
    return body


def answer_of(body: Mapping[str, Any], host: str) -> Answer:
    """An answer's body. Raises `ProviderError`: a refusal, or what is no answer."""
    tokens = tokens_of(body.get("usage"))
    content, stop = body.get("content"), str(body.get("stop_reason") or "")
    if stop == "refusal":
        raise ProviderError("the model declined to answer", kind="refusal", status=200, tokens=tokens)
    if stop == "model_context_window_exceeded":
        raise ProviderError(
            "the conversation is longer than the model's context", kind="context_overflow", status=200, tokens=tokens
        )
    if not isinstance(content, Sequence) or isinstance(content, str):
        raise ProviderError(
            f"the answer of {host} is no message: it has no content", kind="truncated", status=200, tokens=tokens
        )
    blocks = [block for block in content if isinstance(block, Mapping)]
    calls = tuple(
        ToolCall(
            str(block.get("name") or ""),
            block["input"] if isinstance(block.get("input"), Mapping) else None,
            str(block.get("id") or f"toolu_{number}"),
            "" if isinstance(block.get("input"), Mapping) else str(block.get("input")),
        )
        for number, block in enumerate(blocks)
        if block.get("type") == "tool_use"
    )
    thinks = any(block.get("type") in ("thinking", "redacted_thinking") for block in blocks)
    return Answer(
        "".join(str(block.get("text") or "") for block in blocks if block.get("type") == "text"),
        calls,
        tokens,
        stop,
        str(body.get("model") or ""),
        str(body.get("id") or ""),
        [dict(block) for block in blocks] if thinks and all(call.arguments is not None for call in calls) else None,
    )


def tokens_of(usage: object) -> Tokens:
    """What a `usage` says. Its `input_tokens` are those that were neither read from the cache nor written into it."""
    if not isinstance(usage, Mapping):
        return Tokens()
    fresh, output = whole(usage.get("input_tokens")), whole(usage.get("output_tokens"))
    read, written = whole(usage.get("cache_read_input_tokens")), whole(usage.get("cache_creation_input_tokens"))
    return Tokens(None if fresh is None else fresh + (read or 0) + (written or 0), read, written, output)


def _messages(messages: Sequence[Message]) -> list[Json]:
    """Answers of tools that follow one another are one message here; the last two of what we say are marked."""
    told: list[tuple[str, list[dict[str, Json]]]] = []
    for message in messages:
        role = "assistant" if message.role == "assistant" else "user"
        blocks = _blocks(message)
        if told and told[-1][0] == role:
            told[-1][1].extend(blocks)
        else:
            told.append((role, blocks))
    for _, blocks in [each for each in told if each[0] == "user"][-2:]:
        blocks[-1]["cache_control"] = dict(_KEPT)
    return [{"role": role, "content": list(blocks)} for role, blocks in told]


def _blocks(message: Message) -> list[dict[str, Json]]:
    if message.role == "tool":
        return [{"type": "tool_result", "tool_use_id": message.of, "content": message.text or "(nothing)"}]
    if message.role == "user":
        return [{"type": "text", "text": message.text or "(nothing)"}]
    if isinstance(message.native, Sequence) and not isinstance(message.native, str):
        return [dict(block) for block in message.native if isinstance(block, Mapping)]
    blocks: list[dict[str, Json]] = [{"type": "text", "text": message.text}] if message.text.strip() else []
    for call in message.calls:
        # An object is all that is taken: what was none goes back inside of one.
        given: dict[str, Json] = {"malformed": call.raw} if call.arguments is None else dict(call.arguments)
        blocks.append({"type": "tool_use", "id": call.id, "name": call.name or "nothing", "input": given})
    return blocks or [{"type": "text", "text": "(nothing)"}]
