"""Answers that took long, kept until a DAT changes that they were made from."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from ...model import Json, Query, digest

MOST = 500
"""Answers kept, the latest."""


def key_of(question: Json, query: Query) -> str:
    """What an answer is found by. Other statistics than those that made it ask anew."""
    asked: dict[str, Json] = {field.name: _plain(getattr(query, field.name)) for field in fields(query) if field.name != "dats"}
    return digest({"question": question, "query": asked, "dats": query.dats is not None, "by": _statistics()})


def state_of(dats: Iterable[tuple[str, str]]) -> str:
    """Paths and stamps of DATs, in their order, as one text."""
    return digest([list(dat) for dat in dats])


def recall(connection: sqlite3.Connection, key: str, state: str) -> Json:
    """The answer; None if there is none, or it was made from something else."""
    row = connection.execute("SELECT text FROM answer WHERE question = ? AND state = ?", (key, state)).fetchone()
    if row is None:
        return None
    answer: Json = json.loads(row[0])
    return answer


def remember(connection: sqlite3.Connection, key: str, state: str, text: str) -> None:
    """Keeps an answer in place of the one before."""
    connection.execute("INSERT OR REPLACE INTO answer (question, state, text) VALUES (?, ?, ?)", (key, state, text))
    connection.execute("DELETE FROM answer WHERE no <= (SELECT max(no) FROM answer) - ?", (MOST,))


def _plain(value: Any) -> Json:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {name: list(values) for name, values in value.items()}
    plain: Json = value
    return plain


@cache
def _statistics() -> str:
    """The files that answers are computed by, with sizes and times: they change with a version, and while at work."""
    found = []
    for room in ("results", "stats"):
        with suppress(OSError), os.scandir(Path(__file__).parents[2] / room) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    stat = entry.stat()
                    found.append(f"{entry.name}:{stat.st_size}:{stat.st_mtime_ns}")
    return "|".join(sorted(found))
