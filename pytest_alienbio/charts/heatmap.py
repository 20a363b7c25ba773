"""Heat map: a number of each agent on each scenario; what is missing looks missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import Chart, figures, inert
from .extent import LETTER
from .labels import labels
from .measured import SCORE, Measured, Metric, why_missing
from .spec import MOST_ROWS, WIDTH, Row, chart, empty, left_out, part, tooltip, verb

MOST_AGENTS, MOST_SCENARIOS = 60, 100
_NUMBERED = 12
"""Agents up to which there is room for the number in each cell."""
_WHOLE, _SAME = (("whole", "scenario"), ("who", "agent")), (("scenario", "scenario"), ("agent", "agent"))
_SAID = ("95%", "n", "missing")


def heatmap(found: Sequence[Measured], metric: Metric = SCORE, *, title: str = "") -> Chart:
    """Scenarios down, agents across, both as first seen in `found`; a number a cell, darker (on a dark page lighter) is more.

    A cell that no `found` tells of, or whose estimate has no value, is an empty frame with a dash, and its row says why. Of
    more than fits (60 agents, 100 scenarios, 2,000 cells) those scenarios are drawn on which agents differ most.
    """
    title = title or f"{metric.title} by scenario and agent"
    agents = list(dict.fromkeys(each.agent for each in found))
    scenarios = list(dict.fromkeys(each.scenario for each in found))
    cells = {(each.scenario, each.agent): each for each in found}
    rows = [(scenario, agent, *_texts(cells.get((scenario, agent)), metric)) for scenario in scenarios for agent in agents]
    headers = ("scenario", "agent", metric.name, "95%", "n", "missing")
    if not found:
        return empty("heatmap", title, "no cell was played", headers=headers)
    across = agents[:MOST_AGENTS]
    down = _telling(scenarios, across, cells, min(MOST_SCENARIOS, MOST_ROWS // len(across)))
    shown = [value for scenario in down for agent in across if (value := _value(cells.get((scenario, agent)))) is not None]
    body, least = _body(down, across, cells, metric, shown)
    holes = len(down) * len(across) - len(shown)
    notes = (
        *left_out(len(across), len(agents), "agents", "the first ones"),
        *left_out(len(down), len(scenarios), "scenarios", "those on which these agents differ most"),
        *(
            [f"{holes:,} of {len(down) * len(across):,} cells {verb(holes, 'has', 'have')} no number (-): the table says why."]
            if holes
            else []
        ),
    )
    sides = f"{figures.many(len(down), 'scenario')} by {figures.many(len(across), 'agent')}"
    alt = f"Heat map of {metric.title}: {sides}, {_range(shown, metric)}."
    return chart(
        "heatmap", title, body, about="", alt=alt, headers=headers, rows=rows, notes=notes, least=least, width=max(WIDTH, least)
    )


def _body(
    down: Sequence[str],
    across: Sequence[str],
    cells: dict[tuple[str, str], Measured],
    metric: Metric,
    shown: Sequence[float],
) -> tuple[Row, int]:
    many = len(across) > _NUMBERED
    longest = 16 if many else max(8, 76 // len(across))
    columns, lines = labels(across, longest), labels(down, 28)
    low, high = (0.0, 1.0) if metric.unit(shown) else (min(shown, default=0.0), max(shown, default=1.0))
    diverging = low < 0 < high
    if diverging:
        low, high = -max(-low, high), max(-low, high)
    shortened = any(name != label for name, label in (*columns.items(), *lines.items()))
    values: list[Row] = []
    for scenario in down:
        for agent in across:
            cell = cells.get((scenario, agent))
            value = _value(cell)
            text, interval, n, missing = _texts(cell, metric)
            row: Row = {"scenario": lines[scenario], "agent": columns[agent], "text": text, "n": n}
            row |= {"95%": interval, "missing": missing}
            if value is None:
                row |= {"part": "missing"}
            else:
                share = (value - low) / (high - low) if high > low else 0.0
                dark = share >= 0.5 if not diverging else abs(2 * share - 1) > 0.55
                row |= {"part": "found", "value": value, "ink": "high" if dark else "low"}
            values.append(row)
    told = tooltip(*(_WHOLE if shortened else _SAME), ("text", metric.name), *((each, each) for each in _SAID))
    x: Row = {"field": "agent", "type": "nominal", "scale": {"domain": list(columns.values()), "paddingInner": 0.06}}
    y: Row = {"field": "scenario", "type": "nominal", "scale": {"domain": list(lines.values()), "paddingInner": 0.1}}
    turned = many or any(len(label) > max(6, 60 // len(across)) for label in columns.values())
    baseline = "middle" if turned else "bottom"
    x |= {"axis": {"title": None, "orient": "top", "labelAngle": -45 if turned else 0, "labelBaseline": baseline}}
    y |= {"axis": {"title": None}}
    layers: list[Row] = []
    if shown:
        colour: Row = {"field": "value", "type": "quantitative", "title": metric.title}
        colour |= {"scale": {"domain": [low, high if high > low else low + 1], "range": "diverging" if diverging else "ramp"}}
        colour |= {"legend": {"tickCount": 3}}
        layers.append(part("found", "rect", "found", {"color": colour, "tooltip": told}))
        for ink in () if many else ("low", "high"):
            numbers = part("found", "text", f"cell-{ink}", {"text": {"field": "text", "type": "nominal"}, "tooltip": told})
            numbers["transform"].append({"filter": {"field": "ink", "equal": ink}})
            layers.append(numbers)
    if len(shown) < len(values):
        layers.append(part("missing", "rect", "missing", {"tooltip": told}))
        layers.append(part("missing", "text", "missing-name", {"text": {"value": "-"}, "tooltip": told}))
    names_room = round(LETTER * max(map(len, lines.values()))) + 20
    least = names_room + len(across) * (18 if many else 44)
    whole = [_whole("agent", "who", columns), _whole("scenario", "whole", lines)] if shortened else []
    body: Row = {"data": {"values": values}, "height": {"step": 20}, "encoding": {"x": x, "y": y}, "layer": layers}
    if turned:  # the last name reaches beyond its column
        reach = 0.71 * LETTER * len(columns[across[-1]]) - (least - names_room) / len(across) / 2
        body["padding"] = {"left": 8, "top": 8, "bottom": 8, "right": 8 + max(0, round(reach))}
    return (body | {"transform": whole} if whole else body), least


def _whole(field: str, called: str, labels: Mapping[str, str]) -> Row:
    """What gives each row the whole name of its label: once a name, since a name in each cell would be most of a large page."""
    values = [{field: label, called: inert(name)} for name, label in labels.items()]
    return {"lookup": field, "from": {"data": {"values": values}, "key": field, "fields": [called]}}


def _telling(scenarios: Sequence[str], agents: Sequence[str], cells: dict[tuple[str, str], Measured], most: int) -> list[str]:
    """All of them, or `most` on which agents differ most, in their order."""
    if len(scenarios) <= most:
        return list(scenarios)

    def spread(scenario: str) -> float:
        values = [value for agent in agents if (value := _value(cells.get((scenario, agent)))) is not None]
        return max(values) - min(values) if values else -1.0

    kept = set(sorted(scenarios, key=spread, reverse=True)[:most])
    return [scenario for scenario in scenarios if scenario in kept]


def _value(cell: Measured | None) -> float | None:
    return None if cell is None else cell.value.value


def _texts(cell: Measured | None, metric: Metric) -> tuple[str, str, str, str]:
    if cell is None:
        return "-", "-", "0", "not played"
    estimate = cell.value
    gone = ", ".join(f"{count:,} {why}" for why, count in estimate.missing.items()) or "-"
    missing = gone if estimate.value is not None else why_missing(estimate)
    return metric.text(estimate.value), metric.ends(estimate), f"{estimate.n:,}", missing


def _range(values: Sequence[float], metric: Metric) -> str:
    return f"from {metric.text(min(values))} to {metric.text(max(values))}" if values else "none of them with a number"
