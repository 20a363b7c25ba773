"""Scores as a curve over difficulty, or over another number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp

from .estimate import Estimate, Interval


@dataclass(frozen=True, slots=True)
class Point:
    """The curve at one level."""

    x: float
    n: int
    """Units there: scenarios at this level."""
    mean: float
    """Of their scores, as they are."""
    fitted: float
    """On the curve."""
    band: Interval | None = None
    """Pointwise; None where it cannot be told."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A monotone curve without any other assumption (isotonic regression), with a band over other scenarios."""

    name: str
    falling: bool
    points: tuple[Point, ...]
    """By ascending x."""
    scenarios: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    """Cells that could not enter, by why."""
    resamples: int | None = None
    seed: int | None = None
    why: str = ""
    """Why there is no curve, or no band."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Logistic:
    """`P(pass) = 1 / (1 + exp(-(a + b x)))`, standard errors robust to cells of one scenario being alike."""

    name: str
    intercept: Estimate
    """a, on the logit scale."""
    slope: Estimate
    """b: negative if it gets harder."""
    d50: Estimate
    """-a/b: where half pass."""
    bracket: tuple[float, float] | None = None
    """No finite slope fits: everything up to the first passes and from the second on fails (or the other way round)."""
    dispersion: float | None = None
    """Of fractional scores (quasi-binomial), Pearson; None for plain passes."""
    cells: int = 0
    scenarios: int = 0
    why: str = ""
    notes: tuple[str, ...] = ()

    def at(self, x: float) -> float | None:
        """The chance to pass at x; None without a fit."""
        if self.intercept.value is None or self.slope.value is None:
            return None
        z = self.intercept.value + self.slope.value * x
        return 1 / (1 + exp(-z)) if z >= 0 else exp(z) / (1 + exp(z))


@dataclass(frozen=True, slots=True)
class Item:
    """One scenario among the others."""

    scenario: str
    difficulty: Estimate
    """On the scale of abilities: an ability of the same size passes half."""
    pass_rate: float | None
    item_rest: float | None
    """Correlation of passing it with doing well on the others, over agents; negative: better agents fail more."""
    fault: str = ""
    """`nobody passes`, `everybody passes`, `better agents fail more`; "" if it measures."""


@dataclass(frozen=True, slots=True)
class Rasch:
    """Abilities of agents against difficulties of scenarios: `P(pass) = 1 / (1 + exp(difficulty - ability))`."""

    abilities: Mapping[str, Estimate]
    items: tuple[Item, ...]
    """Hardest first."""
    why: str = ""
    """Why there is no fit: fewer than five agents or twenty scenarios."""
    notes: tuple[str, ...] = ()
