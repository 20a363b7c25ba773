"""What the expressions of a scenario file may call: functions that draw, and functions that pick one of several values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from .interpreter import PLAIN_FUNCTIONS, ExpressionError

LEVELS = 5
"""Difficulties a file may tell apart; `by(...)` takes one value for each."""
MOST_REPEATS = 64
DRAWING = ("chance", "choice", "randint", "sample", "uniform")
PICKING = ("by", "has", "nth")
EV_NAMES = ("d", "i")
EV_FUNCTIONS = (*DRAWING, *PICKING, *PLAIN_FUNCTIONS)
ID_FUNCTIONS = (*PICKING, *PLAIN_FUNCTIONS)
"""What an expression inside a name, `waste{i + 1}`, may call: nothing that draws."""


def functions(d: int, rng: np.random.Generator) -> Mapping[str, Callable[..., object]]:
    """`EV_FUNCTIONS` at difficulty `d`, drawing from `rng`; each raises `ExpressionError` for arguments without sense."""

    def by(*values: object) -> object:
        if len(values) != LEVELS:
            raise ExpressionError(f"by(...) takes {LEVELS} values, one for each difficulty, not {len(values)}")
        return values[d - 1]

    return {**PLAIN_FUNCTIONS, **drawing_functions(rng), "by": by, "has": _has, "nth": _nth}


def drawing_functions(rng: np.random.Generator) -> dict[str, Callable[..., object]]:
    """Those of `DRAWING`."""

    def uniform(low: float, high: float) -> float:
        _numbers(low, high)
        if high < low:
            raise ExpressionError(f"uniform(low, high) with low {low} above high {high}")
        return round(float(low + (high - low) * float(rng.random())), 4)

    def randint(low: int, high: int) -> int:
        if not isinstance(low, int) or not isinstance(high, int) or high < low:
            raise ExpressionError("randint(low, high) takes two whole numbers, low <= high, both included")
        return int(rng.integers(low, high + 1))

    def choice(*values: object) -> object:
        given = list(values[0]) if len(values) == 1 and isinstance(values[0], list) else list(values)
        if not given:
            raise ExpressionError("choice(...) of nothing")
        return given[int(rng.integers(len(given)))]

    def chance(probability: float) -> bool:
        _numbers(probability)
        if not 0 <= probability <= 1:
            raise ExpressionError(f"chance({probability}) is no probability")
        return bool(rng.random() < probability)

    def sample(k: int, n: int) -> list[int]:
        if not isinstance(k, int) or not isinstance(n, int) or not 0 <= k <= n <= MOST_REPEATS:
            raise ExpressionError(f"sample(k, n) takes k of the whole numbers 1..n, n up to {MOST_REPEATS}")
        return sorted((rng.permutation(n)[:k] + 1).tolist())

    return {"uniform": uniform, "randint": randint, "choice": choice, "chance": chance, "sample": sample}


def _has(values: object, value: object) -> bool:
    if not isinstance(values, list):
        raise ExpressionError("has(list, value) takes a list first")
    return value in values


def _nth(values: object, place: object) -> object:
    if not isinstance(values, list) or not isinstance(place, int) or not 1 <= place <= len(values):
        has = f"one of {len(values)}" if isinstance(values, list) else "a list"
        raise ExpressionError(f"nth(list, place) takes a list and a place from 1 on; here {has}, and the place {place!r}")
    return values[place - 1]


def _numbers(*values: object) -> None:
    for value in values:
        if not isinstance(value, int | float):
            raise ExpressionError(f"{value!r} is no number")
