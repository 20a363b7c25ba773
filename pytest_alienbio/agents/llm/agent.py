"""One cell, played by a language model: what it is told, what it answers, and what that means."""

from __future__ import annotations

from ...errors import NotBuiltError
from ...model import Action, Briefing, Endpoint, Meter, ModelCall, ModelUse, Observation, Scores, Usage, Wire


class LLMAgent:
    """A language model that acts by calling tools, one for each action."""

    __slots__ = ("_calls", "_meter", "_wire", "endpoint")

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._calls: list[ModelCall] = []
        self._meter: Meter | None = None
        self._wire: Wire | None = None

    @property
    def calls(self) -> tuple[ModelCall, ...]:
        """Every attempt so far."""
        return tuple(self._calls)

    @property
    def usage(self) -> Usage:
        """What they took, as far as the provider says."""
        return Usage()

    @property
    def use(self) -> ModelUse | None:
        """Which model answered; None before it is connected."""
        return None

    def connect(self, wire: Wire, /) -> None:
        """How the model is reached; once, before `start`."""
        self._wire = wire

    def attach(self, meter: Meter, /) -> None:
        """Each attempt asks `meter` for leave."""
        self._meter = meter

    def start(self, briefing: Briefing, /) -> None:
        """Begins the conversation."""
        raise NotBuiltError("language models cannot play yet")

    def decide(self, observation: Observation, /) -> Action:
        """Asks the model. Raises `ProviderError` when all attempts failed."""
        raise NotBuiltError("language models cannot play yet")

    def end(self, scores: Scores, /) -> None:
        """Learns nothing."""
