"""The events of a played cell, each as a few letters: where two lists of them part first, two cells do (`cell_diff`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

from .cell_diff import answered, events
from .conversation import Message, message_as_json
from .trajectory import Trajectory, Turn

_LETTERS = 8
"""Two events that stand at the same place are taken for the same by chance once in four thousand million pairs."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One event. `turn` and `call` are counted from 1; `call` is None for a turn itself."""

    what: Literal["asked", "answered", "turn"]
    turn: int
    call: int | None
    letters: str


def fingerprints(of: Trajectory) -> Iterator[Fingerprint]:
    """What a model was asked and answered and the turns, as they came.

    Two cells of which one asked no model are compared by their turns alone. What `cell_diff` calls no difference changes
    nothing here.
    """
    known: dict[int, tuple[Message, str]] = {}
    for kind, at, turn in events(of, models=True):
        if kind == "turn":
            yield Fingerprint("turn", turn + 1, None, of_turn(of.turns[at]))
            continue
        call = of.calls[at]
        asked = _letters([_of_message(message, known) for message in call.request.messages])
        yield Fingerprint("asked", turn + 1, at + 1, asked)
        yield Fingerprint("answered", turn + 1, at + 1, _letters(answered(call)))


def setup_print(of: Trajectory) -> str:
    """What its model was told with every request: name, system prompt, tools and params; '' for a cell that asked none."""
    return replace(of.calls[0].request, messages=()).hash[:_LETTERS] if of.calls else ""


def of_turn(turn: Turn) -> str:
    """All that is recorded of a turn."""
    said = (turn.step, turn.action, turn.ok, turn.reason, turn.cost, turn.reasoning)
    return _letters([*said, turn.params, turn.seen, turn.reading, turn.state])


def _of_message(message: Message, known: dict[int, tuple[Message, str]]) -> str:
    found = known.get(id(message))
    if found is None:
        bare = replace(message, calls=tuple(replace(call, id="") for call in message.calls), of="", native=None)
        # holding it, so that its id stays its own
        found = known[id(message)] = (message, _letters(message_as_json(bare)))
    return found[1]


def _letters(value: object) -> str:
    text = json.dumps(_plain(value), sort_keys=True, default=str)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_LETTERS]


def _plain(value: object) -> object:
    """`value` so that what is equal is spelled alike: 1 and 1.0, a tuple and a list."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
