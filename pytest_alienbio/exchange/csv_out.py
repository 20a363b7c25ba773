"""CSV: one row a cell, the columns of a DAT's `summary.csv`."""

from __future__ import annotations

from collections.abc import Sequence
from tempfile import TemporaryFile
from typing import IO

from ..store import codec
from ..store.summary import MAX_OWN_COLUMNS, Liner
from .cells import Cells

UNHELD = ("scenario_hash", "agent_hash", "tags", "properties", "error", "task", "worker", "origin")
"""Fields of a journal line that the table has no column for."""

TEXTS = ("battery", "scenario", "agent", "reason", "id")
"""Columns that hold what somebody wrote."""


def write(cells: Cells, out: IO[bytes]) -> None:
    """Writes the table. The columns are known when the last cell was seen, so the rows wait in a temporary file.

    Raises `ValueError` for a result that could not be stored either.
    """
    liner = Liner()
    with TemporaryFile() as body:
        for result in cells:
            row = codec.sound_row(result)
            kept = liner.keep(row)
            body.write(f"{kept.own},{kept.line}\n".encode("utf-8", "backslashreplace"))
            note_unheld(cells, row)
            if not all(row[name].isprintable() for name in TEXTS):
                cells.lose("line breaks, and other characters that cannot be printed")
        out.write(liner.header())
        body.seek(0)
        for raw in body:
            own, _, line = raw[:-1].decode().partition(",")
            out.write(liner.whole(line, int(own)))


def note_unheld(cells: Cells, row: codec.Row, but: Sequence[str] = ()) -> None:
    """Notes what the columns of `summary.csv` have no place for; `but` is held elsewhere."""
    cells.note(row, [name for name in UNHELD if name not in but])
    if row["metrics"] and not row["task"]:
        cells.lose("metrics")
    if row["model"]:
        cells.lose("the model's provider, price and response ids")
    for name in ("scores", "metrics"):
        if len(row[name]) > MAX_OWN_COLUMNS:
            cells.lose(f"{name} beyond the first {MAX_OWN_COLUMNS}")
