"""Prices from the data of genai-prices, held against its own arithmetic."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pytest
from genai_prices import Usage, calc_price
from genai_prices.data_snapshot import get_snapshot

from pytest_alienbio.agents.llm import prices
from pytest_alienbio.agents.llm.prices import data_version, price_of, unpriced
from pytest_alienbio.model import FREE, Endpoint, Price, Tokens

OPENAI = ("gpt-4o-mini", "gpt-4.1", "gpt-5", "gpt-5.1", "gpt-5.4", "o3")
ANTHROPIC = ("claude-opus-5", "claude-sonnet-4-5", "claude-sonnet-4-6", "claude-haiku-4-5", "claude-opus-4-1")
CALLS = (
    Tokens(input=1000, cached=500, cache_written=0, output=1000),
    Tokens(input=5000, cached=0, cache_written=4000, output=70),
    Tokens(input=200_000, cached=150_000, cache_written=2000, output=300),
    Tokens(input=200_001, cached=150_000, cache_written=2000, output=300),
    Tokens(input=300_000, cached=0, cache_written=0, output=3000, reasoning=2000),
    Tokens(input=0, output=0),
)


def as_usage(call: Tokens) -> Usage:
    """As genai-prices wants it: it, too, means all of the input, what was cached included."""
    return Usage(
        input_tokens=call.input,
        cache_read_tokens=call.cached,
        cache_write_tokens=call.cache_written,
        output_tokens=call.output,
    )


@pytest.mark.parametrize("call", CALLS, ids=str)
@pytest.mark.parametrize(
    ("provider", "model"), [*(("openai", model) for model in OPENAI), *(("anthropic", model) for model in ANTHROPIC)]
)
def test_a_call_costs_what_the_data_says(provider: str, model: str, call: Tokens) -> None:
    """Cached, put into the cache, above 200,000 tokens: to the last digit that a float has."""
    price = price_of(Endpoint(provider, model))  # type: ignore[arg-type]
    assert price is not None
    assert price.source.startswith(data_version())
    assert price.of(call) == pytest.approx(
        float(calc_price(as_usage(call), model, provider_id=provider).total_price), rel=1e-12
    )


def test_prices_of_all_models_of_both_providers_agree() -> None:
    """Whatever has a price by tokens; what asks for anything else has none here."""
    checked = 0
    now = datetime.now(UTC)
    for provider in get_snapshot().providers:
        if provider.id not in ("openai", "anthropic"):
            continue
        for model in provider.models:
            price = prices._as_price(model.get_prices(now), "")
            if isinstance(price, str):
                continue
            checked += 1
            for call in CALLS:
                theirs = model.calc_price(as_usage(call), provider, genai_request_timestamp=now).total_price
                assert price.of(call) == pytest.approx(float(theirs), rel=1e-12), model.id
    assert checked > 50


def test_a_price_is_that_of_the_day() -> None:
    """`o3` became cheaper on 2025-06-10."""
    before, after = (datetime(2025, 6, day, tzinfo=UTC).timestamp() for day in (1, 20))
    old, new = (price_of(Endpoint("openai", "o3"), at) for at in (before, after))
    assert old is not None
    assert new is not None
    assert (old.input, new.input) == (10, 2)


def test_another_name_of_a_model_is_said() -> None:
    """A dated name is priced by its family, and the price says which."""
    price = price_of(Endpoint("openai", "gpt-4o-mini-2024-07-18"))
    assert price is not None
    assert price.source == f"{data_version()} (gpt-4o-mini)"


def test_what_the_file_says_wins() -> None:
    mine = Price(1, 2, source="bio.yaml:3:5")
    assert price_of(Endpoint("openai", "gpt-4o-mini", price=mine)) is mine
    assert price_of(Endpoint("openai-compatible", "llama", price=FREE)) is FREE


@pytest.mark.parametrize(
    ("endpoint", "why"),
    [
        (Endpoint("openai", "gpt-99-imaginary"), "has no such model of openai"),
        (Endpoint("openai-compatible", "llama"), "its provider is not said"),
        (Endpoint("openai-compatible", "gpt-4o", "http://127.0.0.1:8000/v1"), "no such model of http://127.0.0.1:8000/v1"),
        (Endpoint("openai-compatible", "m", provider="nobody"), "no such model of nobody"),
        (Endpoint("openai", "\x1b[31mevil\x00" + "x" * 10_000), "has no such model"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_unpriced_model_is_told_what_to_write(endpoint: Endpoint, why: str) -> None:
    """A model that nobody has a price for never costs 0."""
    assert price_of(endpoint) is None
    said = unpriced(endpoint)
    assert why in said
    assert "price: {input: 3, output: 15}" in said
    assert "price: free" in said
    assert said.isprintable()
    assert len(said) < 1000


def test_a_provider_is_known_by_its_address() -> None:
    """Where no `provider:` is said; a machine of one's own is nobody's."""
    price = price_of(Endpoint("openai-compatible", "deepseek-chat", "https://api.deepseek.com"))
    assert price is not None
    assert price.input > 0


def test_without_the_data_there_is_no_price(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to install is said."""
    monkeypatch.setitem(sys.modules, "genai_prices.data_snapshot", None)
    monkeypatch.setattr(prices, "_looked_up", prices._looked_up.__wrapped__)
    assert price_of(Endpoint("openai", "gpt-4o-mini")) is None
    assert "pip install 'pytest-alienbio[llm]'" in unpriced(Endpoint("openai", "gpt-4o-mini"))
