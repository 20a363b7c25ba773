"""What tasks gave: the metrics of variations side by side, as plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..model import Leaf
from . import figures
from .columns import Column, aligned, fit, lines_of

HEADING = "metrics: mean ± std of n trials"
MAX_METRICS = 20
"""Metrics of tasks that are shown: the first."""


def first_metrics(trials: Iterable[Iterable[str]]) -> tuple[list[str], int]:
    """The first names of what trials gave, and how many more there are: those nearest to the front of any trial.

    A trial's declared metrics stand before the others, so they do here.
    """
    places: dict[str, int] = {}
    for names in trials:
        for place, name in enumerate(names):
            places[name] = min(place, places.get(name, place))
    return sorted(places, key=places.__getitem__)[:MAX_METRICS], max(len(places) - MAX_METRICS, 0)


def metric_rows(leaves: Sequence[Leaf], width: int, sign: Callable[[str], str], *, ascii: bool = False) -> list[str]:
    """A row a metric and variation, header first, metric by metric as they were declared; [] if there are none."""
    rows = [
        (name, leaf, measure)
        for scenario in dict.fromkeys(leaf.scenario for leaf in leaves)
        for name in dict.fromkeys(name for leaf in leaves if leaf.scenario == scenario for name in leaf.measures)
        for leaf in leaves
        if leaf.scenario == scenario and (measure := leaf.measures.get(name))
    ]
    if not rows:
        return []

    def first_only(texts: Sequence[str]) -> tuple[str, ...]:
        return tuple("" if text == before else text for text, before in zip(texts, ["", *texts], strict=False))

    values = aligned([sign(figures.measure(m.mean, m.std)) for _, _, m in rows], sign(" ± "))
    scenarios = first_only([sign(leaf.scenario) for _, leaf, _ in rows])
    names = first_only([sign(name) for name, _, _ in rows])
    columns = (
        *([Column("task", scenarios, left=True, names=True, gives_way=2)] if len(set(scenarios)) > 2 else []),
        Column("metric", names, left=True, names=True),
        Column("variation", tuple(sign(leaf.agent) for _, leaf, _ in rows), left=True, names=True),
        Column("n", tuple(f"{m.n:,}" for _, _, m in rows), gives_way=1),
        Column("value", values, narrow=tuple(sign(figures.measure(m.mean, None)) for _, _, m in rows)),
    )
    return lines_of(fit(columns, width, ascii=ascii))
