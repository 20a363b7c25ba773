"""Which line of a cell counts: the index asks `scan.attempts`, as a look into the folder does."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator

from ..fields import SCORED
from ..scan import Light, attempts
from .names import Names
from .schema import MASK, SPAN


def settle(connection: sqlite3.Connection, names: Names, dat: int, start: int, end: int) -> None:
    """Of the lines of each cell that has one from place `start` on, marks the one that counts, and its other attempts."""
    low, high = dat << SPAN, dat << SPAN | MASK
    if 10 * (end - start) < end:
        doubled = connection.execute(
            "SELECT cell FROM record WHERE cell IN (SELECT cell FROM record WHERE no BETWEEN ? AND ?) "
            "AND no BETWEEN ? AND ? GROUP BY cell HAVING count(*) > 1",
            (low | start, high, low, high),
        )
    else:
        doubled = connection.execute(
            "SELECT cell FROM record WHERE no BETWEEN ? AND ? GROUP BY cell HAVING count(*) > 1", (low, high)
        )
    if cells := doubled.fetchall():
        changes = list(_changes(connection, names, dat, [cell for (cell,) in cells]))
        connection.executemany("UPDATE record SET counts = ? WHERE no = ?", changes)


def _changes(connection: sqlite3.Connection, names: Names, dat: int, cells: list[int]) -> Iterator[tuple[int, int]]:
    outcomes = names.texts("outcome")
    journals = {no: os.fsdecode(name) for no, name in connection.execute("SELECT no, name FROM file WHERE dat = ?", (dat,))}
    order = {no: place for place, no in enumerate(sorted(journals, key=journals.__getitem__))}
    for cell in cells:
        rows = connection.execute(
            "SELECT no, counts, outcome, ended, attempt, file, offset FROM record WHERE cell = ? AND no BETWEEN ? AND ?",
            (cell, dat << SPAN, dat << SPAN | MASK),
        ).fetchall()
        lines = [
            Light((outcomes[outcome] in SCORED, ended or 0.0, int(attempt)), ("", 0, "", 0), order[file], offset, 0, no)
            for no, _, outcome, ended, attempt, file, offset in rows
        ]
        *rest, best = (line.kept for line in attempts(lines))
        for no, counts, *_ in rows:
            now = 1 if no == best else 0 if no in rest else -1
            if counts != now:
                yield now, no
