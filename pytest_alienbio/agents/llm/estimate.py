"""How many tokens a request has at most, before its provider has counted them."""

from __future__ import annotations

import json

from ...model import Request
from ..tokens import count

CAREFUL = 2.0
"""By how much a real tokenizer is taken to exceed our count, until a provider has told how much it was."""
MARGIN = 1.15
"""What is added to what the provider told last."""
AROUND = 12
"""Tokens around each message and each tool."""


class Estimate:
    """Learns from each answer how the provider counts. `ratio`: its count to ours, None before the first answer."""

    __slots__ = ("_tools", "ratio")

    def __init__(self, ratio: float | None = None) -> None:
        self.ratio = ratio
        self._tools: tuple[object, int] = (None, 0)

    def of_text(self, text: str) -> int:
        """By our own rule."""
        return count(text)

    def most(self, request: Request) -> int:
        """Tokens that `request` has at most, as far as can be told."""
        scale = CAREFUL if self.ratio is None else max(1.0, self.ratio) * MARGIN
        return int(self._counted(request) * scale) + 1

    def learn(self, request: Request, tokens: int | None) -> None:
        """The provider counted so many."""
        if tokens:
            self.ratio = tokens / max(1, self._counted(request))

    def _counted(self, request: Request) -> int:
        if self._tools[0] is not request.tools:
            told = ((tool.name, tool.description, json.dumps(dict(tool.schema))) for tool in request.tools)
            self._tools = (request.tools, sum(AROUND + count(" ".join(each)) for each in told))
        counted = count(request.system) + self._tools[1]
        for message in request.messages:
            counted += AROUND + count(message.text)
            for call in message.calls:
                counted += AROUND + count(f"{call.name} {call.raw or json.dumps(dict(call.arguments or {}), default=str)}")
        return counted
