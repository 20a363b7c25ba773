"""Numbers for charts, small and awkward, and what every chart must hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pytest_alienbio.charts import Measured
from pytest_alienbio.charts.spec import MOST_ROWS
from pytest_alienbio.model import Chart, Estimate, Interval

LONG = "provider/a-model-with-a-name-of-eighty-letters-{}-and-a-version-2026-11-27-preview"
HOSTILE = '<img src=x onerror="alert(1)">\x1b]0;title\x07\u202e & ${{7*7}} datum["x"] \'";'


def estimate(value: float | None, half: float | None = 0.1, **missing: int) -> Estimate:
    """With an interval `half` wide to either side; None for no value, or no interval."""
    interval = None if value is None or half is None else Interval(value - half, value + half)
    return Estimate(value, interval, 20, missing=missing)


def measured(
    agents: Sequence[str], scenarios: Sequence[str] = ("",), value: float = 0.5, roles: Mapping[str, str] | None = None
) -> list[Measured]:
    """Each agent on each scenario, all different."""
    return [
        Measured(agent, estimate(value + 0.001 * at), scenario, (roles or {}).get(agent, "candidate"))
        for at, (scenario, agent) in enumerate((scenario, agent) for scenario in scenarios for agent in agents)
    ]


def data(chart: Chart) -> list[dict[str, Any]]:
    """The rows inside its specification."""
    found: Any = chart.spec["data"]
    return list(found["values"])


def parts(chart: Chart, name: str) -> list[dict[str, Any]]:
    """Its rows of that part."""
    return [row for row in data(chart) if row.get("part") == name]


def layers(chart: Chart) -> list[dict[str, Any]]:
    """Its layers, of one panel where it has several."""
    spec: Any = chart.spec
    found: list[dict[str, Any]] = spec.get("spec", spec).get("layer", [])
    return found


def panels(chart: Chart) -> list[str]:
    """Its panels, by name."""
    facet: Any = chart.spec["facet"]
    return list(facet["sort"])


def holds(chart: Chart) -> Chart:
    """The chart, if it is small, whole and harmless: JSON without NaN, only its own data, every row of numbers complete."""
    text = json.dumps(chart.spec, allow_nan=False)
    assert len(data(chart)) <= MOST_ROWS
    assert len(text) < 400_000
    assert chart.alt
    assert chart.title
    assert all(len(row) == len(chart.headers) for row in chart.rows)
    assert not {"url", "href", "image", "signal", "expr"} & set(_keys(chart.spec))
    for text in (chart.alt, chart.title):
        assert text.isprintable()
    shown = {row["part"] for row in data(chart) if "part" in row}
    told = {layer["transform"][0]["filter"]["equal"] for layer in layers(chart)}
    assert shown <= told, f"rows that no layer draws: {shown - told}"
    return chart


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            if name != "values":
                yield name
                yield from _keys(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _keys(each)
