"""A table of groups: what `.stats()` and `.aggregate()` give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log10
from typing import TYPE_CHECKING

from ..errors import did_you_mean
from ..model import Estimate, Json, inert
from ..model.digits import MOST, decimals, fixed
from ..model.html import table_html
from .arrow import to_arrow

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


MEASURE = 100.0
"""Numbers so many times as large as others, and at least so large, are no longer of one measure."""


@dataclass(frozen=True, slots=True)
class Row:
    """One group: what it has in common, how many records it holds, and its figures. `row["mean"]` gives one."""

    by: Mapping[str, Json]
    records: int
    """Those that count: one a cell."""
    figures: Mapping[str, Estimate]

    def __getitem__(self, name: str) -> Estimate | Json:
        """A figure, or what the group has in common. Raises `KeyError` with a near name."""
        if name in self.figures:
            return self.figures[name]
        if name in self.by:
            return self.by[name]
        raise KeyError(f"{name!r}; {did_you_mean(name, [*self.figures, *self.by], most=20)}")


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """Groups of records with their figures, in the order of the groups. Iterating gives the rows.

    As text it is a table; every figure of a row is an `Estimate` with its n, what is missing, and why.
    """

    by: tuple[str, ...]
    figures: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> Row:
        return self.rows[place]

    def cells(self) -> Iterator[tuple[str, ...]]:
        """Header, then a line a group, as harmless texts."""
        yield (*map(inert, self.by), "cells", *map(inert, self.figures), "missing")
        figures = [figure_texts([row.figures[name] for row in self.rows]) for name in self.figures]
        for at, row in enumerate(self.rows):
            names = ["-" if value is None else inert(str(value)) for value in row.by.values()]
            yield (*names, str(row.records), *(column[at] for column in figures), missing_text(row))

    def plain(self) -> Iterator[dict[str, Json]]:
        """Each row as JSON: its names, `records`, and every figure with all it stands on."""
        for row in self.rows:
            yield {"by": dict(row.by), "records": row.records, **{name: plain(row.figures[name]) for name in self.figures}}

    def __repr__(self) -> str:
        lines = list(self.cells())
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
        return "\n".join([*text, *(inert(note, most=400) for note in self.notes)])

    def _repr_html_(self) -> str:
        head, *lines = self.cells()
        return table_html(head, lines, *self.notes)

    def to_dataframe(self) -> pd.DataFrame:
        """A frame with a row a group: its names, `records`, and of each figure `NAME` and `NAME.n`; of means and rates also
        `NAME.low`, `NAME.high`, `NAME.missing` and `NAME.why`. What cannot be told is <NA>."""
        from .frames import table_frame

        return table_frame(self)

    def to_arrow(self) -> pa.Table:
        """The same as an Arrow table. Raises `MissingExtraError` without pyarrow."""
        return to_arrow(self.to_dataframe())


def figure_texts(figures: Sequence[Estimate]) -> list[str]:
    """Figures of one kind in as many digits as the surest of them warrants, with their intervals; `-` where there is none.

    Where they are of different measures (the scores of some groups, the milliseconds of others), each in its own.
    """
    sizes = [abs(one.value) for one in figures if one.value]
    if len(sizes) > 1 and max(sizes) > MEASURE * min(sizes) and max(sizes) >= MEASURE:
        return [text for one in figures for text in _alike([one])]
    return _alike(figures)


def _alike(figures: Sequence[Estimate]) -> list[str]:
    spreads = [one.interval.high - one.interval.low for one in figures if one.interval is not None]
    values = [abs(one.value) for one in figures if one.value is not None]
    if any(spreads):
        digits = decimals(min(filter(None, spreads)) / 2)
    elif all(value.is_integer() for value in map(float, values)) and not spreads:
        digits = 0
    else:
        digits = 3 - ceil(log10(max(values, default=0.0) or 1.0))
    # Six decimals are enough for what is no tiny number; of tiny ones four digits.
    digits = min(max(digits, 0), 6 if max(values, default=1.0) > 1e-4 else MOST)
    return [_text(one, digits) for one in figures]


def _text(one: Estimate, digits: int) -> str:
    if one.value is None:
        return "-"
    if one.interval is not None:
        return f"{fixed(one.value, digits)} [{fixed(one.interval.low, digits)}, {fixed(one.interval.high, digits)}]"
    lone = " (one world)" if one.unit == "worlds" and one.n == 1 else ""
    return f"{fixed(one.value, digits)}{' (no spread)' if one.mark == 'degenerate' else lone}"


def missing_text(row: Row) -> str:
    """What is missing in the first figure, by why; '' if nothing is."""
    first = next(iter(row.figures.values()), Estimate(None))
    return ", ".join(f"{count} {inert(why)}" for why, count in first.missing.items())


def plain(figure: Estimate) -> dict[str, Json]:
    """An estimate as JSON; what is not told is left out, a missing value is null."""
    found: dict[str, Json] = {"value": figure.value, "n": figure.n}
    if figure.interval is not None:
        found["interval"] = {"low": figure.interval.low, "high": figure.interval.high, "level": figure.interval.level}
    rest = {
        "missing": dict(figure.missing),
        "stderr": figure.stderr,
        "df": figure.df,
        "unit": figure.unit,
        "method": figure.method,
        "mark": figure.mark,
        "why": figure.why,
        "notes": list(figure.notes),
    }
    return {**found, **{name: value for name, value in rest.items() if value not in (None, "", [], {})}}
