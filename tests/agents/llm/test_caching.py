"""Answers that are kept: the same game again for nothing, and never one answer for two games."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pytest_alienbio.agents.llm import LLMAgent
from pytest_alienbio.agents.llm.caching import CachingWire
from pytest_alienbio.errors import ProviderError
from pytest_alienbio.model import (
    ActionSpec,
    AgentProfile,
    Answer,
    Briefing,
    Case,
    Cell,
    Endpoint,
    Json,
    Observation,
    Request,
    Tokens,
)
from pytest_alienbio.model.call_record import calls_as_json, calls_of

from .wires import ENDPOINT, Timeless, Wire, in_turn, says

BRIEFING = Briefing("grow it", actions=(ActionSpec("feed"),), max_steps=3, budget=5.0)
CELL = Cell("b", Case("s", None), AgentProfile("m", "openai"), 0, "s[m-s0]")
EMPTY = says("")


class Kept(dict[str, Mapping[str, Json]]):
    """An `AnswerStore` in memory."""

    def put(self, key: str, value: Mapping[str, Json], /) -> None:
        self[key] = value


def plays(
    store: Kept, *answers: Answer | ProviderError, cell: Cell = CELL, at: Endpoint = ENDPOINT, turns: int = 3
) -> tuple[LLMAgent, Wire]:
    """A whole game of `turns` turns, each the same for the model, and who was really asked."""
    wire = Wire(in_turn(*answers))
    agent = LLMAgent(at, clock=Timeless().clock())
    agent.connect(CachingWire(wire, store, at, cell))
    agent.start(BRIEFING)
    for step in range(3):
        agent.decide(Observation(step, {"x": 1.0}, 3, 5.0))
    return agent, wire


def test_the_same_cell_again_asks_nobody_and_takes_nothing() -> None:
    """Its calls say so, each; what an answer took when it was given stands in the answer."""
    store = Kept()
    first, _ = plays(store, says("a", ("feed", {})), says("b", ("feed", {})))
    again, wire = plays(store)
    assert wire.requests == []
    assert [call.answer for call in again.calls] == [call.answer for call in first.calls]
    assert all(call.recalled and call.usd == 0.0 and call.tokens == Tokens(input=0, output=0) for call in again.calls)
    assert (again.usage.requests, again.usage.usd, again.usage.tokens, again.usage.retries) == (0, 0.0, 0, 0)
    assert first.usage.requests == 3
    assert calls_of(calls_as_json(again.calls)) == again.calls


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        (replace(CELL, seed=1), ENDPOINT),
        (replace(CELL, id="s[m-s0-again]"), ENDPOINT),
        (CELL, replace(ENDPOINT, base_url="http://elsewhere")),
        (CELL, replace(ENDPOINT, model="model-2")),
        (CELL, replace(ENDPOINT, params={"temperature": 1.0})),
    ],
    ids=["seed", "cell", "server", "model", "params"],
)
def test_another_cell_or_another_model_has_answers_of_its_own(cell: Cell, at: Endpoint) -> None:
    store = Kept()
    plays(store)
    _, wire = plays(store, cell=cell, at=at)
    assert len(wire.requests) == 3


def test_the_same_words_in_two_turns_are_two_questions() -> None:
    """A world that says the same at each turn to a model that sends only the last one."""
    store = Kept()
    wire = CachingWire(Wire(in_turn()), store, ENDPOINT, CELL)
    request = Request("m", "", (), (), 10)
    for text in ("one", "two"):
        assert wire.recall(request) is None
        wire.remember(request, says(text))
    again = CachingWire(Wire(in_turn()), store, ENDPOINT, CELL)
    assert [found.text for _ in range(2) if (found := again.recall(request))] == ["one", "two"]
    assert again.recall(request) is None


def test_faults_are_not_kept_and_what_came_after_them_is() -> None:
    """An answer of nothing is a fault, too."""
    store = Kept()
    busy = ProviderError("busy", kind="rate_limit", status=429)
    first, _ = plays(store, busy, EMPTY, says("a", ("feed", {})))
    again, wire = plays(store)
    assert [call.fault for call in first.calls][:2] == ["rate_limit", "empty"]
    assert len(store) == len(again.calls) == 3
    assert wire.requests == []


@pytest.mark.parametrize(
    "value", [{}, {"text": 3}, {"calls": "all"}, {"calls": [[]]}, {"tokens": {"input": "many"}}, {"tokens": 1}]
)
def test_what_is_no_answer_is_asked_for_again(value: dict[str, Json]) -> None:
    """`{}` is an answer of nothing, which is never kept."""
    store = Kept()
    plays(store)
    for key in store:
        store[key] = value
    agent, wire = plays(store)
    assert len(wire.requests) == 3
    assert not any(call.recalled for call in agent.calls)
