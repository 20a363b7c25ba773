"""What a model's tokens cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite

from .canonical import Json
from .conversation import Tokens

_MILLION = 1e6
RATES = ("input", "output", "cached", "cache_written")
"""What a price names, each in US dollars for a million tokens."""


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
    over: tuple[tuple[int, Price], ...] = ()
    """Prices of all tokens of a call whose input is above so many, smallest first: `((200_000, Price(6, 22.5)),)`."""

    @property
    def is_free(self) -> bool:
        """Whether nothing it can do costs anything."""
        return not any((self.input, self.output, self.cached, self.cache_written, *(not dear.is_free for _, dear in self.over)))

    def of(self, tokens: Tokens) -> float | None:
        """Dollars for the `tokens` of one call; None if input or output are not known."""
        if tokens.input is None or tokens.output is None:
            return None
        for above, dear in reversed(self.over):
            if tokens.input > above:
                return dear.of(tokens)
        cached, written = tokens.cached or 0, tokens.cache_written or 0
        fresh = max(0, tokens.input - cached - written)
        usd = fresh * self.input + tokens.output * self.output
        usd += cached * (self.input if self.cached is None else self.cached)
        usd += written * (self.input if self.cache_written is None else self.cache_written)
        return usd / _MILLION

    def of_all(self, tokens: Tokens, calls: int | None = None) -> float | None:
        """Dollars for the `tokens` of several `calls` together; None also where it depends on which of them were long."""
        if self.over and calls != 1 and tokens.input is not None and tokens.input > self.over[0][0]:
            return None
        return self.of(tokens)

    def most(self, input: int, output: int) -> float:
        """Dollars for at most so many tokens, whichever of them are cached."""
        dearest = max(each for each in (self.input, self.cached, self.cache_written) if each is not None)
        usd = (input * dearest + output * self.output) / _MILLION
        return max(usd, *(dear.most(input, output) for above, dear in self.over if input > above), 0.0)

    def same_rates(self, other: Price) -> bool:
        """Whether both ask the same, wherever their figures come from."""
        return replace(self, source="", over=()) == replace(other, source="", over=()) and (
            [above for above, _ in self.over] == [above for above, _ in other.over]
            and all(mine.same_rates(theirs) for (_, mine), (_, theirs) in zip(self.over, other.over, strict=True))
        )


FREE = Price(0.0, 0.0, source="free")
"""Of a model on one's own machine."""


def price_as_json(price: Price) -> dict[str, Json]:
    """`price` as it is kept with a result; what is as usual is left out."""
    rates: dict[str, Json] = {name: value for name in RATES if (value := getattr(price, name)) is not None}
    over: list[Json] = [[above, price_as_json(dear)] for above, dear in price.over]
    return {**rates, **({"source": price.source} if price.source else {}), **({"over": over} if over else {})}


def price_from_json(value: Json) -> Price:
    """What `price_as_json` gave. Raises `ValueError` for anything else; unknown keys are ignored."""
    if not isinstance(value, Mapping):
        raise ValueError(f"a price is a mapping, got {value!r:.80}")
    rates = {name: value.get(name) for name in RATES}
    for name, rate in rates.items():
        missing = rate is None and name not in ("input", "output")
        if not missing and (isinstance(rate, bool) or not isinstance(rate, int | float) or not (isfinite(rate) and rate >= 0)):
            raise ValueError(f"price.{name}: expected dollars for a million tokens, from 0, got {rate!r:.80}")
    over, source = value.get("over") or [], value.get("source") or ""
    if not isinstance(over, list) or not isinstance(source, str):
        raise ValueError("price: expected a text as source and a list as over")
    tiers = []
    for each in over:
        if not (isinstance(each, list) and len(each) == 2 and type(each[0]) is int and each[0] > 0):
            raise ValueError(f"price.over: expected [tokens, price], got {each!r:.80}")
        tiers.append((each[0], replace(price_from_json(each[1]), over=())))
    return Price(**rates, source=source, over=tuple(sorted(tiers, key=lambda tier: tier[0])))  # type: ignore[arg-type]
