"""Which agents the lines of `agents:` mean."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import SpecError, UnknownNameError
from pytest_alienbio.model import Access, AgentEntry, AgentProfile, Price, ProviderEntry
from pytest_alienbio.run.profiles import Market, profile, settled

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


def test_an_agent_that_costs_money_carries_what_lets_it_play() -> None:
    [first, *_] = make_plan(agents=["claude-opus"]).cells
    assert first.agent.skip_reason == "it costs money: add --bio-live (bio: --live)"
    assert (first.agent.kind, first.agent.params["model"]) == ("anthropic", "claude-opus-5-5")
    assert not make_plan(agents=["claude-opus"], live=True).cells[0].agent.skip_reason
    assert not make_plan(agents=[AgentEntry("ollama", params={"model": "m"})]).cells[0].agent.skip_reason, "it is free"


def test_where_no_provider_is_reached_nothing_costs() -> None:
    """A replay needs no leave to spend."""
    made = profile(AgentEntry("gpt-4"), CATALOG, {})
    assert not settled(made, CATALOG.agent(made.kind), Market(), live=False, offline=True).skip_reason


def test_a_line_says_more_than_its_profile_and_that_more_than_what_its_name_stands_for() -> None:
    profiles = {"mine": AgentEntry("mine", "gpt-4", {"seed": 1, "model": "gpt-4.1"}, key="env:A", cache=True)}
    made = profile(AgentEntry("mine", params={"seed": 2}, cache=False, key="env:B"), CATALOG, profiles)
    assert made.kind == "openai"
    assert made.params == {"model": "gpt-4.1", "max_context": 8192, "seed": 2}
    assert made.access == Access("env:B", None, False)


def test_a_configuration_prices_models_and_knows_providers() -> None:
    """Where no profile said it; a key goes with the server of the same entry only."""
    market = Market({"gpt-*": Price(1.0, 2.0)}, {"openai": ProviderEntry("env:K", "https://a/v1")})
    info = CATALOG.agent("openai")

    def made(**said: object) -> AgentProfile:
        agent = profile(AgentEntry("x", "openai", {"model": "gpt-9", **said}), CATALOG, {})  # type: ignore[dict-item]
        return settled(agent, info, market, live=True, offline=False)

    assert made().access == Access("env:K", Price(1.0, 2.0))
    assert made().params["base_url"] == "https://a/v1"
    assert made(base_url="https://b/v1").access.key == "", "that server is somebody else's"
    assert made(model="other").access.price is None


def test_only_a_language_model_has_a_price() -> None:
    with pytest.raises(SpecError, match="about language models, and right is none"):
        make_plan(agents=[AgentEntry("right", price=Price(1.0, 2.0))])


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
