"""What an episode will ask of a model, before it is played."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents.llm import LLMAgent
from pytest_alienbio.agents.llm.ahead import HIGH, LIKELY, LOW, Prompt, episode, prompt_of
from pytest_alienbio.agents.llm.prompt import SYSTEM
from pytest_alienbio.agents.llm.prompt import Prompt as ModelPrompt
from pytest_alienbio.model import ActionSpec, Briefing, Endpoint, Observation, Price

prompts = st.builds(Prompt, st.integers(1, 5000), st.integers(1, 500), st.integers(1, 60))
rates = st.floats(0.01, 100)
prices = st.builds(
    lambda input, output, cached, written: Price(input, output, cached and min(cached, input), written and max(written, input)),
    rates, rates, st.none() | rates, st.none() | rates,
)  # fmt: skip


@given(prompts, st.none() | prices, st.none() | st.integers(1, 4000))
def test_the_guesses_are_in_order(prompt: Prompt, price: Price | None, max_tokens: int | None) -> None:
    """Least, likely, most: of calls, tokens and time, whatever the case."""
    three = [episode(prompt, guess, price=price, max_tokens=max_tokens, max_context=None) for guess in (LOW, LIKELY, HIGH)]
    for name in ("calls", "seconds"):
        values = [getattr(each, name) for each in three]
        assert values == sorted(values)
    totals = [each.tokens.total or 0 for each in three]
    assert totals == sorted(totals)
    assert all((each.usd is None) == (price is None) for each in three)


@given(prompts, st.integers(1, 20))
def test_no_guess_goes_beyond_the_cells_own_limit(prompt: Prompt, most: int) -> None:
    bounded = replace(prompt, most_calls=most)
    assert episode(bounded, HIGH, price=None, max_tokens=None, max_context=None).calls <= most


def test_long_turns_that_fall_out_are_not_sent_again() -> None:
    """So the tokens of a call stop growing, and with them what is cached."""
    whole, kept = Prompt(1000, 200, 40), Prompt(1000, 200, 40, kept=12)
    one, other = (episode(each, LIKELY, price=None, max_tokens=None, max_context=None) for each in (whole, kept))
    assert (other.tokens.input or 0) < (one.tokens.input or 0)
    assert (other.tokens.input or 0) <= 40 * (1000 + 13 * 200 + 12 * 100)


def test_its_size_is_that_of_the_very_first_request() -> None:
    """Of the agent's own prompt: with a longer one of its own it is larger; nobody is asked."""
    briefing = Briefing("Grow it.", actions=(ActionSpec("feed", {"what": "sugar"}, 1.0),), max_steps=20, budget=10.0)
    seen = Observation(0, {"a": 1.0, "b": 2.0}, max_steps=20, budget=10.0)
    endpoint = Endpoint("openai-compatible", "m")
    ours = prompt_of(LLMAgent(endpoint), briefing, seen)
    longer = prompt_of(LLMAgent(endpoint, prompt=ModelPrompt(system=SYSTEM + "Be careful. " * 100)), briefing, seen)
    assert ours.standing > 200
    assert 0 < ours.turn < 100
    assert longer.standing > ours.standing + 200
    assert (longer.turn, ours.steps) == (ours.turn, 20)


@given(prompts, prices)
def test_a_dearer_model_costs_more(prompt: Prompt, price: Price) -> None:
    """Twice the price of everything, twice the money."""
    twice = Price(
        2 * price.input,
        2 * price.output,
        None if price.cached is None else 2 * price.cached,
        None if price.cache_written is None else 2 * price.cache_written,
    )
    one, two = (episode(prompt, LIKELY, price=each, max_tokens=None, max_context=None).usd for each in (price, twice))
    assert one is not None
    assert two == pytest.approx(2 * one)


@given(prompts, st.floats(0.01, 100), st.floats(0.01, 100))
def test_a_cache_never_makes_it_dearer(prompt: Prompt, input: float, output: float) -> None:
    """Where reading from it is cheaper and putting something there costs nothing more."""
    plain, kept = Price(input, output), Price(input, output, cached=input / 10)
    one, other = (episode(prompt, LIKELY, price=each, max_tokens=None, max_context=None).usd for each in (plain, kept))
    assert one is not None
    assert other is not None
    assert other <= one * (1 + 1e-12)


def test_every_call_sends_the_whole_conversation_again() -> None:
    """By hand: 1000 standing, 100 a turn, 3 calls, 100 an answer."""
    found = episode(Prompt(1000, 100, 3), replace(LIKELY, steps=1.0), price=None, max_tokens=None, max_context=None)
    assert found.calls == 3
    assert found.tokens.input == (1000 + 100) + (1000 + 200 + 100) + (1000 + 300 + 200)
    assert found.tokens.output == 300


def test_what_is_cached_is_what_was_sent_before() -> None:
    """And what is new is put there, where that has a price of its own."""
    price = Price(3, 15, cached=0.3, cache_written=3.75)
    found = episode(Prompt(1000, 100, 3), replace(LIKELY, steps=1.0), price=price, max_tokens=None, max_context=None)
    assert (found.tokens.cached, found.tokens.cache_written) == (1100 + 1300, 1100 + 200 + 200)
    fresh = 3900 - 2400 - 1500
    assert found.usd == pytest.approx((fresh * 3 + 2400 * 0.3 + 1500 * 3.75 + 300 * 15) / 1e6)


def test_a_context_that_is_full_grows_no_more() -> None:
    found = episode(Prompt(1000, 100, 30), replace(LIKELY, steps=1.0), price=None, max_tokens=50, max_context=1500)
    assert (found.tokens.input or 0) <= 30 * 1450
    assert found.tokens.output == 30 * 50
