"""A series of readings followed: its chart against the anchor, its levels, its trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import sqrt
from statistics import median

from ..model import Alarm, Estimate, Reading, Series, Shift
from ..stats.drift import FEWEST, Chart, alarm_chance, cusum, moderated, trend
from ..stats.means import DEGENERATE, EXACT
from ..stats.steps import LONGEST, robust_steps, steps

FEWEST_FOR_TREND = 10
SAME = 1e-9
"""Means that are this close are the same."""


def followed(series: Series, better: str) -> Series:
    """`series`, which has its readings and its anchor, with all that they say together."""
    values = series.values
    if not values:
        return replace(series, why=series.why or "no run has a number")
    sign = -1.0 if better == "lower" else 1.0
    found = trend([_of(each) for each in values]) if len(values) >= FEWEST_FOR_TREND else None
    made = series if found is None else replace(series, tau=found[0], tau_p=found[1])
    if series.kind == "long tail":
        return replace(
            made, shifts=_robust(values, sign), why=series.why or "a long tail has no standard errors to chart: levels only"
        )
    errors = _errors(values, series.anchor)
    if series.kind == "exact" or errors is None:
        return _without_errors(made, values, sign)
    made = replace(made, shifts=_shifts(values, errors[:-1], steps([_of(each) for each in values], errors[:-1]), sign))
    return _charted(made, values, errors, sign)


def _without_errors(series: Series, values: Sequence[Reading], sign: float) -> Series:
    """Levels where any change is one; where there is no standard error because nobody can tell it, no levels either."""
    told = series.kind == "exact" or all(
        each.value.mark in (DEGENERATE, EXACT) or each.value.method == "Wilson" for each in values
    )
    if not told:
        return replace(series, why=series.why or "no run tells its spread: it takes two seeds a scenario")
    changes = [at for at in range(1, len(values)) if abs(_of(values[at]) - _of(values[at - 1])) > SAME]
    what = "equal cells give equal numbers" if series.kind == "exact" else "no run has any spread"
    return replace(
        series,
        kind="exact",
        shifts=_shifts(values, None, changes, sign),
        why=series.why or f"{what}: any change is a step, and needs no chart",
    )


def _errors(values: Sequence[Reading], anchor: Estimate) -> list[float] | None:
    """Standard errors of the values, and last of the anchor."""
    told = [*(each.value for each in values), anchor]
    return moderated([each.stderr for each in told], [each.df for each in told], [each.n for each in told])


def _charted(series: Series, values: Sequence[Reading], errors: Sequence[float], sign: float) -> Series:
    if series.why or series.anchor.value is None:
        return series
    begin = 0 if series.anchor_run is None else sum(each.run <= series.anchor_run for each in values)
    after = list(zip(values, errors, strict=False))[begin:]
    count = len(after) + (begin > 0)
    if count < FEWEST:
        told = f"{count} run{'' if count == 1 else 's'} from the anchor on"
        return replace(series, why=f"{told}: a chart begins with {FEWEST}")
    own = errors[-1]
    z = [sign * (_of(each) - series.anchor.value) / sqrt(error**2 + own**2) for each, error in after]
    chart = cusum(z)
    by_run = {each.run: (score, total) for (each, _), score, total in zip(after, z, chart.sums, strict=True)}
    readings = tuple(
        replace(each, z=by_run[each.run][0], sum=by_run[each.run][1]) if each.run in by_run else each
        for each in series.readings
    )
    alarms = _alarms(chart, [each.run for each, _ in after], series)
    shared = own**2 / (own**2 + median(error**2 for _, error in after))
    return replace(series, readings=readings, alarms=alarms, charted=True, chance=alarm_chance(len(after), shared))


def _alarms(chart: Chart, runs: Sequence[int], series: Series) -> tuple[Alarm, ...]:
    """The alarms as runs. One that begins where another was raised is the same fall, unless a level ended in between."""
    made: list[Alarm] = []
    raised = -1
    for at, quiet in chart.alarms:
        zero = runs[quiet] if quiet >= 0 else series.anchor_run
        since = -1 if zero is None else zero
        ends = [shift for shift in series.shifts if shift.worse and since < shift.first <= runs[at]]
        if made and quiet == raised and not ends:
            made[-1] = replace(made[-1], again=(*made[-1].again, runs[at]))
        elif ends:
            made.append(Alarm(runs[at], zero, ends[-1].last, ends[-1].first, supported=True))
        else:
            made.append(Alarm(runs[at], zero, zero, runs[quiet + 1]))
        raised = at
    return tuple(made)


def _shifts(
    values: Sequence[Reading], errors: Sequence[float] | None, changes: Sequence[int], sign: float
) -> tuple[Shift, ...]:
    ends = [0, *changes, len(values)]
    weights = [1.0] * len(values) if errors is None else [1 / error**2 for error in errors]
    levels = []
    for start, end in pairwise(ends):
        whole = sum(weights[start:end])
        level = sum(weight * _of(each) for weight, each in zip(weights[start:end], values[start:end], strict=True)) / whole
        levels.append((level, whole))
    made = []
    for at, (before, weight), (after, more) in zip(changes, levels, levels[1:], strict=False):
        size = None if errors is None else abs(after - before) / sqrt(1 / weight + 1 / more)
        made.append(Shift(values[at - 1].run, values[at].run, before, after, sign * (after - before) < 0, size))
    return tuple(made)


def _robust(values: Sequence[Reading], sign: float) -> tuple[Shift, ...]:
    kept = values[-LONGEST:]
    numbers = [_of(each) for each in kept]
    changes = robust_steps(numbers)
    ends = [0, *changes, len(numbers)]
    levels = [median(numbers[start:end]) for start, end in pairwise(ends)]
    return tuple(
        Shift(kept[at - 1].run, kept[at].run, before, after, sign * (after - before) < 0)
        for at, before, after in zip(changes, levels, levels[1:], strict=False)
    )


def _of(each: Reading) -> float:
    assert each.value.value is not None
    return each.value.value
