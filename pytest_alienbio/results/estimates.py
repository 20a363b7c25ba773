"""Estimates over records: what is a unit, what is a stratum, and what must be said beside the number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import sqrt

from ..model import Estimate
from ..stats import Moments, Stratum, fixed_mean, leaf_mean, pass_rate, percentile, population_mean
from ..stats.moments import cluster_variance
from ..stats.percentiles import sum_of
from .fields import CONSUMED, Field
from .records import Record, direction, missing

Values = Sequence[tuple[Record, float]]
World = tuple[int | None, int]
"""Difficulty and seed."""


def mean(found: Sequence[Record], field: Field, *, population: bool = False, level: float = 0.95) -> Estimate:
    """The mean of a number: over scenarios, each weighing the same, of the means of their records.

    The interval is that of these scenarios with other seeds; `population`: of other scenarios of this kind. Its units are
    worlds (difficulty x seed): what several agents, params or variants did in one world is one unit. Records without the
    number are missing, by why. Several agents are pooled, and a note says so. Raises `SpecError` for scores of both
    directions. What a cell took (tokens, usd, seconds) has a long tail, and its mean no interval: see `at_percent`.
    """
    if field.is_score:
        direction(found, f"mean of {field.column}")
    values = [(record, record.value) for record in found if record.value is not None]
    told = _over_scenarios(values, missing(found), _bounds(field, values), population, level, _notes(values))
    if field.column in CONSUMED and told.interval is not None:
        told = replace(told, interval=None, stderr=None, df=None, why="a long tail has no mean +- t: see its percentiles")
    return told


def rate(found: Sequence[Record], *, population: bool = False, level: float = 0.95) -> Estimate:
    """The share that passed: over scenarios, each weighing the same, of those that passed among those judged.

    One scenario: Wilson's interval on its worlds. Several: as `mean`. A record that broke or was never judged is missing.
    """
    values: list[tuple[Record, float]] = []
    gone: dict[str, int] = {}
    for record in found:
        scored, _, _ = record.rank
        if scored and record.passed is not None:
            values.append((record, float(record.passed)))
        else:
            why = "not judged" if scored else record.outcome
            gone[why] = gone.get(why, 0) + 1
    notes = _notes(values)
    if len({record.scenario for record, _ in values}) > 1 or population:
        return _over_scenarios(values, gone, (0.0, 1.0), population, level, notes)
    worlds = len({record.world for record, _ in values})
    share = worlds / len(values) if values else 0.0
    passed = sum(value for _, value in values)
    told = pass_rate(passed * share, len(values) * share, level=level, missing=gone)
    return replace(told, unit="worlds", notes=(*told.notes, *notes))


def spread(found: Sequence[Record]) -> Estimate:
    """The standard deviation (ddof = 1) of the records' numbers as they are; no interval. `n` counts records."""
    moments = Moments()
    for record in found:
        if record.value is not None:
            moments.add(record.value)
    gone, variance = missing(found), moments.variance
    if variance is None:
        why = "too large for a float" if moments.n > 1 else f"{moments.n} value{'' if moments.n == 1 else 's'}: no spread"
        return Estimate(None, n=moments.n, missing=gone, method="sd", why=why, unit="cells")
    return Estimate(
        sqrt(variance), n=moments.n, missing=gone, method="sd", why="a spread comes without an interval", unit="cells"
    )


def at_percent(found: Sequence[Record], q: float) -> Estimate:
    """The `q`-th percentile of the records' numbers as they are; `n` counts records. See `stats.percentile`."""
    told = percentile([record.value for record in found if record.value is not None], q, missing=missing(found))
    return replace(told, unit="cells")


def total(found: Sequence[Record]) -> Estimate:
    """The sum of the numbers there are; missing if there is none: unknown is not free."""
    values = [record.value for record in found if record.value is not None]
    if not values:
        return Estimate(None, missing=missing(found), method="sum", why="no value", unit="cells")
    whole = sum_of(values)
    why = "too large for a float" if whole is None else "a sum comes without an interval"
    return Estimate(whole, n=len(values), missing=missing(found), method="sum", why=why, unit="cells")


def least(found: Sequence[Record]) -> Estimate:
    """The smallest of the numbers."""
    return _extreme(found, min, "min")


def most(found: Sequence[Record]) -> Estimate:
    """The largest of the numbers."""
    return _extreme(found, max, "max")


def strata(values: Values) -> dict[str, Stratum]:
    """What is known of each scenario: its mean, and the variance that its worlds, as independent units, would have."""
    scenarios: dict[str, dict[World, list[float]]] = {}
    for record, value in values:
        scenarios.setdefault(record.scenario, {}).setdefault(record.world, []).append(value)
    return {scenario: stratum_of(list(worlds.values())) for scenario, worlds in scenarios.items()}


def worlds_of(found: Iterable[Record]) -> dict[World, list[float]]:
    """The numbers of one agent's records on one scenario, by world."""
    worlds: dict[World, list[float]] = {}
    for record in found:
        if record.value is not None:
            worlds.setdefault((record.difficulty, record.seed), []).append(record.value)
    return worlds


def stratum_of(worlds: list[list[float]]) -> Stratum:
    """One scenario's numbers as units that do not depend on each other: worlds, each with all its cells."""
    whole = Stratum.of(value for world in worlds for value in world)
    return whole if whole.n == len(worlds) else Stratum(len(worlds), whole.mean, cluster_variance(worlds))


def unit_bounds(values: Iterable[float]) -> tuple[float, float] | None:
    """(0, 1) if every value lies there: no interval then needs to leave it."""
    return (0.0, 1.0) if all(0.0 <= value <= 1.0 for value in values) else None


def _over_scenarios(
    values: Values,
    gone: Mapping[str, int],
    bounds: tuple[float, float] | None,
    population: bool,
    level: float,
    notes: tuple[str, ...],
) -> Estimate:
    known = strata(values)
    worlds = sum(stratum.n for stratum in known.values())
    if population:
        told = population_mean([stratum.mean for stratum in known.values()], bounds=bounds, level=level, missing=gone)
        return replace(told, unit="scenarios", notes=(*told.notes, *notes))
    if len(known) == 1:
        numbers = [value for _, value in values]
        told = leaf_mean(numbers, worlds=[record.world for record, _ in values], bounds=bounds, level=level, missing=gone)
    else:
        told = fixed_mean(list(known.values()), bounds=bounds, level=level, missing=gone)
        if len(known) > 1:
            notes = (*notes, f"{len(known)} scenarios, each weighing the same")
    return replace(told, n=worlds, unit="worlds", notes=(*told.notes, *notes))


def _bounds(field: Field, values: Values) -> tuple[float, float] | None:
    return unit_bounds(value for _, value in values) if field.is_score or field.column == "passed" else None


def _notes(values: Values) -> tuple[str, ...]:
    agents = len({record.agent for record, _ in values})
    return (f'{agents} agents pooled; by="agent" tells them apart',) if agents > 1 else ()


def _extreme(found: Sequence[Record], pick: Callable[[list[float]], float], name: str) -> Estimate:
    values = [record.value for record in found if record.value is not None]
    if not values:
        return Estimate(None, missing=missing(found), method=name, why="no value", unit="cells")
    return Estimate(
        pick(values),
        n=len(values),
        missing=missing(found),
        method=name,
        why="an extreme comes without an interval",
        unit="cells",
    )
