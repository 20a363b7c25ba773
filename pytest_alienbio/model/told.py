"""What of a request to a model was not said to it before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .call_record import message_of_answer
from .canonical import Json
from .conversation import Message, ModelCall, call_as_json, message_as_json
from .inert import inert
from .trajectory import Trajectory, Turn

_HUGE = 1e300
"""Beyond it nothing is added up: a whole number in a file may be too large for a float."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One attempt at a request, beside what went before it."""

    number: int
    """Of the cell's calls, from 1."""
    call: ModelCall
    new: tuple[Message, ...]
    """The messages that it says for the first time; what the model had answered itself is not among them."""
    old: int
    """Messages that were sent before, or are the model's own answers."""
    again: bool
    """Whether it is the request before once more."""


@dataclass(frozen=True, slots=True)
class Told:
    """One turn of a cell, whole: what was asked for it, and what came of it."""

    number: int
    """From 1."""
    step: int
    """Steps of time that had passed; of a turn that never came to be, those after the last one's."""
    asked: tuple[Asked, ...]
    turn: Turn | None
    """None: its model was asked, and nothing was done any more."""
    after: Mapping[str, float] | None = None
    """What was seen at the next turn; None without one."""
    spent: float = 0.0
    """In-world units, this turn's included."""

    def answered(self, reasoning: str) -> bool:
        """Whether a model's answer for this turn says `reasoning`, whole or as much of it as an agent keeps, in one line."""
        most = max(len(reasoning), 1)
        said = inert(reasoning, most=most)
        answers = (asked.call.answer for asked in self.asked)
        return any(answer is not None and inert(answer.text, most=most) == said for answer in answers)


def told(of: Trajectory) -> tuple[Told, ...]:
    """The turns of a cell with the calls to its model, and as the last one the calls after which nothing was done."""
    asked: dict[int, list[Asked]] = {}
    before: ModelCall | None = None
    for number, call in enumerate(of.calls, 1):
        asked.setdefault(min(max(call.step, 0), len(of.turns)), []).append(_asked(number, call, before))
        before = call
    found: list[Told] = []
    total = 0.0
    for at, turn in enumerate(of.turns):
        after = of.turns[at + 1].seen if at + 1 < len(of.turns) else None
        total += turn.cost if isinstance(turn.cost, int | float) and abs(turn.cost) < _HUGE else 0.0
        found.append(Told(at + 1, turn.step, tuple(asked.get(at, ())), turn, after, total))
    if late := asked.get(len(of.turns)):
        step = found[-1].step + 1 if found else 0
        found.append(Told(len(of.turns) + 1, step, tuple(late), None, spent=total))
    return tuple(found)


def spent(of: Trajectory) -> float:
    """In-world units that were spent in all, of a trace that may hold anything in their place."""
    return told(of)[-1].spent if of.turns else 0.0


def _asked(number: int, call: ModelCall, before: ModelCall | None) -> Asked:
    messages = call.request.messages
    known = before.request.messages if before else ()
    if before and len(known) == len(messages) and call.request == before.request:
        return Asked(number, call, (), len(messages), True)
    shared = next((at for at, pair in enumerate(zip(messages, known, strict=False)) if pair[0] != pair[1]), None)
    shared = min(len(messages), len(known)) if shared is None else shared
    own = message_of_answer(before.answer) if before and before.answer else None
    # where a history was trimmed, what follows its changed beginning has been said before
    new = tuple(each for each in messages[shared:] if each != own and each not in known[shared:])
    return Asked(number, call, new, len(messages) - len(new), False)


def told_as_json(of: Told, *, whole: bool) -> dict[str, Json]:
    """`of` as JSON; `whole`: with the system prompt, the tools and the params of each request."""
    turn = of.turn
    found: dict[str, Json] = {"turn": of.number, "step": of.step, "spent": of.spent}
    found["calls"] = [_as_json(asked, whole) for asked in of.asked]
    if turn is None:
        return found
    names = ("action", "params", "ok", "reason", "cost", "seen", "reading", "reasoning", "state")
    for name in names:
        value = getattr(turn, name)
        found[name] = dict(value) if isinstance(value, Mapping) else value
    return found


def _as_json(asked: Asked, whole: bool) -> dict[str, Json]:
    call, request, answer = asked.call, asked.call.request, asked.call.answer
    sent: dict[str, Json] = {"hash": request.hash, "model": request.model, "messages_before": asked.old, "same": asked.again}
    sent["new_messages"] = [message_as_json(message) for message in asked.new]
    if whole:
        sent |= {"system": request.system, "max_tokens": request.max_tokens, "params": dict(request.params)}
        sent["tools"] = [{"name": t.name, "description": t.description, "schema": dict(t.schema)} for t in request.tools]
    found: dict[str, Json] = {"call": asked.number, "attempt": call.attempt, "request": sent}
    if answer is None:
        found["fault"] = {"kind": call.fault, "said": call.said, "status": call.status}
    else:
        calls: Sequence[Json] = [call_as_json(each) for each in answer.calls]
        found["answer"] = {"text": answer.text, "calls": calls, "stop": answer.stop, "model": answer.model, "id": answer.id}
    kinds = ("input", "cached", "cache_written", "output", "reasoning")
    found["tokens"] = {kind: getattr(call.tokens, kind) for kind in kinds}
    return {**found, "usd": call.usd, "latency_s": call.latency_s, "waited_s": call.waited_s, "at": call.at}
