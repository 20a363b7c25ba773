"""What trials of tasks measured: the metrics of variations side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..model import Leaf, Measure
from . import figures
from .document import PLUS_MINUS, Field, Section, Table, column, named, silent

MAX_METRICS = 20
"""Metrics of a task that a screen shows: the first."""


def metrics(leaves: Sequence[Leaf], where: str) -> Section | None:
    """The metrics of tasks, a row a metric and variation, metric by metric as they were declared; None if there are none."""
    rows: list[tuple[str, Leaf, Measure]] = []
    screen: list[int] = []
    more = 0
    for scenario in dict.fromkeys(leaf.scenario for leaf in leaves):
        of_scenario = [leaf for leaf in leaves if leaf.scenario == scenario]
        first, left_out = first_metrics(leaf.measures for leaf in of_scenario)
        more += left_out
        places = dict.fromkeys(first) | dict.fromkeys(name for leaf in of_scenario for name in leaf.measures)
        for name in places:
            for leaf in of_scenario:
                if measure := leaf.measures.get(name):
                    if name in first:
                        screen.append(len(rows))
                    rows.append((name, leaf, measure))
    if not rows:
        return None
    table = Table(
        "metrics",
        (
            _task(rows),
            named("metric", "metric", rows, lambda row: row[0], once=True),
            named("agent", "variation", rows, lambda row: row[1].agent),
            column("n", "n", rows, lambda row: row[2].n, lambda row: f"{row[2].n:,}", gives_way=1),
            column(
                "mean",
                "value",
                rows,
                lambda row: row[2].mean,
                lambda row: figures.measure(row[2].mean, row[2].std),
                narrow=lambda row: figures.measure(row[2].mean, None),
                sign=PLUS_MINUS,
            ),
            silent("std", rows, lambda row: row[2].std),
        ),
        screen=tuple(screen),
        more=f"… and {figures.many(more, 'more metric')}: {where}" if more else "",
    )
    return Section("metrics", "metrics", "mean ± std of n trials", (table,))


def _task(rows: Sequence[tuple[str, Leaf, Measure]]) -> Field:
    """Which task a metric is of; for machines alone where there is one."""
    if len({leaf.scenario for _, leaf, _ in rows}) == 1:
        return silent("scenario", rows, lambda row: row[1].scenario)
    return named("scenario", "task", rows, lambda row: row[1].scenario, gives_way=2, once=True)


def first_metrics(trials: Iterable[Iterable[str]]) -> tuple[list[str], int]:
    """The first names of what trials gave, and how many more there are: those nearest to the front of any trial.

    A trial's declared metrics stand before the others, so they do here.
    """
    places: dict[str, int] = {}
    for names in trials:
        for place, name in enumerate(names):
            places[name] = min(place, places.get(name, place))
    return sorted(places, key=places.__getitem__)[:MAX_METRICS], max(len(places) - MAX_METRICS, 0)
