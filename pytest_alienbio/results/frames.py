"""Results as a pandas frame: a row a cell, every column of one type, nothing missing that looks like a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..model import Estimate, Outcome, canonical
from ..store.index import COLUMNS_OF_MODELS, MAPS
from .fields import number

if TYPE_CHECKING:
    import pandas as pd

    from .contrast import Contrast
    from .table import Table

NAMES = ("battery", "scenario", "agent", "role", "better", "error", "origin", "commit", "run", "worker", "model", "dat")
KINDS_OF_TOKENS = tuple(name for name in COLUMNS_OF_MODELS if name.endswith("_tokens"))
INTEGERS = ("difficulty", "variant", "seed", "attempt", "tokens", "requests", "steps", *KINDS_OF_TOKENS, "retries")
FLOATS = ("score", "passing_score", "usd", "cost", "duration_s", "latency_s")
TIMES = ("started_at", "ended_at")
TEXTS = ("id", "key", "reason")
COLUMNS = (
    "battery",
    "scenario",
    "difficulty",
    "variant",
    "agent",
    "role",
    "seed",
    "attempt",
    "outcome",
    "score",
    "passed",
    "passing_score",
    "better",
    "tokens",
    "usd",
    "requests",
    "steps",
    "cost",
    *COLUMNS_OF_MODELS,
    "duration_s",
    "started_at",
    "ended_at",
    "error",
    "reason",
    "tags",
    "origin",
    "commit",
    "run",
    "worker",
    "id",
    "key",
    "dat",
)
"""The columns that every frame has; `scores`, `metrics`, `properties` and `params` add one for each of their names."""
READ = (*COLUMNS, *MAPS)
"""What of the index a frame is made of."""
PREFIXES = {"scores": "score", "metrics": "metric", "properties": "property", "params": "params"}
WITH_INTERVAL = frozenset({"mean", "population", "pass_rate"})
"""Figures of a table that have an interval, if it can be told."""
_LARGEST = 2**63 - 1
_NO_TIME = -(2**63)
"""What numpy holds for a time that is missing."""


def frame(rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """The frame of rows of `READ`, in their order.

    Names and outcomes are categories (all outcomes are), numbers `Int64` or `Float64`, verdicts `boolean`, other texts
    `string`, times `datetime64[us, UTC]`; tags stand in one text, between commas. `score.NAME`, `metric.NAME`,
    `property.NAME` and `params.NAME` are typed by what they hold; a name with values of several kinds, or with lists, is JSON
    text; a column with a whole number too large for its type is text. What is missing is <NA>. Without any row the columns and
    types are the same.
    """
    import pandas as pd

    held: list[list[Any]] = [[] for _ in COLUMNS]
    maps: dict[str, dict[str, dict[int, Any]]] = {name: {} for name in MAPS}
    count = 0
    for row in rows:
        for column, value in zip(held, row, strict=False):
            column.append(value)
        for name, value in zip(MAPS, row[len(COLUMNS) :], strict=True):
            for key, each in (value or {}).items():
                maps[name].setdefault(key, {})[count] = each
        count += 1
    made: dict[str, Any] = {name: _column(name, values) for name, values in zip(COLUMNS, held, strict=True)}
    for name, found in maps.items():
        for key in sorted(found):
            made[f"{PREFIXES[name]}.{key}"] = _typed([found[key].get(at) for at in range(count)], floats=name == "scores")
    return pd.DataFrame(made)


def table_frame(table: Table) -> pd.DataFrame:
    """A table's frame, see `Table.to_dataframe`."""
    import pandas as pd

    made: dict[str, Any] = {name: _typed([row.by[name] for row in table], category=True) for name in table.by}
    made["records"] = pd.array([row.records for row in table], dtype="Int64")
    for name in table.figures:
        made |= _figure(name, [row.figures[name] for row in table])
    return pd.DataFrame(made)


def contrast_frame(contrast: Contrast) -> pd.DataFrame:
    """A row a pair, see `Contrast.to_dataframe`."""
    import pandas as pd

    found = list(contrast)
    numbers = {
        "p": [one.p.value for one in found],
        "p_adjusted": [one.p.adjusted for one in found],
        "median": [one.median for one in found],
        "effect_size": [one.effect_size for one in found],
        "detectable": [one.detectable for one in found],
    }
    missing = {"missing_a": [one.missing_a for one in found], "missing_b": [one.missing_b for one in found]}
    return pd.DataFrame(
        {
            "a": _category([one.a for one in found]),
            "b": _category([one.b for one in found]),
            "better": _category([one.better for one in found]),
            **_figure("delta.mean", [one.delta for one in found]),
            **_figure("delta.population", [one.population for one in found]),
            **_figure("improvement.mean", [one.improvement for one in found]),
            **{name: pd.array(values, dtype="Float64") for name, values in numbers.items()},
            "pairs": pd.array([one.pairs for one in found], dtype="Int64"),
            "scenarios": pd.array([one.scenarios for one in found], dtype="Int64"),
            **{name: pd.array([sum(each.values()) for each in some], dtype="Int64") for name, some in missing.items()},
            "why": pd.array([one.why or None for one in found], dtype=pd.StringDtype("python")),
        }
    )


def _figure(name: str, figures: Sequence[Estimate]) -> Mapping[str, Any]:
    import pandas as pd

    value = {name: pd.array([each.value for each in figures], dtype="Float64")}
    if name.rpartition(".")[2] not in WITH_INTERVAL:
        return {**value, f"{name}.n": pd.array([each.n for each in figures], dtype="Int64")}
    ends = [(None, None) if each.interval is None else (each.interval.low, each.interval.high) for each in figures]
    return {
        **value,
        f"{name}.low": pd.array([low for low, _ in ends], dtype="Float64"),
        f"{name}.high": pd.array([high for _, high in ends], dtype="Float64"),
        f"{name}.n": pd.array([each.n for each in figures], dtype="Int64"),
        f"{name}.missing": pd.array([sum(each.missing.values()) for each in figures], dtype="Int64"),
        f"{name}.why": pd.array([each.why or None for each in figures], dtype=pd.StringDtype("python")),
    }


def _column(name: str, values: list[Any]) -> Any:
    import numpy as np
    import pandas as pd

    if name == "outcome":
        return pd.Categorical(values, categories=[str(outcome) for outcome in Outcome])
    if name in NAMES:
        return _category([value or None for value in values])
    if name in INTEGERS and _fit(values):
        return pd.array(values, dtype="Int64")
    if name in INTEGERS:
        values = [None if value is None else str(value) for value in values]
    if name in FLOATS:
        return pd.array(values, dtype="Float64")
    if name in TIMES:
        micros = np.array([_NO_TIME if value is None else round(value * 1e6) for value in values], dtype=np.int64)
        return pd.Series(micros.view("datetime64[us]")).dt.tz_localize("UTC")
    if name == "passed":
        return pd.array(values, dtype="boolean")
    if name == "tags":
        values = [",".join(tags or ()) for tags in values]
    return pd.array(values, dtype=pd.StringDtype("python"))


def _typed(values: list[Any], *, floats: bool = False, category: bool = False) -> Any:
    """Values of any kind, None for missing, in the narrowest type that holds them all."""
    import pandas as pd

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool} and kinds:
        return pd.array(values, dtype="boolean")
    if kinds <= {int} and kinds and not floats and _fit(values):
        return pd.array(values, dtype="Int64")
    if kinds <= {int, float} and (kinds or floats) and all(value is None or number(value) is not None for value in values):
        return pd.array([number(value) for value in values], dtype="Float64")
    if not kinds <= {str}:
        values = [None if value is None else canonical(value) for value in values]
    return _category(values) if category else pd.array(values, dtype=pd.StringDtype("python"))


def _fit(values: Iterable[int | None]) -> bool:
    """Whether whole numbers are within 64 bits."""
    return all(value is None or abs(value) <= _LARGEST for value in values)


def _category(values: list[str | None]) -> Any:
    import pandas as pd

    names = pd.Index(sorted({value for value in values if value is not None}), dtype=pd.StringDtype("python"))
    return pd.Categorical(values, categories=names)
