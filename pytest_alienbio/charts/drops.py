"""Drops: what a gate compared, each node with the interval of its drop, beside what is tolerated."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Chart, Node, NodeKind, Verdict, figures
from ..model.verdict import FELL
from .labels import labels
from .measured import Metric, why_missing
from .spec import Row, chart, empty, left_out, names, part, quantity, tooltip, written

MOST_NODES = 60


def drops(found: Verdict, *, title: str = "") -> Chart:
    """A line a node: what fell first, then the battery, agents, scenarios and leaves in the verdict's own order (by evidence).

    To the right is worse. The tolerance is a line; a node whose drop is not known keeps its place, and says why.
    """
    rule = found.rule
    metric = Metric(rule.metric, rule.better or "higher")
    title = title or f"Drops of {metric.title} in gate {rule.name}"
    headers = ("node", "call", "drop", "95%", "was", "is", "p", "seeds")
    order = list(NodeKind)
    nodes = sorted(found.nodes, key=lambda node: (node.call not in FELL, order.index(node.kind)))
    rows = [_texts(node, metric) for node in nodes]
    if not nodes:
        return empty("drops", title, f"{found.call}: {found.why[0]}" if found.why else str(found.call), headers=headers)
    kept = nodes[:MOST_NODES]
    named = labels([node.name for node in kept], 36)
    values: list[Row] = [row for node in kept for row in _rows(node, named[node.name], metric)]
    values += [{"part": "zero", "value": 0}, {"part": "tolerance", "value": rule.tol, "text": f"tolerated {rule.tol:g}"}]
    fell = [node.name for node in nodes if node.call in FELL]
    alt = f"Gate {rule.name}: {found.call}. {figures.many(len(nodes), 'node')}"
    alt += f", of which fell: {', '.join(fell[:5])}{', ...' if len(fell) > 5 else ''}." if fell else ", none of which fell."
    return chart(
        "drops",
        title,
        {"data": {"values": values}, "height": {"step": 20}, **_body(values, list(named.values()), metric)},
        about="Baseline - new with 95% intervals, right is worse; dashed: tolerated; hollow and red: fell.",
        alt=alt,
        headers=headers,
        rows=rows,
        notes=left_out(len(kept), len(nodes), "nodes", "what fell, then the larger parts"),
        least=340,
    )


def _rows(node: Node, name: str, metric: Metric) -> list[Row]:
    texts = dict(zip(_SAID, _texts(node, metric)[1:], strict=True))
    row: Row = {"node": name, "whole": node.name, **texts}
    if node.drop.value is None:
        return [row | {"part": "missing", "why": f"{node.call}: {why_missing(node.drop)}"}]
    row |= {"part": "fell" if node.call in FELL else "held", "value": node.drop.value}
    if interval := node.drop.interval:
        row |= {"low": interval.low, "high": interval.high}
    return [row]


_SAID = ("call", "text", "interval", "was", "is", "p", "seeds")


def _body(values: Sequence[Row], order: Sequence[str], metric: Metric) -> Row:
    ends = [row[key] for row in values for key in ("value", "low", "high") if key in row]
    y = names("node", order)

    def x(field: str) -> Row:
        return quantity(field, f"drop of {metric.title}", ends)

    told = tooltip(
        ("whole", "node"), ("call", "call"), ("text", "drop"), ("interval", "95%"), *((each, each) for each in _SAID[3:])
    )
    layers = [part("zero", "rule", "zero", {"x": x("value")}), part("tolerance", "rule", "tolerance", {"x": x("value")})]
    said: Row = {"x": x("value"), "y": {"value": 0}, "text": {"field": "text", "type": "nominal"}}
    layers.append(part("tolerance", "text", "tolerance-name", said, dy=-6))
    for name, interval, point in (("held", "interval", "dot"), ("fell", "broken", "broken")):
        mine = [row for row in values if row["part"] == name]
        if any("low" in row for row in mine):
            line = part(name, "rule", interval, {"x": x("low"), "x2": {"field": "high"}, "y": y})
            line["transform"].append({"filter": {"field": "low", "valid": True}})
            layers.append(line)
        if mine:
            layers.append(part(name, "point", point, {"x": x("value"), "y": y, "tooltip": told}, size=60))
    if any(row["part"] == "missing" for row in values):
        why: Row = {"x": {"value": 4}, "y": y, "text": {"field": "why", "type": "nominal"}, "tooltip": told}
        layers += written("missing", "missing-name", why, align="left")
    return {"layer": layers}


def _texts(node: Node, metric: Metric) -> tuple[str, ...]:
    sized = metric.name != "score"
    told = figures.signed(node.drop.value, sized=sized), figures.ends(node.drop.interval, sized=sized)
    return (
        node.name,
        str(node.call),
        *told,
        metric.text(node.base),
        metric.text(node.new),
        figures.p_value(node.p),
        f"{node.n:,}",
    )
