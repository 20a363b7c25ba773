"""Which agents the lines of `agents:` mean."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import SpecError, UnknownNameError
from pytest_alienbio.model import AgentEntry
from pytest_alienbio.run.profiles import profile

from .parts import make_catalog, make_plan

CATALOG = make_catalog()


def test_profiles_of_the_project_are_agents_by_name() -> None:
    """The line's params win one by one; the role comes from the line, else the profile, else the catalog."""
    profiles = {"tuned": AgentEntry("tuned", kind="right", params={"a": 1, "b": 1}, role="reference")}
    made = profile(AgentEntry("tuned", params={"b": 2}), CATALOG, profiles)
    assert (made.name, made.kind, made.params, made.role) == ("tuned", "right", {"a": 1, "b": 2}, "reference")
    assert profile(AgentEntry("tuned", role="floor", label="t"), CATALOG, profiles).role == "floor"
    assert profile(AgentEntry("lazy"), CATALOG, profiles).role == "floor"


def test_an_agent_defined_on_the_spot_hides_a_profile_of_its_name() -> None:
    profiles = {"tuned": AgentEntry("tuned", kind="right", params={"a": 1})}
    made = profile(AgentEntry("tuned", kind="half"), CATALOG, profiles)
    assert (made.kind, made.params) == ("half", {})


def test_a_profile_of_an_unknown_kind_names_the_kind() -> None:
    with pytest.raises(UnknownNameError, match="unknown agent 'rihgt'; did you mean 'right'"):
        profile(AgentEntry("mine", kind="rihgt"), CATALOG, {})


def test_an_agent_that_cannot_play_here_carries_its_reason() -> None:
    assert "not supported" in make_plan(agents=["claude-opus"]).cells[0].agent.skip_reason


@pytest.mark.parametrize(
    "entry",
    [
        AgentEntry("[x]", kind="right"),
        AgentEntry("right", label="a b"),
        AgentEntry("../x", kind="half"),
        AgentEntry("*", kind="half"),
    ],
)
def test_a_name_that_no_agent_could_be_registered_by_is_refused(entry: AgentEntry) -> None:
    """It would be chosen by globs as something else, and look otherwise in ids."""
    with pytest.raises(SpecError, match="cannot name an agent: it holds"):
        make_plan(agents=[entry])


@pytest.mark.parametrize(("origin", "said"), [("py/mine_battery.py", True), ("mine.battery.yaml", False), ("", False)])
def test_an_agent_of_a_record_may_have_been_a_class_of_a_python_battery(origin: str, said: bool) -> None:
    """Its file may be gone; the complaint says which it was."""
    with pytest.raises(SpecError) as caught:
        make_plan(agents=["Mine"], origin=origin)
    assert ("made from py/mine_battery.py: if it was a class there" in str(caught.value)) == said
