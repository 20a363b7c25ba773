"""Turns <-> the messages of a chat: an agent's call is a tool call, what came of it is the tool's answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ...model import Json, Trajectory, Turn
from ..foreign import listed, mapping

OURS = "alienbio"
"""The key in a message's metadata under which a turn keeps what a chat has no place for."""

MOST_TEXT = 20_000
"""Characters of one answer that are kept when a chat becomes turns."""


def messages_of(trajectory: Trajectory, question: str, agent: str, prefix: str) -> list[dict[str, Json]]:
    """The chat: the question with what was seen first, then for each turn the call and its answer with what is seen next.

    The ids of messages begin with `prefix`, since Inspect takes two of one id for the same, also those of two samples.
    """
    turns = trajectory.turns
    first = _told({"seen": turns[0].seen} if turns and turns[0].seen else {})
    chat: list[dict[str, Json]] = [
        {"id": f"{prefix}-0", "role": "user", "source": "input", "content": f"{question}\n{first}".rstrip()},
    ]
    for number, turn in enumerate(turns, 1):
        after = turns[number].seen if number < len(turns) else {}
        kept: dict[str, Json] = {
            "step": turn.step,
            "ok": turn.ok,
            "reason": turn.reason,
            "cost": turn.cost,
            "seen": turn.seen,
            "reading": turn.reading,
            "state": turn.state,
        }
        call: dict[str, Json] = {
            "id": f"call{number}",
            "function": turn.action,
            "arguments": dict(turn.params),
            "type": "function",
        }
        answer: dict[str, Json] = {
            "id": f"{prefix}-{2 * number}",
            "role": "tool",
            "content": _told(
                {
                    **({"reading": turn.reading} if turn.reading else {}),
                    **({"cost": turn.cost} if turn.cost else {}),
                    **({"reason": turn.reason} if turn.reason else {}),
                    **({"seen": after} if after else {}),
                }
            ),
            "tool_call_id": f"call{number}",
            "function": turn.action,
        }
        if not turn.ok:
            answer["error"] = {"type": "unknown", "message": turn.reason}
        chat.append(
            {
                "id": f"{prefix}-{2 * number - 1}",
                "role": "assistant",
                "source": "generate",
                "model": agent,
                "content": turn.reasoning,
                "tool_calls": [call],
                "metadata": {OURS: kept},
            }
        )
        chat.append(answer)
    return chat


def turns_of(chat: Iterable[Mapping[str, Any]], attachments: Mapping[str, Any]) -> tuple[Turn, ...]:
    """The turns of a chat: one a tool call; one of its own (`say`) for an answer in words. Other messages are no turns."""
    turns: list[Turn] = []
    waiting: dict[str, int] = {}
    for message in chat:
        if message.get("role") == "assistant":
            kept = mapping(mapping(message.get("metadata")).get(OURS))
            words = str(message.get("content")) if kept else _words(message.get("content"), attachments)
            calls = [call for call in listed(message.get("tool_calls")) if isinstance(call, Mapping)]
            for position, call in enumerate(calls):
                if not kept:
                    waiting[str(call.get("id"))] = len(turns)
                turns.append(_turn(call, kept, len(turns), words if position == 0 else ""))
            if words and not calls:
                turns.append(Turn(step=len(turns), action="say", reasoning=words))
        elif message.get("role") == "tool":
            at = waiting.pop(str(message.get("tool_call_id")), None)
            if at is not None:
                turns[at] = _answered(turns[at], message, attachments)
    return tuple(turns)


def _turn(call: Mapping[str, Any], kept: Mapping[str, Any], step: int, words: str) -> Turn:
    told = kept.get("step")
    return Turn(
        step=told if isinstance(told, int) else step,
        action=str(call.get("function", "")),
        params=dict(mapping(call.get("arguments"))),
        ok=kept.get("ok") is not False,
        reason=str(kept.get("reason", "")),
        cost=_number(kept.get("cost")),
        seen=_numbers(kept.get("seen")),
        reading=dict(mapping(kept.get("reading"))),
        reasoning=words,
        state=_numbers(kept.get("state")),
    )


def _answered(turn: Turn, message: Mapping[str, Any], attachments: Mapping[str, Any]) -> Turn:
    words = _words(message.get("content"), attachments)
    error = mapping(message.get("error"))
    return replace(turn, ok=not error, reason=str(error.get("message", "")), reading={"answer": words} if words else {})


def _words(content: object, attachments: Mapping[str, Any]) -> str:
    """The text of a message: its own, or that of its parts; what is an attachment is looked up."""
    if isinstance(content, str):
        if content.startswith("attachment://"):
            content = str(attachments.get(content.removeprefix("attachment://"), content))
        return content[:MOST_TEXT]
    if isinstance(content, list):
        parts = [mapping(part) for part in content]
        texts = [_words(part.get("text") or part.get("reasoning") or part.get("content"), attachments) for part in parts]
        return "\n".join(filter(None, texts))[:MOST_TEXT]
    return ""


def _told(value: Mapping[str, Json]) -> str:
    return json.dumps(value, default=dict, ensure_ascii=False) if value else ""


def _numbers(value: object) -> dict[str, float]:
    return {str(name): float(number) for name, number in mapping(value).items() if isinstance(number, int | float)}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
