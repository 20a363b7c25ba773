"""Records in groups, and the figures of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from ..errors import SpecError, did_you_mean
from ..model import Estimate, Json
from . import estimates
from .fields import Field
from .records import Record, grouped
from .table import Row, Table

Figure = Callable[[Sequence[Record], Field], Estimate]

FIGURES: Mapping[str, Sequence[str]] = {
    "score": ("mean", "pass_rate"),
    "tokens": ("sum",),
    "usd": ("sum",),
    "duration_s": ("sum",),
}
"""What `aggregate` shows if nothing is asked for."""

_KINDS: Mapping[str, Figure] = {
    "mean": estimates.mean,
    "population": partial(estimates.mean, population=True),
    "sd": lambda found, field: estimates.spread(found),
    "sum": lambda found, field: estimates.total(found),
    "min": lambda found, field: estimates.least(found),
    "max": lambda found, field: estimates.most(found),
    "pass_rate": lambda found, field: estimates.rate(found),
}
_PERCENTILE = re.compile(r"p([0-9]{1,2}(?:\.[0-9]{1,3})?)")
_STATS = ("mean", "sd", "min", "p50", "max", "pass_rate")


def summarized(found: Sequence[Record], field: Field, by: Sequence[str], older: int) -> Table:
    """A row a group: mean, sd, min, median, max, pass rate of one field; groups sorted by what they have in common."""
    figures = {kind: (field.column, kind) for kind in _STATS}
    return _table({field.column: list(found)}, {field.column: field}, figures, by, older)


def aggregated(
    found: Mapping[str, tuple[Sequence[Record], int]],
    fields: Mapping[str, Field],
    asked: Mapping[str, Sequence[str]],
    by: Sequence[str],
) -> Table:
    """A row a group with a figure `FIELD.KIND` for each that was asked for. Raises `SpecError` for an unknown kind."""
    figures = {}
    for name, kinds in asked.items():
        for kind in kinds:
            _figure(kind)
            figures["pass_rate" if kind == "pass_rate" else f"{name}.{kind}"] = (name, kind)
    older = max((left_out for _, left_out in found.values()), default=0)
    return _table({name: list(mine) for name, (mine, _) in found.items()}, fields, figures, by, older)


def older_note(older: int, of: str = "cells") -> str:
    """What is said where cells have several records."""
    return f"{older} older record{'' if older == 1 else 's'} of the same {of} left out"


def _table(
    found: Mapping[str, list[Record]],
    fields: Mapping[str, Field],
    figures: Mapping[str, tuple[str, str]],
    by: Sequence[str],
    older: int,
) -> Table:
    groups = {name: grouped(mine) for name, mine in found.items()}
    keys = sorted({key for each in groups.values() for key in each} or {()} - ({()} if by else set()), key=group_order)
    rows = []
    notes: dict[str, None] = {}
    for key in keys:
        made: dict[str, Estimate] = {}
        for label, (name, kind) in figures.items():
            figure = _figure(kind)(groups[name].get(key, []), fields[name])
            made[label] = figure
        rows.append(Row(dict(zip(by, key, strict=True)), max(len(each.get(key, ())) for each in groups.values()), made))
        pooled = {note for figure in made.values() for note in figure.notes if "agents pooled" in note}
        notes.update(dict.fromkeys(sorted(pooled)))
    if older:
        notes[older_note(older)] = None
    return Table(tuple(by), tuple(figures), tuple(rows), tuple(notes))


def _figure(kind: str) -> Figure:
    if kind in _KINDS:
        return _KINDS[kind]
    match = _PERCENTILE.fullmatch(kind)
    if match and 0 < float(match[1]) < 100:
        q = float(match[1])
        return lambda found, field: estimates.at_percent(found, q)
    raise SpecError(f"{kind!r} is no figure; {did_you_mean(kind, [*_KINDS, 'p50', 'p90'], most=20)}")


def group_order(key: tuple[Json, ...]) -> tuple[tuple[int, float, str], ...]:
    """Numbers by size, then texts by name; what is missing first."""
    return tuple(
        (0, 0.0, "") if value is None else (1, float(value), "") if isinstance(value, int | float) else (2, 0.0, str(value))
        for value in key
    )


def with_note(estimate: Estimate, older: int) -> Estimate:
    """`estimate`, with a note if older records were left out."""
    return estimate if not older else replace(estimate, notes=(*estimate.notes, older_note(older)))
