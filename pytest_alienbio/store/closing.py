"""What is written when a DAT is closed: `results.json`, `results.yaml`, `summary.csv`, all made from the journals."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from ..model import Json
from . import codec, yamltext
from .disk import locked, replace_file
from .fields import SCORED, complaints
from .layout import CELLS, LOCK, RESULTS_JSON, RESULTS_YAML, SUMMARY
from .scan import Scan, scan

MAX_ROWS = 1000
"""Cells that `results.yaml` lists; above that it points to `results.json`."""

MAX_OWN_COLUMNS = 40
"""Of `summary.csv`, for sub-scores, for params and for metrics each: the first."""

COLUMNS = (
    "battery", "scenario", "difficulty", "agent", "seed", "outcome", "score", "passed", "passing_score", "better", "role",
    "attempt", "params", "duration_s", "tokens", "usd", "steps", "cost", "started_at", "ended_at", "reason", "id", "key", "run",
    "variant",
)  # fmt: skip
"""Of `summary.csv`; named sub-scores, params and metrics of tasks follow as `score.<name>`, `params.<name>` and
`metric.<name>`. What is missing is empty."""

_FLAT = itemgetter(
    "battery", "scenario", "difficulty", "agent", "seed", "outcome", "score", "passed", "passing_score", "better", "role",
    "attempt", "duration_s", "usage", "trace", "started_at", "ended_at", "reason", "id", "key", "run", "variant",
)  # fmt: skip

_FORMULA = frozenset("=+-@\t\r\n")
_WORD: Mapping[bool | None, str | None] = {True: "true", False: "false", None: None}


@dataclass(slots=True)
class _Tally:
    """What one agent did on one scenario."""

    outcomes: Counter[str] = field(default_factory=Counter)
    n: int = 0
    total: float = 0.0
    passed: int = 0


class _Kept(NamedTuple):
    """What is kept of a row until it is known whether it counts."""

    line: str
    """Its line of `summary.csv`, without the newline."""
    own: int
    """How many of the cells' own columns were known when the line was made; later ones are empty in it."""
    outcome: str
    score: float | None
    passed: bool


class _Liner:
    """Makes the lines of `summary.csv`; collects the names of sub-scores and params on the way."""

    def __init__(self) -> None:
        self.own: dict[tuple[str, str], None] = {}
        """The columns that the cells bring: (`score`, `params` or `metric`, name), as first seen."""
        self._known: dict[str, set[str]] = {"score": set(), "params": set(), "metric": set()}
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer, lineterminator="")

    def keep(self, row: dict[str, Any]) -> _Kept:
        scores, params = row["scores"], row["params"]
        self._learn("score", scores)
        self._learn("params", params)
        metrics = row["metrics"] if row.get("task") else {}
        self._learn("metric", metrics)
        of = {"score": scores, "params": params, "metric": metrics}
        battery, scenario, difficulty, agent, seed, outcome, score, passed, bar, better, role, *rest = _FLAT(row)
        attempt, duration_s, usage, trace, started_at, ended_at, reason, name, key, run, variant = rest
        tokens, usd = (usage.get("tokens"), usage.get("usd")) if usage else (None, None)
        steps, cost = (trace.get("steps"), trace.get("cost")) if trace else (None, None)
        told = json.dumps(params) if params else None
        values = (
            _text(battery), _text(scenario), difficulty, _text(agent), seed, outcome, score, _WORD[passed], bar, better, role,
            attempt, told, duration_s, tokens, usd, steps, cost, started_at, ended_at,
            _text(reason), _text(name), _text(key), _text(run), variant,
            *(_plain(of[kind].get(own)) for kind, own in self.own),
        )  # fmt: skip
        return _Kept(self.line(values), len(self.own), outcome, score, passed is True)

    def _learn(self, kind: str, values: Mapping[str, object]) -> None:
        known = self._known[kind]
        if len(known) < MAX_OWN_COLUMNS and not values.keys() <= known:
            new = [name for name in values if name not in known][: MAX_OWN_COLUMNS - len(known)]
            known.update(new)
            self.own.update(dict.fromkeys((kind, name) for name in new))

    def line(self, values: Iterable[object]) -> str:
        self._buffer.seek(0)
        self._buffer.truncate()
        self._writer.writerow(values)
        return self._buffer.getvalue()


def consolidate(dat: Path, status: Mapping[str, Json]) -> int:
    """Writes the three files anew, each all or nothing, under the DAT's lock; gives the number of cells.

    Depends on the journals and `status` only, so closing twice gives the same bytes. Raises `StoreError`, and
    `ValueError` for a `status` that is no JSON.
    """
    if wrong := next(complaints(status, "status"), ""):
        raise ValueError(wrong)
    with locked(dat / LOCK):
        liner = _Liner()
        found = scan(dat, liner.keep)
        replace_file(dat / RESULTS_JSON, _results_json(found, status))
        replace_file(dat / SUMMARY, _summary(found, liner))
        replace_file(dat / RESULTS_YAML, [_results_yaml(found, status).encode()])
    return len(found.cells)


def read_head(dat: Path) -> dict[str, Json] | None:
    """The first line of `results.json`, `{v, status, notes}`; None before the first close, or if it is damaged."""
    try:
        with (dat / RESULTS_JSON).open("rb") as source:
            head = source.readline(2**20).rstrip()
        value = json.loads(head.removesuffix(b'"cells":[') + b'"cells":[]}')
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _results_json(found: Scan, status: Mapping[str, Json]) -> Iterator[bytes]:
    head = {"v": codec.VERSION, "status": status, "notes": list(found.notes)}
    yield json.dumps(head, separators=(",", ":"), default=dict, allow_nan=False).encode()[:-1] + b',"cells":['
    separator = b"\n"
    for raw in found.raw():
        yield separator + raw
        separator = b",\n"
    yield b"\n]}\n"


def _summary(found: Scan, liner: _Liner) -> Iterator[bytes]:
    yield f"{liner.line([*COLUMNS, *(_text('.'.join(own)) for own in liner.own)])}\n".encode("utf-8", "backslashreplace")
    known = len(liner.own)
    for kept in _kept(found):
        yield f"{kept.line}{',' * (known - kept.own)}\n".encode("utf-8", "backslashreplace")


def _kept(found: Scan) -> Iterator[_Kept]:
    for cell in found.cells:
        assert isinstance(cell.kept, _Kept)
        yield cell.kept


def _text(text: str) -> str:
    """Text as a spreadsheet may see it: on one line, and never taken for a formula."""
    line = text if text.isprintable() else "".join(ch if ch.isprintable() else " " for ch in text)
    return f"'{line}" if text[:1] in _FORMULA or line[:1] in _FORMULA else line


def _plain(value: Json) -> object:
    """A param as a cell of a table."""
    if value is None or isinstance(value, bool):
        return _WORD[value]
    return value if isinstance(value, int | float) else _text(value if isinstance(value, str) else json.dumps(value))


def _results_yaml(found: Scan, status: Mapping[str, Json]) -> str:
    tallies: defaultdict[tuple[str, str], _Tally] = defaultdict(_Tally)
    for cell, kept in zip(found.cells, _kept(found), strict=True):
        tally = tallies[cell.place[2], cell.place[0]]
        tally.outcomes[kept.outcome] += 1
        if kept.score is not None:
            tally.n += 1
            tally.total += kept.score
        tally.passed += kept.passed
    outcomes: Counter[str] = Counter()
    scores: dict[str, dict[str, Json]] = {}
    for (agent, scenario), tally in sorted(tallies.items()):
        outcomes.update(tally.outcomes)
        scores.setdefault(agent, {})[scenario] = {
            "mean": tally.total / tally.n if tally.n else None,
            "n": tally.n,
            **({"trials": trials} if (trials := sum(tally.outcomes[name] for name in SCORED) - tally.n) else {}),
            "passed": tally.passed,
            **{k: v for k, v in sorted(tally.outcomes.items()) if k not in SCORED},
        }
    page: dict[str, Json] = {
        "v": codec.VERSION,
        "status": status,
        "cells": len(found.cells),
        "outcomes": dict(sorted(outcomes.items())),
        "scores": scores,
    }
    if found.notes:
        page["notes"] = list(found.notes)
    if len(found.cells) > MAX_ROWS:
        page["results"] = f"more than {MAX_ROWS} cells: see {RESULTS_JSON} (all) or {SUMMARY}"
    else:
        page["results"] = [_short_row(codec.parse_again(raw)) for raw in found.raw()]
    page["truth"] = f"made from {CELLS}/*.jsonl when the run was closed"
    return yamltext.dump(page)


def _short_row(row: dict[str, Json]) -> dict[str, Json]:
    short: dict[str, Json] = {"id": row["id"], "outcome": row["outcome"]}
    for name in ("score", "passed", "reason", "attempt"):
        value = row.get(name)
        if value is not None and value != "" and (name, value) != ("attempt", 1):
            short[name] = value
    if row.get("task"):
        short["metrics"] = row["metrics"]
    return short
