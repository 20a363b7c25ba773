"""What is there from the start."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import NotBuiltError
from pytest_alienbio.model import AgentProfile
from pytest_alienbio.play import Catalog, builtin_agents


def test_the_built_in_agents_have_their_roles() -> None:
    """The oracle is the only one that is handed the solution; random and noop are floors."""
    agents = builtin_agents()
    assert {name: info.role for name, info in agents.items()} == {
        "oracle": "reference",
        "greedy": "candidate",
        "random": "floor",
        "noop": "floor",
        "scripted": "candidate",
        "claude-opus": "candidate",
        "gpt-4": "candidate",
    }
    assert [name for name, info in agents.items() if info.privileged] == ["oracle"]


@pytest.mark.parametrize("name", ["claude-opus", "gpt-4"])
def test_models_are_known_names_that_cannot_play_yet(name: str) -> None:
    """A battery that names them is fine; its cells are skipped with a reason."""
    agents = builtin_agents()
    assert agents[name].skip_reason == "language models are not supported in this version"
    with pytest.raises(NotBuiltError, match="language models are not supported in this version"):
        Catalog({}, agents).make_agent(AgentProfile(name, name, {"temperature": 0}))
