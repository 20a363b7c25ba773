"""Performance profile: for each threshold the share of an agent's runs that score above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import Chart, Profile, figures
from .labels import labels
from .measured import SCORE, Metric, plain_name
from .spec import MOST_ROWS, Row, chart, empty, left_out, panels, part, quantity, tooltip
from .theme import MOST_COLOURS

MOST_PANELS = 30
_BANDS = 3
"""Bands of one panel that can be told apart."""


def profile(found: Mapping[str, Profile], metric: Metric = SCORE, *, title: str = "") -> Chart:
    """A line an agent, with its pointwise band; of more than six agents a panel each. Higher is better everywhere.

    Of many thresholds every second, third, ... is drawn, so that a chart stays small.
    """
    title = title or f"Share of runs above each {plain_name(metric.name)}"
    headers = ("agent", "above", "share", "95%", "runs")
    known = {name: each for name, each in found.items() if any(share is not None for share in each.shares)}
    rows = [_texts(name, each, at, metric) for name, each in known.items() for at in range(len(each.taus))]
    if not known:
        return empty("profile", title, "no cell has a score", headers=headers)
    kept = list(known)[:MOST_PANELS]
    named = labels(kept, 24)
    step = max(1, -(-sum(len(known[name].taus) for name in kept) // MOST_ROWS))
    values = [row for name in kept for row in _rows(name, named[name], known[name], step, metric)]
    taus = [tau for name in kept for tau in known[name].taus]
    several = 1 < len(kept) <= MOST_COLOURS
    if several and len(kept) > _BANDS:
        values = [{key: value for key, value in row.items() if key not in ("low", "high")} for row in values]
    body = _body(values, taus, list(named.values()) if several else [], metric)
    if len(kept) > MOST_COLOURS:
        body = panels(values, "agent", list(named.values()), body, height=110)
    else:
        body = {"data": {"values": values}, "height": 260, **body}
    notes = [*left_out(len(kept), len(known), "agents", "the first ones")]
    if bare := [name for name in found if name not in known]:
        notes.append(f"Without a score: {', '.join(bare[:5])}{', ...' if len(bare) > 5 else ''}.")
    banded = any("low" in row for row in values)
    about = "Each scenario weighs the same" + (
        "; bands: pointwise 95%." if banded else "; the table has the bands." if several else "."
    )
    first = named[kept[0]] if len(kept) == 1 else ""
    alt = f"Performance profiles of {figures.many(len(known), 'agent')}: the share of runs above each "
    alt += f"{plain_name(metric.name)} from {metric.text(min(taus))} to {metric.text(max(taus))}."
    return chart(
        "profile", title, body, about=f"{first}{': ' if first else ''}{about}", alt=alt, headers=headers, rows=rows, notes=notes
    )


def _rows(name: str, label: str, found: Profile, step: int, metric: Metric) -> list[Row]:
    rows: list[Row] = []
    for at in range(0, len(found.taus), step):
        share, low, high = found.shares[at], found.low[at], found.high[at]
        if share is None:
            continue
        _, tau, text, interval, _ = _texts(name, found, at, metric)
        row: Row = {"part": "point", "agent": label, "whole": name, "tau": found.taus[at], "share": share}
        row |= {"tau_text": tau, "text": text, "interval": interval}
        if low is not None and high is not None:
            row |= {"low": low, "high": high}
        rows.append(row)
    return rows


def _body(values: Sequence[Row], taus: Sequence[float], series: Sequence[str], metric: Metric) -> Row:
    x = quantity("tau", metric.title, taus)
    x["scale"] = {"domain": [min(taus), max(taus)], "nice": False} if min(taus) < max(taus) else x["scale"]

    def y(field: str) -> Row:
        axis: Row = {"title": "share of runs above", "format": "%", "tickCount": 5}
        return {"field": field, "type": "quantitative", "axis": axis, "scale": {"domain": [0, 1]}}

    colour: Row = {}
    if series:
        colour = {"color": {"field": "agent", "type": "nominal", "title": None, "scale": {"domain": list(series)}}}
    told = tooltip(("whole", "agent"), ("tau_text", "above"), ("text", "share"), ("interval", "95%"))
    layers = []
    if any("low" in row for row in values):
        ends: Row = {"x": x, "y": y("low"), "y2": {"field": "high"}, **colour}
        band = part("point", "area", "series-band" if series else "band", ends, interpolate="step-after")
        band["transform"].append({"filter": {"field": "low", "valid": True}})
        layers.append(band)
    line: Row = {"x": x, "y": y("share"), **colour}
    if series:
        line["strokeDash"] = {"field": "agent", "type": "nominal", "title": None, "scale": {"domain": list(series)}}
    layers.append(part("point", "line", "series-line", line, interpolate="step-after"))
    layers.append(part("point", "point", "touch", {"x": x, "y": y("share"), "tooltip": told}))
    return {"layer": layers}


def _texts(name: str, found: Profile, at: int, metric: Metric) -> tuple[str, str, str, str, str]:
    low, high = found.low[at], found.high[at]
    band = "-" if low is None or high is None else f"[{figures.percent(low)}, {figures.percent(high)}]"
    return name, metric.text(found.taus[at]), figures.percent(found.shares[at]), band, f"{found.n:,}"
