"""Bars: each agent's mean with its interval; floors and ceilings are lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import Chart, figures
from .extent import LETTER
from .labels import labels, short
from .measured import CANDIDATE, FLOOR, REFERENCE, SCORE, Measured, Metric, why_missing
from .spec import Row, chart, empty, left_out, names, panels, part, quantity, tooltip, written

MOST_BARS, MOST_PANELS = 100, 24
_NARROW, _SMALL_LETTER = 280, 6.4
"""Pixels of the narrowest chart, and of a letter of a line's name with what keeps two names apart."""


def bars(found: Sequence[Measured], metric: Metric = SCORE, *, title: str = "") -> Chart:
    """A bar an agent in the order of `found`, from zero, with the interval of its mean; a panel a scenario if `found` has some.

    References and floors are lines across the candidates' bars, except where there is no candidate. An agent without a number
    keeps its place, and the place says so.
    """
    several = len({each.scenario for each in found}) > 1
    title = title or f"{metric.title} by agent" + (" and scenario" if several else "")
    headers = ("scenario", "agent", "role", metric.name, "95%", "n", "missing")
    rows = [_texts(each, metric) for each in found]
    if not found:
        return empty("bars", title, "no cell was played", headers=headers)
    lines_too = any(each.role == CANDIDATE for each in found)
    agents = list(dict.fromkeys(each.agent for each in found if not lines_too or each.role == CANDIDATE))
    scenarios = list(dict.fromkeys(each.scenario for each in found))
    kept = agents[:MOST_BARS]
    panelled = scenarios[: max(1, min(MOST_PANELS, 600 // len(kept)))]
    shown = [each for each in found if each.scenario in set(panelled) and (each.agent in set(kept) or each.agent not in agents)]
    named, places = labels(agents, 24), labels(scenarios, 26)
    values = [row for each in shown for row in _rows(each, named, places, metric)]
    numbers = [end for each in shown for end in _ends(each)]
    unit = metric.unit(each.value.value for each in shown)
    body = _body(values, numbers, [named[agent] for agent in kept], metric, line_names=not several, unit=unit)
    if several:
        axis = round(LETTER * max(map(len, named.values()))) + 24
        body = panels(values, "scenario", [places[name] for name in panelled], body, height=max(40, 16 * len(kept)), axis=axis)
    else:
        body = {"data": {"values": list(values)}, "height": {"step": 22}, **body}
    notes = (
        *left_out(len(kept), len(agents), "agents", "the first ones"),
        *left_out(len(panelled), len(scenarios), "scenarios", "the first ones"),
    )
    told = [each for each in shown if each.value.value is not None]
    alt = f"Bars of {metric.title}: {figures.many(len(kept), 'agent')}"
    alt += f" on {figures.many(len(panelled), 'scenario')}" if several else ""
    alt += _sentence(told, metric, several) + "."
    sure = any(each.value.interval for each in told)
    about = f"Mean{' with its 95% interval' if sure else ''}{_lines([each for each in shown if each.agent not in named])}."
    return chart("bars", title, body, about=about, alt=alt, headers=headers, rows=rows, notes=notes, least=300)


def _lines(others: Sequence[Measured]) -> str:
    """What the lines are."""
    told = {FLOOR: "dotted", REFERENCE: "dashed"}
    return "".join(
        f"; {how} the {role}: {', '.join(names)}"
        for role, how in told.items()
        if (names := [short(name, 40) for name in dict.fromkeys(each.agent for each in others if each.role == role)])
    )


def _sentence(told: Sequence[Measured], metric: Metric, several: bool) -> str:
    if not told:
        return ", none of them with a number"
    if several:
        values = [float(each.value) for each in told]
        return f", from {metric.text(min(values))} to {metric.text(max(values))}"
    first = ", ".join(f"{each.agent} {metric.text(each.value.value)} {metric.ends(each.value)}" for each in told[:5])
    return f"; {first}{'; ...' if len(told) > 5 else ''}"


def _rows(each: Measured, named: Mapping[str, str], places: Mapping[str, str], metric: Metric) -> list[Row]:
    estimate, interval = each.value, each.value.interval
    row: Row = {"scenario": places[each.scenario], "who": each.agent, "role": each.role, "text": metric.text(estimate.value)}
    row |= {"where": each.scenario or "all", "interval": metric.ends(estimate), "n": f"{estimate.n:,}"}
    if each.agent not in named:
        line: Row = {"part": each.role, "value": estimate.value, "line": short(each.agent, 20)}
        return [] if estimate.value is None else [row | line]
    row["agent"] = named[each.agent]
    if estimate.value is None:
        return [row | {"part": "missing", "why": f"no number: {why_missing(estimate)}", "value": 0}]
    whole = row | {"part": "bar", "value": estimate.value}
    return [whole | ({"low": interval.low, "high": interval.high, "sure": True} if interval else {"sure": False})]


def _ends(each: Measured) -> list[float]:
    value, interval = each.value.value, each.value.interval
    return [] if value is None else [value, *((interval.low, interval.high) if interval else ())]


def _body(
    values: Sequence[Row], numbers: Sequence[float], order: Sequence[str], metric: Metric, *, line_names: bool, unit: bool
) -> Row:
    x = quantity("value", metric.title, [0.0, *numbers], unit=unit, zero=True)
    told = tooltip(("who", "agent"), ("where", "scenario"), ("text", metric.name), ("interval", "95%"), ("n", "n"))
    y = names("agent", order)
    parts = {row["part"] for row in values}
    layers = [part("bar", "bar", "value", {"x": x, "y": y, "tooltip": told}, height={"band": 0.7})]
    for style in ("interval-rim", "interval") if any(row.get("sure") for row in values) else ():  # half of it lies on the bar
        interval = part("bar", "rule", style, {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}, "y": y})
        interval["transform"].append({"filter": {"field": "sure", "equal": True}})
        layers.append(interval)
    for role in (FLOOR, REFERENCE):
        if role in parts:
            layers.append(part(role, "rule", role, {"x": x, "tooltip": told}))
    if line_names:
        room = _NARROW - round(LETTER * max(map(len, order)))
        layers += _line_names([row for row in values if "line" in row], x, [0.0, *numbers], room)
    if "missing" in parts:
        missing = {"x": {"datum": 0}, "y": y, "text": {"field": "why", "type": "nominal"}}
        layers += written("missing", "missing-name", missing, align="left", dx=4)
    return {"layer": layers}


def _line_names(lines: Sequence[Row], x: Row, ends: Sequence[float], room: int) -> list[Row]:
    """The names of lines above the bars, in rows: none lies on another where the scale `ends` has `room` pixels or more."""
    low, high = min(ends), max(ends)
    rows: list[list[tuple[float, float]]] = []
    layers: dict[tuple[str, int, str], list[str]] = {}
    for line in sorted(lines, key=lambda row: float(row["value"])):
        at = room * (line["value"] - low) / (high - low or 1.0)
        side, width = "left" if at < room / 2 else "right", _SMALL_LETTER * len(line["line"])
        start, end = (at, at + width) if side == "left" else (at - width, at)
        fits = (number for number, taken in enumerate(rows) if all(end < first or last < start for first, last in taken))
        number = next(fits, len(rows))
        rows += [[]] if number == len(rows) else []
        rows[number].append((start, end))
        layers.setdefault((line["part"], number, side), []).append(line["line"])
    made = []
    for (role, number, side), called in layers.items():
        said: Row = {"x": x, "y": {"value": 0}, "text": {"field": "line", "type": "nominal"}}
        layer = part(role, "text", "line-name", said, align=side, dy=-6 - 12 * number)
        layer["transform"].append({"filter": {"field": "line", "oneOf": called}})
        made.append(layer)
    return made


def _texts(each: Measured, metric: Metric) -> tuple[str, ...]:
    estimate = each.value
    gone = ", ".join(f"{count:,} {why}" for why, count in estimate.missing.items())
    missing = gone or ("-" if estimate.value is not None else why_missing(estimate))
    return (
        each.scenario or "all",
        each.agent,
        each.role,
        metric.text(estimate.value),
        metric.ends(estimate),
        f"{estimate.n:,}",
        missing,
    )
