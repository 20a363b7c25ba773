"""Every built-in agent keeps the contract of agents."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Json
from pytest_alienbio.play import builtin_agents
from pytest_alienbio.testing import check_agent

PARAMS: dict[str, dict[str, Json]] = {
    "scripted": {"actions": ["wait", {"name": "feed", "params": {"species": "fish", "dose": 0.5}}, "fly"]}
}
PLAYING = [name for name, info in builtin_agents().items() if not info.skip_reason]


@pytest.mark.parametrize("name", PLAYING)
def test_a_built_in_agent_keeps_the_contract(name: str) -> None:
    """Protocol, determinism as declared, refusals, hands off what it is given, no global randomness."""
    check_agent(builtin_agents()[name], params=PARAMS.get(name))
