"""The line of a result as nearly all are: every field of one of the types that it usually has, so that neither a row has to be
made of it nor each field be looked at. What is not so goes `codec.encode`'s long way, which says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from json.encoder import encode_basestring_ascii as text
from math import isfinite
from operator import attrgetter

from ..model import Json, Outcome, Result, TraceRef, Usage
from .moment import time_text

_NONE, _NUMBER = type(None), (float, int)
_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("run", "battery", "key", "id", "scenario", "scenario_hash"), (str,)),
    "tags": (tuple,),
    "difficulty": (int, _NONE),
    "params": (dict,),
    "variant": (int,),
    **dict.fromkeys(("agent", "agent_hash", "role"), (str,)),
    **dict.fromkeys(("seed", "attempt"), (int,)),
    "outcome": (Outcome,),
    "score": (*_NUMBER, _NONE),
    "scores": (dict,),
    "better": (str,),
    "passed": (bool, _NONE),
    "passing_score": (*_NUMBER, _NONE),
    **dict.fromkeys(("metrics", "properties"), (dict,)),
    "task": (_NONE,),
    "reason": (str,),
    "error": (_NONE,),
    "usage": (Usage,),
    "model": (_NONE,),
    "started_at": _NUMBER,
    "ended_at": _NUMBER,
    "duration_s": _NUMBER,
    "worker": (str,),
    "origin": (str,),
    "trace": (TraceRef, _NONE),
}
"""Fields in the line's order, and the types they usually have."""
_VALUES = attrgetter(*_TYPES)
_KNOWN: set[tuple[type, ...]] = set()
"""Types that were found to be usual, in the fields' order: most results of a run have the same ones."""
_MOST_KNOWN = 1000
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


def usual_line(result: Result, version: int) -> str | None:
    """What `codec.encode` gives for `result`, to the letter; None if something about it is unusual."""
    values = _VALUES(result)
    if (types := tuple(map(type, values))) not in _KNOWN:
        if any(kind not in usual for kind, usual in zip(types, _TYPES.values(), strict=True)):
            return None
        if len(_KNOWN) < _MOST_KNOWN:
            _KNOWN.add(types)
    try:
        return _line(version, *values)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def _line(
    version: int,
    run: str,
    battery: str,
    key: str,
    cell_id: str,
    scenario: str,
    scenario_hash: str,
    tags: tuple[str, ...],
    difficulty: int | None,
    params: Mapping[str, Json],
    variant: int,
    agent: str,
    agent_hash: str,
    role: str,
    seed: int,
    attempt: int,
    outcome: Outcome,
    score: float | None,
    scores: Mapping[str, float],
    better: str,
    passed: bool | None,
    passing_score: float | None,
    metrics: Mapping[str, Json],
    properties: Mapping[str, Json],
    task: None,
    reason: str,
    error: None,
    usage: Usage,
    model: None,
    started_at: float,
    ended_at: float,
    duration_s: float,
    worker: str,
    origin: str,
    trace: TraceRef | None,
) -> str:
    """The values of fields of usual types as a line. Raises for what these types can hold and a line cannot."""
    if score is not None and not outcome.scored:
        raise ValueError
    said = "null" if passed is None else "true" if passed else "false"
    return (
        f'{{"v":{version},"run":{text(run)},"battery":{text(battery)},"key":{text(key)},"id":{text(cell_id)},'
        f'"scenario":{text(scenario)},"scenario_hash":{text(scenario_hash)},"tags":{_texts(tags)},'
        f'"difficulty":{_number(difficulty)},"params":{_mapping(params)}{"" if variant == 1 else f",{_VARIANT}:{variant}"},'
        f'"agent":{text(agent)},"agent_hash":{text(agent_hash)},"role":{text(role)},"seed":{seed},"attempt":{attempt},'
        f'"outcome":{text(outcome)},"score":{_number(score)},"scores":{_numbers(scores)},"better":{text(better)},'
        f'"passed":{said},"passing_score":{_number(passing_score)},"metrics":{_mapping(metrics)},'
        f'{f"{_PROPERTIES}:{_mapping(properties)}," if properties else ""}"reason":{text(reason)},"error":null,'
        f'"usage":{_usage(usage)},"started_at":{_time(started_at)},"ended_at":{_time(ended_at)},'
        f'"duration_s":{_number(duration_s)},"worker":{text(worker)}{f",{_ORIGIN}:{text(origin)}" if origin else ""},'
        f'"trace":{_trace(trace)}}}'
    )


_VARIANT, _PROPERTIES, _ORIGIN = map(text, ("variant", "properties", "origin"))


def _number(value: float | None) -> str:
    if value is None:
        return "null"
    if not isfinite(value) or type(value) not in _NUMBER:
        raise ValueError
    return repr(value)


def _mapping(values: Mapping[str, Json]) -> str:
    return _ENCODER.encode(values) if values else "{}"


def _numbers(values: Mapping[str, float]) -> str:
    if not all(type(value) in _NUMBER for value in values.values()):
        raise ValueError
    return _mapping(values)


def _texts(values: tuple[str, ...]) -> str:
    if not all(type(value) is str for value in values):
        raise ValueError
    return f"[{','.join(map(text, values))}]"


def _time(seconds: float) -> str:
    return f'"{time_text(seconds)}"' if seconds else "null"


def _usage(usage: Usage) -> str:
    if usage.split is not None or usage.retries is not None or usage.latency_s is not None:
        raise ValueError
    if usage.tokens is usage.usd is usage.requests is None:
        return '{"tokens":null,"usd":null,"requests":null}'
    tokens, usd, requests = map(_number, (usage.tokens, usage.usd, usage.requests))
    return f'{{"tokens":{tokens},"usd":{usd},"requests":{requests}}}'


def _trace(trace: TraceRef | None) -> str:
    if trace is None:
        return "null"
    if type(trace.file) is not str or any(type(each) not in (int, _NONE) for each in (trace.offset, trace.length, trace.steps)):
        raise ValueError
    offset, length, steps, cost = map(_number, (trace.offset, trace.length, trace.steps, trace.cost))
    return f'{{"file":{text(trace.file)},"offset":{offset},"length":{length},"steps":{steps},"cost":{cost}}}'
