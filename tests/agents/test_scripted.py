"""The agent that does what is written."""

from __future__ import annotations

import pytest

from pytest_alienbio.agents import ScriptedAgent, read_script
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Action, Briefing, Json, Observation


def test_it_plays_its_script_and_then_says_done() -> None:
    """One action a call; after the last one, `done` for ever."""
    agent = ScriptedAgent(actions=["wait", {"name": "feed", "params": {"species": "K", "dose": 0.5}}, {"name": "wait"}])
    agent.start(Briefing(""))
    seen = [agent.decide(Observation(step, {})) for step in range(5)]
    feed = Action("feed", {"species": "K", "dose": 0.5})
    assert seen == [Action("wait"), feed, Action("wait"), Action("done"), Action("done")]


def test_a_second_start_begins_again() -> None:
    """The script's place belongs to the episode."""
    agent = ScriptedAgent(actions=["one", "two"])
    agent.start(Briefing(""))
    agent.decide(Observation(0, {}))
    agent.start(Briefing(""))
    assert agent.decide(Observation(0, {})).name == "one"


def test_what_it_hands_out_is_not_its_script() -> None:
    """Changing an action's params leaves the script alone."""
    agent = ScriptedAgent(actions=[{"name": "feed", "params": {"dose": 1.0}}])
    for _ in range(2):
        agent.start(Briefing(""))
        params = agent.decide(Observation(0, {})).params
        assert params == {"dose": 1.0}
        params.clear()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("actions", "says"),
    [
        ("wait", "its script is text"),
        (None, "its script is nothing"),
        ({"name": "wait"}, "its script is a mapping"),
        ([3], "action 1 is a whole number"),
        (["wait", ""], "action 2 has an empty name"),
        ([{"params": {}}], "action 1 has no name"),
        ([{"name": 3}], "action 1 has no name"),
        ([{"name": "feed", "dose": 1}], "action 1 has a key 'dose'"),
        ([{"name": "feed", "params": [1]}], "action 1 has params that are a list"),
        ([{"name": "feed", "params": {"dose": float("nan")}}], "action 1 has a param 'dose' that is no finite JSON value"),
        ([None], "action 1 is nothing"),
    ],
)
def test_a_script_of_the_wrong_shape_is_refused_when_built(actions: Json, says: str) -> None:
    """The complaint counts actions from 1."""
    with pytest.raises(SpecError) as refusal:
        ScriptedAgent(actions=actions)
    assert says in str(refusal.value)


def test_every_bad_action_is_told_at_once() -> None:
    """One run of the reader finds them all."""
    with pytest.raises(SpecError) as refusal:
        read_script([1, "wait", 2])
    assert len(refusal.value.complaints) == 2
