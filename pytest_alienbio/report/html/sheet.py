"""Every cell of a page as columns of texts in the order of their values: a browser sorts and filters whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from ...model import CellSheet, Json
from .. import figures
from ..cost import took
from .blocks import Grid, Head, Link, Spot, order_of, tame
from .content import COLUMNS

FIRST = 100
"""Rows that a page shows without scripts, and of each page of its table."""
UNSHOWN = ("scenario", "role", "battery", "params", "trace")
"""Columns to filter by and to search, not to read; as `cells.js` has them."""
_LEFT = frozenset(
    {"run", "id", "battery", "scenario", "agent", "role", "outcome", "why", "params", "started", "worker", "tags", "note"}
)


def _whole(value: Json) -> str:
    return f"{value:,}" if isinstance(value, int) else figures.amount(_number(value))


def _number(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


_SPELLED: Mapping[str, Callable[[Json], str]] = {
    "score": lambda value: figures.score(_number(value)),
    "passed": lambda value: "yes" if value else "no",
    "seconds": lambda value: took(_number(value)),
    "started": lambda value: _clock(_number(value) or 0.0),
    "requests": _whole,
    "retries": _whole,
    "tokens": _whole,
    "steps": _whole,
    "usd": lambda value: figures.usd(_number(value)),
}


def _clock(at: float) -> str:
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"
    except (OverflowError, OSError, ValueError):
        return figures.MISSING


def spelled(key: str, value: Json) -> str:
    """The text of a cell's value in that column."""
    if value is None:
        return figures.MISSING
    if key in _SPELLED:
        return _SPELLED[key](value)  # of numbers: there is nothing to tame
    return tame(str(value))


def sheet_data(sheet: CellSheet) -> dict[str, Json]:
    """`{rows, columns: [{key, header, left, texts, at}]}`: `texts` in the order of the values they spell, no two the same one
    after the other; `at` says of each row which of them it has, and -1 where it has none.
    """
    return {"rows": len(sheet), "columns": [_column(key, values) for key, values in sheet.columns.items()]}


def _column(key: str, values: Sequence[Json]) -> dict[str, Json]:
    ordered = sorted({value for value in values if value is not None}, key=_order)
    texts: list[str] = []
    place: dict[Json, int] = {}
    for value in ordered:
        text = spelled(key, value)
        if not texts or texts[-1] != text:
            texts.append(text)
        place[value] = len(texts) - 1
    at = [-1 if value is None else place[value] for value in values]
    return {"key": key, "header": tame(COLUMNS.get(key, key)), "left": key in _LEFT, "texts": texts, "at": at}


def _is_shown(key: str, values: Sequence[Json]) -> bool:
    """Whether people need the column: the id tells the scenario, one run's name tells nothing, nor does what all lack."""
    return key == "id" or (key not in UNSHOWN and len(set(values) - {None}) > (key == "run"))


def _order(value: Json) -> tuple[bool, float, str]:
    """Numbers before texts, each in its own order."""
    return (False, value, "") if isinstance(value, int | float) else (True, 0.0, str(value))


def first_rows(sheet: CellSheet, link: Link) -> Grid:
    """The first rows, for who runs no scripts, and on paper."""
    keys = [key for key, values in sheet.columns.items() if _is_shown(key, values)]
    heads = tuple(Head(tame(COLUMNS.get(key, key)), key in _LEFT, key == "id") for key in keys)
    rows = []
    for at in range(min(FIRST, len(sheet))):
        about = {key: str(sheet.columns[key][at]) for key in ("run", "id") if key in sheet.columns}
        rows.append(
            tuple(
                Spot(text := spelled(key, value), "", order_of(value, text), link(about) if key == "id" else "")
                for key, value in ((key, sheet.columns[key][at]) for key in keys)
            )
        )
    return Grid("", heads, tuple(rows))
