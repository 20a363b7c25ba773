"""Where two requests to a model, or two turns of a cell, part."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from .canonical import canonical
from .conversation import Message, Request, message_as_json
from .trajectory import Trajectory, Turn

ABSENT = "(nothing)"
"""How it is on a side that has none."""


@dataclass(frozen=True, slots=True)
class Parting:
    """The first difference: what differs, and how it is on both sides. Foreign text."""

    what: str
    one: str
    other: str


def parting(one: Request, other: Request) -> Parting | None:
    """Where two requests part; None if they are the same."""
    return next(partings(one, other), None)


def partings(one: Request, other: Request) -> Iterator[Parting]:
    """Everything in which two requests part, of each text the first line."""
    if one.hash == other.hash:
        return
    for what, mine, yours in (
        ("the model", one.model, other.model),
        ("the system prompt", one.system, other.system),
        ("max_tokens", str(one.max_tokens), str(other.max_tokens)),
        ("the params", _spaced(dict(one.params)), _spaced(dict(other.params))),
    ):
        if mine != yours:
            yield Parting(what, *lines(mine, yours))
    tools = [{tool.name: _spaced([tool.description, dict(tool.schema)]) for tool in each.tools} for each in (one, other)]
    for name in dict.fromkeys([*tools[0], *tools[1]]):
        if tools[0].get(name) != tools[1].get(name):
            yield Parting(f"the tool {name!r}", tools[0].get(name, ABSENT), tools[1].get(name, ABSENT))
    if list(tools[0]) != list(tools[1]):
        yield Parting("the order of the tools", ", ".join(tools[0]), ", ".join(tools[1]))
    for number, pair in enumerate(zip_longest(one.messages, other.messages), 1):
        first, second = map(_message, pair)
        if first != second:
            yield Parting(f"message {number}", *lines(first, second))


def first_other_turn(one: Trajectory, other: Trajectory) -> int | None:
    """The first turn, from 1, that is not the same in both, what the world answered included; None if all are."""
    pairs = zip_longest(one.turns, other.turns)
    return next((number for number, (mine, yours) in enumerate(pairs, 1) if not same_turn(mine, yours)), None)


def same_turn(one: Turn | None, other: Turn | None) -> bool:
    """Whether two turns are the same in all that is recorded of them."""
    # a turn that was read from a file has lists where there may have been tuples
    return one == other or (one is not None and other is not None and _said(one) == _said(other))


def _said(turn: Turn) -> str:
    said = [turn.step, turn.action, turn.ok, turn.reason, turn.cost, turn.reasoning]
    # dicts, whatever kind of mapping they are; a damaged trace has anything in their place
    values = (turn.params, turn.seen, turn.reading, turn.state)
    return _spaced([*said, *(dict(each) if isinstance(each, Mapping) else each for each in values)])


def _spaced(value: object) -> str:
    """JSON with blanks in it, at which a line may be broken."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=dict)


def _message(message: Message | None) -> str:
    if message is None:
        return ABSENT
    rest = {name: value for name, value in message_as_json(message).items() if name not in ("role", "text")}
    return f"{message.role}: {message.text}" + (f"\n{canonical(rest)}" if rest else "")


def lines(one: str, other: str) -> tuple[str, str]:
    """The first line that differs, of each."""
    pairs = zip_longest(one.split("\n"), other.split("\n"), fillvalue=ABSENT)
    return next(((mine, yours) for mine, yours in pairs if mine != yours), (one, other))


def numbered(values: Sequence[object], what: str) -> str:
    """`1 call`, `3 calls`."""
    return f"{len(values):,} {what}{'' if len(values) == 1 else 's'}"
