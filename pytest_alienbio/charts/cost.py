"""Cost: what each agent consumed in all, in money, or in tokens where no price is known."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Bill, Chart, Skewed, Spending, figures
from .labels import labels
from .measured import Metric, plain_name
from .spec import Row, chart, empty, left_out, names, part, quantity, tooltip

MOST_BARS = 100
_LONG = 0.55
WHAT = ("usd", "tokens", "requests", "seconds")


def cost(found: Bill, what: str = "", *, title: str = "") -> Chart:
    """A bar an agent: its total of `what`; without one money if any is known, else tokens, else seconds. An agent of which
    nothing was measured keeps its place, and says so; the sum of the others says that it lacks some.

    Raises `ValueError` for what is not measured of cells.
    """
    if what and what not in WHAT:
        raise ValueError(f"{what!r} is none of {', '.join(WHAT)}")
    chosen = what or next((each for each in WHAT if each != "requests" and (_of(found.total, each).total or 0) > 0), "seconds")
    metric = Metric(chosen, "")
    title = title or f"{plain_name(chosen)} by agent"
    headers = ("agent", "in all", "median of a cell", "p90", "cells", "passed", "US dollars a pass")
    rows = [_texts(line, metric) for line in found.agents]
    if not found.agents:
        return empty("cost", title, "no cell was played", headers=headers)
    kept = found.agents[:MOST_BARS]
    named = labels([line.agent for line in kept], 24)
    values = [_row(line, named[line.agent], metric) for line in kept]
    most = max((row["value"] for row in values if "value" in row), default=0.0)
    for row in values:
        if "value" in row:
            row["long"] = row["value"] > most * _LONG  # then its number stands on it: beside it there may be no room
    told = _in_all(found, metric)
    alt = f"{plain_name(chosen)} of {figures.many(len(found.agents), 'agent')}: {told}."
    body = _body(values, list(named.values()), plain_name(chosen), metric)
    notes = left_out(len(kept), len(found.agents), "agents", "the first ones")
    return chart(
        "cost", title, body, about=f"{told[:1].upper()}{told[1:]}.", alt=alt, headers=headers, rows=rows, notes=notes, least=300
    )


def _in_all(found: Bill, metric: Metric) -> str:
    """The sum, and of how many agents it lacks something, or everything."""
    whole = _of(found.total, metric.name).total
    if whole is None:
        return f"no cell tells its {plain_name(metric.name)}"
    lacking = sum(_of(line, metric.name).total is None for line in found.agents)
    without = f", without those of {figures.many(lacking, 'agent')}, which are not known" if lacking else ""
    return f"in all {metric.text(whole)} {plain_name(metric.name)}{without}"


def _of(line: Spending, what: str) -> Skewed:
    found: Skewed = {"usd": line.usd, "tokens": line.tokens, "requests": line.requests, "seconds": line.seconds}[what]
    return found


def _row(line: Spending, name: str, metric: Metric) -> Row:
    total = _of(line, metric.name).total
    texts = _texts(line, metric)
    row: Row = {"agent": name, "whole": line.agent, "text": texts[1], "median": texts[2], "p90": texts[3]}
    row |= {"cells": texts[4], "passed": texts[5], "per_pass": texts[6]}
    if total is None:
        return row | {"part": "missing", "why": f"{plain_name(metric.name)} not known"}
    return row | {"part": "bar", "value": total}


def _body(values: Sequence[Row], order: Sequence[str], title: str, metric: Metric) -> Row:
    x = quantity("value", title, [0.0, *(row["value"] for row in values if "value" in row)], zero=True)
    y = names("agent", order)
    told = tooltip(
        ("whole", "agent"),
        ("text", title),
        ("median", "median of a cell"),
        ("cells", "cells"),
        ("per_pass", "US dollars a pass"),
    )
    layers = []
    if any(row["part"] == "bar" for row in values):
        layers.append(part("bar", "bar", "value", {"x": x, "y": y, "tooltip": told}, height={"band": 0.7}))
        said: Row = {"x": x, "y": y, "text": {"field": "text", "type": "nominal"}, "tooltip": told}
        for style, long, align, dx in (("line-name", False, "left", 4), ("on-bar", True, "right", -4)):
            if any(row.get("long") is long for row in values):
                number = part("bar", "text", style, said, align=align, dx=dx)
                number["transform"].append({"filter": {"field": "long", "equal": long}})
                layers.append(number)
    if any(row["part"] == "missing" for row in values):
        why: Row = {"x": {"value": 4}, "y": y, "text": {"field": "why", "type": "nominal"}, "tooltip": told}
        layers.append(part("missing", "text", "missing-name", why, align="left"))
    return {"data": {"values": list(values)}, "height": {"step": 22}, "layer": layers}


def _texts(line: Spending, metric: Metric) -> tuple[str, ...]:
    found = _of(line, metric.name)
    each = metric.text(found.total), metric.text(found.median.value), metric.text(found.p90.value)
    return line.agent, *each, f"{line.cells:,}", f"{line.passed:,}", figures.usd(line.usd_per_pass)
