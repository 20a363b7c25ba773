"""Percentiles, and what to say of costs, tokens and seconds: numbers with a long tail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp, floor, fsum, isfinite, log

from ..model import Estimate, Interval, Skewed
from .means import clustered_mean
from .present import counted, present


def percentile(values: Sequence[float | None], q: float, *, missing: Mapping[str, int] | None = None) -> Estimate:
    """The `q`-th percentile (0 < q < 100) of `values`, shape (n,), linear between order statistics; no interval.

    None is missing. A tail is told only from 100 / (100 - q) values on (p90 from 10, p99 from 100), mirrored below the
    median; with fewer the largest (smallest) value stands in for it, and `method` says `max` (`min`) instead of `p90`.
    Raises `ValueError` for NaN or infinite values, or q outside (0, 100).
    Hyndman and Fan (1996), Am. Stat. 50, 361-365, type 7, as `numpy.percentile(method="linear")`.
    """
    if not 0 < q < 100:
        raise ValueError(f"a percentile lies strictly between 0 and 100, got {q!r}")
    ordered = sorted(present(values))
    n, name = len(ordered), f"p{q:g}"
    lost = counted(missing, len(values) - n, "no value")
    if not ordered:
        return Estimate(None, missing=lost, method=name, why="no value", unit="values")
    if n * min(q, 100 - q) < 100 and q != 50:
        value, stand_in, which = (ordered[-1], "max", "largest") if q > 50 else (ordered[0], "min", "smallest")
        why = f"the {which} value: {name} is told from {_fewest(q)} values on"
        return Estimate(value, None, n, lost, method=stand_in, why=why, unit="values")
    at = (n - 1) * q / 100
    below = floor(at)
    low, high = ordered[below], ordered[min(below + 1, n - 1)]
    part = at - below
    value = low + (high - low) * part if isfinite(high - low) else low * (1 - part) + high * part
    why = "a percentile comes without an interval"
    return Estimate(min(max(value, low), high), None, n, lost, method=name, why=why, unit="values")


def geometric_mean(
    values: Sequence[float | None], *, level: float = 0.95, missing: Mapping[str, int] | None = None
) -> Estimate:
    """The geometric mean of `values`, shape (n,), all above 0, with the t interval of their logarithms, taken back.

    None is missing. A value of 0 or less has no logarithm: no mean, and `why`. `stderr` is that of the mean logarithm. One
    value or no spread: no interval, as in `clustered_mean`. Raises `ValueError` for NaN or infinite values.
    """
    numbers = present(values)
    lost = counted(missing, len(values) - len(numbers), "no value")
    if low := [number for number in numbers if number <= 0]:
        why = f"{len(low)} of {len(numbers)} values are 0 or less and have no logarithm"
        return Estimate(None, n=len(numbers), missing=lost, method="log t", why=why, unit="values")
    found = clustered_mean([log(number) for number in numbers], unit="value", level=level, missing=lost)
    if found.value is None:
        return replace(found, method="log t", why="no value")
    interval = found.interval and Interval(_exp(found.interval.low), _exp(found.interval.high), level)
    value = _exp(found.value)
    if interval is not None and not isfinite(interval.high):
        return replace(found, value=value, interval=None, method="log t", why="the spread is too large for a float")
    return replace(found, value=value, interval=interval, method="log t")


def skewed(values: Sequence[float | None], *, level: float = 0.95, missing: Mapping[str, int] | None = None) -> Skewed:
    """What to print of costs, tokens or durations, shape (n,): median, p90, geometric mean, total; never mean +- t.

    None is missing: unknown, not free. Raises `ValueError` for NaN or infinite values.
    """
    numbers = sorted(present(values))  # once, for all that follows
    lost = counted(missing, len(values) - len(numbers), "no value")
    return Skewed(
        median=percentile(numbers, 50, missing=lost),
        p90=percentile(numbers, 90, missing=lost),
        geometric=geometric_mean(numbers, level=level, missing=lost),
        total=sum_of(numbers),
    )


def _fewest(q: float) -> int:
    return -int(-100 // min(q, 100 - q))


def sum_of(values: Sequence[float]) -> float | None:
    """The sum of finite numbers; None without any, or if it is too large for a float."""
    try:
        return fsum(values) if values else None
    except OverflowError:
        return None


def _exp(value: float) -> float:
    try:
        return exp(value)
    except OverflowError:
        return float("inf")
