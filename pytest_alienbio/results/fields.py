"""What can be asked of a record, by the names people use."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from ..errors import SpecError, did_you_mean, near_match
from ..model import Query
from ..store.index import COLUMNS_OF_MODELS, MAPS, ORDERS, Index

MODEL_NUMBERS = tuple(name for name in COLUMNS_OF_MODELS if name != "model")
NUMBERS = (
    "score",
    "passed",
    "passing_score",
    "difficulty",
    "variant",
    "seed",
    "attempt",
    "tokens",
    "usd",
    "requests",
    "steps",
    "cost",
    *MODEL_NUMBERS,
    "duration_s",
    "started_at",
    "ended_at",
)
"""Columns that hold a number (`passed`: 1 or 0), or nothing."""
TEXTS = tuple(name for name in ORDERS if name not in NUMBERS)
ALIASES = {"time": "ended_at", "duration": "duration_s", "level": "difficulty"}
CONSUMED = frozenset({"tokens", "usd", "requests", "steps", "cost", "duration_s", *MODEL_NUMBERS})
"""What a cell took: never negative, and known of cells without a score, too."""
_PREFIXES = {
    **{name: name for name in MAPS},
    "metric": "metrics",
    "property": "properties",
    "param": "params",
    "score": "scores",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A name that was understood: the index's column of it, `score` or `metrics.loss`."""

    column: str

    @property
    def is_score(self) -> bool:
        """Whether it has the direction of the scores: the score and its parts."""
        return self.column == "score" or self.column.startswith("scores.")

    @property
    def is_text(self) -> bool:
        """Whether it holds names, and no numbers."""
        return self.column in TEXTS


def field_of(name: str, index: Index, query: Query, *, numbers: bool = False) -> Field:
    """The field that `name` means: a column, `scores.NAME`, `metrics.NAME`, `properties.NAME`, `params.NAME`, or just NAME.

    Raises `SpecError` with near names for one that no record of `query` has, or that means several; with `numbers` only
    fields that may be numbers are named, what these records measured first.
    """
    word = ALIASES.get(name, name)
    if word in ORDERS:
        return Field(word)
    head, dot, rest = word.partition(".")
    held = _held(index, query)
    if dot and head in _PREFIXES and rest in held[_PREFIXES[head]]:
        return Field(f"{_PREFIXES[head]}.{rest}")
    places = [place for place in MAPS if word in held[place]]
    if len(places) == 1:
        return Field(f"{places[0]}.{word}")
    if places:
        raise SpecError(f"{name[:80]!r} means several things; say {' or '.join(f'{place}.{word}' for place in places)}")
    known = [*ORDERS, *(f"{place}.{each}" for place, some in held.items() for each in some)]
    if not dot:
        known += [each for some in held.values() for each in some]
    if numbers and not near_match(word, known):
        raise SpecError(
            f"no record has a field {name[:80]!r}; numbers there are: {', '.join([*measured(index, query), *NUMBERS][:40])}"
        )
    raise SpecError(f"no record has a field {name[:80]!r}; {did_you_mean(word, known, most=30)}")


def measured(index: Index, query: Query) -> list[str]:
    """What the records tell beside what all have, by the names of `field_of`: metrics, and parts of scores."""
    held = _held(index, query)
    return [*held["metrics"], *(f"scores.{name}" for name in held["scores"])]


def number_field(name: str, index: Index, query: Query) -> Field:
    """`field_of` a number. Raises `SpecError` for a text, too."""
    field = field_of(name, index, query, numbers=True)
    if field.is_text:
        raise SpecError(f"{name!r} is a text, and has no mean; numbers: {', '.join(NUMBERS)}, and scores, metrics, properties")
    return field


def order_of(name: str, index: Index, query: Query) -> str:
    """A key to sort by, `-score` for the largest first, as the index takes it. Raises `SpecError`."""
    sign, word = ("-", name[1:]) if name.startswith("-") else ("", name)
    return sign + field_of(word, index, query).column


def number(value: object) -> float | None:
    """A value as a finite number, true as 1; None for what is none, or too large for a float."""
    try:
        return float(value) if isinstance(value, int | float) and isfinite(value) else None
    except OverflowError:
        return None


def _held(index: Index, query: Query) -> dict[str, list[str]]:
    """The names in the maps of the records, as first seen."""
    found: dict[str, dict[str, None]] = {place: {} for place in MAPS}
    for maps in index.rows(query, MAPS):
        for place, value in zip(MAPS, maps, strict=True):
            if value:
                found[place].update(dict.fromkeys(value))
    return {place: list(names) for place, names in found.items()}
