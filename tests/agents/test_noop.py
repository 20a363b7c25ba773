"""The agent that waits."""

from __future__ import annotations

from pytest_alienbio.agents import NoopAgent
from pytest_alienbio.model import Action, Briefing, Observation, Scores


def test_it_waits_whatever_it_sees() -> None:
    """No state, no choice."""
    agent = NoopAgent()
    agent.start(Briefing(""))
    assert [agent.decide(Observation(step, {"x": float(step)})) for step in range(3)] == [Action("wait")] * 3
    agent.end(Scores(0.0))
