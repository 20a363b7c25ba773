"""What a model costs: by what its file says, else by the data of genai-prices, which needs no network."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from ...model import FREE, Endpoint, Price, inert
from ...model.price import RATES

if TYPE_CHECKING:
    from genai_prices.types import ModelPrice

_KEYS = {"input": "input_mtok", "output": "output_mtok", "cached": "cache_read_mtok", "cache_written": "cache_write_mtok"}
_OF_WHAT_WE_NEVER_SEND = (
    *("audio", "video", "image", "document", "web_searches", "storage_searches", "cache_write_1h", "text_messages"),
)
"""Prices of what is in no call of ours: only text is sent, without a provider's own tools, cached for minutes."""


def price_of(endpoint: Endpoint, at: float | None = None) -> Price | None:
    """What `endpoint` asks for tokens at `at` (Unix seconds; None = now); None if nobody knows, see `unpriced`.

    What its profile or `prices:` says is taken as it is. Prices over a length of input are in `Price.over`.
    """
    found = _found(endpoint, at)
    return found if isinstance(found, Price) else None


def unpriced(endpoint: Endpoint, at: float | None = None) -> str:
    """Why `endpoint` has no price, and what to write; '' if it has one."""
    found = _found(endpoint, at)
    if isinstance(found, Price):
        return ""
    model = inert(endpoint.model, most=100)
    return (
        f"nobody knows what {model!r} costs ({found}): say it with its agent, in US dollars for a million tokens, "
        "`price: {input: 3, output: 15}`, or `price: free` for a model on your own machine"
    )


def data_version() -> str:
    """Whose price data this is: `genai-prices 0.2.3`; '' if it is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"genai-prices {version('genai-prices')}"
    except PackageNotFoundError:
        return ""


def _found(endpoint: Endpoint, at: float | None) -> Price | str:
    if endpoint.price is not None:
        return endpoint.price
    provider = endpoint.provider or ("" if endpoint.wire_format == "openai-compatible" else endpoint.wire_format)
    when = datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)
    # Prices may depend on the hour: one look-up serves a run's cells for that long.
    return _looked_up(
        provider, "" if provider else endpoint.base_url, endpoint.model, when.replace(minute=0, second=0, microsecond=0)
    )


@lru_cache(maxsize=256)
def _looked_up(provider: str, url: str, model: str, at: datetime) -> Price | str:
    """The price of a model in the data, else why there is none."""
    if not (provider or url):
        return "its provider is not said"
    try:
        from genai_prices.data_snapshot import get_snapshot
    except ImportError:
        return "genai-prices is not installed: pip install 'pytest-alienbio[llm]'"
    version = data_version()
    try:
        _, known = get_snapshot().find_provider_model(model, None, provider or None, url or None)
    except LookupError:
        return f"{version} has no such model of {inert(provider or url, most=200)}"
    except RecursionError:
        return f"{version} cannot look it up"
    source = version if known.id == model else f"{version} ({known.id})"
    found = _as_price(known.get_prices(at), source)
    return found if isinstance(found, Price) else f"{version} has no price by tokens for it: {found}"


def _as_price(asked: ModelPrice, source: str) -> Price | str:
    """The data's price as ours; why not if what it asks for is nothing that we count."""
    from genai_prices.types import TieredPrices

    said = {key: value for key, value in vars(asked).items() if value is not None and not key.startswith("_")}
    if not said:
        return "nothing is asked for anything"
    for key in said:
        if key not in _KEYS.values() and not any(word in key for word in _OF_WHAT_WE_NEVER_SEND):
            return f"it asks for {key}"
    if "input_mtok" not in said or "output_mtok" not in said:
        return "it has none of " + " and ".join(name for name in ("input", "output") if _KEYS[name] not in said)
    lengths = sorted({tier.start for value in said.values() if isinstance(value, TieredPrices) for tier in value.tiers})

    def rate(name: str, above: int | None) -> float | None:
        value = said.get(_KEYS[name])
        if not isinstance(value, TieredPrices):
            return None if value is None else _dollars(value)
        return _dollars(
            next((tier.price for tier in reversed(value.tiers) if above is not None and above >= tier.start), value.base)
        )

    def price(above: int | None) -> Price:
        input, output, cached, written = (rate(name, above) for name in RATES)
        assert input is not None
        assert output is not None
        return Price(input, output, cached, written)

    return replace(price(None), source=source, over=tuple((length, price(length)) for length in lengths))


def _dollars(amount: Decimal) -> float:
    return float(amount)


__all__ = ["FREE", "data_version", "price_of", "unpriced"]
