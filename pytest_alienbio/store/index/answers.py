"""Answers that took long, kept until a DAT changes that they were made from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields
from functools import cache
from hashlib import sha256
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
    """The content of the files that answers are computed by: it changes with a version, and while at work."""
    content = sha256()
    for room in ("results", "stats"):
        for file in sorted((Path(__file__).parents[2] / room).glob("*.py")):
            with suppress(OSError):
                content.update(file.read_bytes())
    return content.hexdigest()
