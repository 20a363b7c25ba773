"""One cell step by step as plain data, for a page to show and nothing else.

`trace_data` gives an object of these keys. A *text* is a string, or `{text, left_out}` with how many characters are not
there; all of them are foreign, made harmless (`model.inert`) and still no markup. A *row* has a value for each of
`quantities`: a number in four significant digits, a text for what is none, null for what is not there. None of the keys is
ever missing; what is not known is null, or empty where it says so.

    v            1, the version of this
    cell         the cell's id
    agent        that played it
    world        [[what, text], ...]: scenario, difficulty, seed, ... of which worlds are made; '' what is not known. Two cells
                 are of one world if all that both know is the same
    outcome      as in the journal: `completed`, `agent_error`, ...; scored: whether that carries a score
    score        number or null; score_text `0.9318, bar 0.6: passed`
    facts        [[label, text], ...]: all that `bio show` says above the steps, in its order
    tags, notes  what people said of it; a note is {text, author, at (Unix seconds, 0 = not known)}
    error        null or {type, message, traceback (a text)}
    why          why there are no turns to show; '' if there are
    trial        of a task: what `bio show` says of its trial, a text; '' for other cells
    budget       in-world units; 0 where the world has none
    quantities   names, those first that the agent could see; hidden: [true for those it never saw, ...]
    goals        [{quantity (its place), kind ("up", "down", "band"), low, high, since (step)}, ...]; [] if not known
    floors       [[quantity's place, level below which it must not fall], ...]; [] if not known
    truth        [[step, row or null], ...]: the true state at the start and after each turn; [] if none is told. The step is
                 null where nobody knows it: after the last turn, of one who was done before the end
    reference    null, or {who, truth, does: [[step, what it did], ...]} of the oracle in the same world
    system       null, or {text, tools: [[signature, text], ...], params} as its model was told with the first request
    setup        a fingerprint of that, '' for a cell that asked no model
    requests     what all calls to its model took, in a sentence; ''
    turns        see below, one for each; the last may be one that never came to be: `does` is null
    events       [[what, turn, call or null, letters], ...] in the order they came; `what` is "asked", "answered", "turn"

Two traces part at the first place where their `events` differ, in `what` or in `letters`; where one has asked no model
(`setup` is ''), the "turn"s alone are compared. That is what `model.cell_diff` finds.

A turn:

    turn, step   from 1; steps of time that had passed when it decided
    seen         row or null; moved: [`↑3.34`, ...] for each quantity since the turn before, '' for the same; null: nothing is
    does         `cull(species=K1, dose=1.0)`; action: its name alone; ok: whether it was carried out
    refused      why not, a text; '' if it was
    cost, spent, left    in-world units: of this turn, of all so far, and what is left of the budget (null without one)
    reads        what a measurement gave, a text; ''
    because      what the agent said with it, a text; '' for nothing, and where its model's answer says the same
    so_far       what the score would be if nothing more were done after this turn, in four decimals; null: not known
    truth        the place in `truth` of the state in which it decided; the state after it is at the next place
    calls        of a model, each attempt: {call (from 1), attempt, hash, again (the same request as before), old (messages
                 that were sent before), messages: [{from ("user", "assistant", "tool"), text, calls: [text, ...]}, ...],
                 other_setup, came, fault, took (in a sentence), tokens: [in, cached, put into the cache, out, reasoning]
                 (null: not told), usd (as it is spelled; null: nobody knows), seconds, recalled (nobody was asked)}
                 came: {text, calls: [text, ...], stop, model, id} or null; fault: {kind, status, said} or null
"""

from __future__ import annotations

from collections.abc import Sequence

from ...model import Annotations, Json, ModelCall, Result, Trajectory, inert
from ...model.cell_diff import called, deed, world_of
from ...model.conversation import Request
from ...model.fingerprint import fingerprints, setup_print
from ...model.retold import Retold
from ...model.told import Asked, Told, told
from .. import figures
from ..changes import is_number
from ..facts import facts, mapping, pairs, score, why_no_turns
from ..page import Page
from ..trial import trial_lines
from ..turns import asked_in_all, signature, took
from .quantities import Quantities, Row, spelled, times, truths
from .texts import Texts

VERSION = 1
_NOTHING_SAID, _UNTOLD = Annotations(), Retold()
_TRIAL = 100
"""Columns of what is said of a trial."""
_KINDS = ("input", "cached", "cache_written", "output", "reasoning")


def trace_data(
    result: Result,
    trajectory: Trajectory | None,
    said: Annotations = _NOTHING_SAID,
    retold: Retold = _UNTOLD,
    *,
    damage: str = "",
    texts: Texts | None = None,
) -> dict[str, Json]:
    """One cell as data, as the module says; None: no trace of it is kept, or it cannot be read, and `damage` says why.
    `retold`: what its world says of it. Equal cells make equal data. Raises nothing for what a damaged trace may hold."""
    texts = texts or Texts()
    of = trajectory or Trajectory()
    is_trial = result.task is not None and trajectory is not None
    shown = Trajectory() if is_trial else of
    by = Quantities(shown)
    turns = told(shown)
    first = next((asked.call for each in turns for asked in each.asked), None)
    return {
        "v": VERSION,
        "cell": _name(result.id),
        "agent": _name(result.agent),
        "world": [[what, _name(text)] for what, text in world_of(result)],
        "outcome": str(result.outcome),
        "scored": result.outcome.scored,
        "score": result.score,
        "score_text": score(result),
        "facts": [[label, texts.text(text)] for label, text, _ in facts(result)],
        "tags": [_name(tag) for tag in said.tags],
        "notes": [{"text": texts.text(note.text), "author": _name(note.author), "at": note.at} for note in said.notes],
        "error": _error(result, texts),
        "why": _name(damage) or ("" if of.calls else why_no_turns(result, trajectory)),
        "trial": texts.text("\n".join(trial_lines(Page(_TRIAL), result, of))) if is_trial else "",
        "budget": spelled(shown.budget),
        "quantities": [_name(str(name)) for name in by.names],
        "hidden": list(by.hidden),
        "goals": _goals(retold, by),
        "floors": _floors(retold, shown, by),
        "truth": truths(shown, by, retold.steps),
        "reference": _reference(retold.reference, by, retold.steps),
        "system": _system(first.request, texts) if first else None,
        "setup": setup_print(of),
        "requests": asked_in_all(result, shown.calls) if shown.calls else "",
        "turns": [_turn(each, shown, by, retold.so_far, texts, first) for each in turns],
        "events": [[each.what, each.turn, each.call, each.letters] for each in fingerprints(of)],
    }


def _name(text: str) -> str:
    return inert(text, most=4096, verbatim=True)  # as the table of cells has it: addresses hold it


def _error(result: Result, texts: Texts) -> Json:
    error = result.error
    if error is None:
        return None
    return {"type": _name(error.type), "message": texts.text(error.message), "traceback": texts.text(error.traceback)}


def _goals(retold: Retold, by: Quantities) -> list[Json]:
    return [
        {"quantity": place, "kind": goal.kind, "low": spelled(goal.low), "high": spelled(goal.high), "since": goal.since}
        for goal in retold.goals
        for place in by.places([goal.quantity])
    ]


def _floors(retold: Retold, of: Trajectory, by: Quantities) -> list[Json]:
    start = mapping(of.initial)
    return [
        [place, spelled(least * began)]
        for name, least in retold.protected.items()
        if is_number(began := start.get(name))
        for place in by.places([name])
    ]


def _reference(of: Trajectory | None, by: Quantities, end: int | None) -> Json:
    if of is None:
        return None
    steps = times(of)
    does: list[Json] = [[steps[at], inert(deed(turn))] for at, turn in enumerate(of.turns)]
    return {"who": "oracle", "truth": truths(of, by, end), "does": does}


def _system(request: Request, texts: Texts) -> Json:
    tools: list[Json] = [[inert(signature(tool), most=1000), texts.text(tool.description)] for tool in request.tools]
    given = {"max_tokens": request.max_tokens, **request.params}
    return {"text": texts.text(request.system), "tools": tools, "params": inert(pairs(given), most=1000)}


def _turn(
    each: Told, of: Trajectory, by: Quantities, so_far: Sequence[float | None], texts: Texts, first: ModelCall | None
) -> dict[str, Json]:
    turn, at = each.turn, each.number - 1
    calls: list[Json] = [_call(asked, texts, first) for asked in each.asked]
    budget = of.budget if is_number(of.budget) else 0.0
    found: dict[str, Json] = {
        "turn": each.number,
        "step": spelled(each.step),
        "seen": None,
        "moved": None,
        "does": None,
        "action": "",
        "ok": True,
        "refused": "",
        "cost": 0,
        "spent": spelled(each.spent),
        "left": spelled(budget - each.spent) if budget else None,
        "reads": "",
        "because": "",
        "so_far": _score_so_far(so_far, at),
        "truth": at,
        "calls": calls,
    }
    if turn is None:
        return found
    before = of.turns[at - 1].seen if at else turn.seen
    because = str(turn.reasoning)
    moves: Row | None = by.moves(turn.seen, before)
    return found | {
        "seen": by.row(turn.seen),
        "moved": moves,
        "does": texts.text(deed(turn)),
        "action": inert(str(turn.action)),
        "ok": bool(turn.ok),
        "refused": "" if turn.ok else texts.text(str(turn.reason) or "without a reason"),
        "cost": spelled(turn.cost),
        "reads": texts.text(pairs(turn.reading)),
        "because": "" if each.answered(because) else texts.text(because),
    }


def _score_so_far(so_far: Sequence[float | None], at: int) -> float | None:
    value = so_far[at] if at < len(so_far) else None
    return None if value is None else round(value, 4)


def _call(asked: Asked, texts: Texts, first: ModelCall | None) -> dict[str, Json]:
    call, answer = asked.call, asked.call.answer
    messages: list[Json] = [
        {"from": each.role, "text": texts.text(each.text), "calls": [texts.text(called(one)) for one in each.calls]}
        for each in asked.new
    ]
    request = call.request
    same = first is None or (
        (request.model, request.system, request.tools, request.params)
        == (first.request.model, first.request.system, first.request.tools, first.request.params)
    )
    found: dict[str, Json] = {
        "call": asked.number,
        "attempt": call.attempt,
        "hash": request.hash[:12],
        "again": asked.again,
        "old": asked.old,
        "messages": messages,
        "other_setup": not same,
        "came": None,
        "fault": None,
        "took": took(call),
        "tokens": [getattr(call.tokens, kind) for kind in _KINDS],
        "usd": None if call.usd is None else figures.usd(call.usd),
        "seconds": round(call.latency_s, 3),
        "recalled": call.recalled,
    }
    if answer is None:
        kind = _name(call.fault) or "without a reason"
        return found | {"fault": {"kind": kind, "status": call.status, "said": texts.text(call.said)}}
    said: list[Json] = [texts.text(called(each)) for each in answer.calls]
    names: dict[str, Json] = {"stop": _name(answer.stop), "model": _name(answer.model), "id": _name(answer.id)}
    return found | {"came": {"text": texts.text(answer.text), "calls": said, **names}}
