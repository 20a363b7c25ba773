"""Charts of stored results: `results.plot.heatmap()`, and what each is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from .. import charts
from ..charts import AtLevel, Dot, Measured, Metric
from ..errors import SpecError, did_you_mean
from ..model import Json, Query, garbage
from . import estimates
from .fields import CONSUMED, Field, field_of, measured, number_field
from .groups import group_order, older_note
from .picture import Picture
from .records import Record, columns, direction, grouped, latest, records

if TYPE_CHECKING:
    from .result_set import Opened

SEED = 0
"""Of the bands of profiles: the same results give the same picture."""
_STEPS = 50
_RESAMPLES = 1000


class Plots:
    """The charts of some results. Each is a `Picture`: a Vega-Lite specification that notebooks draw, with `.save("x.svg")`.

    Any number of a record can be a metric: `score`, a part of it, `tokens`, `usd`, `duration_s`, a metric or property by name.
    Of each cell the latest scored record counts. Raises `SpecError` for an unknown field, and for scores of which some are
    better higher, some lower: these have no common axis.
    """

    def __init__(self, opened: Opened, query: Query) -> None:
        self._opened, self._index, self._query = opened, opened.index, query

    def heatmap(self, metric: str = "score") -> Picture:
        """The mean of each agent on each scenario; what is missing looks missing."""
        asked = self._asked(metric, "scenario", "agent")
        return Picture.of(charts.heatmap(asked.leaves(), asked.metric), asked.notes)

    def bars(self, metric: str = "score", *, by_scenario: bool = False) -> Picture:
        """Each agent's mean with its 95 % interval, over scenarios or on each; floors and references are lines."""
        asked = self._asked(metric, "scenario", "agent")
        return Picture.of(charts.bars(asked.leaves() if by_scenario else asked.ranked(), asked.metric), asked.notes)

    def box(self, metric: str = "score", *, by: str = "agent") -> Picture:
        """How a number is spread: a box for each value of `by`, `agent` or any other field, as `params.size`."""
        asked = self._asked(metric, by)
        return Picture.of(charts.box(asked.values(), asked.metric, by=by), asked.notes)

    def histogram(self, metric: str = "score", *, by: str = "agent") -> Picture:
        """How often each agent (or each value of `by`) got which number, over scenarios and seeds."""
        asked = self._asked(metric, by)
        return Picture.of(charts.histogram(asked.values(), asked.metric, by=by), asked.notes)

    def scatter(self, x: str, y: str = "score") -> Picture:
        """One number against another, a point a cell; of more than 1,500 cells how many lie where."""
        across, up = self._asked(x), self._asked(y)
        known = {_cell(record): record.value for record in across.found}
        dots = [Dot(known.get(_cell(record)), record.value, record.agent, _name(record)) for record in up.found]
        return Picture.of(charts.scatter(dots, across.metric, up.metric), tuple(dict.fromkeys((*across.notes, *up.notes))))

    def difficulty(self, metric: str = "score") -> Picture:
        """Each agent's mean at each level, the curve that was fitted through them, and the level at which half pass."""
        from .trends import slopes

        asked = self._asked(metric, "agent", "difficulty")
        means = [
            AtLevel(str(agent), float(level), estimates.mean(mine, asked.field))
            for (agent, level), mine in grouped(asked.found).items()
            if isinstance(level, int | float)
        ]
        return Picture.of(charts.difficulty(slopes(self._index, self._query, metric=metric), means), asked.notes)

    def timeline(self) -> Picture:
        """Which worker played which cell when, attempts that do not count among them."""
        from .timeline import timeline

        return Picture.of(charts.timeline(timeline(self._index, self._query)))

    def profile(self, metric: str = "score") -> Picture:
        """For each threshold the share of an agent's runs that score above it, with a pointwise 95 % band (bootstrap)."""
        from ..stats import performance_profile

        asked = self._asked(metric, "agent")
        values = [record.value for record in asked.found if record.value is not None]
        low, high = (0.0, 1.0) if estimates.unit_bounds(values) or not values else (min(values), max(values))
        taus = [low + (high - low) * step / _STEPS for step in range(_STEPS + 1)]
        made = {}
        for (agent,), mine in grouped(asked.found).items():
            leaves: dict[str, list[float | None]] = {}
            for record in mine:
                leaves.setdefault(record.scenario, []).append(record.value)
            made[str(agent)] = performance_profile(list(leaves.values()), taus, seed=SEED, resamples=_RESAMPLES)
        return Picture.of(charts.profile(made, asked.metric), asked.notes)

    def cost(self, what: str = "") -> Picture:
        """What each agent consumed in all: `usd`, `tokens`, `requests` or `seconds`; without a word what is known of these."""
        from ..charts.cost import WHAT
        from .bill import bill
        from .counted import counted_briefly

        if what and what not in WHAT:
            raise SpecError(f"{what[:80]!r} is nothing that cells consume; {did_you_mean(what, WHAT)}")
        return Picture.of(charts.cost(bill(counted_briefly(self._index, self._query, lambda brief: False)), what))

    def __repr__(self) -> str:
        return f"<plots: {', '.join(KINDS)}>"

    def _asked(self, metric: str, *by: str) -> _Asked:
        field = number_field(metric, self._index, self._query)
        groups = [field_of(name, self._index, self._query) for name in by]
        with garbage.kept():
            found, older = latest(records(self._index.rows(self._query, columns(field, groups)), field))
        better = direction(found, metric) if field.is_score else ""
        notes = [f"{older_note(older)}."] if older else []
        if found and all(record.value is None for record in found):
            notes.append(self._instead(metric))
        return _Asked(found, Metric(field.column, better), field, tuple(notes))

    def _instead(self, metric: str) -> str:
        """Which metrics there are, where no record has this one."""
        others = ", ".join([*measured(self._index, self._query), "duration_s", "passed"][:20])
        return f"No cell has a number for {metric}; metrics these cells have (--metric of `bio plot`): {others}."


class _Asked(NamedTuple):
    """The records that count, grouped, and what their number is."""

    found: list[Record]
    metric: Metric
    field: Field
    notes: tuple[str, ...]

    def ranked(self) -> list[Measured]:
        """Each agent over its scenarios, the best first (of what is consumed the least), those without a number last."""
        agents: dict[str, list[Record]] = {}
        for record in self.found:
            agents.setdefault(record.agent, []).append(record)
        made = [Measured(agent, estimates.mean(mine, self.field), "", mine[0].role) for agent, mine in agents.items()]
        sign = 1.0 if self.metric.better == "lower" or self.field.column in CONSUMED else -1.0
        return sorted(made, key=lambda each: (each.value.value is None, sign * (each.value.value or 0.0), each.agent))

    def leaves(self) -> list[Measured]:
        """Each agent on each scenario, where records are grouped by both; agents as in `ranked`."""
        ranked = self.ranked()
        means = {key: estimates.mean(mine, self.field) for key, mine in grouped(self.found).items()}
        return [
            Measured(each.agent, means[scenario, each.agent], scenario, each.role)
            for scenario in sorted({record.scenario for record in self.found})
            for each in ranked
            if (scenario, each.agent) in means
        ]

    def values(self) -> dict[str, list[float | None]]:
        """The numbers of each group, by its name: what is missing first, then numbers by size, then names."""
        groups = grouped(self.found)
        keys = sorted(groups, key=group_order)
        return {_called(key[0]): [record.value for record in groups[key]] for key in keys}


KINDS: Mapping[str, Callable[..., Picture]] = {
    name: getattr(Plots, name)
    for name in ("heatmap", "bars", "box", "scatter", "difficulty", "histogram", "timeline", "profile", "cost")
}
"""The charts by name."""


def _called(value: Json) -> str:
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _cell(record: Record) -> tuple[object, ...]:
    return record.agent, record.scenario, record.difficulty, record.seed, record.params, record.variant


def _name(record: Record) -> str:
    """What a cell is called beside its point."""
    level = "" if record.difficulty is None else f" d{record.difficulty}"
    return f"{record.scenario}{level} s{record.seed}"
