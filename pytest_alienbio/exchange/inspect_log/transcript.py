"""The events of a sample, made of its messages: what Inspect's viewer and its table of messages read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...model import Json


def events_of(chat: Sequence[Mapping[str, Any]], agent: str, at: str) -> tuple[list[Json], Json]:
    """Events and the messages they refer to: one event for each call of the agent, one for what came of it.

    A turn has no time of its own in a DAT, so all stand at `at`, the start of the cell. Messages are pooled, as Inspect
    does it: an event says how many of them the agent had before it.
    """
    pool: list[Json] = [{name: value for name, value in message.items() if name != "metadata"} for message in chat]
    events: list[Json] = []
    for index, message in enumerate(chat):
        here: dict[str, Json] = {"uuid": f"e{message['id']}", "timestamp": at, "working_start": 0.0}
        if message["role"] == "assistant":
            choice = {"message": pool[index], "stop_reason": "tool_calls"}
            events.append(
                {
                    **here,
                    "event": "model",
                    "model": agent,
                    "input": [],
                    "input_refs": [[0, index]],
                    "tools": [],
                    "tool_choice": "auto",
                    "config": {},
                    "output": {"model": agent, "choices": [choice], "completion": message["content"]},
                }
            )
        elif message["role"] == "tool":
            call = chat[index - 1]["tool_calls"][0]
            events.append(
                {
                    **here,
                    "event": "tool",
                    "type": "function",
                    "id": call["id"],
                    "function": call["function"],
                    "arguments": call["arguments"],
                    "result": message["content"],
                    "events": [],
                    "message_id": message["id"],
                    **({"error": message["error"]} if "error" in message else {}),
                }
            )
    return events, {"messages": pool, "calls": []}
