"""What a model would say, in the words of both wire formats; and what was asked, out of them."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Format = Literal["openai", "anthropic"]
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, read: what both formats have in common."""

    format: Format
    key: str
    body: Body
    text: str
    """As it came: what is the same twice was asked twice."""

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def messages(self) -> list[Body]:
        return [message for message in self.body.get("messages", []) if message.get("role") != "system"]

    @property
    def turn(self) -> int:
        """How often the assistant has spoken."""
        return sum(message.get("role") == "assistant" for message in self.messages)

    @property
    def system(self) -> str:
        if self.format == "anthropic":
            return plain(self.body.get("system", ""))
        return "\n".join(plain(message["content"]) for message in self.body.get("messages", []) if message["role"] == "system")

    @property
    def tools(self) -> dict[str, Body]:
        """Name -> schema of the arguments."""
        if self.format == "anthropic":
            return {tool["name"]: tool["input_schema"] for tool in self.body.get("tools", [])}
        return {tool["function"]["name"]: tool["function"]["parameters"] for tool in self.body.get("tools", [])}

    @property
    def most(self) -> int:
        """Tokens of the answer, at most."""
        body = self.body
        return int(body.get("max_completion_tokens") or body.get("max_tokens") or 4096)


def plain(content: Any) -> str:
    """The text of a message's content, tool results included."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "\n".join(plain(block.get("text") or block.get("content")) for block in content if isinstance(block, dict))


def tokens_in(value: Any) -> int:
    """A tokenizer of a kind: a token is four characters of JSON. The same text has the same tokens."""
    return (len(json.dumps(bare(value), sort_keys=True)) + 3) // 4


def bare(value: Any) -> Any:
    """`value` without marks of caching, which are no part of what is said."""
    if isinstance(value, dict):
        return {name: bare(inner) for name, inner in value.items() if name != "cache_control"}
    return [bare(inner) for inner in value] if isinstance(value, list) else value


def prefixes(asked: Asked) -> list[tuple[str, int, bool]]:
    """Of each beginning of a request (tools and system, then message by message): its hash, tokens, and whether marked."""
    body = asked.body
    head = [body.get("tools", []), body.get("system", "")]
    found: list[tuple[str, int, bool]] = []
    digest, total = hashlib.sha256(asked.model.encode()), 0
    for part in (head, *body.get("messages", [])):
        digest.update(json.dumps(bare(part), sort_keys=True).encode())
        total += tokens_in(part)
        found.append((digest.hexdigest(), total, "cache_control" in json.dumps(part)))
    return found


def written(asked: Asked, said: Mapping[str, Any], usage: Mapping[str, int] | None, number: str, model: str) -> Body:
    """An answer `said` (`text`, `calls`, `reasoning`, `refusal`, `stop`) as a body of the format that was asked in."""
    maker = _openai if asked.format == "openai" else _anthropic
    return maker(said, usage, number, model)


def _openai(said: Mapping[str, Any], usage: Mapping[str, int] | None, number: str, model: str) -> Body:
    calls: Sequence[Mapping[str, Any]] = said.get("calls", ())
    message: Body = {"role": "assistant", "content": said.get("text") or None, "refusal": said.get("refusal")}
    if calls:
        message["tool_calls"] = [
            {
                "id": call.get("id", f"call_{number}_{at}"),
                "type": "function",
                "function": {"name": call["name"], "arguments": call.get("raw", json.dumps(call.get("arguments", {})))},
            }
            for at, call in enumerate(calls)
        ]
    if said.get("reasoning"):
        message["reasoning_content"] = said["reasoning"]
    stop = said.get("stop") or ("tool_calls" if calls else "stop")
    body: Body = {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": stop, "logprobs": None}],
    }
    if usage is not None:
        body["usage"] = {
            "prompt_tokens": usage["input"],
            "completion_tokens": usage["output"],
            "total_tokens": usage["input"] + usage["output"],
            "prompt_tokens_details": {"cached_tokens": usage["cached"]},
            "completion_tokens_details": {"reasoning_tokens": usage["reasoning"]},
        }
    return body


def _anthropic(said: Mapping[str, Any], usage: Mapping[str, int] | None, number: str, model: str) -> Body:
    content: list[Body] = []
    if said.get("reasoning"):
        content.append({"type": "thinking", "thinking": said["reasoning"], "signature": f"signed-{number}"})
    if said.get("text"):
        content.append({"type": "text", "text": said["text"]})
    calls = said.get("calls", ())
    for at, call in enumerate(calls):
        arguments = call["raw"] if "raw" in call else call.get("arguments", {})
        content.append(
            {"type": "tool_use", "id": call.get("id", f"toolu_{number}_{at}"), "name": call["name"], "input": arguments}
        )
    stop = "refusal" if said.get("refusal") else said.get("stop") or ("tool_use" if calls else "end_turn")
    stop = {"length": "max_tokens"}.get(stop, stop)
    body: Body = {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
    }
    if usage is not None:
        body["usage"] = {
            "input_tokens": usage["input"] - usage["cached"] - usage["written"],
            "cache_read_input_tokens": usage["cached"],
            "cache_creation_input_tokens": usage["written"],
            "output_tokens": usage["output"],
        }
    return body


def error(asked: Asked, kind: str, message: str, code: str = "") -> Body:
    """A fault as the format spells it."""
    if asked.format == "openai":
        return {"error": {"message": message, "type": kind, "param": None, "code": code or None}}
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_fake"}
