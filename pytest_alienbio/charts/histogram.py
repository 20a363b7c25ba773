"""Histogram: how often each agent gets which number, over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil, floor, log10

from ..model import Chart, figures
from .labels import labels
from .measured import SCORE, Metric, plain_name
from .spec import Row, chart, empty, left_out, panels, part, quantity, tooltip, values_of

MOST_PANELS, BINS = 30, 20
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


def edges(values: Sequence[float], bins: int = BINS, *, unit: bool = False) -> list[float]:
    """Borders of at most about `bins` bins of one round width around `values`, with `unit` those between 0 and 1."""
    low, high = (0.0, 1.0) if unit else (min(values), max(values))
    if low == high:
        pad = abs(low) / 2 or 0.5
        return [low - pad, low + pad]
    raw = high / bins - low / bins
    size = 10.0 ** floor(log10(raw))
    width = next(size * nice for nice in _NICE if size * nice >= raw * (1 - 1e-9))
    first, last = floor(low / width + 1e-9), ceil(high / width - 1e-9)
    return [number * width for number in range(first, max(last, first + 1) + 1)]


def counts(values: Sequence[float], borders: Sequence[float]) -> list[int]:
    """How many lie in each bin: a border belongs to the bin above it, the last one to the last bin."""
    from bisect import bisect_right

    found = [0] * (len(borders) - 1)
    for value in values:
        found[min(max(bisect_right(borders, value) - 1, 0), len(found) - 1)] += 1
    return found


def histogram(
    groups: Mapping[str, Sequence[float | None]], metric: Metric = SCORE, *, by: str = "agent", title: str = ""
) -> Chart:
    """A panel a group with the same bins and axes, in their order. None is missing: counted in the panel's name, in no bin."""
    title = title or f"How {metric.title} is spread by {by}"
    known = {name: [value for value in values if value is not None] for name, values in groups.items()}
    every = [value for values in known.values() for value in values]
    headers = (by, "from", "below", "cells")
    if not every:
        return empty("histogram", title, "no cell has a number", headers=headers)
    borders = edges(every, unit=metric.unit(every))
    found = {name: counts(values, borders) for name, values in known.items()}
    spans = [(metric.text(low), metric.text(high)) for low, high in pairwise(borders)]
    rows = [
        (name, *span, f"{count:,}") for name, mine in found.items() for span, count in zip(spans, mine, strict=True) if count
    ]
    rows += [(name, "-", "-", f"{gone:,}") for name in found if (gone := len(groups[name]) - len(known[name]))]
    kept = list(found)[:MOST_PANELS]
    named = labels(kept, 20)
    heads = {name: _head(named[name], len(known[name]), len(groups[name])) for name in kept}
    values = [
        {"group": heads[name], "whole": name, "part": "bin", "low": low, "high": high, "count": count}
        | {"span": f"{span[0]} to {span[1]}", "text": f"{count:,} of {len(known[name]):,}"}
        for name in kept
        for low, high, span, count in zip(borders, borders[1:], spans, found[name], strict=False)
        if count or low == borders[0]  # so that a panel without a number is there
    ]
    x = quantity("low", metric.title, borders, unit=metric.unit(every))
    top = max(max(mine) for mine in found.values())
    y: Row = {
        "field": "count",
        "type": "quantitative",
        "axis": {"title": "cells", "tickCount": 3, "format": "~s" if top >= 1e4 else "d"},
    }
    if top < 3:
        y["axis"]["values"] = list(range(top + 1))
    told = tooltip(("whole", by), ("span", metric.name), ("text", "cells"))
    bins = part("bin", "rect", "bin", {"x": x, "x2": {"field": "high"}, "y": y, "y2": {"datum": 0}, "tooltip": told})
    if len(kept) > 1:
        body = panels(values, "group", list(heads.values()), {"layer": [bins]}, height=90)
    else:
        body = {"data": {"values": values}, "height": 180, "layer": [bins]}
    gone = any(len(known[name]) < len(groups[name]) for name in kept)
    lacking = "; n: those that have one" if gone else ""
    only = "" if len(kept) > 1 else f" {next(iter(heads.values()))}."
    alt = f"Histogram of {metric.title}: {figures.many(len(every), 'cell')} of {len(found):,} {values_of(len(found), by)} "
    alt += f"in {figures.many(len(spans), 'bin')} from {metric.text(borders[0])} to {metric.text(borders[-1])}."
    notes = left_out(len(kept), len(found), values_of(len(found), by), "the first ones")
    return chart(
        "histogram",
        title,
        body,
        about=f"Cells by their {plain_name(metric.name)}{lacking}.{only}",
        alt=alt,
        headers=headers,
        rows=rows,
        notes=notes,
    )


def _head(name: str, n: int, cells: int) -> str:
    return f"{name} (n = {n:,}{f' of {cells:,}' if cells > n else ''})"
