"""The agent that lets things take their course."""

from __future__ import annotations

from ..model import Action, Briefing, Json, Observation, Scores


class NoopAgent:
    """Waits, step after step: what a scenario scores when nobody acts."""

    __slots__ = ()

    def start(self, briefing: Briefing, /) -> None:
        """Needs nothing."""

    def decide(self, observation: Observation, /) -> Action:
        """Always `wait`."""
        return Action("wait")

    def checkpoint(self) -> Json:
        """There is nothing to keep."""
        return None

    def restore(self, state: Json, /) -> None:
        """Needs nothing."""

    def end(self, scores: Scores, /) -> None:
        """Learns nothing."""
