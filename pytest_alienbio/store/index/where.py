"""A `Query` as conditions of SQL: fixed fragments, everything a user wrote as a parameter."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ...model import Outcome, Query
from .names import Names
from .schema import SPAN

RECORDS = "FROM json_each(?) c CROSS JOIN record r ON r.no BETWEEN c.value AND c.value + 4294967295"
"""The records of some DATs, which are given by the first number that a record of each may have."""

_IN = "r.{} IN (SELECT value FROM json_each(?))"
_NEVER = "0"
_ERRORS = tuple(outcome.value for outcome in Outcome if outcome.is_error)


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions, joined by AND, and their parameters."""

    sql: str
    parameters: tuple[object, ...]
    nothing: bool = False
    """No record can fit."""
    names: tuple[tuple[int, ...], ...] = ()
    """A DAT in which one of these groups does not occur at all has no such record."""


def firsts(dats: Iterable[int]) -> str:
    """The parameter of `RECORDS`."""
    return json.dumps([dat << SPAN for dat in dats])


class Conditions:
    """Collects conditions; `Where` is what they come to."""

    def __init__(self, query: Query) -> None:
        self._parts: list[str] = ["r.counts >= 0" if query.attempts else "r.counts = 1"]
        self._parameters: list[object] = []
        self._nothing = False
        self._names: list[tuple[int, ...]] = []

    def add(self, sql: str, *parameters: object) -> None:
        """One more."""
        self._parts.append(sql)
        self._parameters.extend(parameters)

    def numbers(self, column: str, numbers: Sequence[int]) -> None:
        """That a column holds the number of one of some names."""
        self._nothing = self._nothing or not numbers
        self._names.append(tuple(numbers))
        if len(numbers) == 1:
            self.add(f"r.{column} = ?", numbers[0])
        else:
            self.add(_IN.format(column), json.dumps(list(numbers)))

    def made(self) -> Where:
        """All of them."""
        return Where(" AND ".join(self._parts), tuple(self._parameters), self._nothing, tuple(self._names))


def scope(query: Query) -> Where:
    """Which records are looked at at all: of these the latest of each cell is chosen."""
    found = Conditions(query)
    if query.imported is not None:
        found.add("r.imported = ?", int(query.imported))
    if query.since is not None:
        found.add("r.ended >= ?", query.since)
    if query.until is not None:
        found.add("r.ended < ?", query.until)
    return found.made()


def where(query: Query, names: Names, connection: sqlite3.Connection, dats: Sequence[int]) -> Where:
    """Every condition of `query` but `latest`, for records of `dats`."""
    found = Conditions(query)
    # The cheapest and sharpest first: SQLite goes through them from left to right.
    for column, globs in (("scenario", query.scenarios), ("agent", query.agents), ("battery", query.batteries)):
        if globs:
            found.numbers(column, names.fitting(column, globs))
    if query.roles:
        found.numbers("role", names.among("role", query.roles))
    if query.outcomes:
        found.numbers("outcome", names.among("outcome", query.outcomes))
    if query.passed is not None:
        errors = json.dumps(names.among("outcome", _ERRORS))
        if query.passed:
            found.add(f"r.passed = 1 AND NOT {_IN.format('outcome')}", errors)
        else:
            found.add(f"(r.passed = 0 OR {_IN.format('outcome')})", errors)
    if query.min_score is not None:
        found.add("r.score >= ?", query.min_score)
    if query.max_score is not None:
        found.add("r.score <= ?", query.max_score)
    if query.seeds is not None:
        found.add(_IN.format("seed"), json.dumps([_whole(seed) for seed in sorted(query.seeds)]))
    if query.levels:
        terms = " OR ".join(["r.difficulty BETWEEN ? AND ?"] * len(query.levels))
        found.add(f"({terms})", *(_whole(bound) for level in query.levels for bound in level))
    for name, values in query.params.items():
        found.numbers("params", names.with_params(name, values))
    if query.tags:
        _marked(found, connection, dats, ("tag", "declared"), set(query.tags).__contains__, names.tagged(query.tags))
    if query.note:
        part = query.note.casefold()
        _marked(found, connection, dats, ("note",), lambda text: part in text.casefold(), ())
    within = scope(query)
    found.add(within.sql, *within.parameters)
    return found.made()


def _marked(
    found: Conditions,
    connection: sqlite3.Connection,
    dats: Sequence[int],
    kinds: tuple[str, ...],
    fits: Callable[[str], bool],
    tagged: Sequence[int],
) -> None:
    """That a record, its cell or its DAT carries a fitting tag or note."""
    wanted = set(dats)
    whole: set[int] = set()
    cells: list[int] = []
    for row, dat, cell, kind, text in connection.execute("SELECT rowid, dat, cell, kind, text FROM mark"):
        if kind in kinds and dat in wanted and fits(text):
            if cell:
                cells.append(row)
            else:
                whole.add(dat)
    found.add(  # fixed fragments
        f"({_IN.format('tags')} OR (r.no >> 32) IN (SELECT value FROM json_each(?)) OR r.no IN ("  # noqa: S608
        "SELECT d.no FROM json_each(?) e CROSS JOIN mark m ON m.rowid = e.value "
        "CROSS JOIN detail d ON d.no BETWEEN m.dat << 32 AND (m.dat << 32) + 4294967295 AND d.id = m.cell))",
        json.dumps(list(tagged)),
        json.dumps(sorted(whole)),
        json.dumps(cells),
    )


def _whole(number: int) -> int | str:
    """A whole number as it is stored."""
    return number if -(1 << 63) <= number < 1 << 63 else str(number)
