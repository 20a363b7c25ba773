"""What can be asked of a record, by name, and how SQLite gives it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ...errors import SpecError, did_you_mean
from .. import consumed
from .names import KINDS

COLUMNS_OF_MODELS = consumed.COLUMNS[1:]
"""What only cells of language models have; `model` is what answered."""
COLUMNS = (
    "dat", "battery", "scenario", "scenario_hash", "agent", "agent_hash", "role", "difficulty", "variant", "seed", "attempt",
    "outcome", "score", "passed", "passing_score", "better", "tokens", "usd", "requests", "started_at", "ended_at",
    "duration_s", "steps", "cost", *COLUMNS_OF_MODELS, "error", "run", "worker", "key", "id", "reason", "origin", "commit",
    "tags", "params", "scores", "metrics", "properties",
)  # fmt: skip
"""`dat` is the DAT's path as `Result.dat_path` has it, `error` the type of the exception, `steps` and `cost` are those of
the trace, `commit` that of the DAT, `origin` where an imported record is from. Times are Unix seconds. `passed` is a bool.
`tags` is a tuple of texts (those of the scenario); `params`, `scores`, `metrics`, `properties` are dicts. What is missing is
None; texts that may be empty (`reason`, `error`, `origin`, `commit`, hashes) are ''."""

MAPS = ("params", "scores", "metrics", "properties")
"""Of these, `scores.raw_score` is one value: a column of its own; None if the record has no such name."""

ORDERS = tuple(name for name in COLUMNS if name not in ("tags", *MAPS))
"""What rows can be ordered by; also `scores.raw_score` and the like."""

_NUMBERS = {
    "difficulty": "r.difficulty", "variant": "r.variant", "seed": "r.seed", "attempt": "r.attempt", "score": "r.score",
    "passed": "r.passed", "passing_score": "r.bar", "tokens": "r.tokens", "usd": "r.usd", "requests": "r.requests",
    "started_at": "r.started", "ended_at": "r.ended", "duration_s": "r.duration", "steps": "r.steps", "cost": "r.cost",
    "retries": "r.retries", **{f"{kind}_tokens": f"r.{kind}" for kind in consumed.SPLIT}, "latency_s": "r.latency",
    "record": "r.no", "task": "r.task", "traced": "r.traced",
}  # fmt: skip
_OF_DAT = {
    "dat": "(SELECT path FROM dat WHERE no = r.no >> 32)",
    "commit": """(SELECT nullif("commit", '') FROM dat WHERE no = r.no >> 32)""",
}
_DETAILS = {
    "key": "CASE typeof(d.key) WHEN 'blob' THEN lower(hex(d.key)) ELSE d.key END",
    "id": "d.id", "reason": "ifnull(d.reason, '')", "origin": "ifnull(d.origin, '')",
}  # fmt: skip

SPELLED = "(SELECT n.text FROM name n WHERE n.no = r.{})"


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is asked for, and what is made of what SQLite gives; None: nothing."""

    sql: str
    order: str
    parameters: tuple[str, ...] = ()
    """Of `order`."""
    read: Callable[[Any], Any] | None = None


def column(name: str, texts: Callable[[str], Mapping[int, str]], dats: Mapping[int, tuple[str, str]]) -> Column:
    """The column called `name`; `texts` gives the names of a kind, `dats` path and commit of each. Raises `SpecError`."""
    if name in _NUMBERS:
        sql = _NUMBERS[name]
        return Column(sql, sql, read=_bool if name == "passed" else _number)
    if name in ("tags", *MAPS):
        return _map(name, texts)
    if name in KINDS:
        return Column(f"r.{name}", f"nullif({SPELLED.format(name)}, '')", read=texts(name).__getitem__)
    if name in _DETAILS:
        return Column(_DETAILS[name], f"nullif({_DETAILS[name]}, '')")
    if name in ("dat", "commit"):
        place = ("dat", "commit").index(name)
        return Column("r.no >> 32", _OF_DAT[name], read={no: told[place] for no, told in dats.items()}.__getitem__)
    kind, dot, key = name.partition(".")
    if dot and kind in MAPS:
        return _one(kind, key, texts)
    raise SpecError(f"{name[:80]!r} is no column; {did_you_mean(name, COLUMNS, most=len(COLUMNS))}")


def order_of(key: str, texts: Callable[[str], Mapping[int, str]]) -> tuple[str, tuple[str, ...]]:
    """The `ORDER BY` terms of one key, `score` or `-score`, what is missing last; and their parameters. Raises `SpecError`."""
    name = key.removeprefix("-")
    if name in MAPS or (name not in ORDERS and name.partition(".")[0] not in MAPS):
        raise SpecError(f"rows cannot be ordered by {name[:80]!r}; {did_you_mean(name, ORDERS, most=len(ORDERS))}")
    one = column(name, texts, {})
    return f"{one.order} IS NULL, {one.order}{' DESC' if key.startswith('-') else ''}", one.parameters * 2


def _map(name: str, texts: Callable[[str], Mapping[int, str]]) -> Column:
    if name == "tags":
        tags = texts("tags")
        return Column("r.tags", "", read=lambda no: tuple(_parsed(tags[no])))
    if name == "params":
        params = texts("params")
        return Column("r.params", "", read=lambda no: dict(_parsed(params[no])))
    return Column(f"d.{name}", "", read=lambda text: dict(_parsed(text)) if text else {})


def _one(kind: str, key: str, texts: Callable[[str], Mapping[int, str]]) -> Column:
    if kind == "params":
        params = texts("params")
        found: dict[int, Any] = {}

        def read(no: int) -> Any:
            if no not in found:
                found[no] = _parsed(params[no]).get(key)
            return found[no]

        order = "(SELECT e.value FROM name n, json_each(n.text) e WHERE n.no = r.params AND e.key = ?)"
        return Column("r.params", order, (key,), read)
    order = f"(SELECT e.value FROM json_each(d.{kind}) e WHERE e.key = ?)"  # noqa: S608 - one of MAPS
    return Column(f"d.{kind}", order, (key,), lambda text: _parsed(text).get(key) if text else None)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Any:
    return json.loads(text)


def _bool(value: Any) -> bool | None:
    return None if value is None else bool(value)


def _number(value: Any) -> Any:
    """What was too large for SQLite is a text there."""
    return int(value) if type(value) is str else value


def read_all(read: Callable[[Any], Any], values: Sequence[Any]) -> Sequence[Any]:
    """`read` of each of a column's values."""
    if read is _number and str not in set(map(type, values)):
        return values
    return list(map(read, values))


def needs_detail(columns: Sequence[str]) -> bool:
    """Whether a column is in the table that is read only on demand."""
    return any(name in _DETAILS or name.partition(".")[0] in MAPS[1:] for name in columns)
