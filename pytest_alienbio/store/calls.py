"""What was asked of a model and what it answered, as a trace keeps it: secrets hidden, nothing endless, each thing once.

Requests and answers are hidden and bounded alike, and a request's hash is that of what is kept. So whoever plays a cell again
from its record hides in the same way what would be asked now (`kept_request`), and compares.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ..model import Answer, Json, Message, ModelCall, Request, ToolCall, storable
from ..model.call_record import calls_as_json, calls_of
from . import secrets

MOST_TEXT = 200_000
"""Characters of one text of an answer that are kept: not fewer than a model's agent reads of it (`agents.llm.reading`)."""
MOST_ARGUMENTS = 10 * MOST_TEXT
"""Of a call's arguments as JSON, which escapes one character with up to six."""
MOST_IN_ALL = 20_000_000
"""Characters of the calls of one cell, as JSON, that a trace holds."""
MOST_DEPTH = 30
"""Below it, arguments are cut: deeper than any of it is said again."""


def kept(calls: Sequence[ModelCall]) -> tuple[list[Json], str]:
    """The calls of a cell as JSON, and '' or why they are left out: half a record could not be played again.

    Values of environment variables that are named like a secret are hidden wherever they stand.
    """
    hide = _Hiding()
    found = calls_as_json([hide.call(call) for call in calls])
    if (size := len(json.dumps(found))) > MOST_IN_ALL:
        return [], f"the calls of its model have {size:,} characters, more than {MOST_IN_ALL:,}"
    return found, ""


def kept_request(request: Request) -> Request:
    """`request` as a trace would keep it."""
    return _Hiding().request(request)


def hidden_state(state: Json) -> Json:
    """What an agent that is a model saves of itself, or the record of its turns, as its trace would keep it: its requests are
    the hidden ones, and hash so. As it is for what is no such state."""
    hide = _Hiding()
    if isinstance(state, Mapping):
        try:
            asked = calls_of(state["calls"])
        except (KeyError, ValueError):
            return state
        rest = {name: hide.plain(value) for name, value in state.items()}
        return {**rest, "calls": calls_as_json([hide.call(call) for call in asked])}
    return hide.plain(state)


class _Hiding:
    """What was hidden and bounded once is not looked at again: every request says all of the former ones."""

    def __init__(self) -> None:
        self._known = secrets.secrets_here()
        self._texts: dict[str, str] = {}
        self._messages: dict[int, tuple[Message, Message]] = {}

    def call(self, call: ModelCall) -> ModelCall:
        answer = None if call.answer is None else self._answer(call.answer)
        return replace(call, request=self.request(call.request), answer=answer, said=self._bounded(call.said))

    def plain(self, value: Json) -> Json:
        return self._json(value, self._text)

    def request(self, request: Request) -> Request:
        return replace(
            request,
            model=self._text(request.model),
            system=self._text(request.system),
            tools=tuple(
                replace(tool, description=self._text(tool.description), schema=self._mapping(tool.schema, self._text))
                for tool in request.tools
            ),
            messages=tuple(map(self._message, request.messages)),
            params=self._mapping(request.params, self._text),
        )

    def _message(self, message: Message) -> Message:
        if found := self._messages.get(id(message)):
            return found[1]
        hidden = replace(
            message,
            text=self._text(message.text),
            calls=tuple(self._tool_call(call, self._text) for call in message.calls),
            of=self._text(message.of),
            native=self._json(message.native, self._text),
        )
        self._messages[id(message)] = (message, hidden)  # holding it, so that its id stays its own
        return hidden

    def _answer(self, answer: Answer) -> Answer:
        text, calls = self._bounded(answer.text), tuple(map(self._bounded_call, answer.calls))
        is_whole = text == self._text(answer.text) and all(
            _shallow(call.arguments) and kept == self._tool_call(call, self._text)
            for call, kept in zip(answer.calls, calls, strict=True)
        )
        return replace(
            answer,
            text=text,
            calls=calls,
            native=self._json(answer.native, self._text) if is_whole and _shallow(answer.native) else None,
            stop=self._bounded(answer.stop),
            model=self._bounded(answer.model),
            id=self._bounded(answer.id),
        )

    def _bounded_call(self, call: ToolCall) -> ToolCall:
        told = self._tool_call(call, lambda text: self._text(storable(text)))
        if told.arguments is not None and len(spelled := json.dumps(told.arguments, default=str)) > MOST_ARGUMENTS:
            told = replace(told, arguments=None, raw=spelled)
        return replace(told, name=told.name[:MOST_TEXT], id=told.id[:MOST_TEXT], raw=told.raw[:MOST_TEXT])

    def _tool_call(self, call: ToolCall, text: Callable[[str], str]) -> ToolCall:
        arguments = None if call.arguments is None else self._mapping(call.arguments, text)
        # `raw` says again what arguments say; a trace keeps it where they were none.
        return ToolCall(text(call.name), arguments, text(call.id), text(call.raw) if arguments is None else "")

    def _mapping(self, value: Mapping[str, Json], text: Callable[[str], str], depth: int = 0) -> dict[str, Json]:
        return {text(str(key)): self._json(item, text, depth + 1) for key, item in value.items()}

    def _json(self, value: Json, text: Callable[[str], str], depth: int = 0) -> Json:
        if isinstance(value, str):
            return text(value)
        if depth > MOST_DEPTH:
            return None
        if isinstance(value, Mapping):
            return self._mapping(value, text, depth)
        if isinstance(value, Sequence):
            return [self._json(item, text, depth + 1) for item in value]
        if isinstance(value, float) and value - value != 0:
            return str(value)  # no JSON has it
        return value

    def _bounded(self, text: str) -> str:
        return self._text(storable(text))[:MOST_TEXT]

    def _text(self, text: str) -> str:
        hidden = self._texts.get(text)
        if hidden is None:
            hidden = secrets.hide_found(text, secrets.find(text, self._known))
            self._texts[text] = hidden
        return hidden


def _shallow(value: Json, depth: int = 0) -> bool:
    if depth > MOST_DEPTH:
        return False
    if isinstance(value, Mapping):
        return all(_shallow(item, depth + 1) for item in value.values())
    return isinstance(value, str) or not isinstance(value, Sequence) or all(_shallow(item, depth + 1) for item in value)
