"""What is written when a DAT is closed: `results.json`, `results.yaml`, `summary.csv`, all made from the journals."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from sys import intern
from typing import NamedTuple

from ..model import Json, Outcome, garbage
from ..model.brief import Brief, Told
from ..model.result import UNSETTLED_CALLS, UNSETTLED_USD
from . import codec, yamltext
from .disk import locked, replace_file
from .fields import OUTCOMES, SCORED, complaints
from .layout import CELLS, LOCK, RESULTS_JSON, RESULTS_YAML, SUMMARY
from .scan import Light, Scan, scan, signature
from .summary import Kept, Liner

MAX_ROWS = 1000
"""Cells that `results.yaml` lists; above that it points to `results.json`."""


@dataclass(slots=True)
class _Tally:
    """What one agent did on one scenario."""

    outcomes: Counter[str] = field(default_factory=Counter)
    n: int = 0
    total: float = 0.0
    passed: int = 0


class Entry(NamedTuple):
    """What is kept of a row until it is known whether it counts."""

    csv: Kept
    outcome: str
    score: float | None
    passed: bool
    brief: Brief | None
    """None: what else is asked of this cell is read again."""


@dataclass(frozen=True, slots=True)
class Books:
    """The journals of a DAT, read once for everything that is made of them when it is closed."""

    dat: Path
    seen: tuple[tuple[str, int, int], ...]
    """What the journals looked like before they were read."""
    found: Scan
    liner: Liner

    @classmethod
    def read(cls, dat: Path) -> Books:
        """The journals as they are now."""
        seen, liner = signature(dat), Liner()

        def keep(row: codec.Row) -> Entry:
            outcome = OUTCOMES[row["outcome"]]
            return Entry(liner.keep(row), outcome.value, row["score"], row["passed"] is True, _brief(row, outcome))

        with garbage.kept():
            return cls(dat, seen, scan(dat, keep), liner)

    def told(self, whole: Callable[[Brief], bool]) -> Iterator[Told]:
        """Every cell, in order: in brief, but for those that have more to tell and those that are wanted `whole`.

        Raises `StoreError` for a journal that cannot be read again.
        """
        with self.found.reader() as line_of:
            for cell, entry in _entries(self.found):
                if entry.brief is None or whole(entry.brief):
                    yield codec.build(codec.parse_again(line_of(cell)), dat_path=str(self.dat))
                else:
                    yield entry.brief

    @property
    def are_current(self) -> bool:
        """Whether nothing was recorded since."""
        return signature(self.dat) == self.seen


def consolidate(dat: Path, status: Mapping[str, Json], books: Books | None = None) -> int:
    """Writes the three files anew, each all or nothing, under the DAT's lock; gives the number of cells.

    Depends on the journals and `status` only, so closing twice gives the same bytes; `books` that are current spare reading
    them again. Raises `StoreError`, and `ValueError` for a `status` that is no JSON.
    """
    if wrong := next(complaints(status, "status"), ""):
        raise ValueError(wrong)
    with locked(dat / LOCK):
        if books is None or not books.are_current:
            books = Books.read(dat)
        found, liner = books.found, books.liner
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


def _summary(found: Scan, liner: Liner) -> Iterator[bytes]:
    yield liner.header()
    for _, entry in _entries(found):
        yield liner.whole(*entry.csv)


def _entries(found: Scan) -> Iterator[tuple[Light, Entry]]:
    for cell in found.cells:
        assert isinstance(cell.kept, Entry)
        yield cell, cell.kept


def _brief(row: codec.Row, outcome: Outcome) -> Brief | None:
    """A row in brief, if that is all that the end of a run asks of it: nothing of a task, an error, an open bill, an origin,
    a language model."""
    metrics = row["metrics"]
    if row["task"] or row["error"] or row["origin"] or row["model"] or UNSETTLED_CALLS in metrics or UNSETTLED_USD in metrics:
        return None
    return Brief(
        row["id"],
        intern(row["scenario"]),
        row["difficulty"],
        intern(row["agent"]),
        intern(row["role"]),
        row["seed"],
        outcome,
        row["score"],
        intern(row["better"]),
        row["passed"],
        row["passing_score"],
        row["reason"],
        intern(row["run"]),
        codec.usage_of(row),
    )


def _results_yaml(found: Scan, status: Mapping[str, Json]) -> str:
    tallies: defaultdict[tuple[str, str], _Tally] = defaultdict(_Tally)
    for cell, entry in _entries(found):
        tally = tallies[cell.place[2], cell.place[0]]
        tally.outcomes[entry.outcome] += 1
        if entry.score is not None:
            tally.n += 1
            tally.total += entry.score
        tally.passed += entry.passed
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
