"""Two played cells, held against each other from their first turn on: the first place where they part."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Literal

from .canonical import Json, canonical
from .conversation import Answer, Message, ModelCall, Request, ToolCall
from .parting import ABSENT, Parting, lines, partings, same_turn
from .result import Result
from .trajectory import Trajectory, Turn

_SEEN = 12
"""Quantities of one side that are told where many differ."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where two cells part first, and in what. `turn` and `call` are counted from 1."""

    what: Literal["asked", "answered", "turn", "end"]
    """What a model was asked, what it answered, what was seen, done or came of it, or that one ended."""
    turn: int
    """The turn that was played, or asked for."""
    partings: tuple[Parting, ...]
    call: int | None = None
    """The call to the model; None for what is none."""

    def as_json(self) -> dict[str, Json]:
        """For machines."""
        found = [{"what": each.what, "one": each.one, "other": each.other} for each in self.partings]
        return {"what": self.what, "turn": self.turn, "call": self.call, "differs": found}


@dataclass(frozen=True, slots=True)
class CellDiff:
    """How far two cells are the same."""

    first: Place | None
    """None: they are the same from the first turn to the last."""
    turns: int
    """Turns that are the same, all that both have up to `first`."""
    calls: int
    """Calls to a model that are the same, likewise."""
    setup: tuple[Parting, ...] = ()
    """In what the models were asked otherwise from the first call on: model, system prompt, tools, params."""
    deed: int | None = None
    """The first turn, from 1, at which something else was done (or nothing); None: the deeds are the same."""


Event = tuple[Literal["call", "turn"], int, int]
"""A call or a turn: which of them, and how many turns were over before it; counted from 0."""


def cell_diff(one: Trajectory, other: Trajectory) -> CellDiff:
    """How far two cells are the same: what their models were asked and answered, what was seen, done, and came of it.

    Names that a provider gives to its answers and calls, times, tokens and prices are no difference. What a model was asked
    is compared message by message; its name, system prompt, tools and params are `setup`. A cell without calls to a model is
    compared by its turns alone.
    """
    models = bool(one.calls and other.calls)
    plain = _Plain()
    turns = calls = 0
    first: Place | None = None
    for mine, yours in zip_longest(events(one, models), events(other, models)):
        first = _place(one, other, mine, yours, plain)
        if first:
            break
        turns += mine is not None and mine[0] == "turn"
        calls += mine is not None and mine[0] == "call"
    setup = tuple(partings(*(replace(each.calls[0].request, messages=()) for each in (one, other)))) if models else ()
    return CellDiff(first, turns, calls, setup, _first_other_deed(one, other))


def world_of(result: Result) -> tuple[tuple[str, str], ...]:
    """What makes a cell's world, (what it is called, its spelling) each; '' where that is not known. Foreign text."""
    return (
        ("scenario", result.scenario),
        ("what the scenario says", result.scenario_hash),
        ("difficulty", "" if result.difficulty is None else str(result.difficulty)),
        ("params", canonical(dict(result.params))),
        ("variant", str(result.variant)),
        ("seed", str(result.seed)),
    )


def worlds_apart(one: Result, other: Result) -> tuple[str, ...]:
    """In what the worlds of two cells differ, as far as both are known; () for cells of one world."""
    pairs = zip(world_of(one), world_of(other), strict=True)
    return tuple(what for (what, mine), (_, yours) in pairs if mine and yours and mine != yours)


def deed(turn: Turn | None) -> str:
    """What was done, in one line: `boost(target=K1, dose=0.5)`. Foreign text."""
    if turn is None:
        return ABSENT
    given = turn.params if isinstance(turn.params, Mapping) else {}
    return f"{turn.action}({', '.join(f'{name}={_spelled(value)}' for name, value in given.items())})"


def called(call: ToolCall) -> str:
    """A call of a tool in one line, likewise; arguments that were no JSON object as they were. Foreign text."""
    if call.arguments is None:
        return f"{call.name}: {call.raw}"
    return f"{call.name}({', '.join(f'{name}={_spelled(value)}' for name, value in call.arguments.items())})"


def _spelled(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


class _Plain:
    """Messages without the names that a provider gave, each made once: every request says all of the former ones."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Message, Message]] = {}

    def request(self, request: Request) -> Request:
        return Request("", "", (), tuple(map(self._message, request.messages)), 0)

    def _message(self, message: Message) -> Message:
        found = self._made.get(id(message))
        if found is None:
            bare = replace(message, calls=tuple(replace(call, id="") for call in message.calls), of="", native=None)
            found = self._made[id(message)] = (message, bare)  # holding it, so that its id stays its own
        return found[1]


def events(of: Trajectory, models: bool) -> Iterator[Event]:
    """Calls (`models`) and turns as they came: the calls for a turn before it."""
    due = list(enumerate(of.calls)) if models else []
    for turn in range(len(of.turns)):
        while due and due[0][1].step <= turn:
            yield "call", due.pop(0)[0], turn
        yield "turn", turn, turn
    yield from (("call", number, len(of.turns)) for number, _ in due)


def _place(one: Trajectory, other: Trajectory, mine: Event | None, yours: Event | None, plain: _Plain) -> Place | None:
    event = mine or yours
    assert event
    if mine is None or yours is None or mine[0] != yours[0]:
        told = (_told(one, mine), _told(other, yours))
        return Place("end", event[2] + 1, (Parting("what came next", *told),))
    kind, at, turn = mine
    if kind == "turn":
        first, second = one.turns[at], other.turns[yours[1]]
        return None if same_turn(first, second) else Place("turn", turn + 1, tuple(_of_turns(first, second)))
    asked, again = one.calls[at], other.calls[yours[1]]
    if found := tuple(partings(plain.request(asked.request), plain.request(again.request))):
        return Place("asked", turn + 1, found, at + 1)
    found = tuple(_of_answers(asked, again))
    return Place("answered", turn + 1, found, at + 1) if found else None


def _told(of: Trajectory, event: Event | None) -> str:
    if event is None:
        return f"nothing: it ended after turn {len(of.turns)}"
    return deed(of.turns[event[1]]) if event[0] == "turn" else f"its model was asked (call {event[1] + 1})"


def _of_answers(one: ModelCall, other: ModelCall) -> Iterator[Parting]:
    if one.answer is None or other.answer is None:
        if answered(one) != answered(other):
            yield Parting("what came back", _came(one), _came(other))
        return
    if one.answer.text != other.answer.text:
        yield Parting("what it said", *lines(one.answer.text, other.answer.text))
    if (mine := _calls(one.answer)) != (yours := _calls(other.answer)):
        yield Parting("what it called", mine or ABSENT, yours or ABSENT)


def answered(call: ModelCall) -> tuple[object, ...]:
    """What came back to a request, as far as it is compared."""
    if call.answer is None:
        return ("failed", call.fault, call.status)
    return ("came", call.answer.text, _calls(call.answer))


def _came(call: ModelCall) -> str:
    if call.answer is None:
        return (call.fault or "it failed") + ("" if call.status is None else f" ({call.status})")
    return _calls(call.answer) or call.answer.text


def _calls(answer: Answer) -> str:
    return "; ".join(map(called, answer.calls))


def _of_turns(one: Turn, other: Turn) -> Iterator[Parting]:
    if one.step != other.step:
        yield Parting("the step", str(one.step), str(other.step))
    yield from _of_values("what was seen", one, other, lambda turn: turn.seen)
    if deed(one) != deed(other):
        yield Parting("what was done", deed(one), deed(other))
    if (one.ok, one.reason) != (other.ok, other.reason):
        yield Parting("whether it was refused", *(("no" if turn.ok else f"yes: {turn.reason}") for turn in (one, other)))
    if one.cost != other.cost:
        yield Parting("what it cost", str(one.cost), str(other.cost))
    yield from _of_values("what was read", one, other, lambda turn: turn.reading)
    if one.reasoning != other.reasoning:
        yield Parting("what was said with it", *lines(str(one.reasoning), str(other.reasoning)))
    yield from _of_values("the true state after it", one, other, lambda turn: turn.state)


def _of_values(what: str, one: Turn, other: Turn, values: Callable[[Turn], object]) -> Iterator[Parting]:
    """The quantities that differ, of a trace that may hold anything in their place."""
    mine, yours = ({**found} if isinstance(found := values(turn), Mapping) else {"": found} for turn in (one, other))
    missing = object()
    names = [name for name in {**mine, **yours} if mine.get(name, missing) != yours.get(name, missing)]
    if names:
        more = f" and {len(names) - _SEEN:,} more" if len(names) > _SEEN else ""
        sides = (
            ", ".join(f"{name} {_spelled(side[name])}" for name in names[:_SEEN] if name in side) for side in (mine, yours)
        )
        yield Parting(what, *(f"{side}{more}" if side else ABSENT for side in sides))


def _six(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else _spelled(value)


def _first_other_deed(one: Trajectory, other: Trajectory) -> int | None:
    pairs = zip_longest(one.turns, other.turns)
    return next((number for number, (mine, yours) in enumerate(pairs, 1) if deed(mine) != deed(yours)), None)
