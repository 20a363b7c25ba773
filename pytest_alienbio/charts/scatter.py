"""Scatter: one number against another, a point a cell; of very many cells how many lie where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log10

from ..model import Chart, figures
from .labels import labels
from .measured import Metric
from .spec import Row, chart, empty, part, quantity, tooltip, verb
from .theme import MOST_COLOURS

MOST_POINTS = 1_500
ACROSS, DOWN = 48, 32
_WIDE = 1e3


@dataclass(frozen=True, slots=True)
class Dot:
    """A cell, or whatever has two numbers; None is missing."""

    x: float | None
    y: float | None
    agent: str
    name: str = ""
    """What it is: the cell's id."""


def scatter(dots: Iterable[Dot], x: Metric, y: Metric, *, title: str = "") -> Chart:
    """`y` against `x`, an agent a colour and a shape if there are at most six. Above 1,500 points their density is drawn: how
    many cells lie in each of 48 x 32 fields, all agents together. What lacks a number is counted, and nowhere drawn."""
    title = title or f"{y.title} against {x.title}"
    headers: tuple[str, ...] = ("cell", "agent", x.name, y.name)
    every = list(dots)
    found = [(dot, dot.x, dot.y) for dot in every if dot.x is not None and dot.y is not None]
    gone = len(every) - len(found)
    notes = (
        [f"{gone:,} of {figures.many(len(every), 'cell')} {verb(gone, 'lacks', 'lack')} one of the two numbers."]
        if gone
        else []
    )
    if not found:
        return empty("scatter", title, f"no cell has both {x.name} and {y.name}", headers=headers)
    xs, ys = [each for _, each, _ in found], [each for _, _, each in found]
    alt = f"Scatter of {y.title} against {x.title}: {figures.many(len(found), 'cell')}; "
    alt += f"{x.name} from {x.text(min(xs))} to {x.text(max(xs))}, {y.name} from {y.text(min(ys))} to {y.text(max(ys))}."
    if len(found) > MOST_POINTS:
        body, rows = _density(xs, ys, x, y)
        headers = (f"{x.name} from", f"{x.name} to", f"{y.name} from", f"{y.name} to", "cells")
        notes.append(f"{len(found):,} cells: drawn is how many lie in each field, all agents together.")
    else:
        body = _points(found, x, y)
        rows = [(dot.name, dot.agent, x.text(one), y.text(other)) for dot, one, other in found]
        agents = len({dot.agent for dot, _, _ in found})
        if agents > MOST_COLOURS:
            notes.append(f"{agents} agents are more than colours tell apart: each point says whose it is.")
    return chart("scatter", title, body, about="", alt=alt, headers=headers, rows=rows, notes=notes, least=320)


def _points(found: Sequence[tuple[Dot, float, float]], x: Metric, y: Metric) -> Row:
    agents = list(dict.fromkeys(dot.agent for dot, _, _ in found))
    named = labels(agents, 24)
    values = [
        {"part": "dot", "x": one, "y": other, "agent": named[dot.agent], "who": dot.agent, "cell": dot.name}
        | {"x_text": x.text(one), "y_text": y.text(other)}
        for dot, one, other in found
    ]
    xs, ys = [one for _, one, _ in found], [other for _, _, other in found]
    told = tooltip(("cell", "cell"), ("who", "agent"), ("x_text", x.name), ("y_text", y.name))
    encoding: Row = {"x": _axis("x", x, xs), "y": _axis("y", y, ys), "tooltip": told}
    style = "dot"
    if 1 < len(agents) <= MOST_COLOURS:
        style = "series-dot"
        scale = {"domain": list(named.values())}
        encoding |= {
            channel: {"field": "agent", "type": "nominal", "title": None, "scale": scale} for channel in ("color", "shape")
        }
    return {"data": {"values": values}, "height": 320, "layer": [part("dot", "point", style, encoding)]}


def _axis(field: str, metric: Metric, values: Sequence[float]) -> Row:
    return quantity(field, metric.title, values, unit=metric.unit(values), tail=True)


def _density(xs: Sequence[float], ys: Sequence[float], x: Metric, y: Metric) -> tuple[Row, list[tuple[str, ...]]]:
    across, down = _Fields.of(xs, ACROSS, unit=x.unit(xs)), _Fields.of(ys, DOWN, unit=y.unit(ys))
    fields = Counter((across.place(one), down.place(other)) for one, other in zip(xs, ys, strict=True))
    values: list[Row] = []
    rows: list[tuple[str, ...]] = []
    for (column, line), count in sorted(fields.items()):
        (left, right), (low, high) = across.ends(column), down.ends(line)
        texts = x.text(left), x.text(right), y.text(low), y.text(high), f"{count:,}"
        rows.append(texts)
        row: Row = {"part": "field", "x": left, "x2": right, "y": low, "y2": high, "log": log10(count), "text": texts[4]}
        values.append(row | {"x_text": f"{texts[0]} to {texts[1]}", "y_text": f"{texts[2]} to {texts[3]}"})
    told = tooltip(("x_text", x.name), ("y_text", y.name), ("text", "cells"))
    colour: Row = {"field": "log", "type": "quantitative", "title": "cells", "scale": {"range": "ramp", "domainMin": 0}}
    most = int(max(row["log"] for row in values))
    powers = list(range(most + 1))
    colour["legend"] = {"values": powers, "labelExpr": "format(pow(10, datum.value), ',')"}
    encoding: Row = {
        "x": quantity("x", x.title, [*xs], unit=across.unit, tail=True),
        "x2": {"field": "x2"},
        "y": quantity("y", y.title, [*ys], unit=down.unit, tail=True),
        "y2": {"field": "y2"},
        "color": colour,
        "tooltip": told,
    }
    return {"data": {"values": values}, "height": 320, "layer": [part("field", "rect", "field", encoding)]}, rows


@dataclass(frozen=True, slots=True)
class _Fields:
    """An axis in fields of equal width, or of equal ratio where values lie over many powers of ten."""

    low: float
    high: float
    count: int
    log: bool
    unit: bool

    @classmethod
    def of(cls, values: Sequence[float], count: int, *, unit: bool) -> _Fields:
        low, high = (0.0, 1.0) if unit else (min(values), max(values))
        log = not unit and low > 0 and high / low > _WIDE
        return cls(log10(low) if log else low, log10(high) if log else high, count, log, unit)

    def place(self, value: float) -> int:
        at = log10(value) if self.log else value
        share = (at / 2 - self.low / 2) / (self.high / 2 - self.low / 2) if self.high > self.low else 0.0
        return min(int(share * self.count), self.count - 1)

    def ends(self, place: int) -> tuple[float, float]:
        width = self.high / self.count - self.low / self.count
        low, high = self.low + width * place, self.low + width * (place + 1)
        return (10.0**low, 10.0**high) if self.log else (low, high)
