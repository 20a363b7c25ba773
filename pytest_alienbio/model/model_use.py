"""Which language model a cell was really played with."""

from __future__ import annotations

from dataclasses import dataclass

from .price import Price


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What answered, and at what price: enough to see that a model has changed under its name, and to reckon a cost anew."""

    provider: str
    requested: str
    """The model's name as it was asked for."""
    resolved: tuple[str, ...] = ()
    """As the provider called what answered, each once, in the order of their first answers."""
    sdk: str = ""
    """What spoke to it: `openai 3.57.0`; '' for what was recorded."""
    price: Price | None = None
    """By which `Usage.usd` was reckoned."""
    responses: tuple[str, ...] = ()
    """The provider's ids of its answers, in order."""
