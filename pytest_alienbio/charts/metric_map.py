"""Metrics side by side: many numbers of each variation, each metric on a scale of its own."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Chart, figures
from .extent import LETTER
from .labels import labels
from .measured import Measured, Metric, why_missing
from .spec import Row, chart, empty, left_out, part, tooltip

MOST_METRICS, MOST_VARIATIONS = 60, 30
_NUMBERED = 12
"""Variations up to which there is room for the number in each field."""
_ABOUT = "Mean of each metric; its colour goes from the least to the most of its own row."


def metric_map(found: Sequence[Measured], *, title: str = "metrics by variation") -> Chart:
    """Metrics (the `scenario` of each of `found`) down, variations (its `agent`) across, both as first seen.

    Metrics have no common measure, so a colour says where a number lies between the least and the most of its row, and the
    number itself stands in it. What has no value is an empty frame with a dash, and its row says why.
    """
    metrics = list(dict.fromkeys(each.scenario for each in found))
    variations = list(dict.fromkeys(each.agent for each in found))
    headers = ("metric", "variation", "mean", "n", "missing")
    values = {(each.scenario, each.agent): each for each in found}
    rows = [(metric, name, *_texts(values.get((metric, name)), metric)) for metric in metrics for name in variations]
    if not found:
        return empty("heatmap", title, "nothing was measured", headers=headers)
    down, across = metrics[:MOST_METRICS], variations[:MOST_VARIATIONS]
    columns, lines = labels(across, 16 if len(across) > _NUMBERED else max(8, 76 // len(across))), labels(down, 28)
    data = [
        {"metric": lines[metric], "variation": columns[name], "whole": metric, "who": name, **field}
        for metric in down
        for name, field in _row(metric, across, values).items()
    ]
    notes = (
        *left_out(len(down), len(metrics), "metrics", "the first ones"),
        *left_out(len(across), len(variations), "variations", "the first ones"),
    )
    least = round(LETTER * max(map(len, lines.values()))) + 20 + len(across) * (18 if len(across) > _NUMBERED else 52)
    body: Row = {
        "data": {"values": data},
        "height": {"step": 22},
        "encoding": _sides(list(columns.values()), list(lines.values())),
        "layer": _layers({str(each["part"]) for each in data}, numbered=len(across) <= _NUMBERED),
    }
    alt = f"Heat map: the means of {figures.many(len(down), 'metric')} by {figures.many(len(across), 'variation')}, "
    alt += "each metric on its own scale."
    return chart("heatmap", title, body, about=_ABOUT, alt=alt, headers=headers, rows=rows, notes=notes, least=least)


def _row(metric: str, across: Sequence[str], values: dict[tuple[str, str], Measured]) -> dict[str, Row]:
    """The fields of one metric by variation, each with its place between the least and the most of them."""
    known = [value for name in across if (cell := values.get((metric, name))) and (value := cell.value.value) is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    fields: dict[str, Row] = {}
    for name in across:
        cell = values.get((metric, name))
        text, n, missing = _texts(cell, metric)
        row: Row = {"text": text, "n": n, "missing": missing}
        value = None if cell is None else cell.value.value
        if value is None:
            fields[name] = row | {"part": "missing"}
            continue
        # Halves first: two ends of the whole range of floats are further apart than a float can say
        share = (value / 2 - low / 2) / (high / 2 - low / 2) if high / 2 > low / 2 else 0.5
        fields[name] = row | {"part": "found", "share": round(share, 4), "ink": "high" if share >= 0.5 else "low"}
    return fields


def _sides(across: Sequence[str], down: Sequence[str]) -> Row:
    turned = len(across) > _NUMBERED or any(len(label) > max(6, 60 // len(across)) for label in across)
    axis: Row = {"title": None, "orient": "top", "labelAngle": -45 if turned else 0}
    x: Row = {"field": "variation", "type": "nominal", "axis": axis, "scale": {"domain": list(across), "paddingInner": 0.06}}
    y: Row = {"field": "metric", "type": "nominal", "axis": {"title": None}}
    return {"x": x, "y": y | {"scale": {"domain": list(down), "paddingInner": 0.1}}}


def _layers(parts: set[str], *, numbered: bool) -> list[Row]:
    told = tooltip(("whole", "metric"), ("who", "variation"), ("text", "mean"), ("n", "n"), ("missing", "missing"))
    layers: list[Row] = []
    if "found" in parts:
        scale: Row = {"domain": [0, 1], "range": "ramp"}
        colour: Row = {"field": "share", "type": "quantitative", "scale": scale, "legend": None}
        layers.append(part("found", "rect", "found", {"color": colour, "tooltip": told}))
        for ink in ("low", "high") if numbered else ():
            numbers = part("found", "text", f"cell-{ink}", {"text": {"field": "text", "type": "nominal"}})
            numbers["transform"].append({"filter": {"field": "ink", "equal": ink}})
            layers.append(numbers)
    if "missing" in parts:
        layers.append(part("missing", "rect", "missing", {"tooltip": told}))
        layers.append(part("missing", "text", "missing-name", {"text": {"value": "-"}}))
    return layers


def _texts(cell: Measured | None, metric: str) -> tuple[str, str, str]:
    if cell is None:
        return "-", "0", "not measured"
    estimate = cell.value
    gone = ", ".join(f"{count:,} {why}" for why, count in estimate.missing.items()) or "-"
    return Metric(metric).text(estimate.value), f"{estimate.n:,}", gone if estimate.value is not None else why_missing(estimate)
