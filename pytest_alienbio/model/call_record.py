"""What was asked of a model and what came of it, as JSON: each thing once, though every request says all of it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from .canonical import Json
from .conversation import Answer, Message, ModelCall, Request, Tokens, Tool, ToolCall, call_as_json, message_as_json

_TOKENS = ("input", "cached", "cache_written", "output", "reasoning")
_SAID = "answered"
"""Stands for the message that says again what the model had answered to the request before."""


def message_of_answer(answer: Answer) -> Message:
    """What a model said, as the next request says it again."""
    return Message("assistant", answer.text, answer.calls, native=answer.native)


def calls_as_json(calls: Sequence[ModelCall]) -> list[Json]:
    """The attempts of a cell, in order. A request is told by how many messages it shares with the one before, and the others;
    system, tools and params where they are not the same as before."""
    found: list[Json] = []
    before: ModelCall | None = None
    for call in calls:
        found.append(_call(call, before))
        before = call
    return found


def calls_of(values: Json) -> tuple[ModelCall, ...]:
    """What `calls_as_json` made, back. Raises `ValueError` for what is none of it."""
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise ValueError("the calls of a model are no list")
    found: list[ModelCall] = []
    for value in values:
        try:
            found.append(_call_of(_mapping(value), found[-1] if found else None))
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise ValueError(f"call {len(found) + 1} of the model is damaged: {error}") from error
    return tuple(found)


def message_of(value: Json) -> Message:
    """The message of what `message_as_json` made. Raises `ValueError`."""
    told = _mapping(value)
    role = told.get("role")
    if role not in ("user", "assistant", "tool"):
        raise ValueError(f"{role!r:.40} is nobody in a conversation")
    return Message(role, _text(told, "text"), _tool_calls(told.get("calls", [])), _text(told, "of"), told.get("native"))


def _call(call: ModelCall, before: ModelCall | None) -> dict[str, Json]:
    request, last = call.request, before.request if before else None
    told: dict[str, Json] = {"step": call.step, "attempt": call.attempt, "at": call.at, "latency_s": call.latency_s}
    told["request"] = _request(request, last, before.answer if before else None)
    if call.answer is not None:
        told["answer"] = answer_as_json(call.answer)
    else:
        told["fault"] = {"kind": call.fault, "said": call.said, "status": call.status}
    told["tokens"] = _tokens(call.tokens)
    told["usd"] = call.usd
    if call.recalled:
        told["recalled"] = True
    if call.waited_s:
        told["waited_s"] = call.waited_s
    return told


def _request(request: Request, last: Request | None, answered: Answer | None) -> dict[str, Json]:
    told: dict[str, Json] = {"hash": request.hash}
    if last is None or last.model != request.model:
        told["model"] = request.model
    if last is None or last.system != request.system:
        told["system"] = request.system
    if last is None or last.tools != request.tools:
        told["tools"] = [
            {"name": tool.name, "description": tool.description, "schema": dict(tool.schema)} for tool in request.tools
        ]
    if last is None or last.max_tokens != request.max_tokens:
        told["max_tokens"] = request.max_tokens
    if last is None or dict(last.params) != dict(request.params):
        told["params"] = dict(request.params)
    shared = _shared(request.messages, last.messages if last else ())
    if shared:
        told["shares"] = shared
    again = message_of_answer(answered) if answered else None
    told["messages"] = [_SAID if message == again else message_as_json(message) for message in request.messages[shared:]]
    return told


def _shared(ours: Sequence[Message], theirs: Sequence[Message]) -> int:
    count = 0
    for one, other in zip(ours, theirs, strict=False):
        if one != other:
            break
        count += 1
    return count


def _call_of(told: Mapping[str, Any], before: ModelCall | None) -> ModelCall:
    request = _request_of(_mapping(told["request"]), before)
    if request.hash != told["request"]["hash"]:
        raise ValueError("its request is not what was recorded: the hash differs")
    answer = answer_of(_mapping(told["answer"])) if "answer" in told else None
    fault = _mapping(told.get("fault", {}))
    return ModelCall(
        int(told["step"]),
        int(told["attempt"]),
        request,
        answer,
        _text(fault, "kind"),
        _text(fault, "said"),
        fault.get("status"),
        _tokens_of(_mapping(told["tokens"])),
        told["usd"],
        float(told["latency_s"]),
        float(told["at"]),
        told.get("recalled") is True,
        float(told.get("waited_s", 0.0)),
    )


def _request_of(told: Mapping[str, Any], before: ModelCall | None) -> Request:
    last = before.request if before else Request("", "", (), (), 0)
    shares = int(told.get("shares", 0))
    if shares > len(last.messages):
        raise ValueError(f"it shares {shares} messages with a request of {len(last.messages)}")
    again = message_of_answer(before.answer) if before and before.answer else None
    messages = list(last.messages[:shares])
    for value in told["messages"]:
        if value == _SAID:
            if again is None:
                raise ValueError("it says again what was never answered")
            messages.append(again)
        else:
            messages.append(message_of(value))
    tools = (
        tuple(Tool(_text(tool, "name"), _text(tool, "description"), tool["schema"]) for tool in told["tools"])
        if "tools" in told
        else last.tools
    )
    return Request(
        _text(told, "model") if "model" in told else last.model,
        _text(told, "system") if "system" in told else last.system,
        tools,
        tuple(messages),
        int(told.get("max_tokens", last.max_tokens)),
        _mapping(told.get("params", last.params)),
    )


def answer_as_json(answer: Answer) -> dict[str, Json]:
    """All of it."""
    told: dict[str, Json] = {"text": answer.text, "calls": [call_as_json(call) for call in answer.calls], "stop": answer.stop}
    told |= {"model": answer.model, "id": answer.id, "tokens": _tokens(answer.tokens)}
    return told if answer.native is None else {**told, "native": answer.native}


def answer_of(told: Mapping[str, Any]) -> Answer:
    """The answer of what `answer_as_json` made. Raises `ValueError`, or `TypeError` for what is none."""
    return Answer(
        _text(told, "text"),
        _tool_calls(told.get("calls", [])),
        _tokens_of(_mapping(told.get("tokens", {}))),
        _text(told, "stop"),
        _text(told, "model"),
        _text(told, "id"),
        told.get("native"),
    )


def _tool_calls(values: Json) -> tuple[ToolCall, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise ValueError("the calls of a message are no list")
    found = []
    for value in map(_mapping, values):
        arguments = value.get("arguments")
        found.append(
            ToolCall(
                _text(value, "name"),
                cast("Mapping[str, Json]", arguments) if isinstance(arguments, Mapping) else None,
                _text(value, "id"),
                _text(value, "raw"),
            )
        )
    return tuple(found)


def _tokens(tokens: Tokens) -> dict[str, Json]:
    return {name: value for name in _TOKENS if (value := getattr(tokens, name)) is not None}


def _tokens_of(told: Mapping[str, Any]) -> Tokens:
    return Tokens(**{name: int(told[name]) for name in _TOKENS if told.get(name) is not None})


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{value!r:.60} is no mapping")
    return value


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text: {value!r:.60}")
    return value
