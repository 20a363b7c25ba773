"""Names and functions for expressions to use."""

from __future__ import annotations

import math

from pytest_alienbio.scenarios.expressions import parse
from pytest_alienbio.scenarios.interpreter import PLAIN_FUNCTIONS, Function

NAMES: dict[str, object] = {"d": 3, "i": 1, "cost": 2.5, "budget": 10.0}
FUNCTIONS: dict[str, Function] = {
    **PLAIN_FUNCTIONS,
    "mean": lambda q, start=0.5: {"focal": 6.0, "partner": 4.0}[q] * start,
    "by": lambda *values: values[2],
    "half": lambda x: x / 2,
    "bad": lambda: math.nan,
    "choice": lambda *values: values[0],
    "thing": lambda: {"a": 1},
}


def value(text: str, **names: object) -> object:
    """What `text` gives with these names beside `NAMES`."""
    known = {**NAMES, **names}
    return parse(text, names=known, functions=FUNCTIONS).evaluate(known, FUNCTIONS)
