"""The contract of checkpoints: what it finds, and how it says so."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_alienbio.agents import GreedyAgent, InquirerAgent, ProberAgent, RandomAgent, SimulatedLLM
from pytest_alienbio.model import Action, Briefing, Observation, Scores
from pytest_alienbio.testing import Pond, check_agent, check_scenario


@pytest.mark.parametrize("agent", [GreedyAgent, InquirerAgent, ProberAgent, SimulatedLLM])
def test_agents_of_ours_keep_it(agent: Any) -> None:
    check_agent(agent, seeds=[0])


class Turns:
    """Feeds now these, now those; remembers whose turn it is."""

    def start(self, briefing: Briefing, /) -> None:
        self.turn = 0

    def decide(self, observation: Observation, /) -> Action:
        self.turn += 1
        return Action("feed", {"species": ("fish", "algae")[self.turn % 2], "dose": 0.1})

    def end(self, scores: Scores, /) -> None: ...

    def checkpoint(self) -> Any:
        return self.turn

    def restore(self, state: Any, /) -> None:
        self.turn = state


class Forgets(Turns):
    def decide(self, observation: Observation, /) -> Action:
        return super().decide(observation)

    def checkpoint(self) -> Any:
        return 0

    def restore(self, state: Any, /) -> None:
        self.turn = state


class Meddles(Turns):
    def checkpoint(self) -> Any:
        self.turn += 1
        return self.turn


class Pickles(Turns):
    def checkpoint(self) -> Any:
        return self


class Tuples(Turns):
    def checkpoint(self) -> Any:
        return {1: (self.turn, "x")}

    def restore(self, state: Any, /) -> None:
        self.turn = state[1][0]


class HalfWay(Turns):
    restore = None  # type: ignore[assignment]


def test_one_that_keeps_all_it_needs_is_fine() -> None:
    check_agent(Turns)


def test_dice_that_are_not_promised_are_not_compared() -> None:
    check_agent(RandomAgent, deterministic=False, seeds=[0])


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (Forgets, r"restored after 1 decisions it does .*algae.* where it would have done .*fish.*dice included"),
        (Meddles, r"acts otherwise after checkpoint\(\) was asked"),
        (Pickles, r"checkpoint\(\) gives no JSON: TypeError: checkpoint\(\) is a Pickles, which JSON cannot hold"),
        (Tuples, r"checkpoint\(\) gives no JSON: .*a key of checkpoint\(\) is an int"),
        (HalfWay, "has one of checkpoint.. and restore.., and not the other"),
    ],
)
def test_what_is_wrong_with_an_agents_is_said(agent: Any, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        check_agent(agent, seeds=[0])


class NoSilt(Pond):
    """Forgets what nobody sees."""

    def restore(self, state: Any, /) -> None:
        super().restore([*state[:5], 1.0, state[6]])


class NoBill(Pond):
    """Forgets what was spent."""

    def restore(self, state: Any, /) -> None:
        super().restore([*state[:2], 0.0, *state[3:]])


class Picky(Pond):
    def restore(self, state: Any, /) -> None:
        if not isinstance(state, tuple):
            raise TypeError("not my tuple")


@pytest.mark.parametrize(
    ("world", "said"),
    [
        (NoSilt, r"restored after 1 actions, its snapshot\(\) is another"),
        (NoBill, r"restored after 1 actions it answers .* otherwise"),
        (Picky, r"restore\(\) does not take what checkpoint\(\) gave, once it went through JSON .*TypeError: not my tuple"),
    ],
)
def test_what_is_wrong_with_a_worlds_is_said(world: Any, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        check_scenario(world, seeds=[0])
