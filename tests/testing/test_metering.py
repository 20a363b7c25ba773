"""Agents that take a meter."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from pytest_alienbio.agents import SimulatedLLM
from pytest_alienbio.errors import OverLimitError
from pytest_alienbio.model import Action, Briefing, Meter, Observation, Scores
from pytest_alienbio.testing import check_agent


class Payer:
    """Asks, settles, and stops when it is refused."""

    took, worst = 10, 20

    def attach(self, meter: Meter) -> None:
        self.meter = meter

    def start(self, briefing: Briefing) -> None:
        pass

    def decide(self, observation: Observation) -> Action:
        with self.meter.call("maker", tokens=self.worst, usd=0.02) as call:
            self.settle(call)
        return Action("wait")

    def settle(self, call: Any) -> None:
        call.settle(tokens=self.took, usd=0.01)

    def end(self, scores: Scores) -> None:
        pass


class Dear(Payer):
    took = 21


class Forgets(Payer):
    def settle(self, call: Any) -> None:
        pass


class Hides(Payer):
    def decide(self, observation: Observation) -> Action:
        with suppress(OverLimitError):
            return super().decide(observation)
        return Action("wait")


def test_who_asks_settles_and_stops_is_right() -> None:
    check_agent(Payer, seeds=[0])


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Dear, "a call took 21 tokens, and its worst case was 20 tokens"),
        (Forgets, "10 calls were left without call.settle"),
        (Hides, "refused a call, it acted all the same; let OverLimitError pass"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_mend(kind: type, said: str) -> None:
    with pytest.raises(AssertionError, match=said.replace("(", r"\(").replace(")", r"\)")):
        check_agent(kind, seeds=[0])


def test_the_simulated_model_is_right() -> None:
    """Its worst case is one: the longest answer it gives."""
    check_agent(SimulatedLLM, seeds=[0])
