"""What a session spends, kept in one SQLite file that all its threads and processes share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..model import Abandoned, Excess, Spent
from . import booking
from .booking import COUNTS, QUANTITIES, Account, Worst
from .database import Database
from .holder import is_dead
from .naming import Naming

_COLUMNS = ", ".join(("scope", "label", *(f"cap_{quantity}" for quantity in QUANTITIES), *COUNTS))
_ADD = (
    f"INSERT INTO scopes (scope, {', '.join(COUNTS)}) VALUES (?, {', '.join('?' * len(COUNTS))}) "  # noqa: S608 - our own names
    f"ON CONFLICT (scope) DO UPDATE SET {', '.join(f'{name} = {name} + excluded.{name}' for name in COUNTS)}"
)
_FIND = f"SELECT {_COLUMNS} FROM scopes WHERE scope = ?"  # noqa: S608


class FileLedger:
    """A `Ledger` in the file at `path`, which `create` makes if it is not there; every process opens it itself.

    Some 0.1 ms a call (`tests/benchmarks/limiter.py`). A file that cannot be used is an error, never a missing limit.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self._file = Database(path, create=create)
        self._naming = Naming()

    def cap(
        self, scope: str, *, tokens: int | None = None, usd: float | None = None, cells: int | None = None, label: str = ""
    ) -> None:
        """See `Ledger`."""
        caps = (booking.whole("tokens", tokens), booking.nanos(usd), booking.whole("cells", cells))
        with self._file.writing() as file:
            file.execute(
                "INSERT INTO scopes (scope, label, cap_tokens, cap_usd, cap_cells) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (scope) DO UPDATE SET label = excluded.label, cap_tokens = excluded.cap_tokens, "
                "cap_usd = excluded.cap_usd, cap_cells = excluded.cap_cells",
                (scope, label, *caps),
            )

    def start(self, scopes: Sequence[str]) -> None:
        """See `Ledger`."""
        with self._file.writing() as file:
            self._admit(file, scopes, {"cells": 1})
            _add(file, scopes, {"cells": 1})

    def reserve(self, scopes: Sequence[str], *, tokens: int | None = 0, usd: float | None = 0.0) -> str:
        """See `Ledger`."""
        worst = booking.amounts(tokens, usd)
        holder, name = self._naming.next()
        scopes = tuple(dict.fromkeys(scopes))
        with self._file.writing() as file:
            self._admit(file, scopes, {"tokens": worst.tokens, "usd": worst.usd})
            _add(file, scopes, booking.reserving(worst))
            file.execute(
                "INSERT INTO reservations (id, holder, scopes, tokens, usd) VALUES (?, ?, ?, ?, ?)",
                (name, holder, json.dumps(scopes), worst.tokens, worst.usd),
            )
        return name

    def settle(self, reservation: str, *, tokens: int | None = None, usd: float | None = None) -> tuple[Excess, ...]:
        """See `Ledger`. One that was given up for dead is booked as it was after all."""
        actual = booking.amounts(tokens, usd)
        with self._file.writing() as file:
            scopes, worst, abandoned = self._taken(file, reservation)
            _add(file, scopes, booking.settling(worst, actual, abandoned=abandoned))
            return tuple(booking.excesses([self._account(file, scope) for scope in scopes]))

    def release(self, reservation: str) -> None:
        """See `Ledger`."""
        with self._file.writing() as file:
            scopes, worst, abandoned = self._taken(file, reservation)
            _add(file, scopes, booking.releasing(worst, abandoned=abandoned))

    def spent(self, scope: str) -> Spent:
        """See `Ledger`."""
        with self._file.reading() as file:
            return booking.spent_of(self._account(file, scope).counts)

    def accounts(self) -> list[Account]:
        """All scopes and what is booked under each, at one moment: for who looks on."""
        with self._file.reading() as file:
            scopes = [row[0] for row in file.execute("SELECT scope FROM scopes ORDER BY scope")]
            return [self._account(file, scope) for scope in scopes]

    def unended(self) -> dict[str, list[tuple[Worst, bool]]]:
        """Under each scope the calls whose end nobody booked: their worst cases, and whether they were given up for dead."""
        with self._file.reading() as file:
            rows = file.execute("SELECT scopes, tokens, usd, abandoned FROM reservations ORDER BY id").fetchall()
        found: dict[str, list[tuple[Worst, bool]]] = {}
        for scopes, tokens, usd, abandoned in rows:
            for scope in self._scopes(scopes):
                found.setdefault(scope, []).append((Worst(tokens, usd), bool(abandoned)))
        return found

    def release_dead(self) -> tuple[Abandoned, ...]:
        """See `Ledger`. Who holds something is asked for outside of the transaction; a process does not come back."""
        with self._file.reading() as file:
            holders = [row[0] for row in file.execute("SELECT DISTINCT holder FROM reservations WHERE NOT abandoned")]
        dead = [holder for holder in holders if holder != self._naming.holder and is_dead(holder)]
        return tuple(abandoned for holder in dead for abandoned in self._abandon(holder))

    def close(self) -> None:
        """See `Ledger`."""
        self._file.close()

    def _abandon(self, holder: str) -> Iterable[Abandoned]:
        with self._file.writing() as file:
            rows = file.execute(
                "SELECT id, scopes, tokens, usd FROM reservations WHERE holder = ? AND NOT abandoned ORDER BY id", (holder,)
            ).fetchall()
            file.execute("UPDATE reservations SET abandoned = 1 WHERE holder = ?", (holder,))
            for name, scopes, tokens, usd in rows:
                worst = Worst(tokens, usd)
                _add(file, self._scopes(scopes), booking.abandoning(worst))
                yield Abandoned(name, holder, self._scopes(scopes), tokens, None if usd is None else usd / booking.NANO)

    def _admit(self, file: sqlite3.Connection, scopes: Sequence[str], asked: Mapping[str, int | None]) -> None:
        for scope in scopes:
            if refused := booking.refusal(self._account(file, scope), asked):
                raise refused

    def _account(self, file: sqlite3.Connection, scope: str) -> Account:
        row = file.execute(_FIND, (scope,)).fetchone()
        if row is None:
            return Account(scope, "", dict.fromkeys(QUANTITIES), dict.fromkeys(COUNTS, 0))
        caps = dict(zip(QUANTITIES, row[2:5], strict=True))
        counts = dict(zip(COUNTS, row[5:], strict=True))
        if not all(type(count) is int and count >= 0 for count in counts.values()):
            raise self._file.damaged(f"what is booked under {scope!r} is no number")
        return Account(scope, row[1], caps, counts)

    def _taken(self, file: sqlite3.Connection, reservation: str) -> tuple[tuple[str, ...], Worst, bool]:
        """A reservation, which is gone then: its scopes, its worst case, and whether its holder was thought dead."""
        row = file.execute("SELECT scopes, tokens, usd, abandoned FROM reservations WHERE id = ?", (reservation,)).fetchone()
        if row is None:
            raise ValueError(f"{reservation!r} is not reserved (any more): it was settled or released, or never was")
        file.execute("DELETE FROM reservations WHERE id = ?", (reservation,))
        return self._scopes(row[0]), Worst(row[1], row[2]), bool(row[3])

    def _scopes(self, text: str) -> tuple[str, ...]:
        try:
            return tuple(str(scope) for scope in json.loads(text))
        except (TypeError, ValueError):
            raise self._file.damaged("the scopes of a reservation are no list") from None


def _add(file: sqlite3.Connection, scopes: Iterable[str], change: Mapping[str, int]) -> None:
    by = tuple(change.get(name, 0) for name in COUNTS)
    file.executemany(_ADD, [(scope, *by) for scope in dict.fromkeys(scopes)])
