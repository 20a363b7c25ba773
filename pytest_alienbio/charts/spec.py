"""What all charts have in common: a specification with its data inside, small, and with its words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import ceil, floor, isfinite, log10
from typing import Any

from ..model import Chart, Json, inert
from .extent import HEADER, extent

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""Names the version; nothing is fetched from it."""
WIDTH = 640
"""Pixels of a picture that nobody made narrower or wider."""
MOST_ROWS = 2_000
"""Rows of data in one chart: a reader tells no more apart, and a page stays small."""
PANEL, GAP, AXIS = 150, 24, 60
"""Pixels of one of many small panels, between two of them, and of the axis left of the first."""
_BOLD = 6.8
"""Pixels of a letter of a panel's name."""
_LINE = 100
_WIDE, _POWERS = 1e3, 8
_LONGEST = 4096
_NO_XML = re.compile("[\ufffe\uffff]")
"""Characters that no XML may hold, and that are neither controls nor invisible."""
_PLAIN = frozenset({"agent", "scenario", "battery", "seed", "model", "variation", "run"})
"""Fields whose values are called like the field."""

Row = dict[str, Any]
"""A row of data, or a piece of a specification: JSON, of which pieces are put together."""


def chart(
    kind: str,
    title: str,
    body: Mapping[str, Any],
    *,
    about: str,
    alt: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    notes: Sequence[str] = (),
    least: int = 280,
    width: int = WIDTH,
) -> Chart:
    """A chart of `body` (data and marks). `about` says what its numbers are; `least` pixels it needs to be legible."""
    small = "facet" in body
    spec: Row = {
        "$schema": SCHEMA,
        "description": inert(alt, most=2000),
        "title": {"text": inert(title)},
        **({} if small else {"width": max(width, least), "autosize": {"type": "fit-x", "contains": "padding"}}),
        **body,
    }
    known = spec.get("usermeta", {"bio": {}})["bio"]
    spec["usermeta"] = {"bio": {"kind": kind, "least": least, **known, **extent(body)}}
    if data := body.get("data"):
        spec["data"] = {"values": [_slim(row) for row in data["values"]]}
    return Chart(
        kind,
        inert(title),
        noted(_tame(spec), [text for text in (about, *notes) if text]),
        inert(alt, most=2000),
        tuple(headers),
        tuple(tuple(row) for row in rows),
        tuple(([about] if about else []) + list(notes)),
        about,
    )


def noted(spec: Mapping[str, Json], texts: Sequence[str]) -> Row:
    """The specification with more lines below its title."""
    title: Any = spec["title"]
    said = (_tame(inert(text, most=1000)) for text in texts)
    lines = [*title.get("subtitle", ()), *(line for text in said for line in textwrap.wrap(text, _LINE))]
    return {**spec, "title": {**title, "subtitle": lines} if lines else title}


def _slim(row: Row) -> Row:
    """A row with seven digits of each number: more are no news to an eye, and a page is read over a network, too."""
    return {name: float(f"{value:.7g}") if isinstance(value, float) else value for name, value in row.items()}


def _tame(value: Any) -> Any:
    """The same with its texts inert, names in data and in scales alike. Who draws a character that no XML may hold gets an SVG
    that no browser shows, or, of vl-convert, the end of the process."""
    if isinstance(value, str):
        return value if value.isprintable() else _NO_XML.sub("\ufffd", inert(value, most=_LONGEST, verbatim=True))
    if isinstance(value, Mapping):
        return {name: _tame(each) for name, each in value.items()}
    return [_tame(each) for each in value] if isinstance(value, list | tuple) else value


def empty(kind: str, title: str, why: str, *, headers: Sequence[str] = (), rows: Iterable[Sequence[str]] = ()) -> Chart:
    """A chart that says why it shows nothing."""
    body: Row = {
        "data": {"values": [{"why": inert(why)}]},
        "height": 60,
        "mark": {"type": "text", "style": "nothing"},
        "encoding": {"text": {"field": "why", "type": "nominal"}},
    }
    said = chart(kind, title, body, about="", alt=f"Nothing to draw: {why}.", headers=headers, rows=rows)
    return replace(said, empty=True)


def panels(
    values: Sequence[Row], by: str, order: Sequence[str], spec: Mapping[str, Json], *, height: int, axis: int = AXIS
) -> Row:
    """Small panels of equal axes, one for each value of the field `by`, in rows as wide as the picture, right of an `axis`."""
    panel = max(PANEL, *(round(_BOLD * len(name)) for name in order))
    columns = max(1, min(len(order), (WIDTH - axis + GAP) // (panel + GAP)))
    return {
        "data": {"values": list(values)},
        "facet": {"field": by, "type": "nominal", "sort": list(order), "title": None, "header": {"labelPadding": 4}},
        "columns": columns,
        "bounds": "flush",
        "spacing": {"row": HEADER, "column": GAP},
        "spec": {"width": max(panel, min(WIDTH // 2, (WIDTH - axis + GAP) // columns - GAP)), "height": height, **spec},
        "usermeta": {"bio": {"axis": axis, "gap": GAP, "panel": panel}},
    }


def part(name: str, mark: str, style: str, encoding: Mapping[str, Json], **more: Json) -> Row:
    """A layer of the rows whose `part` is `name`."""
    return {
        "transform": [{"filter": {"field": "part", "equal": name}}],
        "mark": {"type": mark, "style": style, **more},
        "encoding": dict(encoding),
    }


def quantity(
    field: str, title: str | None, values: Iterable[float | None], *, unit: bool = False, zero: bool = False, tail: bool = False
) -> Row:
    """An axis of numbers: from 0 to 1 for shares and scores (`unit`), wider if intervals among the `values` are, else around
    these, with 0 if it is `zero`.

    With `tail` positive values over more than three powers of ten are shown on a logarithmic scale, and its title says so.
    """
    found = [value for value in values if value is not None and isfinite(value)]
    large = any(abs(value) >= 1e4 for value in found)
    tiny = bool(found) and 0 < max(map(abs, found)) < 1e-3
    axis: Row = {"title": title, "tickCount": 5}
    if large or tiny:
        form = "~e" if tiny or any(abs(value) >= 1e15 for value in found) else "~s"
        axis["labelExpr"] = f"datum.value ? format(datum.value, '{form}') : '0'"
    scale: Row = {"zero": zero}
    if unit:
        scale = {"domain": [min(0.0, *found), max(1.0, *found)]}
    elif found and min(found) == max(found):
        pad = abs(found[0]) / 2 or 0.5
        scale = {"domain": (sorted([0.0, found[0]]) if found[0] else [0.0, 1.0]) if zero else [found[0] - pad, found[0] + pad]}
    elif tail and min(found, default=0) > 0 and max(found) / min(found) > _WIDE:
        axis.pop("labelExpr", None)
        scale, axis["title"], axis["format"] = {"type": "log"}, f"{title}, log scale", ",~g" if min(found) < 1 else "~s"
        first, last = floor(log10(min(found))), ceil(log10(max(found)))
        axis["values"] = [10.0**power for power in range(first, last + 1, -(-(last - first) // _POWERS))]
    return {"field": field, "type": "quantitative", "axis": axis, "scale": scale}


def names(field: str, order: Sequence[str], title: str | None = None, **axis: Json) -> Row:
    """An axis of names in this order, none left out."""
    return {
        "field": field,
        "type": "nominal",
        "scale": {"domain": list(order)},
        "axis": {"title": title, **axis},
    }


def tooltip(*fields: tuple[str, str]) -> list[Json]:
    """What is said of a mark: a field of its row, and what it is called. All of them are texts."""
    return [{"field": field, "type": "nominal", "title": title} for field, title in fields]


def left_out(shown: int, all_of_them: int, what: str, which: str) -> tuple[str, ...]:
    """`30 of 200 agents are drawn: the first ones.` if some are not."""
    return () if shown >= all_of_them else (f"{shown:,} of {all_of_them:,} {what} {verb(shown, 'is', 'are')} drawn: {which}.",)


def written(name: str, style: str, encoding: Mapping[str, Json], **more: Json) -> list[Row]:
    """Layers with the texts of the rows whose `part` is `name`, on a rim of the background: lines may lie below them."""
    rim = {channel: each for channel, each in encoding.items() if channel != "tooltip"}
    return [part(name, "text", "rim", rim, **more), part(name, "text", style, encoding, **more)]


def verb(count: int, one: str, more: str) -> str:
    """What `count` things do: the form for one, or for more."""
    return one if count == 1 else more


def values_of(count: int, by: str) -> str:
    """What `count` groups by a field are: `agent`, `scenarios`, `values of params.size`."""
    name, more = (by, "") if by in _PLAIN else ("value", f" of {by}")
    return f"{name}{verb(count, '', 's')}{more}"
