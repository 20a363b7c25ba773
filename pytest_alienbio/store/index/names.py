"""Texts that many records share, as small numbers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from fnmatch import fnmatchcase

from ...model import Json

KINDS = (
    "battery", "scenario", "scenario_hash", "agent", "agent_hash", "role", "outcome", "better", "run", "worker", "error",
    "tags", "params", "model",
)  # fmt: skip
"""Columns of `record` that hold such a number; `tags` and `params` as JSON."""

KEYED = ("scores", "metrics", "properties")
"""Columns of `detail` whose names are such texts, too: they are only `present`."""


class Names:
    """The table `name` in memory, kind by kind as it is asked for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._texts: dict[str, dict[int, str]] = {}
        self._numbers: dict[str, dict[str, int]] = {}
        self._version = -1

    def forget(self) -> None:
        """To be called when what was read or added may not hold: another process wrote, or a transaction was undone."""
        self._texts.clear()
        self._numbers.clear()

    def forget_if_others_wrote(self) -> None:
        """Asks SQLite whether another connection changed anything since the last time."""
        ((version,),) = self._connection.execute("PRAGMA data_version")
        if version != self._version:
            self._version = version
            self.forget()

    def texts(self, kind: str) -> dict[int, str]:
        """Number -> text."""
        if kind not in self._texts:
            self._texts[kind] = dict(self._connection.execute("SELECT no, text FROM name WHERE kind = ?", (kind,)))
        return self._texts[kind]

    def number(self, kind: str, text: str) -> int:
        """The number of a text, a new one if it has none. The caller is in a transaction."""
        if kind not in self._numbers:
            self._numbers[kind] = {text: no for no, text in self.texts(kind).items()}
        numbers = self._numbers[kind]
        if text not in numbers:
            made = self._connection.execute("INSERT INTO name (kind, text) VALUES (?, ?)", (kind, text)).lastrowid
            assert made is not None
            numbers[text] = made
            self.texts(kind)[made] = text
        return numbers[text]

    def fitting(self, kind: str, globs: Iterable[str]) -> list[int]:
        """Numbers of the texts that match one of `globs`."""
        patterns = tuple(globs)
        return [no for no, text in self.texts(kind).items() if any(fnmatchcase(text, glob) for glob in patterns)]

    def among(self, kind: str, wanted: Iterable[str]) -> list[int]:
        """Numbers of the texts that are one of `wanted`."""
        words = frozenset(wanted)
        return [no for no, text in self.texts(kind).items() if text in words]

    def tagged(self, tags: Iterable[str]) -> list[int]:
        """Numbers of the lists of tags that hold one of `tags`."""
        words = frozenset(tags)
        return [no for no, text in self.texts("tags").items() if not words.isdisjoint(json.loads(text))]

    def with_params(self, name: str, values: Iterable[Json]) -> list[int]:
        """Numbers of the params in which `name` has one of `values`, compared as JSON."""
        wanted = [same(value) for value in values]
        found = []
        for no, text in self.texts("params").items():
            params = json.loads(text)
            if name in params and same(params[name]) in wanted:
                found.append(no)
        return found


def same(value: Json) -> object:
    """A value that equals another one's if both mean the same as JSON: 1 and 1.0 do, 1 and true do not."""
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, dict):
        return {key: same(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [same(item) for item in value]
    return value
