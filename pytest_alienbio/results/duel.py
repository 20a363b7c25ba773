"""Agents held against each other on stored records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Unpack

from ..model import Duel, Estimate, Query, garbage
from ..stats import drill_down
from ..store.index import Index
from . import estimates
from .contrast import Options, contrast, units_of
from .fields import CONSUMED, Field, number_field
from .records import columns, grouped, latest, records
from .sides import SCORE
from .versus import metric_direction


def compare_agents(
    index: Index,
    query: Query,
    agents: Sequence[str] = (),
    *,
    metric: str = "score",
    better: str | None = None,
    reference: str | None = None,
    **options: Unpack[Options],
) -> Duel:
    """Each pair of `agents` (all there are), or each against `reference`, on what both played, with the mean of each.

    As `ResultSet.compare`; of two agents scenario by scenario, too. Of a task's metric the direction is that of the score that
    it is. Raises `SpecError` for an agent without a record, fewer than two, an unknown metric, and scores of both directions.
    """
    field = number_field(metric, index, query)
    with garbage.kept():
        rows = index.rows(query, columns(field, (Field("score"), Field("agent"))))
        found, older = latest(records(rows, field))
        told = better or ("lower" if field.column in CONSUMED else "") or metric_direction(found, field) or "higher"
        made = contrast(found, field, agents, older, reference=reference, better=told, **options)
        names = list(dict.fromkeys(name for one in made for name in (one.a, one.b)))
        by_agent = grouped(record._replace(group=record.group[SCORE + 1 :]) for record in found)
        means: dict[str, Estimate] = {name: estimates.mean(by_agent[name,], field) for name in names}
        told = next((one.better for one in made), told)
        leaves = None
        if len(names) == 2:
            units = units_of([record for record in found if record.agent in means], names)
            a, b = (names[0], names[1]) if reference != names[0] else (names[1], names[0])
            options["resamples"] = 0  # nobody reads of each scenario how sure P(A better) is
            leaves = drill_down(units[a], units[b], names=(a, b), better=told, **options)
            leaves = replace(leaves, by_agent=(a,) * len(leaves.comparisons))
    return Duel(tuple(index.dats(query)), field.column, told, means, made.family, leaves, made.notes)
