"""How scores go with what was played, agent by agent."""

from __future__ import annotations

from dataclasses import dataclass

from .correlation import Correlation
from .curve import Curve, Logistic


@dataclass(frozen=True, slots=True)
class Link:
    """One agent's scores against one property."""

    agent: str
    """'' for all agents taken together."""
    found: Correlation


@dataclass(frozen=True, slots=True)
class Links:
    """Correlations that were asked together, their p values adjusted over all of them (Benjamini-Hochberg)."""

    metric: str
    links: tuple[Link, ...]
    tested: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slope:
    """One agent over levels of difficulty."""

    agent: str
    scores: Curve
    passes: Logistic
    """The chance to pass: of cells that were judged."""


@dataclass(frozen=True, slots=True)
class Slopes:
    """Several agents over the same levels."""

    metric: str
    better: str
    slopes: tuple[Slope, ...]
    levels: tuple[float, ...]
    """All there are, ascending."""
    notes: tuple[str, ...] = ()
