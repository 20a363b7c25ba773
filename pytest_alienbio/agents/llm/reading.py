"""What a model answered, read: an action of what it calls, and the message in which it hears again what it said.

Nothing of an answer is trusted. What becomes part of an action, or of a trace's turn, is inert and short; what goes back to
the model is in a form that every provider takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite

from ...model import Action, Answer, Json, Message, ToolCall, inert, storable
from .tools import DONE, MOST_SAID, MOST_WAITED, NO_NAME, WAIT, Toolbox

MOST_TEXT = 20_000
"""Characters of one text of an answer that are sent back."""
MOST_REASONING = 2000
"""Characters of what a model says beside its call that the trace's turn keeps; the call's record keeps them all."""
MOST_KEPT = 200_000
"""Characters of one text of an answer that are kept at all, and read."""
MOST_CALLS = 32
"""Calls of one answer, likewise; only the first is carried out."""
NOTHING = "(nothing)"
"""What is sent back of an answer without text or calls: providers take no empty message."""
_MOST_PARAMS = 20
_DEEPEST = 20
_LARGEST = 10**15
"""Whole numbers above it are read as text: no parameter of any world is so large, and not every JSON can hold them."""


def act(toolbox: Toolbox, answer: Answer) -> tuple[Action, int]:
    """What `answer` does, and for how many steps (1 for what is no waiting): its first call, or `wait` if it calls nothing.

    A call that means nothing becomes an action as near to it as can be said, which the world refuses as it would any other's:
    an unknown name stays what it is, arguments that could not be read are one param `arguments`. A dose that was sent as text
    is read; `wait` takes the nearest number of steps that it may.
    """
    reasoning = inert(answer.text, most=MOST_REASONING)
    if not answer.calls:
        return Action(WAIT, reasoning=reasoning), 1
    action, steps = _meant(toolbox, answer.calls[0])
    return Action(action.name, action.params, reasoning), steps


def clean(answer: Answer) -> Answer:
    """`answer` as a trace can hold it: it is played from this, so that what is replayed is what was played."""
    native = _tidy(answer.native)
    return replace(
        answer,
        text=storable(answer.text[:MOST_KEPT]),
        calls=tuple(_kept_call(call) for call in answer.calls[:MOST_CALLS]),
        stop=storable(answer.stop[:MOST_SAID]),
        model=storable(answer.model[:MOST_SAID]),
        id=storable(answer.id[:MOST_SAID]),
        native=native if native == answer.native else None,
    )


def said(answer: Answer) -> Message:
    """What a model said, as it is sent back to it: just so if every provider takes that, else tidied.

    No text is endless or cannot be written as UTF-8; every call has a name and an id that may stand there, and arguments.
    """
    calls = tuple(_tidy_call(call, number, answer.calls[:number]) for number, call in enumerate(answer.calls))
    text = storable(answer.text)[:MOST_TEXT]
    if not calls and not text.strip():
        return Message("assistant", NOTHING)
    untouched = text == answer.text and calls == answer.calls
    return Message("assistant", text, calls, native=answer.native if untouched else None)


def _meant(toolbox: Toolbox, call: ToolCall) -> tuple[Action, int]:
    kind, arguments = toolbox.kind(call.name), call.arguments
    name = kind.name if kind else inert(call.name, most=MOST_SAID) or NOTHING
    if arguments is None:
        return Action(name, {"arguments": inert(call.raw, most=MOST_SAID)}), 1
    if call.name == WAIT:
        return Action(WAIT), _steps(arguments.get("steps", 1))
    if call.name == DONE:
        return Action(DONE), 1
    params: dict[str, Json] = {}
    for key, value in list(arguments.items())[:_MOST_PARAMS]:
        if kind and key in kind.params and value in kind.choices(key):
            params[key] = value
        elif kind and key == "dose" and kind.takes_dose and isinstance(value, str):
            params[key] = _number(value)
        else:
            params[inert(str(key), most=MOST_SAID)] = _short(value)
    return Action(name, params), 1


def _steps(value: Json) -> int:
    if isinstance(value, str):
        value = _number(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return 1
    return int(max(1, min(MOST_WAITED, value)))


def _number(text: str) -> Json:
    """A number that was sent as text; the text, inert and short, if it is none."""
    try:
        return number if isfinite(number := float(text[:40])) else inert(text, most=MOST_SAID)
    except ValueError:
        return inert(text, most=MOST_SAID)


def _short(value: Json) -> Json:
    """A value as it may enter an action: texts inert and short, nothing deep, no number that JSON cannot hold."""
    if isinstance(value, str):
        return inert(value, most=MOST_SAID)
    if isinstance(value, Mapping | Sequence):
        return inert(str(_tidy(value)), most=MOST_SAID)
    return _tidy(value)


def _kept_call(call: ToolCall) -> ToolCall:
    arguments = None if call.arguments is None else _tidy(call.arguments)
    raw = storable(call.raw[:MOST_KEPT])
    if not isinstance(arguments, Mapping) or _length(arguments) > MOST_KEPT:
        raw, arguments = raw or str(arguments or "")[:MOST_KEPT], None
    return ToolCall(storable(call.name[:MOST_SAID]), arguments, storable(call.id[:MOST_SAID]), raw if arguments is None else "")


def _tidy_call(call: ToolCall, number: int, before: Sequence[ToolCall]) -> ToolCall:
    name = NO_NAME.sub("_", call.name)[:64] or "unnamed"
    taken = {each.id for each in before}
    id = call.id if call.id and call.id not in taken and len(call.id) <= 200 and call.id.isascii() else f"call_{number + 1}"
    if call.arguments is None:
        return ToolCall(name, {"unreadable": storable(call.raw)[:MOST_SAID]}, id)
    arguments = _tidy(call.arguments)
    if not isinstance(arguments, Mapping) or _length(arguments) > MOST_TEXT:
        arguments = {"too_long": inert(str(arguments)[: 8 * MOST_SAID], most=MOST_SAID)}
    same = name == call.name and id == call.id and arguments == call.arguments
    return call if same else ToolCall(name, arguments, id)


def _tidy(value: Json, depth: int = 0) -> Json:
    """`value` as JSON and UTF-8 can hold it."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST else f"{'-' * (value < 0)}a number of {value.bit_length()} bits"
    if value is None:
        return None
    if depth > _DEEPEST:
        return "(too deep)"
    if isinstance(value, Mapping):
        return {storable(str(key)): _tidy(item, depth + 1) for key, item in value.items()}
    return [_tidy(item, depth + 1) for item in value]


def _length(value: Json) -> int:
    """About how many characters its JSON has."""
    if isinstance(value, Mapping):
        return sum(len(key) + 4 + _length(item) for key, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return sum(2 + _length(item) for item in value)
    return len(value) if isinstance(value, str) else 8
