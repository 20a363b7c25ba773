"""What tokens cost, and how a price is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import FREE, Json, Price, Tokens
from pytest_alienbio.model.price import price_as_json, price_from_json

rates = st.floats(0, 1000)
flat = st.builds(Price, rates, rates, st.none() | rates, st.none() | rates)
prices = flat | st.builds(
    lambda low, above, high: replace(low, source="x 1", over=((above, high),)), flat, st.integers(1, 10**6), flat
)
counts = st.integers(0, 10**7)
told = st.builds(Tokens, *[st.none() | counts] * 5)


@st.composite
def calls(draw: st.DrawFn) -> Tokens:
    """One call whose provider says everything."""
    fresh, cached, written, shown, hidden = (draw(st.integers(0, 10**6)) for _ in range(5))
    return Tokens(fresh + cached + written, cached, written, shown + hidden, hidden)


@given(told, told, told)
def test_adding_tokens_is_a_commutative_monoid(a: Tokens, b: Tokens, c: Tokens) -> None:
    """So that nothing depends on the order in which calls end; what nobody told stays untold."""
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + Tokens() == a


@given(flat, calls(), calls())
def test_without_lengths_a_sum_costs_what_its_calls_do(price: Price, a: Tokens, b: Tokens) -> None:
    one, other, both = price.of(a), price.of(b), price.of_all(a + b, 2)
    assert one is not None
    assert other is not None
    assert both == pytest.approx(one + other, rel=1e-9, abs=1e-12)


@given(flat, calls(), st.integers(0, 1000), st.integers(0, 1000))
def test_more_tokens_never_cost_less(price: Price, call: Tokens, sent: int, said: int) -> None:
    assert call.input is not None
    assert call.output is not None
    more = replace(call, input=call.input + sent, output=call.output + said)
    assert (price.of(more) or 0.0) >= (price.of(call) or 0.0)


@given(prices, calls())
def test_no_call_costs_more_than_its_worst_case(price: Price, call: Tokens) -> None:
    """Whatever of it is cached, and however long it is."""
    assert call.input is not None
    assert call.output is not None
    usd = price.of(call)
    assert usd is not None
    assert usd <= price.most(call.input, call.output) * (1 + 1e-12) + 1e-15


@given(prices)
def test_a_price_comes_back_as_it_was_kept(price: Price) -> None:
    assert price_from_json(price_as_json(price)) == price
    assert price.same_rates(replace(price, source="elsewhere"))


def test_a_long_call_is_dearer_as_a_whole() -> None:
    """Beyond the length all of its tokens are, not those beyond it; one call just as long is not."""
    price = Price(1, 2, over=((1000, Price(10, 20)),))
    assert price.of(Tokens(input=1000, output=0)) == pytest.approx(0.001)
    assert price.of(Tokens(input=1001, output=0)) == pytest.approx(0.01001)


def test_what_depends_on_which_call_was_long_is_not_known_of_a_sum() -> None:
    """Two short calls and one long one may have the same sum."""
    price = Price(1, 2, over=((1000, Price(10, 20)),))
    both = Tokens(input=1500, output=0)
    assert price.of_all(both, 2) is None
    assert price.of_all(both) is None
    assert price.of_all(both, 1) == pytest.approx(0.015)
    assert price.of_all(Tokens(input=900, output=0), 3) == pytest.approx(0.0009)


@pytest.mark.parametrize("tokens", [Tokens(), Tokens(input=5), Tokens(output=5)])
def test_what_is_not_told_costs_nobody_knows_what(tokens: Tokens) -> None:
    """Never 0."""
    assert Price(1, 1).of(tokens) is None


def test_free_is_free_at_any_length() -> None:
    assert FREE.is_free
    assert not Price(0, 0, over=((5, Price(1, 1)),)).is_free
    assert not Price(0, 0, cache_written=1).is_free


@pytest.mark.parametrize(
    "broken",
    [None, 3, {}, {"input": 1}, {"input": -1, "output": 1}, {"input": "1", "output": 1}, {"input": True, "output": 1}]
    + [{"input": 1, "output": 1, "over": over} for over in (5, [5], [[0, {}]], [[5, {"input": 1}]], [[True, {}]])]
    + [{"input": 1, "output": 1, "source": 5}, {"input": float("nan"), "output": 1}, {"input": float("inf"), "output": 1}],
    ids=str,
)
def test_what_is_no_price_is_refused(broken: Json) -> None:
    with pytest.raises(ValueError, match="price"):
        price_from_json(broken)
