"""Rows of a journal as records of the index."""

from __future__ import annotations

import json
import re
import sqlite3
from hashlib import blake2b
from operator import itemgetter
from typing import Any

from ...model import storable
from ...model.result import REUSED
from .. import codec, consumed
from ..fields import SCORED
from .names import KEYED, KINDS, Names
from .schema import SPAN

BATCH = 500
"""Records written at a time."""

_RECORD = f"INSERT INTO record VALUES ({', '.join('?' * 46)})"  # noqa: S608 - fixed
_DETAIL = f"INSERT INTO detail VALUES ({', '.join('?' * 8)})"  # noqa: S608 - fixed
_PRESENT = "INSERT OR IGNORE INTO present VALUES (?, ?)"

_FIELDS = itemgetter(
    "scenario", "agent", "battery", "outcome", "score", "difficulty", "seed", "passed", "tags", "params", "ended_at", "role",
    "variant", "attempt", "better", "scenario_hash", "agent_hash", "run", "worker", "error", "passing_score", "usage",
    "started_at", "duration_s", "trace", "key", "id", "reason", "scores", "metrics", "properties", "model",
)  # fmt: skip
_REAL = frozenset({6, 12, 25, 27, 29, 30, 32, 39})
"""Places in a record of what is a fraction: a whole number too large for SQLite becomes one there, elsewhere a text."""
_HEX = re.compile("[0-9a-f]{64}")
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_encode_sorted = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode

_SCORED, _TIME_BITS, _ATTEMPT_BITS = 62, 52, 10
_NO_TIME = 0.0


class Recorder:
    """Adds the records of one DAT. `flush` writes what is not written yet."""

    def __init__(self, connection: sqlite3.Connection, names: Names, dat: int, start: int) -> None:
        self.next = start
        """Place of the next record in its DAT."""
        self._connection, self._names, self._dat = connection, names, dat
        self._known: dict[str, dict[Any, int]] = {kind: {} for kind in (*KINDS, *KEYED)}
        self._keys = tuple(self._known[kind] for kind in KEYED)
        self._records: list[tuple[Any, ...]] = []
        self._details: list[tuple[Any, ...]] = []

    def add(self, row: codec.Row, file: int, offset: int, length: int) -> None:
        """One line of a journal."""
        (
            scenario, agent, battery, outcome, score, difficulty, seed, passed, tags, params, ended_at, role,
            variant, attempt, better, scenario_hash, agent_hash, run, worker, error, bar, usage,
            started_at, duration, trace, key, name, reason, scores, metrics, properties, model,
        ) = _FIELDS(row)  # fmt: skip
        no = self._dat << SPAN | self.next
        self.next += 1
        ended = codec.seconds(ended_at) if ended_at else None
        origin = row.get("origin") or None
        _, *asked, name_of_model = consumed.columns_of(usage, model)
        self._records.append((
            no, 1, self._no("scenario", scenario), self._no("agent", agent), self._no("battery", battery),
            self._no("outcome", outcome), score, difficulty, seed, passed,
            self._tags(tags), self._no("params", _encode_sorted(params) if params else "{}"),
            ended, cell_of(key, name), rank_of(outcome, ended or _NO_TIME, attempt), self._no("role", role), variant, attempt,
            self._no("better", better), self._no("scenario_hash", scenario_hash), self._no("agent_hash", agent_hash),
            self._no("run", run), self._no("worker", worker), self._no("error", str(error.get("type", "")) if error else ""),
            origin is not None and not origin.startswith(REUSED), bar,
            usage.get("tokens"), usage.get("usd"), usage.get("requests"),
            codec.seconds(started_at) if started_at else None, duration,
            trace.get("steps") if trace else None, trace.get("cost") if trace else None,
            *asked, self._no("model", name_of_model or ""), bool(row.get("task")), bool(trace and trace.get("file")),
            file, offset, length,
        ))  # fmt: skip
        self._details.append((
            no, bytes.fromhex(key) if _HEX.fullmatch(key) else _text(key), _text(name), _text(reason) if reason else None,
            _text(origin) if origin else None, _encode(scores) if scores else None, _encode(metrics) if metrics else None,
            _encode(properties) if properties else None,
        ))  # fmt: skip
        for kind, known, values in zip(KEYED, self._keys, (scores, metrics, properties), strict=True):
            if not values.keys() <= known.keys():
                for each in values:
                    self._no(kind, each)
        if len(self._records) >= BATCH:
            self._write()

    def flush(self) -> None:
        """Writes what is left, and which names occur in this DAT."""
        self._write()
        used = {no for numbers in self._known.values() for no in numbers.values()}
        self._connection.executemany(_PRESENT, [(no, self._dat) for no in sorted(used)])

    def _no(self, kind: str, text: str) -> int:
        known = self._known[kind]
        no = known.get(text)
        if no is None:
            no = known[text] = self._names.number(kind, _text(text))
        return no

    def _tags(self, tags: list[str]) -> int:
        known = self._known["tags"]
        no = known.get(tuple(tags))
        if no is None:
            no = known[tuple(tags)] = self._names.number("tags", _encode(tags))
        return no

    def _write(self) -> None:
        records, details = self._records, self._details
        self._records, self._details = [], []
        try:
            self._connection.executemany(_RECORD, records)
        except OverflowError:
            # Of a batch SQLite refused, the rows before the first large number are in already.
            low, high = records[0][0], records[-1][0]
            self._connection.execute("DELETE FROM record WHERE no BETWEEN ? AND ?", (low, high))
            self._connection.executemany(_RECORD, map(_within, records))
        self._connection.executemany(_DETAIL, details)


def cell_of(key: str, name: str) -> int:
    """8 bytes of a hash of what identifies a cell."""
    hashed = blake2b(f"{key}\0{name}".encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(hashed.digest(), "little", signed=True)


def rank_of(outcome: str, ended: float, attempt: int) -> int:
    """Of a cell's records the one with the highest rank is the latest scored one, else the latest."""
    time = min(max(round(ended * 1_000_000), 0), (1 << _TIME_BITS) - 1)
    count = min(max(attempt, 0), (1 << _ATTEMPT_BITS) - 1)
    return (outcome in SCORED) << _SCORED | time << _ATTEMPT_BITS | count


def _text(text: str) -> str:
    return text if text.isascii() else storable(text)


def _within(record: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        value if type(value) is not int or -(1 << 63) <= value < 1 << 63 else _large(value, place in _REAL)
        for place, value in enumerate(record)
    )


def _large(value: int, real: bool) -> float | str | None:
    if not real:
        return str(value)
    try:
        return float(value)
    except OverflowError:
        return None
