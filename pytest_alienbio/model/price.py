"""What a model's tokens cost."""

from __future__ import annotations

from dataclasses import dataclass

from .conversation import Tokens

_MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens each."""

    input: float
    output: float
    cached: float | None = None
    """Of input that the provider had in its cache; None = as any other."""
    cache_written: float | None = None
    """Of input that it put there; None = as any other."""
    source: str = ""
    """Where the figures come from, and their version: `genai-prices 0.2.3`, `bio.yaml:12:5`."""

    @property
    def is_free(self) -> bool:
        """Whether nothing it can do costs anything."""
        return not any((self.input, self.output, self.cached, self.cache_written))

    def of(self, tokens: Tokens) -> float | None:
        """Dollars for `tokens`; None if input or output are not known."""
        if tokens.input is None or tokens.output is None:
            return None
        cached, written = tokens.cached or 0, tokens.cache_written or 0
        fresh = max(0, tokens.input - cached - written)
        usd = fresh * self.input + tokens.output * self.output
        usd += cached * (self.input if self.cached is None else self.cached)
        usd += written * (self.input if self.cache_written is None else self.cache_written)
        return usd / _MILLION

    def most(self, input: int, output: int) -> float:
        """Dollars for at most so many tokens, whichever of them are cached."""
        dearest = max(each for each in (self.input, self.cached, self.cache_written) if each is not None)
        return (input * dearest + output * self.output) / _MILLION


FREE = Price(0.0, 0.0, source="free")
"""Of a model on one's own machine."""
