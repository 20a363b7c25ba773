"""Turns of a cell whole: what was sent to its model and what came back, what was done, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..model import Json, Message, ModelCall, Request, Result, Tokens, Tool
from ..model.cell_diff import called, deed
from ..model.told import Asked, Told
from . import figures
from .columns import shorten, width_of
from .facts import score_so_far
from .page import BOLD, DIM, RED, Page, short
from .spend import kinds, money

_INSET = "    "


def render_turns(
    result: Result,
    turns: Sequence[Told],
    width: int,
    *,
    total: int,
    budget: float = 0.0,
    system: Request | None = None,
    so_far: Sequence[float | None] = (),
    color: bool = False,
    ascii: bool = False,
) -> list[str]:
    """These turns of a cell of `total` ones, in lines of `width` columns; `system`: before them what this
    request says besides its messages; `so_far`: the score after each turn of the cell, if nothing more were done.

    Only the id may be longer: it is to be copied.
    """
    page = Page(max(width, 12), color, ascii)
    lines = [*_head(page, result)]
    if system:
        lines += ["", *_once(page, system)]
    for told in turns:
        lines += ["", *_turn(page, told, total, budget, so_far)]
    return lines


def render_calls(result: Result, turns: Sequence[Told], width: int, *, color: bool = False, ascii: bool = False) -> list[str]:
    """Every call to a cell's model, one line each, with what all of them took."""
    page = Page(max(width, 12), color, ascii)
    rows = [(told, asked) for told in turns for asked in told.asked]
    if not rows:
        return [*_head(page, result), *page.prose("no call to a model is recorded of it", indent="  ")]
    calls = [asked.call for _, asked in rows]

    def tokens(name: str) -> list[str]:
        values = [getattr(call.tokens, name) for call in calls]
        return ["-" if value is None else f"{value:,}" for value in values] if any(values) else []

    table = page.rows(
        ("call", [str(asked.number) for _, asked in rows], 0),
        ("step", [str(told.step) for told, _ in rows], 0),
        ("attempt", [str(call.attempt) for call in calls] if any(call.attempt > 1 for call in calls) else [], 2),
        ("what came back", [_came(asked) for _, asked in rows], 0),
        ("in", tokens("input"), 3),
        ("cached", tokens("cached"), 7),
        ("out", tokens("output"), 4),
        ("reasoning", tokens("reasoning"), 8),
        ("usd", [figures.usd(call.usd) for call in calls], 5),
        ("s", [f"{call.latency_s:.2f}" for call in calls], 6),
        ("waited", [f"{call.waited_s:.2f}" for call in calls] if any(call.waited_s for call in calls) else [], 6),
    )
    return [*_head(page, result), "", *table, "", *page.prose(asked_in_all(result, calls), indent="  ")]


def asked_in_all(result: Result, calls: Sequence[ModelCall]) -> str:
    """What the calls to a cell's model took together, in a sentence."""
    failed = sum(call.answer is None for call in calls)
    tokens = Tokens()
    for call in calls:
        tokens += call.tokens
    told = [figures.many(len(calls), "call") + (f", {failed:,} of them failed" if failed else ""), kinds(tokens)]
    if (known := [call.usd for call in calls if call.usd is not None]) or result.usage.usd is not None:
        told.append(
            money(sum(known)) + ("" if len(known) == len(calls) else f" and {len(calls) - len(known)} of unknown price")
        )
    told.append(f"{sum(call.latency_s for call in calls):.2f} s of waiting for answers")
    if waited := sum(call.waited_s for call in calls):
        told.append(f"{waited:.2f} s of waiting for limits")
    return ", ".join(filter(None, told))


def took(call: ModelCall) -> str:
    """What one attempt took, in a sentence: tokens, money, seconds."""
    waited = f" after {call.waited_s:.2f} s of waiting for limits" if call.waited_s else ""
    told = [kinds(call.tokens), "" if call.usd is None else money(call.usd), f"{call.latency_s:.2f} s{waited}"]
    if call.answer is None and not (call.tokens.total or call.usd):
        told = told[2:]
    return ", ".join(filter(None, told))


def _head(page: Page, result: Result) -> Iterator[str]:
    yield page.whole("", result.id, BOLD)
    score = "" if result.score is None else f", score {result.score:.4f}"
    yield from page.labelled("outcome", f"{result.outcome}{score}", "" if result.outcome.scored else RED)
    yield from page.labelled("reason", result.reason)


def _once(page: Page, request: Request) -> Iterator[str]:
    """What a model is told with every request."""
    yield page.styled("system", BOLD)
    yield from page.block(request.system, _INSET)
    yield page.styled("tools", BOLD)
    for tool in request.tools:
        yield from page.block(signature(tool), "  ")
        yield from page.block(tool.description, _INSET)
    given = {"max_tokens": request.max_tokens, **request.params}
    yield from page.labelled("params", ", ".join(f"{name} {short(value)}" for name, value in given.items()))


def signature(tool: Tool) -> str:
    """`boost(target: K1|K2, dose?: number)`."""
    found = tool.schema.get("properties")
    properties = found if isinstance(found, Mapping) else {}
    listed = tool.schema.get("required")
    required = listed if isinstance(listed, list | tuple) else ()
    params = (f"{name}{'' if name in required else '?'}: {_kind(about)}" for name, about in properties.items())
    return f"{tool.name}({', '.join(params)})"


def _kind(about: Json) -> str:
    if not isinstance(about, Mapping):
        return short(about)
    listed = about.get("enum")
    return "|".join(map(short, listed)) if isinstance(listed, list | tuple) else short(about.get("type", "any"))


def _turn(page: Page, told: Told, total: int, budget: float, so_far: Sequence[float | None]) -> Iterator[str]:
    label = f"step {short(told.step)}"
    where = f"turn {told.number:,} of {total:,}" if told.turn else f"after turn {total:,}: nothing was done any more"
    label = shorten(label, page.width, ascii=page.ascii)
    rest = shorten(page.sign(f"   {where}"), page.width - width_of(label), ascii=page.ascii, middle=False)
    yield page.styled(label, BOLD) + page.styled(rest, DIM)
    for asked in told.asked:
        yield from _asked(page, asked)
    if told.turn is None:
        return
    turn = told.turn
    if not told.asked:
        yield from page.labelled("  sees", _pairs(turn.seen))
    cost = f"; cost {short(turn.cost)}, {told.spent:.4g} of {short(budget)} spent" if turn.cost else ""
    yield from page.labelled("  does", f"{deed(turn)}{cost}")
    yield from page.labelled("  refused", "" if turn.ok else str(turn.reason) or "without a reason", RED)
    yield from page.labelled("  reads", _pairs(turn.reading))
    if not told.answered(str(turn.reasoning)):
        yield from page.labelled("  because", str(turn.reasoning))
    yield from page.labelled("  truth", _pairs(turn.state))
    if told.after is not None:
        yield from page.labelled("  then", _changes(turn.seen, told.after))
    yield from page.labelled("  so far", score_so_far(so_far, told.number - 1))


def _asked(page: Page, asked: Asked) -> Iterator[str]:
    call, answer = asked.call, asked.call.answer
    number = f"call {asked.number}" + (f", attempt {call.attempt}" if call.attempt > 1 else "")
    if asked.again:
        what = "the same request again"
    else:
        before = f" after {figures.many(asked.old, 'message')} of before" if asked.old else ""
        what = f"{figures.many(len(asked.new), 'new message')}{before}"
    yield from page.labelled("  sent", f"{number}: {what}; request {call.request.hash[:12]}")
    for message in asked.new:
        yield from page.prose(_speaker(message), first=_INSET, indent=_INSET, style=DIM)
        yield from page.block(message.text, _INSET + "  ")
        for each in message.calls:
            yield from page.block(called(each), _INSET + "  ")
    if answer is None:
        status = "" if call.status is None else f" ({call.status})"
        yield from page.labelled("  failed", f"{call.fault or 'without a reason'}{status}: {call.said}", RED)
        yield from page.labelled("  took", took(call))
        return
    names = [f"stop {answer.stop}" if answer.stop else "", answer.model, answer.id]
    yield from page.labelled("  came", "; ".join(filter(None, names)) or "an answer")
    yield from page.block(answer.text, _INSET + "  ")
    for each in answer.calls:
        yield from page.block(f"-> {called(each)}", _INSET + "  ")
    yield from page.labelled("  took", took(call))


def _speaker(message: Message) -> str:
    return "the answer of a tool" if message.role == "tool" else "the model itself" if message.role == "assistant" else "to it"


def _came(asked: Asked) -> str:
    call, answer = asked.call, asked.call.answer
    if answer is None:
        return f"{call.fault or 'failed'}{'' if call.status is None else f' ({call.status})'}: {call.said}"
    return "; ".join(map(called, answer.calls)) or answer.text or "nothing"


def _changes(before: object, after: object) -> str:
    """What is seen at the next turn, where it differs: `K1 5.21 -> 6.1`."""
    one = before if isinstance(before, Mapping) else {}
    other = after if isinstance(after, Mapping) else {}
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    told = ", ".join(f"{name} {short(one.get(name))} -> {short(other.get(name))}" for name in names)
    return told or "the same is seen"


def _pairs(values: object) -> str:
    found = values if isinstance(values, Mapping) else {"": values} if values else {}
    return ", ".join(f"{name} {short(value)}" for name, value in found.items())
