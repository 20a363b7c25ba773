"""Box plot: how the numbers of each agent, or of each variation, are spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles

from ..model import Chart, figures
from .labels import labels
from .measured import SCORE, Metric
from .spec import Row, chart, empty, left_out, names, part, quantity, tooltip, values_of, verb

MOST_BOXES, MOST_OUTLIERS = 80, 12
_REACH = 1.5
_STEP, _THICK = 24, 0.6
"""Pixels from box to box, and how much of these a box takes."""
_SAID = ("n", "gone", "low_text", "q1_text", "text", "q3_text", "high_text")
"""Of a box in its tooltip: fields of its row."""


@dataclass(frozen=True, slots=True)
class Box:
    """Five numbers of some values, and what lies beyond the whiskers (Tukey): ascending."""

    low: float
    """The smallest value within 1.5 interquartile ranges of the box, and the largest."""
    q1: float
    median: float
    q3: float
    high: float
    outliers: tuple[float, ...]
    n: int


def box_of(values: Sequence[float]) -> Box:
    """The box of at least one value; quartiles are linear between order statistics. Raises `ValueError` for none."""
    if not values:
        raise ValueError("no value, no box")
    ordered = sorted(values)
    q1, median, q3 = quantiles(ordered, n=4, method="inclusive") if len(ordered) > 1 else ordered * 3
    reach = _REACH * (q3 - q1)
    inside = [value for value in ordered if q1 - reach <= value <= q3 + reach]
    low, high = min(inside[0], q1), max(inside[-1], q3)
    outliers = tuple(value for value in ordered if value < low or value > high)
    return Box(low, q1, median, q3, high, outliers, len(ordered))


def box(groups: Mapping[str, Sequence[float | None]], metric: Metric = SCORE, *, by: str = "agent", title: str = "") -> Chart:
    """A box a group, in their order: quartiles, whiskers to 1.5 interquartile ranges, what lies beyond as circles.

    None is missing: it is counted, and in no box. Of many outliers those furthest out are drawn.
    """
    title = title or f"{metric.title} by {by}"
    headers = (by, "n", "missing", "low", "q1", "median", "q3", "high", "outliers")
    known = {name: [value for value in values if value is not None] for name, values in groups.items()}
    boxes = {name: box_of(values) if values else None for name, values in known.items()}
    rows = [_texts(name, found, len(groups[name]), metric) for name, found in boxes.items()]
    if not any(boxes.values()):
        return empty("box", title, "no cell has a number", headers=headers, rows=rows)
    kept = list(boxes)[:MOST_BOXES]
    named = labels(kept, 26)
    values, hidden = [], 0
    for name in kept:
        found = boxes[name]
        row: Row = {"group": named[name], "whole": name}
        if found is None:
            values.append(row | {"part": "missing", "why": f"no number in {figures.many(len(groups[name]), 'cell')}"})
            continue
        texts = dict(zip(_SAID, _texts(name, found, len(groups[name]), metric)[1:], strict=False))
        five: Row = {"low": found.low, "q1": found.q1, "median": found.median, "q3": found.q3, "high": found.high}
        values.append(row | {"part": "box", **five, **texts})
        far = sorted(found.outliers, key=lambda value: -abs(value - found.median))
        values += [row | {"part": "outlier", "value": value, "text": metric.text(value)} for value in far[:MOST_OUTLIERS]]
        hidden += max(0, len(far) - MOST_OUTLIERS)
    notes = (
        *left_out(len(kept), len(boxes), values_of(len(boxes), by), "the first ones"),
        *([f"{figures.many(hidden, 'outlier')} nearer to the box {verb(hidden, 'is', 'are')} not drawn."] if hidden else []),
    )
    every = [end for found in boxes.values() if found for end in (found.low, found.high, *found.outliers)]
    body = _body(values, every, list(named.values()), by, metric)
    told = "; ".join(
        f"{name} median {metric.text(found.median)} of {found.n}" for name, found in list(boxes.items())[:5] if found
    )
    more = "; ..." if len(boxes) > 5 else ""
    return chart(
        "box",
        title,
        body,
        about="Box: quartiles and median; whiskers: values within 1.5 interquartile ranges; circles: beyond.",
        alt=f"Box plot of {metric.title} by {by}: {told}{more}.",
        headers=headers,
        rows=rows,
        notes=notes,
        least=300,
    )


def _body(values: Sequence[Row], every: Sequence[float], order: Sequence[str], by: str, metric: Metric) -> Row:
    def x(field: str) -> Row:
        return quantity(field, metric.title, every, unit=metric.unit(every), tail=True)

    y = names("group", order)
    told = tooltip(("whole", by), *zip(_SAID, ("n", "missing", "low", "q1", "median", "q3", "high"), strict=True))
    parts = {row["part"] for row in values}
    layers = [
        part("box", "rule", "whisker", {"x": x("low"), "x2": {"field": "q1"}, "y": y}),
        part("box", "rule", "whisker", {"x": x("q3"), "x2": {"field": "high"}, "y": y}),
        part("box", "bar", "box", {"x": x("q1"), "x2": {"field": "q3"}, "y": y, "tooltip": told}, height={"band": _THICK}),
        part("box", "tick", "median", {"x": x("median"), "y": y, "tooltip": told}, size=_THICK * _STEP),
    ]
    if "outlier" in parts:
        told = tooltip(("whole", by), ("text", metric.name))
        layers.append(part("outlier", "point", "outlier", {"x": x("value"), "y": y, "tooltip": told}))
    if "missing" in parts:
        said: Row = {"x": {"value": 4}, "y": y, "text": {"field": "why", "type": "nominal"}}
        layers.append(part("missing", "text", "missing-name", said, align="left"))
    return {"data": {"values": list(values)}, "height": {"step": _STEP}, "layer": layers}


def _texts(name: str, found: Box | None, cells: int, metric: Metric) -> tuple[str, ...]:
    if found is None:
        return name, "0", f"{cells:,}", *("-" for _ in range(6))
    five = (found.low, found.q1, found.median, found.q3, found.high)
    return name, f"{found.n:,}", f"{cells - found.n:,}", *map(metric.text, five), f"{len(found.outliers):,}"
