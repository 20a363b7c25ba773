"""The lines of `summary.csv`: one a cell, safe to be opened by a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from ..model import Json
from . import consumed

MAX_OWN_COLUMNS = 40
"""Of `summary.csv`, for sub-scores, for params and for metrics each: the first."""

COLUMNS = (
    "battery", "scenario", "difficulty", "agent", "seed", "outcome", "score", "passed", "passing_score", "better", "role",
    "attempt", "params", "duration_s", "tokens", "usd", "steps", "cost", "started_at", "ended_at", "reason", "id", "key", "run",
    "variant", *consumed.COLUMNS,
)  # fmt: skip
"""Of `summary.csv`; `model` is what answered, as its provider calls it. Named sub-scores, params and metrics of tasks follow as
`score.<name>`, `params.<name>` and `metric.<name>`. What is missing is empty."""

_FLAT = itemgetter(
    "battery", "scenario", "difficulty", "agent", "seed", "outcome", "score", "passed", "passing_score", "better", "role",
    "attempt", "duration_s", "usage", "trace", "started_at", "ended_at", "reason", "id", "key", "run", "variant",
    "model",
)  # fmt: skip

_FORMULA = frozenset("=+-@\t\r\n")
_TAKEN = _FORMULA | frozenset("＝＋－＠")  # noqa: RUF001 - a spreadsheet set to Japanese or Chinese takes these for the same
_CAREFUL = _TAKEN | {"'"}
"""What the text of a cell may begin with that is not as it seems."""
_WORD: Mapping[bool | None, str | None] = {True: "true", False: "false", None: None}


class Kept(NamedTuple):
    """A row's line of `summary.csv`, kept until it is known whether it counts."""

    line: str
    """Without the newline."""
    own: int
    """How many of the cells' own columns were known when the line was made; later ones are empty in it."""


class _Line:
    """Where the lines are written to: a writer gives back what `write` does, here the line itself."""

    write = str


class Liner:
    """Makes the lines of `summary.csv`; collects the names of sub-scores and params on the way."""

    def __init__(self) -> None:
        self.own: dict[tuple[str, str], None] = {}
        """The columns that the cells bring: (`score`, `params` or `metric`, name), as first seen."""
        self._known: dict[str, set[str]] = {"score": set(), "params": set(), "metric": set()}
        self._writer = csv.writer(_Line, lineterminator="")

    def learn(self, row: dict[str, Any]) -> dict[str, Mapping[str, Json]]:
        """What a journal row has for the columns that the cells bring: `score`, `params` and `metric`, each by name."""
        of = {"score": row["scores"], "params": row["params"], "metric": row["metrics"] if row.get("task") else {}}
        for kind, values in of.items():
            if values:
                self._learn(kind, values)
        return of

    def keep(self, row: dict[str, Any]) -> Kept:
        """A journal row's line."""
        of = self.learn(row)
        params = row["params"]
        battery, scenario, difficulty, agent, seed, outcome, score, passed, bar, better, role, *rest = _FLAT(row)
        attempt, duration_s, usage, trace, started_at, ended_at, reason, name, key, run, variant, model = rest
        asked = consumed.columns_of(usage, model)
        if asked[-1]:
            asked = (*asked[:-1], _often(asked[-1]))
        tokens, usd = (usage.get("tokens"), usage.get("usd")) if usage else (None, None)
        steps, cost = (trace.get("steps"), trace.get("cost")) if trace else (None, None)
        told = json.dumps(params, default=dict) if params else None
        values = (
            _often(battery), _often(scenario), difficulty, _often(agent), seed, outcome, score, _WORD[passed], bar,
            better, _often(role), attempt, told, duration_s, tokens, usd, steps, cost, started_at, ended_at,
            reason and safe_text(reason), safe_text(name), key if key.isalnum() else safe_text(key), _often(run), variant,
            *asked,
        )  # fmt: skip
        own = [_plain(of[kind].get(column)) for kind, column in self.own]
        return Kept(self.line((*values, *own) if own else values), len(own))

    def _learn(self, kind: str, values: Mapping[str, object]) -> None:
        known = self._known[kind]
        if len(known) < MAX_OWN_COLUMNS and not values.keys() <= known:
            new = [name for name in values if name not in known][: MAX_OWN_COLUMNS - len(known)]
            known.update(new)
            self.own.update(dict.fromkeys((kind, name) for name in new))

    def header(self) -> bytes:
        """The first line, as it is once all cells have been seen."""
        return f"{self.line([*COLUMNS, *(safe_text('.'.join(own)) for own in self.own)])}\n".encode("utf-8", "backslashreplace")

    def whole(self, line: str, own: int) -> bytes:
        """A kept line with the columns that only later cells brought, and its newline."""
        return f"{line}{',' * (len(self.own) - own)}\n".encode("utf-8", "backslashreplace")

    def line(self, values: Iterable[object]) -> str:
        """One line, without a newline."""
        return str(self._writer.writerow(values))


def safe_text(text: str) -> str:
    """Text as a spreadsheet may see it: on one line, and never taken for a formula; `plain_text` takes that back.

    A formula begins with one of `=+-@`, however wide, a tab or a line break: such text gets a `'` in front, as has text that
    has one already.
    """
    if text[:1] not in _CAREFUL and text.isprintable():
        return text
    line = text if text.isprintable() else "".join(ch if ch.isprintable() else " " for ch in text)
    return f"'{line}" if text[:1] in _TAKEN or line.lstrip("'")[:1] in _TAKEN else line


_often = lru_cache(maxsize=1024)(safe_text)
"""The same, for what stands in many rows: names, not what is each cell's own."""


def plain_text(cell: str) -> str:
    """What `safe_text` made a cell of, but for line breaks. Raises `ValueError` for a cell that a spreadsheet would run."""
    if cell[:1] in _FORMULA:
        raise ValueError(f"{cell[:40]!r} begins like a formula, which a spreadsheet would run")
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in _TAKEN else cell


def _plain(value: Json) -> object:
    """A param or metric as a cell of the table."""
    if value is None or isinstance(value, bool):
        return _WORD[value]
    return value if isinstance(value, int | float) else safe_text(value if isinstance(value, str) else json.dumps(value))
