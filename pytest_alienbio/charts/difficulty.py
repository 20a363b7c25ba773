"""Difficulty: each agent's mean at each level, and the curve that was fitted through them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..model import Chart, Estimate, Slope, Slopes, figures
from .labels import labels, short
from .measured import Metric
from .spec import Row, chart, empty, left_out, panels, part, quantity, tooltip, written

MOST_PANELS = 30
_TOP = 4
"""Pixels from a panel's top to the interval of the level at which half pass."""


@dataclass(frozen=True, slots=True)
class AtLevel:
    """An agent's mean at one level of difficulty, with its interval."""

    agent: str
    level: float
    value: Estimate


def difficulty(found: Slopes, means: Iterable[AtLevel] = (), *, title: str = "") -> Chart:
    """A panel an agent: means as points, with the intervals of `means` if they are given; the fitted curve (which only falls,
    or rises where lower is better) with its band over scenarios; the level at which half pass as a line, with its interval
    as a bar above. What lies beyond the levels that were played is an arrow, so that these keep all the room: the table has
    its number."""
    metric = Metric(found.metric, found.better)
    title = title or f"{metric.title} over difficulty"
    headers = ("agent", "level", "scenarios", metric.name, "95%", "on the curve", "band", "half pass at", "95% of that")
    intervals = {(each.agent, each.level): each.value for each in means}
    agents = [slope for slope in found.slopes if slope.scores.points]
    rows = [_texts(slope, at, intervals, metric) for slope in agents for at in range(len(slope.scores.points))]
    if not agents:
        return empty("difficulty", title, "no cell tells its level of difficulty and has a number", headers=headers)
    kept = agents[:MOST_PANELS]
    named = labels([slope.agent for slope in kept], 26)
    values = [row for slope in kept for row in _rows(slope, named[slope.agent], intervals, metric)]
    ends = [row[key] for row in values for key in ("value", "fitted", "low", "high", "band_low", "band_high") if key in row]
    unit = metric.unit(row["value"] for row in values)
    values += [row for slope in kept for row in _half(slope, named[slope.agent], _scale(found))]
    body = _body(values, ends, found, metric, unit=unit)
    if len(kept) > 1:
        body = panels(values, "agent", list(named.values()), body, height=120)
    else:
        body = {"data": {"values": values}, "height": 240, **body}
    notes = [*left_out(len(kept), len(agents), "agents", "the first ones"), *found.notes]
    bare = [slope for slope in found.slopes if not slope.scores.points]
    if bare:
        notes.append(f"Without a level or a number: {', '.join(slope.agent for slope in bare[:5])}.")
    if whys := list(dict.fromkeys(slope.scores.why for slope in kept if slope.scores.why)):
        notes.append(f"{whys[0][:1].upper()}{'; '.join(whys[:3])[1:]}.")
    halves = [
        f"{named.get(slope.agent) or short(slope.agent, 26)} {slope.half}" for slope in agents if slope.half != figures.MISSING
    ]
    alt = f"{metric.title} over {figures.many(len(found.levels), 'level')} of difficulty: {figures.many(len(agents), 'agent')}"
    alt += f"; level at which half pass: {', '.join(halves[:5])}{', ...' if len(halves) > 5 else ''}." if halves else "."
    told = (
        "Points: means over scenarios"
        + (", with 95% intervals" if intervals else "")
        + "; line: fitted curve"
        + (", with its band" if any("band_low" in row for row in values) else "")
    )
    shown = {row["part"] for row in values}
    told += "; dashed: the level at which half pass" if "half" in shown else ""
    told += ", the bar above: its 95% interval" if "half" in shown and "sure" in shown else ""
    told += "; arrow: beyond the levels played." if "beyond" in shown else "."
    return chart("difficulty", title, body, about=told, alt=alt, headers=headers, rows=rows, notes=notes)


def _rows(slope: Slope, name: str, intervals: dict[tuple[str, float], Estimate], metric: Metric) -> list[Row]:
    rows: list[Row] = []
    for at, point in enumerate(slope.scores.points):
        texts = _texts(slope, at, intervals, metric)
        row: Row = {"part": "point", "agent": name, "whole": slope.agent, "level": point.x, "value": point.mean}
        row |= {"fitted": point.fitted, "level_text": texts[1], "text": texts[3], "interval": texts[4], "curve": texts[5]}
        if (told := intervals.get((slope.agent, point.x))) and told.interval:
            row |= {"low": told.interval.low, "high": told.interval.high}
        if point.band:
            row |= {"band_low": point.band.low, "band_high": point.band.high}
        rows.append(row)
    return rows


def _scale(found: Slopes) -> tuple[float, float]:
    """The ends of the axis of levels."""
    low, high = (found.levels[0], found.levels[-1]) if found.levels else (0.0, 1.0)
    return low - 0.3, high + 0.3


def _half(slope: Slope, name: str, scale: tuple[float, float]) -> list[Row]:
    """Where half pass, as far as it lies within the scale; an arrow says where the rest is."""
    half, sure, (first, last) = slope.passes.d50.value, slope.passes.d50.interval, scale
    if half is None:
        return []
    row: Row = {"agent": name, "whole": slope.agent, "text": f"{half:.2g}", "interval": _ends(slope)}
    if not slope.scores.points[0].x <= half <= slope.scores.points[-1].x:
        above = half > slope.scores.points[-1].x
        told = f"half pass {slope.half} →" if above else f"← half pass {slope.half}"
        return [row | {"part": "beyond", "level": last if above else first, "side": "right" if above else "left", "said": told}]
    rows = [row | {"part": "half", "level": half}]
    if sure is not None:
        rows.append(row | {"part": "sure", "level": max(sure.low, first), "to": min(sure.high, last)})
        rows += [row | {"part": "beyond", "level": first, "side": "left", "said": "←"}] if sure.low < first else []
        rows += [row | {"part": "beyond", "level": last, "side": "right", "said": "→"}] if sure.high > last else []
    return rows


def _ends(slope: Slope) -> str:
    found = slope.passes.d50.interval
    return "-" if found is None else f"[{found.low:.2g}, {found.high:.2g}]"


def _body(values: list[Row], ends: list[float], found: Slopes, metric: Metric, *, unit: bool) -> Row:
    x: Row = {"field": "level", "type": "quantitative", "scale": {"domain": list(_scale(found)), "nice": False}}
    every = list(found.levels)
    x["axis"] = {"title": "level of difficulty", "grid": False} | (
        {"values": every, "format": "~g"} if len(every) <= 12 else {}
    )

    def y(field: str) -> Row:
        return quantity(field, metric.title, ends, unit=unit)

    told = tooltip(
        ("whole", "agent"), ("level_text", "level"), ("text", metric.name), ("interval", "95%"), ("curve", "on the curve")
    )
    layers = []
    for style, mark, ends_of in (("band", "area", ("band_low", "band_high")), ("interval", "rule", ("low", "high"))):
        if any(ends_of[0] in row for row in values):
            layer = part("point", mark, style, {"x": x, "y": y(ends_of[0]), "y2": {"field": ends_of[1]}})
            layer["transform"].append({"filter": {"field": ends_of[0], "valid": True}})
            layers.append(layer)
    layers.append(part("point", "line", "fit", {"x": x, "y": y("fitted")}))
    layers.append(part("point", "point", "dot", {"x": x, "y": y("value"), "tooltip": told}))
    half = tooltip(("whole", "agent"), ("text", "half pass at"), ("interval", "95%"))
    shown = {row["part"] for row in values}
    top: Row = {"value": _TOP}
    if "half" in shown:
        layers.append(part("half", "rule", "reference", {"x": x, "tooltip": half}))
    if "sure" in shown:
        layers.append(part("sure", "rule", "half-sure", {"x": x, "x2": {"field": "to"}, "y": top, "tooltip": half}))
    for side in sorted({row["side"] for row in values if row["part"] == "beyond"}):
        said: Row = {"x": x, "y": top, "text": {"field": "said", "type": "nominal"}, "tooltip": half}
        for layer in written("beyond", "line-name", said, align=side, baseline="middle"):
            layer["transform"].append({"filter": {"field": "side", "equal": side}})
            layers.append(layer)
    return {"layer": layers}


def _texts(slope: Slope, at: int, intervals: dict[tuple[str, float], Estimate], metric: Metric) -> tuple[str, ...]:
    point, half = slope.scores.points[at], slope.passes.d50.value
    told = intervals.get((slope.agent, point.x))
    band = "-" if point.band is None else f"[{metric.text(point.band.low)}, {metric.text(point.band.high)}]"
    mean = metric.text(point.mean), "-" if told is None else metric.ends(told)
    return (
        slope.agent,
        f"{point.x:g}",
        f"{point.n:,}",
        *mean,
        metric.text(point.fitted),
        band,
        slope.half if half is None else f"{half:.2g}",
        _ends(slope),
    )
