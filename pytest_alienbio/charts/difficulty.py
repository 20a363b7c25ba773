"""Difficulty: each agent's mean at each level, and the curve that was fitted through them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..model import Chart, Estimate, Slope, Slopes
from .labels import labels
from .measured import Metric
from .spec import Row, chart, empty, left_out, panels, part, quantity, tooltip, unit_scores

MOST_PANELS = 30


@dataclass(frozen=True, slots=True)
class AtLevel:
    """An agent's mean at one level of difficulty, with its interval."""

    agent: str
    level: float
    value: Estimate


def difficulty(found: Slopes, means: Iterable[AtLevel] = (), *, title: str = "") -> Chart:
    """A panel an agent: means as points, with the intervals of `means` if they are given; the fitted curve (which only falls,
    or rises where lower is better) with its band over scenarios; the level at which half pass, if it lies in between, as a
    line."""
    metric = Metric(found.metric, found.better)
    title = title or f"{metric.title} over difficulty"
    headers = ("agent", "level", "scenarios", metric.name, "95%", "on the curve", "band", "half pass at")
    intervals = {(each.agent, each.level): each.value for each in means}
    agents = [slope for slope in found.slopes if slope.scores.points]
    rows = [_texts(slope, at, intervals, metric) for slope in agents for at in range(len(slope.scores.points))]
    if not agents:
        return empty("difficulty", title, "no cell tells its level of difficulty and has a number", headers=headers)
    kept = agents[:MOST_PANELS]
    named = labels([slope.agent for slope in kept], 26)
    values = [row for slope in kept for row in _rows(slope, named[slope.agent], intervals, metric)]
    ends = [row[key] for row in values for key in ("value", "fitted", "low", "high", "band_low", "band_high") if key in row]
    body = _body(values, ends, found, metric)
    if len(kept) > 1:
        body = panels(values, "agent", list(named.values()), body, height=120)
    else:
        body = {"data": {"values": values}, "height": 240, **body}
    notes = [*left_out(len(kept), len(agents), "agents", "the first ones"), *found.notes]
    bare = [slope for slope in found.slopes if not slope.scores.points]
    if bare:
        notes.append(f"Without a level or a number: {', '.join(slope.agent for slope in bare[:5])}.")
    if whys := list(dict.fromkeys(slope.scores.why for slope in kept if slope.scores.why)):
        notes.append(f"{'; '.join(whys[:3])}.")
    halves = [f"{slope.agent} {slope.passes.d50.value:.1f}" for slope in agents if slope.passes.d50.value is not None]
    alt = f"{metric.title} over {len(found.levels)} levels of difficulty: {len(agents)} agents"
    alt += f"; half pass at level {', '.join(halves[:5])}." if halves else "."
    told = (
        "Points: means over scenarios"
        + (", with 95% intervals" if intervals else "")
        + "; line: fitted curve"
        + (", with its band" if any("band_low" in row for row in values) else "")
    )
    told += "; dashed: the level at which half pass." if any(row["part"] == "half" for row in values) else "."
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
    half, first, last = slope.passes.d50.value, slope.scores.points[0].x, slope.scores.points[-1].x
    if half is not None and first <= half <= last:
        rows.append({"part": "half", "agent": name, "whole": slope.agent, "level": half, "text": f"{half:.2g}"})
    return rows


def _body(values: list[Row], ends: list[float], found: Slopes, metric: Metric) -> Row:
    low, high = (found.levels[0], found.levels[-1]) if found.levels else (0.0, 1.0)
    x: Row = {"field": "level", "type": "quantitative", "scale": {"domain": [low - 0.3, high + 0.3], "nice": False}}
    every = list(found.levels)
    x["axis"] = {"title": "level of difficulty", "grid": False} | (
        {"values": every, "format": "~g"} if len(every) <= 12 else {}
    )

    def y(field: str) -> Row:
        return quantity(field, metric.title, ends, unit=unit_scores(ends))

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
    if any(row["part"] == "half" for row in values):
        layers.append(
            part("half", "rule", "reference", {"x": x, "tooltip": tooltip(("whole", "agent"), ("text", "half pass at"))})
        )
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
        "-" if half is None else f"{half:.2g}",
    )
