"""Every built-in agent keeps the contract of agents."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from pytest_alienbio.agents import HumanAgent
from pytest_alienbio.model import Agent, Json
from pytest_alienbio.play import builtin_agents
from pytest_alienbio.testing import check_agent

PARAMS: dict[str, dict[str, Json]] = {
    "scripted": {"actions": ["wait", {"name": "feed", "params": {"species": "fish", "dose": 0.5}}, "fly"]}
}
TYPED = ["1", "", "fly", "assay!", "wait 2", "", "cull 0.5!", "undo"]


def typist() -> Agent:
    """A person who types the same in every cell."""
    return HumanAgent(source=io.StringIO("".join(f"{line}\n" for line in 30 * TYPED)), screen=io.StringIO())


PLAYING = [
    name
    for name, info in builtin_agents().items()
    if not info.skip_reason and info.plays == "interactive" and not info.is_model  # a model is not there to be asked
]


@pytest.mark.parametrize("name", PLAYING)
def test_a_built_in_agent_keeps_the_contract(name: str) -> None:
    """Protocol, determinism as declared, refusals, hands off what it is given, no global randomness."""
    info = builtin_agents()[name]
    if name == "human":
        info = replace(info, factory=typist, deterministic=True)
    check_agent(info, params=PARAMS.get(name))
