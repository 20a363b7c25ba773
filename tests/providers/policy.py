"""How the fake model plays: from the words of each request alone, as a real one would. It keeps nothing between requests."""

from __future__ import annotations

from pytest_alienbio.model import Message, Request, Tool
from tests.agents.llm.readers import Reader

from .formats import Asked, Body, plain

POLICIES = ("reader", "noop")
"""`reader`: see `tests.agents.llm.readers`; `noop`: waits."""


def act(name: str, asked: Asked) -> Body:
    """What the policy `name` says. Raises `KeyError` for one that is not there.

    The conversation is read from its beginning each time: what a model remembers is what it is sent.
    """
    if name == "noop":
        return {"calls": [{"name": "wait", "arguments": {"steps": 1}}]}
    if name != "reader":
        raise KeyError(name)
    tools = tuple(Tool(tool, "", schema) for tool, schema in asked.tools.items())
    reader, said = Reader(), None
    for text in _turns(asked):
        said = reader(Request(asked.model, asked.system, tools, (Message("user", text),), asked.most))
    assert said is not None, "nothing was asked"
    return {"calls": [{"name": call.name, "arguments": dict(call.arguments or {})} for call in said.calls]}


def _turns(asked: Asked) -> list[str]:
    """The texts that show a state of the world, in order, each once."""
    texts: list[str] = []
    for message in asked.messages:
        if message["role"] == "assistant":
            continue
        content = message.get("content")
        for text in [plain([block]) for block in content] if isinstance(content, list) else [plain(content)]:
            if "Step " in text and " | budget left " in text:
                texts.append(text)
    return texts
