"""What an agent says it took, and which model it asked: checked before it is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_alienbio.model import ModelUse, Price, Tokens, Usage
from pytest_alienbio.play.meter import CellMeter
from pytest_alienbio.play.usage import measured, usage_of, use_of


class Told:
    """An agent, as far as it tells what it took."""

    def __init__(self, usage: Any = None, use: Any = None) -> None:
        self.usage, self.use = usage, use


def spent(tokens: int = 110, requests: int = 1) -> CellMeter:
    """A meter that counted so much."""
    meter = CellMeter()
    for _ in range(requests):
        with meter.call("maker", tokens=200, usd=1.0) as call:
            call.settle(tokens=tokens // requests, usd=0.25)
    meter.end()
    return meter


@pytest.mark.parametrize(
    ("usage", "why"),
    [
        (Usage(retries=-1), "usage.retries is -1"),
        (Usage(latency_s=float("nan")), "usage.latency_s is nan"),
        (Usage(split=(1, 2)), "usage.split is of type tuple"),  # type: ignore[arg-type]
        (Usage(split=Tokens(input=True)), "usage.split.input is True"),
        (Usage(split=Tokens(input=1.5)), "usage.split.input is 1.5"),  # type: ignore[arg-type]
        (Usage(split=Tokens(input=5, cached=4, cache_written=2)), "6 tokens of cached and cache_written in 5 of input"),
        (Usage(split=Tokens(output=5, reasoning=6)), "6 tokens of reasoning in 5 of output"),
    ],
)
def test_what_cannot_be_true_is_not_recorded(usage: Usage, why: str) -> None:
    """And why is said."""
    found, wrong = usage_of(Told(usage))  # type: ignore[arg-type]
    assert found == Usage()
    assert why in wrong


def test_the_meter_counts_and_the_agent_tells_the_kinds() -> None:
    """Money, tokens and requests are never what an agent says, once it made calls through its meter."""
    split = Tokens(100, 50, 0, 10)
    found, wrong = measured(Told(Usage(99, 99.0, 99, split, 0, 1.5)), spent())  # type: ignore[arg-type]
    assert wrong == ""
    assert found == Usage(110, 0.25, 1, split, 0, 1.5)


@pytest.mark.parametrize(
    ("usage", "why"),
    [
        (Usage(split=Tokens(100, output=11)), "its usage's split adds up to 111, and its meter counted 110"),
        (Usage(retries=2), "its usage's retries are 2, and its meter counted 1"),
    ],
)
def test_an_agent_that_tells_more_than_was_counted_is_not_believed(usage: Usage, why: str) -> None:
    found, wrong = measured(Told(usage), spent())  # type: ignore[arg-type]
    assert found == Usage(110, 0.25, 1)
    assert wrong == why


def test_names_of_models_are_made_harmless() -> None:
    """They come from a provider: escapes, lone surrogates, endless ones, too many of them."""
    evil = "\x1b[31mred\ud800" + "x" * 10_000
    use, wrong = use_of(Told(use=ModelUse("p", "m", (evil,), responses=("id",) * 5000)))  # type: ignore[arg-type]
    assert wrong == ""
    assert use is not None
    assert use.resolved[0].isprintable()
    assert len(use.resolved[0]) <= 200
    assert len(use.responses) == 1000


@pytest.mark.parametrize(
    "use",
    [
        ModelUse("p", 5),  # type: ignore[arg-type]
        ModelUse("p", "m", ["m"]),  # type: ignore[arg-type]
        ModelUse("p", "m", (None,)),  # type: ignore[arg-type]
        ModelUse("p", "m", price="free"),  # type: ignore[arg-type]
        ModelUse("p", "m", price=Price(-1, 2)),
        ModelUse("p", "m", price=Price(float("inf"), 2)),
    ],
    ids=str,
)
def test_a_use_that_is_none_is_not_recorded(use: ModelUse) -> None:
    found, wrong = use_of(Told(use=use))  # type: ignore[arg-type]
    assert found is None
    assert wrong.startswith("its use")


def test_an_attribute_of_that_name_that_is_something_else_tells_nothing() -> None:
    assert use_of(Told(use=lambda: 5)) == (None, "")  # type: ignore[arg-type]
    assert use_of(None) == (None, "")
