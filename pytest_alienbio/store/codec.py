"""Result <-> one line of JSON, in format version 1. Unknown keys are ignored, newer versions refused by name."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, cast
from zlib import crc32

from ..errors import StoreError
from ..model import CellError, Result, TaskRecord, TraceRef
from .consumed import model_of, model_row, usage_row
from .consumed import usage_of as usage_of
from .fields import OUTCOMES, SAME, check, complaints
from .moment import now_text as now_text
from .moment import seconds as seconds
from .moment import time_text as time_text
from .usual import usual_line

VERSION = 1
"""Format version of everything in a DAT; every earlier one stays readable."""

Row = dict[str, Any]
"""A journal line after parsing and checking."""


def encode(result: Result) -> str:
    """`result` as one line, ASCII, without a newline; trajectory and DAT path are left out (they lie elsewhere).

    Times become ISO-8601 UTC with microseconds, unset ones (0) null. Raises `ValueError` naming field and cell for a
    number that is not finite, a value that is no JSON, and a score on an outcome that carries none.
    """
    if (line := usual_line(result, VERSION)) is not None:
        return line
    row = row_of(result)
    try:
        check(row)
        for name in _LEFT_OUT:
            if row[name] == _DEFAULTS[name]:
                del row[name]
        return _ENCODER.encode(row)
    except (ValueError, TypeError, RecursionError) as failure:
        raise ValueError(f"{result.id}: {_first_complaint(row) or failure}") from None


def sound_row(result: Result) -> Row:
    """The fields of `result`'s line, all of them. Raises `ValueError` as `encode` does."""
    row = row_of(result)
    try:
        check(row)
        if wrong := next(complaints(row), ""):
            raise ValueError(wrong)
    except (ValueError, RecursionError) as failure:
        raise ValueError(f"{result.id}: {failure}") from None
    return row


def row_of(result: Result) -> Row:
    """The fields of `result`'s line, all of them, unchecked. Raises `ValueError` for what is no time."""
    error, usage, trace, task = result.error, result.usage, result.trace, result.task
    return {
        "v": VERSION,
        "run": result.run,
        "battery": result.battery,
        "key": result.key,
        "id": result.id,
        "scenario": result.scenario,
        "scenario_hash": result.scenario_hash,
        "tags": list(result.tags),
        "difficulty": result.difficulty,
        "params": result.params,
        "variant": result.variant,
        "agent": result.agent,
        "agent_hash": result.agent_hash,
        "role": result.role,
        "seed": result.seed,
        "attempt": result.attempt,
        "outcome": result.outcome.value,
        "score": result.score,
        "scores": result.scores,
        "better": result.better,
        "passed": result.passed,
        "passing_score": result.passing_score,
        "metrics": result.metrics,
        "properties": result.properties,
        "task": task and {"seed": task.seed, "events": task.events, "unread": task.unread},
        "reason": result.reason,
        "error": error and {"type": error.type, "message": error.message, "traceback": error.traceback},
        "usage": usage_row(usage),
        "model": result.model and model_row(result.model),
        "started_at": _time_text(result.started_at, "started_at", result.id),
        "ended_at": _time_text(result.ended_at, "ended_at", result.id),
        "duration_s": result.duration_s,
        "worker": result.worker,
        "origin": result.origin,
        "trace": trace
        and {"file": trace.file, "offset": trace.offset, "length": trace.length, "steps": trace.steps, "cost": trace.cost},
    }


def decode(line: str | bytes, *, dat_path: str = "") -> Result:
    """The result on one line. Raises `StoreError` for a newer format version, `ValueError` for a line that is damaged."""
    return build(parse(line), dat_path=dat_path)


def parse(line: str | bytes) -> Row:
    """A line as a checked row: every field there and of its type. Raises as `decode` does, for a broken seal too."""
    if (found := _SEAL.search(line.encode() if isinstance(line, str) else line)) and found[2] != _sum(found[1]):
        raise ValueError("damaged: it is not what was written, by its checksum")
    return checked(parse_again(line))


def sealed(line: str) -> bytes:
    """An encoded line with its checksum as its last field, as journals keep it: a bit that flips makes no other number."""
    text = line[:-1].encode()
    return b'%b,"crc":"%b"}' % (text, _sum(text))


def resealed(line: bytes) -> bytes:
    """A line that was changed on purpose: its checksum, if it has one, is that of what it is now."""
    found = _SEAL.search(line)
    return b'%b,"crc":"%b"}%b' % (found[1], _sum(found[1]), line[found.end(2) + 2 :]) if found else line


def unsealed(line: bytes) -> bytes:
    """A line without its checksum, as `encode` gave it; one that has none as it is."""
    found = _SEAL.search(line)
    return b"%b}%b" % (found[1], line[found.end(2) + 2 :]) if found else line


def _sum(text: bytes) -> bytes:
    return b"%08x" % crc32(text)


def checked(row: object) -> Row:
    """What a line held as a checked row. Raises as `decode` does."""
    if type(row) is not dict:
        raise ValueError("not a JSON object")
    version = row.get("v")
    if type(version) is not int or version < 1:
        raise ValueError(f"v: expected a format version, got {version!r:.80}")
    if version > VERSION:
        raise StoreError(
            f"format version {version} is newer than {VERSION}, the newest this pytest-alienbio can read; "
            "upgrade pytest-alienbio"
        )
    if not row.keys() >= _DEFAULTS.keys():
        row = _DEFAULTS | row
    check(row)
    return row


def parse_again(line: str | bytes) -> dict[str, Any]:
    """A line that `parse` has accepted before, without the checks; what it left out stays out."""
    text = (line.decode() if isinstance(line, bytes) else line).strip(_BLANK)
    try:
        row, end = _SCAN(text, 0)
        if end == len(text):
            return cast(Row, row)
        return cast(Row, _DECODER.decode(text))  # which says what is wrong, and where
    except StopIteration:
        return cast(Row, _DECODER.decode(text))  # likewise
    except RecursionError:
        raise ValueError("nested too deeply") from None


def build(row: Row, *, dat_path: str = "") -> Result:
    """The result of a row that `parse` or `parse_again` gave."""
    r: dict[str, Any] = {**_DEFAULTS, **row}
    error, trace, task = r["error"], r["trace"], r["task"]
    return Result(
        **{name: r[name] for name in SAME},
        tags=tuple(r["tags"]),
        outcome=OUTCOMES[r["outcome"]],
        task=task and TaskRecord(task.get("seed"), task.get("events") or 0, task.get("unread") or 0),
        error=error and CellError(*(str(error.get(name, "")) for name in ("type", "message", "traceback"))),
        usage=usage_of(r),
        model=model_of(r["model"]),
        started_at=seconds(r["started_at"]),
        ended_at=seconds(r["ended_at"]),
        trace=trace
        and TraceRef(
            trace["file"], trace.get("offset"), trace.get("length"), trace.get("steps") or 0, trace.get("cost") or 0.0
        ),
        dat_path=dat_path,
    )


def _time_text(seconds: float, name: str, cell: str) -> str | None:
    if not seconds:
        return None
    try:
        return time_text(seconds)
    except (OverflowError, ValueError):
        raise ValueError(f"{cell}: {name}: {seconds!r} is not a time in Unix seconds") from None


def _mapping(value: object) -> dict[object, object]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def _first_complaint(row: Row) -> str:
    try:
        return next(complaints(row), "")
    except RecursionError:
        return "nested too deeply"


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number


_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=_mapping)
_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)
_SCAN: Callable[[str, int], tuple[Any, int]] = vars(_DECODER)["scan_once"]
"""What a decoder does between looking for white space, which is a fifth of its time."""
_BLANK = " \t\n\r"
_SEAL = re.compile(rb'\A(.*),"crc":"(.{8})"\}\s*\Z', re.DOTALL)
_LEFT_OUT = ("variant", "task", "properties", "origin", "model")
"""Fields that most cells have as usual: a line then leaves them out."""
_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("run", "battery", "scenario_hash", "agent_hash", "reason", "worker", "origin"), ""),
    **dict.fromkeys(
        ("difficulty", "score", "passed", "passing_score", "error", "started_at", "ended_at", "trace", "task", "model")
    ),
    "role": "candidate",
    "better": "higher",
    "tags": [],
    "params": {},
    "scores": {},
    "metrics": {},
    "properties": {},
    "usage": {},
    "variant": 1,
    "attempt": 1,
    "duration_s": 0.0,
}
"""What a line may leave out: it identifies its cell and says how that ended, the rest may be unknown."""
