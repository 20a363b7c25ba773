"""A workbook: sheets `cells`, `leaves` (an agent on a scenario) and `about`. Text is text, never a formula."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import IO

from ..errors import SpecError
from ..model import Leaf, Result
from ..store import codec, consumed
from ..store.summary import COLUMNS, Liner
from .cells import Cells
from .csv_out import TEXTS, note_unheld
from .workbook import MOST_ROWS, MOST_TEXT, fill, new_book

_LEAVES = (
    "agent", "scenario", "n", "mean", "std", "passed", "pass_rate", "pass_low", "pass_high", "worlds", "unscored", "errors",
)  # fmt: skip


def write(cells: Cells, out: IO[bytes]) -> None:
    """Writes the workbook, a row at a time: columns are known when the last cell was seen, so the rows wait in a file.

    Raises `MissingExtraError` without openpyxl, and `SpecError` for more cells than a sheet has rows.
    """
    book, liner = new_book(), Liner()
    with TemporaryFile() as body:
        passing = _kept(cells, liner, body)
        leaves = list(cells.leaves(passing)) if cells.leaves else None
        for _ in passing:
            pass  # whatever the summary has left over
        body.seek(0)
        fill(book.create_sheet("cells"), [*COLUMNS, *(".".join(own) for own in liner.own)], _rows(body, liner))
        if leaves is not None:
            fill(book.create_sheet("leaves"), _LEAVES, map(_leaf, leaves))
        fill(book.create_sheet("about"), ("what", "value"), _about(cells, leaves is not None))
        book.save(out)


def _kept(cells: Cells, liner: Liner, body: IO[bytes]) -> Iterator[Result]:
    for result in cells:
        if cells.count > MOST_ROWS:
            raise SpecError(f"a sheet has {MOST_ROWS:,} rows and these are more cells; filter them, or export csv or parquet")
        row = codec.parse(line := codec.encode(result))
        body.write(f"{line}\n".encode())
        liner.learn(row)
        note_unheld(cells, row)
        if not all(row[name].replace("\n", "").isprintable() for name in TEXTS):
            cells.lose("characters that cannot be printed")
        if len(result.reason) > MOST_TEXT:
            cells.lose(f"reason beyond {MOST_TEXT:,} characters")
        yield result


def _rows(body: IO[bytes], liner: Liner) -> Iterator[Sequence[object]]:
    for raw in body:
        row = codec.parse(raw)
        usage, trace, of = row["usage"], row["trace"] or {}, liner.learn(row)
        params = row["params"]
        flat = {
            **row,
            **dict(zip(consumed.COLUMNS, consumed.columns_of(usage, row["model"]), strict=True)),
            "tokens": usage.get("tokens"),
            "usd": usage.get("usd"),
            "steps": trace.get("steps"),
            "cost": trace.get("cost"),
            "params": json.dumps(params) if params else None,
            "started_at": _time(row["started_at"]),
            "ended_at": _time(row["ended_at"]),
        }
        yield [*(flat[name] for name in COLUMNS), *(of[kind].get(name) for kind, name in liner.own)]


def _time(text: str | None) -> datetime | None:
    """UTC; a sheet's times know no zone."""
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def _leaf(leaf: Leaf) -> Sequence[object]:
    interval = leaf.pass_interval
    return (
        leaf.agent, leaf.scenario, leaf.n, leaf.mean, leaf.std, leaf.passed, leaf.pass_rate, interval.low, interval.high,
        leaf.worlds, leaf.unscored, leaf.errors,
    )  # fmt: skip


def _about(cells: Cells, leaves: bool) -> Iterator[Sequence[object]]:
    yield "cells", cells.count
    yield "format version", codec.VERSION
    yield "times", "UTC"
    yield "numbers", "rounded to 16 digits; csv, jsonl and parquet have all of them"
    if leaves:
        yield "pass_low, pass_high", "95% interval of pass_rate (Wilson), on worlds"
    for what, count in sorted(cells.lost.items()):
        yield f"not in this file: {what}", count
