"""Questions as SQL, and answers as rows."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from ...errors import SpecError, did_you_mean
from ...model import Query
from . import answers
from .columns import SPELLED, Column, column, needs_detail, order_of, read_all
from .leaves import BY, SUMS, LeafSum, leaf_sums
from .names import KEYED, KINDS, Names
from .refreshing import leads_out, spelled_path, stored_path
from .schema import MASK, SPAN
from .where import RECORDS, Where, firsts, scope, where

if TYPE_CHECKING:
    from .lines import Lines

_DETAIL = " JOIN detail d ON d.no = r.no"
_PLACE = ("r.no >> 32", "r.file", "r.offset", "r.length", "r.cell")
_WORLD = f"{SPELLED.format('scenario')}, ifnull(r.difficulty, -1), {SPELLED.format('agent')}, r.seed, r.variant"
_IN_DAT = f"{_WORLD}, d.id, d.key"
_TIES = f"c.key, {_WORLD}, {SPELLED.format('params')}, r.no"
_NAMED = ("dat", "commit", *KINDS, *KEYED)
_AT_ONCE = 500
"""Rows read at a time, column by column."""


class DatRow(NamedTuple):
    """A DAT, as far as questions go."""

    no: int
    path: str
    stamp: str
    commit: str
    stored: str | bytes
    inside: int
    made: int
    unread: int


class Asking:
    """Asks one connection. What it keeps holds until `forget`."""

    def __init__(self, connection: sqlite3.Connection, names: Names, root: str, *, in_memory: bool) -> None:
        self._connection, self._names, self._root, self._in_memory = connection, names, root, in_memory
        self._base = os.path.abspath(root)
        self._dats: list[DatRow] | None = None
        self._asked: dict[object, int] = {}

    def forget(self) -> None:
        """To be called when the index may change."""
        self._dats = None
        if self._asked:
            self._connection.execute("DROP TABLE temp.latest")
            self._asked.clear()

    def chosen(self, query: Query, *, unread: bool = False) -> list[DatRow]:
        """The DATs that `query` looks at, in their order; `unread`: with those whose spec could not be read."""
        every = self._every()
        if query.dats is None:
            found = [dat for dat in every if dat.inside]
        else:
            by_path = {dat.stored: dat for dat in every}
            wanted = dict.fromkeys(self._stored(path) for path in query.dats)
            found = [by_path[path] for path in wanted if path in by_path]
        return [dat for dat in found if dat.commit.startswith(query.commit) and (unread or not dat.unread)]

    def troubles(self, dat: int) -> list[str]:
        """What of a DAT could not be read."""
        rows = self._connection.execute("SELECT text FROM trouble WHERE dat = ? ORDER BY file, line", (dat,))
        return [text for (text,) in rows]

    def count(self, query: Query) -> int:
        """How many records `query` keeps."""
        dats, fits = self._kept(query)
        return 0 if fits.nothing else self._count(dats, fits)

    def rows(
        self, query: Query, columns: Sequence[str], order: Sequence[str], limit: int | None, offset: int
    ) -> Iterator[tuple[Any, ...]]:
        """See `Index.rows`."""
        found = self.columns(columns, order)
        reads = [(place, one.read) for place, one in enumerate(found) if one.read]
        sql, detail = [one.sql for one in found], needs_detail(columns)
        rows = self._ordered(query, sql, order, limit, offset, detail=detail)
        while some := list(islice(rows, _AT_ONCE)):
            values: list[Sequence[Any]] = list(zip(*some, strict=True))
            for place, read in reads:
                values[place] = read_all(read, values[place])
            yield from zip(*values, strict=True)

    def columns(self, columns: Sequence[str], order: Sequence[str]) -> list[Column]:
        """The columns of these names. Raises `SpecError` for one that is none, or that rows cannot be ordered by."""
        dats = {dat.no: (dat.path, dat.commit) for dat in self._every()}
        for key in order:
            order_of(key, self._names.texts)
        return [column(name, self._names.texts, dats) for name in columns]

    def places(self, query: Query, order: Sequence[str], limit: int | None, offset: int) -> Iterator[tuple[Any, ...]]:
        """Where the records are: what `Lines.result` takes."""
        return self._ordered(query, _PLACE, order, limit, offset, detail=False)

    def places_of(self, records: Iterable[int]) -> Iterator[tuple[Any, ...]]:
        """Likewise of the records with these numbers, in this order."""
        place = ", ".join(_PLACE)  # fixed fragments
        found = f"SELECT {place} FROM json_each(?) c CROSS JOIN record r ON r.no = c.value ORDER BY c.key"  # noqa: S608
        yield from self._connection.execute(found, (json.dumps(list(records)),))

    def lines(self) -> Lines:
        """The journals."""
        from .lines import Lines

        files = self._connection.execute("SELECT dat, no, name FROM file")
        return Lines({dat.no: dat.path for dat in self._every()}, {(dat, no): os.fsdecode(name) for dat, no, name in files})

    def leaves(self, query: Query) -> list[LeafSum]:
        """See `Index.leaves`."""
        dats, fits = self._kept(query)
        if fits.nothing:
            return []
        rows = self._connection.execute(f"{SUMS} {RECORDS} WHERE {fits.sql} {BY}", (firsts(dats), *fits.parameters))
        texts = [self._names.texts(kind) for kind in ("battery", "scenario", "agent", "role", "better", "outcome")]
        order = {dat: place for place, dat in enumerate(dats)}
        paths = {dat.no: dat.path for dat in self._every()}
        named = sorted((order[row[0]], *(text[no] for text, no in zip(texts, row[1:], strict=False)), *row) for row in rows)
        return leaf_sums((paths[row[7]], *row[1:7], *row[14:]) for row in named)

    def names_of(self, what: str, query: Query) -> list[str]:
        """See `Index.names`."""
        chosen, what = self.chosen(query), {"tag": "tags", "param": "params"}.get(what, what)
        if what == "dat":
            return sorted(dat.path for dat in chosen)
        if what == "commit":
            return sorted({dat.commit for dat in chosen} - {""})
        if what not in _NAMED:
            raise SpecError(f"there are no names of {what[:80]!r}; {did_you_mean(what, _NAMED, most=len(_NAMED))}")
        dats = json.dumps([dat.no for dat in chosen])
        rows = self._connection.execute(
            "SELECT n.text FROM name n WHERE n.kind = ? AND EXISTS (SELECT 1 FROM present p "
            "WHERE p.name = n.no AND p.dat IN (SELECT value FROM json_each(?)))",
            (what, dats),
        )
        found = {text for (text,) in rows}
        if what == "tags":
            marks = self._connection.execute(
                "SELECT text FROM mark WHERE kind IN ('tag', 'declared') AND dat IN (SELECT value FROM json_each(?))", (dats,)
            )
            found = {tag for text in found for tag in json.loads(text)} | {text for (text,) in marks}
        elif what == "params":
            found = {name for text in found for name in json.loads(text)}
        return sorted(found - {""})

    def state(self, query: Query) -> str:
        """The DATs that `query` looks at, as they are; '' if one of them was not read whole."""
        chosen = self.chosen(query)
        if not self._in_memory and not all(dat.stamp for dat in chosen):
            return ""
        return answers.state_of((dat.path, dat.stamp) for dat in chosen)

    def _every(self) -> list[DatRow]:
        if self._dats is None:
            rows = self._connection.execute('SELECT no, stamp, "commit", path, inside, made, source IS NULL FROM dat')
            found = [DatRow(no, self._spelled(path), stamp, commit, path, *rest) for no, stamp, commit, path, *rest in rows]
            if not self._in_memory:
                found = [dat for dat in found if not leads_out(os.fsdecode(dat.stored), inside=bool(dat.inside))]
            self._dats = sorted(found, key=lambda dat: (dat.made, dat.path), reverse=True)
        return self._dats

    def _stored(self, path: str) -> str | bytes:
        return path if self._in_memory else stored_path(self._base, path)

    def _spelled(self, stored: str | bytes) -> str:
        return os.fsdecode(stored) if self._in_memory else spelled_path(self._root, stored)

    def _kept(self, query: Query) -> tuple[list[int], Where]:
        """The DATs that may hold such records, and the conditions."""
        dats = [dat.no for dat in self.chosen(query)]
        fits = where(query, self._names, self._connection, dats)
        if query.latest and len(dats) > 1:
            latest = "EXISTS (SELECT 1 FROM temp.latest l WHERE l.ask = ? AND l.no = r.no)"
            fits = Where(f"{fits.sql} AND {latest}", (*fits.parameters, self._latest(query, dats)), fits.nothing, fits.names)
        for numbers in fits.names:
            rows = self._connection.execute(
                "SELECT DISTINCT dat FROM present WHERE name IN (SELECT value FROM json_each(?))", (json.dumps(numbers),)
            )
            having = {dat for (dat,) in rows}
            dats = [dat for dat in dats if dat in having]
        return dats, fits

    def _latest(self, query: Query, dats: list[int]) -> int:
        """Writes down which records are the latest of their cells; gives the number that they are found by."""
        within = scope(query)
        asked = (tuple(dats), within)
        if asked not in self._asked:
            self._connection.execute(
                "CREATE TEMP TABLE IF NOT EXISTS latest (ask INTEGER, no INTEGER, PRIMARY KEY (ask, no)) WITHOUT ROWID"
            )
            self._asked[asked] = len(self._asked)
            place = "row_number() OVER (PARTITION BY r.cell ORDER BY r.rank DESC, c.key)"
            ranked = f"SELECT r.no AS no, {place} AS place {RECORDS} WHERE {within.sql}"
            self._connection.execute(
                f"INSERT INTO temp.latest SELECT ?, no FROM ({ranked}) WHERE place = 1",  # noqa: S608 - fixed fragments
                (self._asked[asked], firsts(dats), *within.parameters),
            )
        return self._asked[asked]

    def _count(self, dats: Sequence[int], fits: Where) -> int:
        ((count,),) = self._connection.execute(
            f"SELECT count(*) {RECORDS} WHERE {fits.sql}", (firsts(dats), *fits.parameters)
        )  # fmt: skip
        return int(count)

    def _ordered(
        self, query: Query, sql: Sequence[str], order: Sequence[str], limit: int | None, offset: int, *, detail: bool
    ) -> Iterator[tuple[Any, ...]]:
        keys = [order_of(key, self._names.texts) for key in order]
        dats, fits = self._kept(query)
        if fits.nothing:
            return
        if not keys:
            yield from self._dat_by_dat(dats, fits, sql, limit, offset)
            return
        detail = detail or needs_detail([key.removeprefix("-") for key in order])
        terms = ", ".join([*(term for term, _ in keys), _TIES])
        given = (value for _, parameters in keys for value in parameters)
        yield from self._connection.execute(
            f"SELECT {', '.join(sql)} {RECORDS}{_DETAIL if detail else ''} WHERE {fits.sql} ORDER BY {terms} LIMIT ? OFFSET ?",
            (firsts(dats), *fits.parameters, *given, -1 if limit is None else limit, offset),
        )

    def _dat_by_dat(
        self, dats: Sequence[int], fits: Where, sql: Sequence[str], limit: int | None, offset: int
    ) -> Iterator[tuple[Any, ...]]:
        statement = (  # fixed fragments: what users wrote is in the parameters
            f"SELECT {', '.join(sql)} FROM record r{_DETAIL} WHERE r.no BETWEEN ? AND ? AND {fits.sql} "  # noqa: S608
            f"ORDER BY {_IN_DAT} LIMIT ? OFFSET ?"
        )
        for dat in dats:
            span = (dat << SPAN, dat << SPAN | MASK)
            if limit is None and not offset:
                # Not the cursor itself, which `yield from` would close, maybe after its connection.
                yield from islice(self._connection.execute(statement, (*span, *fits.parameters, -1, 0)), None)
                continue
            if limit == 0:
                return
            if offset and (held := self._count([dat], fits)) <= offset:
                offset -= held
                continue
            given = 0
            for row in self._connection.execute(
                statement, (*span, *fits.parameters, -1 if limit is None else limit, offset)
            ):  # fmt: skip
                given += 1
                yield row
            offset = 0
            limit = None if limit is None else limit - given
