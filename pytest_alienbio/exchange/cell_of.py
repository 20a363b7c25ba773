"""One foreign row as a cell: what it says, what it leaves out, and where it contradicts itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..model import ROLES, Json, ModelUse, Outcome, Result, TaskRecord, Tokens, TraceRef, Usage, digest
from ..model.task import DIRECTIONS
from ..store.consumed import SPLIT
from . import values
from .columns import Columns

Say = Callable[[str, str, str], None]
"""Takes a complaint about a row: what, which of our fields, and what to try."""

_READERS: Mapping[str, Callable[[object], Any]] = {
    **dict.fromkeys(("battery", "scenario", "agent"), values.name),
    **dict.fromkeys(("reason", "id", "key", "run", "worker", "model"), values.text),
    **dict.fromkeys(("difficulty", "seed"), values.whole),
    **dict.fromkeys(("score", "passing_score", "usd", "duration_s", "cost", "latency_s"), values.number),
    **dict.fromkeys(("attempt", "variant", "tokens", "requests", "retries", "steps"), values.natural),
    **dict.fromkeys((f"{kind}_tokens" for kind in SPLIT), values.natural),
    **dict.fromkeys(("started_at", "ended_at"), values.time),
    "better": values.one_of(DIRECTIONS),
    "role": values.one_of(ROLES),
    "passed": values.truth,
    "params": values.mapping,
    "tags": values.words,
}
_PARTS: Mapping[str, Callable[[object], Json]] = {
    "score": values.number,
    "params": values.any_value,
    "metric": values.any_value,
}
REQUIRED = ("scenario", "agent", "seed")


def cell_of(row: Mapping[str, object], columns: Columns, origin: str, say: Say) -> Result | None:
    """The cell of a row: our field -> the cell of the table, text or typed. What is wrong is said; then there is none.

    A row without a score must say how it ended. One with a score and no outcome is `completed`. `key` and `id` are made
    from what is there, as for cells played here, where the row has none.
    """
    wrong: list[str] = []

    def complain(what: str, name: str, hint: str = "") -> None:
        wrong.append(name)
        say(what, name, hint)

    got, parts = _read({**row, **columns.fixed}, columns, complain)
    for name in ("battery", *REQUIRED):
        if name not in got and name not in wrong:
            complain(f"no {name}", name, f"give it a column, or all rows one with --set {name}=...")
    outcome = _outcome(got, wrong, complain)
    params = _params(got, parts["params"], row, complain)
    if wrong or outcome is None:
        return None
    score, bar, better = got.get("score"), got.get("passing_score"), got.get("better", "higher")
    passed = got.get("passed")
    if passed is None and "passed" not in row and score is not None and bar is not None:
        passed = score >= bar if better == "higher" else score <= bar
    steps, cost = got.get("steps"), got.get("cost")
    difficulty, seed, variant = got.get("difficulty"), got["seed"], got.get("variant", 1)
    named = {"scenario": got["scenario"], "difficulty": difficulty, "agent": got["agent"], "seed": seed}
    return Result(
        battery=got["battery"],
        key=got.get("key") or digest({"imported": True, **named, "params": params, "variant": variant}),
        id=got.get("id") or _id(named, params, variant),
        scenario=got["scenario"],
        scenario_hash="",
        difficulty=difficulty,
        agent=got["agent"],
        agent_hash="",
        role=got.get("role", "candidate"),
        seed=seed,
        outcome=outcome,
        params=params,
        variant=variant,
        tags=got.get("tags", ()),
        score=score,
        scores={name: float(value) for name, value in parts["score"].items() if isinstance(value, int | float)},
        better=better,
        passed=passed,
        passing_score=bar,
        metrics=parts["metric"],
        task=TaskRecord(None) if parts["metric"] else None,
        reason=got.get("reason", ""),
        usage=_usage(got),
        model=ModelUse("", asked, tuple(asked.split(", "))) if (asked := got.get("model")) else None,
        attempt=got.get("attempt", 1),
        run=got.get("run", ""),
        worker=got.get("worker", ""),
        started_at=got.get("started_at", 0.0),
        ended_at=got.get("ended_at", 0.0),
        duration_s=got.get("duration_s", 0.0),
        trace=None if steps is None and cost is None else TraceRef("", steps=steps or 0, cost=0.0 if cost is None else cost),
        origin=origin,
    )


def _usage(got: Mapping[str, Any]) -> Usage:
    kinds = Tokens(*(got.get(f"{kind}_tokens") for kind in SPLIT))
    split = None if kinds == Tokens() else kinds
    return Usage(got.get("tokens"), got.get("usd"), got.get("requests"), split, got.get("retries"), got.get("latency_s"))


def _read(row: Mapping[str, object], columns: Columns, complain: Say) -> tuple[dict[str, Any], dict[str, dict[str, Json]]]:
    """The fields that say something, read; and `score.<name>`, `params.<name>`, `metric.<name>` by part."""
    got: dict[str, Any] = {}
    parts: dict[str, dict[str, Json]] = {part: {} for part in _PARTS}
    outcome = values.outcome_of(columns.outcomes)
    for name, value in row.items():
        if values.is_missing(value):
            continue
        part, dot, rest = name.partition(".")
        try:
            if dot:
                parts[part][rest] = _PARTS[part](value)
            else:
                got[name] = outcome(value) if name == "outcome" else _READERS[name](value)
        except ValueError as error:
            complain(str(error), name, "")
    return got, parts


def _outcome(got: Mapping[str, Any], wrong: list[str], complain: Say) -> Outcome | None:
    outcome: Outcome | None = got.get("outcome")
    score = got.get("score")
    if "score" in wrong or "outcome" in wrong:
        return None
    if outcome is None:
        if score is not None:
            return Outcome.COMPLETED
        complain("neither a score nor an outcome", "score", "say in `outcome` why there is none: an outage is never a score")
        return None
    if score is not None and not outcome.scored:
        complain(f"a score, {score:g}, on an outcome that carries none: {outcome}", "score", "an outage is never a score")
    if got.get("passed") is True and not outcome.scored:
        complain(f"passed, and the outcome is {outcome}", "passed", "what broke did not pass")
    return outcome


def _params(got: Mapping[str, Any], own: dict[str, Json], row: Mapping[str, object], complain: Say) -> Mapping[str, Json]:
    """Params as one JSON object, or by columns. Where a row has both they must say the same: somebody may have edited one."""
    whole: Mapping[str, Json] | None = got.get("params")
    if whole is None:
        return own
    for name, value in own.items():
        if name not in whole or not _same(whole[name], value, row.get(f"params.{name}")):
            complain(f"params.{name} says {value!r:.40}, and params says {whole.get(name)!r:.40}", f"params.{name}", "")
    return whole


def _same(told: Json, read: Json, cell: object) -> bool:
    """Whether a param of the JSON object is what its own column says, as far as a table can spell it."""
    if told == read or not isinstance(cell, str):
        return told == read
    spelled = told if isinstance(told, str) else json.dumps(told, default=dict)
    return " ".join(spelled.split()) == " ".join(cell.split())


def _id(named: Mapping[str, Any], params: Mapping[str, Json], variant: int) -> str:
    level = "" if named["difficulty"] is None else f"d{named['difficulty']}-"
    told = "".join(f"-{values.in_id(f'{name}{value}')}" for name, value in params.items()) + (
        "" if variant == 1 else f"-v{variant}"
    )
    return f"{values.in_id(named['scenario'])}[{level}{values.in_id(named['agent'])}-s{named['seed']}{told}]"
