"""By what a language model judges a stored cell."""

from __future__ import annotations

from dataclasses import dataclass

from .canonical import digest

SHOWN = ("briefing", "turns", "reasoning", "states", "score")
"""What of a cell a judge may be shown."""


@dataclass(frozen=True, slots=True)
class Rubric:
    """A rubric, as its file says."""

    name: str
    criteria: str
    """What is good and what is not, for the judge."""
    low: float = 0.0
    high: float = 10.0
    """The ends of its scale; scores are kept as the fraction of the way from `low` to `high`."""
    judge: str = ""
    """A language model, by its profile; '' = whoever rescores says."""
    replicates: int = 3
    """Judgements of each cell."""
    passing_score: float | None = None
    """Of the fraction; None: nobody passes or fails."""
    shows: tuple[str, ...] = ("briefing", "turns", "reasoning")
    """Of `SHOWN`. The names of agents are never shown."""
    file: str = ""

    @property
    def hash(self) -> str:
        """Of what decides a judgement, beside the model: not of its name, file and bar."""
        return digest({"criteria": self.criteria, "scale": [self.low, self.high], "shows": list(self.shows)})
