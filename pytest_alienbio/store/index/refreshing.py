"""The index brought up to what is on the disk: only what changed is read."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..layout import is_aggregate
from .footprint import Footprint, as_stored, footprint, footprints
from .names import Names


def stored_path(base: str, path: str) -> str | bytes:
    """How the index calls a DAT: by its path from `base`, the absolute data root; by its absolute one if it lies elsewhere."""
    absolute, inside = os.path.abspath(path), os.path.join(base, "")
    if absolute == base:
        return "."
    return as_stored(absolute[len(inside) :] if absolute.startswith(inside) else absolute)


def spelled_path(root: str, stored: str | bytes) -> str:
    """A path from how the index calls it, as one that begins at `root`."""
    return os.path.normpath(os.path.join(root, os.fsdecode(stored)))


def leads_out(stored: str, *, inside: bool) -> bool:
    """Whether a path is none that `stored_path` gave, but one that an index from elsewhere was given to lead us astray."""
    return (inside and os.path.isabs(stored)) or (".." in stored and ".." in stored.split("/"))


class Refreshing:
    """One refresh, DAT by DAT: each in a transaction of its own, so that other processes need not wait for long."""

    def __init__(self, connection: sqlite3.Connection, names: Names, root: str) -> None:
        self._connection, self._names, self._root = connection, names, root
        self._base = os.path.abspath(root)
        self._notes: list[str] = []

    def of(self, paths: list[str] | None) -> list[str]:
        """Notes about what could not be done. `paths`: None for all below the root, and whether those elsewhere are there."""
        rows = self._connection.execute("SELECT path, no, stamp, inside FROM dat")
        known = {path: (no, stamp, inside) for path, no, stamp, inside in rows}
        seen = self._below() if paths is None else self._named(paths)
        changed = [path for path, now in seen.items() if path not in known or known[path][1] != now.stamp]
        if paths is None:
            gone = [no for path, (no, _, inside) in known.items() if path not in seen and (inside or not self._there(path))]
        else:
            gone = [known[path][0] for each in paths if (path := stored_path(self._base, each)) in known and path not in seen]
        try:
            for path in changed:
                self._take(path, seen[path].path)
            if gone:
                self._drop(gone)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            self._notes.append(f"another process is writing the index of {self._root}; what is newest may be missing here")
        return self._notes

    def _below(self) -> dict[str | bytes, Footprint]:
        cut = len(os.path.join(self._root, ""))
        return {as_stored(path[cut:] or "."): now for path, now in footprints(self._root).items()}

    def _named(self, paths: Iterable[str]) -> dict[str | bytes, Footprint]:
        seen: dict[str | bytes, Footprint] = {}
        for path in paths:
            if now := footprint(path):
                seen[stored_path(self._base, path)] = now
            else:
                self._notes.append(f"{path} is no result folder, or no longer there")
        return seen

    def _is_inside(self, stored: str) -> bool:
        """Whether `walk` would find it: not elsewhere, hidden, or a light copy in an aggregate."""
        if os.path.isabs(stored):
            return False
        parts = Path(stored).parts
        above = (Path(self._root, *parts[:depth]) for depth in range(1, len(parts)))
        return not any(part.startswith(".") for part in parts) and not any(map(is_aggregate, above))

    def _there(self, stored: str | bytes) -> bool:
        return footprint(spelled_path(self._root, stored)) is not None

    def _take(self, stored: str | bytes, path: str) -> None:
        from .take import take  # late: mostly nothing changed

        try:
            with self._writing():
                take(self._connection, self._names, path, stored, inside=self._is_inside(os.fsdecode(stored)))
        except OSError as error:
            self._notes.append(f"{path}: {error.strerror or error}; left out until the next time")

    def _drop(self, gone: list[int]) -> None:
        from .take import drop, drop_unused_names

        with self._writing():
            for dat in gone:
                drop(self._connection, dat)
            drop_unused_names(self._connection)
            self._names.forget()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._names.forget_if_others_wrote()
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._names.forget()
            raise
