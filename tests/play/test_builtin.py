"""What is there from the start."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents.llm.keys import is_own_machine
from pytest_alienbio.agents.llm.profiles import KINDS, SHIPPED, endpoint_of
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Access, Case, Json
from pytest_alienbio.play import builtin_agents, template_scenario
from pytest_alienbio.play.builtin import refuse_params

from ..scenarios.parts import SMALL, Memory, changed, template_of


def test_the_built_in_agents_have_their_roles() -> None:
    """The oracle is the only one that is handed the solution; random and noop are floors."""
    agents = builtin_agents()
    assert {name: info.role for name, info in agents.items()} == {
        "oracle": "reference",
        "inquirer": "candidate",
        "greedy": "candidate",
        "prober": "candidate",
        "random": "floor",
        "noop": "floor",
        "scripted": "candidate",
        "human": "candidate",
        "simulated-llm": "candidate",
        "variation": "candidate",
        **dict.fromkeys((*KINDS, *SHIPPED), "candidate"),
    }
    assert [name for name, info in agents.items() if info.privileged] == ["oracle"]
    assert agents["simulated-llm"].tags == ("simulated",), "a stand-in must be told from models in every table"


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_profiles_stand_for_models_of_a_known_kind(name: str) -> None:
    """With a model of their own, or a server of one's own machine whose model is to be given."""
    entry = builtin_agents()[name].stands_for
    assert entry is not None
    local = entry.kind == "openai-compatible"
    endpoint = endpoint_of(entry.kind, {"model": "any", **entry.params}, Access(price=entry.price))
    assert is_own_machine(endpoint.base_url) == local
    assert ("model" in entry.params) != local
    assert (entry.price is not None) == local


def test_a_scenario_file_says_what_it_can_do() -> None:
    """It shows variants, takes no params, and is described where it says so."""
    info = template_scenario(
        template_of(changed("scenario: tests/small\n", "scenario: tests/small\ndescription: >\n  two\n  lines\n"))
    )
    assert (info.type, info.has_variants, info.source, info.description) == ("interactive", True, "x.yaml", "two lines")
    assert "anything" not in info.params
    with pytest.raises(SpecError, match="takes no params, got anything"):
        info.factory(Case("tests/small", 3, {"anything": 1}), None)


def test_a_case_is_played_under_its_own_surface() -> None:
    info = template_scenario(template_of(SMALL))
    cache = Memory()
    seen = [info.factory(Case("tests/small", 3, variant=variant), cache).reset(0) for variant in (1, 1, 2)]
    assert seen[0] == seen[1] != seen[2]


@given(st.data())
def test_an_agent_of_ours_takes_a_value_or_says_what_is_wrong(data: st.DataObject) -> None:
    """Whatever JSON stands in the battery, building it for a plan raises nothing but a complaint."""
    info = data.draw(st.sampled_from(list(builtin_agents().values())))
    names = sorted(info.params.named) or ["x"]
    values: st.SearchStrategy[Json] = (
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just([]) | st.just({"a": [1]})
    )
    params = data.draw(st.dictionaries(st.sampled_from(names), values, max_size=3))
    if list(info.params.wrong(info.name, list(params))):
        return  # a complaint of its own
    with suppress(SpecError):
        refuse_params(info, params)
