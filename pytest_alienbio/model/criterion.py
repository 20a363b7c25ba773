"""What a metric must be for a trial to pass: `error_rate < 0.05`."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
"""How a metric is compared with one number. `==` and `!=` compare exactly, without a tolerance."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A metric compared with one number, or, `between`, with two that both still count."""

    metric: str
    text: str
    """The condition in one spelling: `< 0.05`, `between 2 and 3`."""
    how: str
    """A key of `COMPARISONS`, or `between`."""
    bound: float
    """The number; of `between`, the lower one. A whole number is an `int`, and is compared exactly however large."""
    upper: float | None = None
    """Of `between`, the upper number."""

    def holds(self, value: float) -> bool:
        """Whether `value` meets the condition. NaN and infinities meet none."""
        if isinstance(value, float) and not math.isfinite(value):
            return False
        if self.upper is not None:
            return self.bound <= value <= self.upper
        return COMPARISONS[self.how](value, self.bound)

    def sentence(self, value: float) -> str:
        """`error_rate is 0.07, expected < 0.05`: in six digits, or in as many as it takes to see on which side it lies."""
        shown = str(value)
        if isinstance(value, float) and self.holds(float(short := f"{value:.6g}")) == self.holds(value):
            shown = short
        return f"{self.metric} is {shown}, expected {self.text}"
