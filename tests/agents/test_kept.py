"""What agents keep in a checkpoint."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.agents import (
    GreedyAgent,
    InquirerAgent,
    NoopAgent,
    ProberAgent,
    RandomAgent,
    ScriptedAgent,
    SimulatedLLM,
)
from pytest_alienbio.agents.kept import Kept, place, position
from pytest_alienbio.model import Action, Briefing, Json, Observation

from .anywhere import acts, briefings, moments

AGENTS: dict[str, Callable[[], Any]] = {
    "noop": NoopAgent,
    "scripted": lambda: ScriptedAgent(actions=["wait", {"name": "assay", "params": {"subject": "fish"}}, "wait"]),
    "random": RandomAgent,
    "greedy": GreedyAgent,
    "inquirer": InquirerAgent,
    "prober": ProberAgent,
    "simulated-llm": lambda: SimulatedLLM(rate_malformed=0.3, rate_429=0.2, retries=50),
}
OTHERS: list[Json] = [None, 3, [], {}, {"next": "2"}, {"paid": 0.0, "uses": [1] * 99, "first": {}}, {"dice": {"stream": "0x1"}}]


class Relieved:
    """An agent whose place is taken by a fresh one after so many decisions, through a checkpoint's text."""

    def __init__(self, make: Callable[[], Any], after: int) -> None:
        self._make, self._after, self._agent, self._briefing = make, after, make(), Briefing("")

    def start(self, briefing: Briefing, /) -> None:
        self._briefing = briefing
        self._agent.start(briefing)

    def decide(self, observation: Observation, /) -> Action:
        if self._after == 0:
            text = json.dumps(self._agent.checkpoint(), allow_nan=False)
            self._agent = self._make()
            self._agent.start(self._briefing)
            self._agent.restore(json.loads(text))
            assert json.dumps(self._agent.checkpoint()) == text, "what comes back is all of it"
        self._after -= 1
        action: Action = self._agent.decide(observation)
        return action

    def end(self, scores: object, /) -> None:
        """Never called here."""


@pytest.mark.parametrize("name", AGENTS)
@settings(max_examples=50)
@given(briefing=briefings, seen=moments, after=st.integers(0, 9))
def test_one_that_is_restored_acts_as_the_one_before_would_have(name: str, briefing: Briefing, seen: Any, after: int) -> None:
    """Wherever it is cut, whatever it is handed."""
    assert acts(Relieved(AGENTS[name], after), briefing, seen) == acts(AGENTS[name](), briefing, seen)


@pytest.mark.parametrize("state", OTHERS, ids=repr)
@pytest.mark.parametrize("name", [name for name in AGENTS if name != "noop"])
def test_what_is_no_checkpoint_of_its_is_refused(name: str, state: Json) -> None:
    agent = AGENTS[name]()
    agent.start(Briefing("", seed=1))
    with pytest.raises(ValueError, match=r"checkpoint|unpack"):
        agent.restore(state)


def test_what_it_consumed_comes_back_too() -> None:
    first, second = SimulatedLLM(), SimulatedLLM()
    for agent in (first, second):
        agent.start(Briefing("", seed=4))
    first.decide(Observation(0, {}))
    second.restore(first.checkpoint())
    assert second.usage == first.usage != SimulatedLLM().usage


def test_dice_of_another_stream_are_refused() -> None:
    from numpy.random import PCG64, Generator

    with pytest.raises(ValueError, match="not this cell's"):
        place(Generator(PCG64(1)), position(Generator(PCG64(2))))


def test_dice_stand_where_they_stood_also_between_two_halves_of_a_draw() -> None:
    from numpy.random import PCG64, Generator

    dice, other = Generator(PCG64(1)), Generator(PCG64(1))
    dice.integers(0, 10, dtype="uint32")
    place(other, json.loads(json.dumps(position(dice))))
    assert other.integers(0, 2**32 - 1, 9, dtype="uint32").tolist() == dice.integers(0, 2**32 - 1, 9, dtype="uint32").tolist()


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda kept: kept.whole("x"), "'x' holds 1.5, not a whole number"),
        (lambda kept: kept.number("flag"), "'flag' holds True, not a number"),
        (lambda kept: kept.text("x"), "'x' holds 1.5, not a text"),
        (lambda kept: kept.flag("x"), "'x' is 1.5, neither true nor false"),
        (lambda kept: kept.items("x"), "'x' is 1.5, not a list"),
        (lambda kept: kept.tables("x"), "'x' is 1.5, not a mapping"),
        (lambda kept: list(kept.rows("rows", texts=1, figures=1)), r"'rows' holds \['a'\], not a row of 2"),
        (lambda kept: kept["gone"], "has no 'gone'"),
    ],
)
def test_what_is_not_as_it_was_saved_is_named(read: Callable[[Kept], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(Kept({"x": 1.5, "flag": True, "rows": [["a"]]}))
