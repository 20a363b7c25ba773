"""How scores go with what was played, agent by agent."""

from __future__ import annotations

from dataclasses import dataclass

from . import figures
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

    @property
    def half(self) -> str:
        """Where half pass, as reports spell it; beyond what was played only on which side."""
        at, levels = self.passes.d50.value, [point.x for point in self.scores.points]
        if at is not None and levels and at > levels[-1]:
            return f"above {levels[-1]:g}"
        if at is not None and levels and at < levels[0]:
            return f"below {levels[0]:g}"
        if at is None and self.passes.bracket is not None:
            low, high = self.passes.bracket
            return f"{low:g} to {high:g}" if low < high else f"about {low:g}"
        return figures.score(at)


@dataclass(frozen=True, slots=True)
class Slopes:
    """Several agents over the same levels."""

    metric: str
    better: str
    slopes: tuple[Slope, ...]
    levels: tuple[float, ...]
    """All there are, ascending."""
    notes: tuple[str, ...] = ()
