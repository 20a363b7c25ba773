"""Blocks of a document as what a template writes down: texts, classes, and where a link leads. Nothing is decided here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from urllib.parse import quote, urlencode

from ...model import Chart, Json, inert
from ...model.figures import many
from ..document import Field, Matrix, Table
from ..matrix import sheet

MOST_ROWS = 1000
"""Of one table in a page. A browser is slow with more, and nobody reads them."""
LEVELS = 10
"""Shades of a heat map, beside the palest."""

Link = Callable[[Mapping[str, str]], str]
"""From what cells have in common (`agent`, `scenario`, `id`) to where a page shows them; '' if it does not."""


@dataclass(frozen=True, slots=True)
class Head:
    """The header of a column."""

    text: str
    left: bool = False
    name: bool = False
    """Whether its cells are the headers of their rows."""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of a table."""

    text: str
    rest: str = ""
    """What stands behind the sign that a column is aligned on, sign included."""
    order: str = ""
    """A number to sort by, where the text is none."""
    href: str = ""
    level: str = ""
    """The class of its shade."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it is written."""

    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Spot, ...], ...]
    total: tuple[Spot, ...] = ()
    more: str = ""
    """How many rows are left out, and who has them."""
    kind: str = ""
    """Its class."""


def tame(text: str) -> str:
    """Any text as one line that can do nothing, however long within reason: a template escapes it, this takes its tricks."""
    return inert(text, most=4096, verbatim=True)


def route(page: str, **query: str) -> str:
    """`#cells?agent=greedy`, as the page's scripts read it."""
    asked = {name: value for name, value in query.items() if value}
    return f"#{quote(page)}" + (f"?{urlencode(asked, errors='replace')}" if asked else "")


def nowhere(about: Mapping[str, str]) -> str:
    """The links of a page without cells."""
    return ""


def table_grid(table: Table, link: Link = nowhere) -> Grid | None:
    """The table with all its rows, or as many as a page bears; None if it has nothing for people."""
    if table.silent:
        return None
    shown = [field for field in table.fields if field.texts]
    leading = list(takewhile(lambda field: field.names, (field for field in shown if field.left)))
    heads = tuple(Head(tame(field.header), field.left, field in leading) for field in shown)
    cells = [_column(field, link) for field in shown]
    rows = list(zip(*cells, strict=True))
    total = rows.pop() if table.total else ()
    left = len(rows) - MOST_ROWS
    more = f"… and {many(left, 'more row')}, which the JSON of this report has" if left > 0 else ""
    return Grid(tame(table.caption), heads, tuple(rows[:MOST_ROWS]), total, more)


def _column(field: Field, link: Link) -> Iterator[Spot]:
    for value, text in zip(field.values, field.texts, strict=True):
        shown, sign, rest = text.partition(field.sign) if field.sign else (text, "", "")
        href = link({field.key: value}) if field.names and isinstance(value, str) and text != "-" else ""
        yield Spot(tame(shown), tame(sign + rest) if sign else "", order_of(value, text), href)


def order_of(value: Json, text: str) -> str:
    """The number a cell is sorted by, where its text is not that number: of an interval its lower end."""
    if isinstance(value, list | tuple) and value:
        value = value[0]
    if (exact := _number(value)) is None:
        return ""
    number = f"{exact:.6g}"
    return "" if number == text else number


def matrix_grid(matrix: Matrix, link: Link = nowhere) -> Grid | None:
    """The matrix as a heat map of numbers: the longer side down, each cell shaded by its value, with its text."""
    if not matrix.rows or not matrix.columns:
        return None
    shade = _shades(matrix)
    marked = replace(
        matrix,
        texts=tuple(tuple(map(shade, row)) for row in matrix.values),
        total_texts=tuple(map(shade, matrix.totals)),
    )
    made, levels = sheet(matrix), sheet(marked).texts
    turned = made.row_kind != matrix.row_kind
    names, across = (matrix.columns, matrix.rows) if turned else (matrix.rows, matrix.columns)
    at_top = [""] * (len(made.columns) - len(across))  # the totals of a turned matrix
    above = [link({made.column_kind: name}) if name else "" for name in (*at_top, *across)]
    heads = (
        Head(made.row_kind, left=True, name=True),
        *(Head(tame(text), href=href) for text, href in zip(made.columns, above, strict=True)),
    )
    rows = []
    for at, (row, texts) in enumerate(zip(made.rows, made.texts, strict=True)):
        name = names[at] if at < len(names) else ""
        first = Spot(tame(row), href=link({made.row_kind: name}) if name else "")
        spots = [
            Spot(
                tame(text),
                level=level,
                href=link({made.row_kind: name, made.column_kind: column}) if name and column and text else "",
            )
            for text, level, column in zip(texts, levels[at], (*at_top, *across), strict=True)
        ]
        rows.append((first, *spots))
    total = rows.pop() if made.totals_below else ()
    left = len(rows) - MOST_ROWS
    more = f"… and {many(left, f'more {made.row_kind}')}, which the JSON of this report has" if left > 0 else ""
    kind = "heat tall" if len(made.columns) > 8 else "heat"
    return Grid("", heads, tuple(rows[:MOST_ROWS]), total, more, kind)


def _shades(matrix: Matrix) -> Callable[[Json], str]:
    """The class of a value's shade: from 0 to 1 where all are, else from the lowest to the highest; missing has its own."""
    numbers = [number for row in matrix.values for value in row if (number := _number(value)) is not None]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0

    def shade(value: Json) -> str:
        number = _number(value)
        if number is None:
            return "missing"
        share = (number - low) / (high - low) if high > low else 0.5
        return f"h{round(LEVELS * min(1.0, max(0.0, share)))}"

    return shade


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def chart_grid(chart: Chart) -> Grid | None:
    """A chart's numbers as a table."""
    if not chart.rows:
        return None
    numeric = [all(_spelled(row[at]) for row in chart.rows) for at in range(len(chart.headers))]
    heads = tuple(Head(tame(text), left=not number) for text, number in zip(chart.headers, numeric, strict=True))
    left = len(chart.rows) - MOST_ROWS
    more = f"… and {many(left, 'more row')}" if left > 0 else ""
    return Grid("", heads, tuple(tuple(Spot(tame(text)) for text in row) for row in chart.rows[:MOST_ROWS]), (), more)


def _spelled(text: str) -> bool:
    """Whether a text is a number as figures spell them, or a missing one."""
    return text == "-" or text[:1].isdigit() or (text[:1] in "+-<>[" and text[1:2].isdigit())


def anchors(keys: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
    """An id for each key, in letters that need no escape in an address, no two alike."""
    made: list[str] = []
    for key in keys:
        plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in key.lower()).strip("-") or "part"
        found, count = plain, 1
        while found in made or found in taken:
            count += 1
            found = f"{plain}-{count}"
        made.append(found)
    return made
