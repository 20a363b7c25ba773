"""The contract of agents: what it finds, and how it says so."""

from __future__ import annotations

import random  # noqa: TID251 - what an agent must not use
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import pytest

from pytest_alienbio.agents import NoopAgent, RandomAgent, ScriptedAgent
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Action, Agent, Briefing, Observation, Scores
from pytest_alienbio.play import AgentInfo
from pytest_alienbio.testing import check_agent

DICE = np.random.default_rng(1)


class NoEnd:
    """Lacks a method."""

    def start(self, briefing: Briefing, /) -> None: ...

    def decide(self, observation: Observation, /) -> Action:
        return Action("wait")


class Gambles(NoopAgent):
    """Draws from a generator that nobody seeds."""

    def decide(self, observation: Observation, /) -> Action:
        return Action("wait") if DICE.random() < 0.5 else Action("feed", {"species": "fish"})


class GlobalDice(NoopAgent):
    """Draws from the interpreter's own generator."""

    def decide(self, observation: Observation, /) -> Action:
        random.random()
        return Action("wait")


class NumpyDice(NoopAgent):
    """Draws from numpy's global generator."""

    def decide(self, observation: Observation, /) -> Action:
        np.random.rand()
        return Action("wait")


class Hopes(NoopAgent):
    """Does not expect a refusal."""

    def decide(self, observation: Observation, /) -> Action:
        if observation.last is not None and not observation.last.ok:
            raise RuntimeError("but why?")
        return Action("feed", {"species": "fish", "dose": 0.1})


class Scribbles(NoopAgent):
    """Works in what it was handed."""

    def decide(self, observation: Observation, /) -> Action:
        observation.state.pop("fish", None)  # type: ignore[attr-defined]
        return Action("wait")


class ScribblesEarly(NoopAgent):
    """Works in its briefing."""

    def start(self, briefing: Briefing, /) -> None:
        briefing.protected.clear()  # type: ignore[attr-defined]


class ScribblesLate(NoopAgent):
    """Works in its scores."""

    def end(self, scores: Scores, /) -> None:
        scores.parts.clear()  # type: ignore[attr-defined]


class Shares(NoopAgent):
    """Counts for all of its kind."""

    count: ClassVar[int] = 0

    def start(self, briefing: Briefing, /) -> None:
        Shares.count = 0

    def decide(self, observation: Observation, /) -> Action:
        Shares.count += 1
        return Action("feed", {"species": "fish", "dose": 0.1}) if Shares.count % 2 == 0 else Action("wait")


class Sulks(NoopAgent):
    """Cannot take a score."""

    def end(self, scores: Scores, /) -> None:
        raise ValueError("unfair")


class Mumbles(NoopAgent):
    """Answers with a text."""

    def decide(self, observation: Observation, /) -> Action:
        return "wait"  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("factory", "says"),
    [
        (NoEnd, r"it has no method end; add `def end\(scores\)`"),
        (Gambles, "two plays at seed 0 differ"),
        (GlobalDice, "it draws from a global random generator"),
        (NumpyDice, "it draws from a global random generator"),
        (Hopes, "a world that refuses everything: agent_error.*but why"),
        (Scribbles, r"decide\(\) changed the observation"),
        (ScribblesEarly, "it changed the briefing"),
        (ScribblesLate, r"end\(\) changed the scores"),
        (Shares, "acts otherwise while another of its kind plays"),
        (Sulks, r"end\(scores\) must not raise: ValueError: unfair"),
        (Mumbles, r"decide\(\) gave a str, not an Action"),
    ],
)
def test_an_agent_that_breaks_the_contract_is_told_what_to_mend(factory: Callable[..., Agent], says: str) -> None:
    """One sentence a fault."""
    with pytest.raises(AssertionError, match=f"(?s){says}"):
        check_agent(factory)


def test_an_agent_may_be_declared_not_deterministic() -> None:
    """Then it may act differently each time; everything else still holds."""
    check_agent(Gambles, deterministic=False)
    check_agent(AgentInfo("gambles", Gambles))


def test_agents_that_keep_the_contract_pass() -> None:
    """With their params."""
    check_agent(RandomAgent, params={"wait_probability": 0.0})
    check_agent(ScriptedAgent, params={"actions": ["wait", "fly"]}, seeds=[5])


def test_params_an_agent_refuses_are_the_caller_s_error() -> None:
    """Nothing can be checked then."""
    params: dict[str, Any] = {"wait_probability": 7}
    with pytest.raises(SpecError):
        check_agent(RandomAgent, params=params)
