"""Tools made of what a briefing says."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents.llm.tools import Toolbox, documented
from pytest_alienbio.model import ActionSpec, Briefing, Tool, ToolCall
from pytest_alienbio.testing import Pond

BOX = Toolbox(Pond().briefing())


def tool(name: str, box: Toolbox = BOX) -> Tool:
    return next(each for each in box.tools if each.name == name)


def test_one_tool_an_action_then_wait_and_done() -> None:
    assert [each.name for each in BOX.tools] == ["feed", "cull", "assay", "wait", "done"]


def test_a_lever_takes_its_choices_and_a_dose_and_nothing_else() -> None:
    schema = tool("feed").schema
    assert schema["required"] == ["species", "dose"]
    assert schema["additionalProperties"] is False
    properties = json.loads(json.dumps(schema["properties"]))
    assert properties["species"]["enum"] == ["fish", "algae"]
    assert (properties["dose"]["minimum"], properties["dose"]["maximum"]) == (0.05, 1)


def test_a_measurement_takes_no_dose_and_says_that_it_takes_no_time() -> None:
    assert tool("assay").schema["required"] == ["quantity"]
    assert "takes no time" in tool("assay").description
    assert "Costs 0.2" in tool("assay").description
    assert "advances one step" in tool("feed").description


def test_wait_takes_up_to_five_steps() -> None:
    properties = json.loads(json.dumps(tool("wait").schema["properties"]))
    assert (properties["steps"]["minimum"], properties["steps"]["maximum"]) == (1, 5)


def test_costs_are_a_range_where_they_differ() -> None:
    box = Toolbox(Briefing("", actions=(ActionSpec("a", {"x": "1"}, 1.0), ActionSpec("a", {"x": "2"}, 2.5))))
    assert "Costs 1 to 2.5" in tool("a", box).description


@given(st.lists(st.text(min_size=1, max_size=90), unique=True, max_size=12))
def test_any_names_become_tools_that_every_provider_takes_one_to_one(names: list[str]) -> None:
    """The same briefing always gives the same tools, and each leads back to its action."""
    briefing = Briefing("", actions=tuple(ActionSpec(name, {"to": name}) for name in names))
    box = Toolbox(briefing)
    tools = [each.name for each in box.tools]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) for name in tools)
    assert len(set(tools)) == len(tools)
    assert tools == [each.name for each in Toolbox(briefing).tools]
    meant = [kind.name for name in tools if (kind := box.kind(name))]
    assert meant == [name for name in names if name not in ("wait", "done")]


def test_an_action_called_like_another_ones_tool_gets_a_tool_of_its_own() -> None:
    box = Toolbox(Briefing("", actions=(ActionSpec("a b"), ActionSpec("a_b"), ActionSpec("a_b_2"))))
    meant = {each.name: kind.name for each in box.tools if (kind := box.kind(each.name))}
    assert sorted(meant.values()) == ["a b", "a_b", "a_b_2"]


def test_what_is_allowed_lists_combinations_where_not_all_go_together() -> None:
    specs = (ActionSpec("move", {"from": "A", "to": "B"}), ActionSpec("move", {"from": "B", "to": "C"}))
    told = Toolbox(Briefing("", actions=specs)).allowed(ToolCall("move", {}))
    assert told == "move takes from=A, to=B; or from=B, to=C"
    assert BOX.allowed(ToolCall("feed", {})) == "feed takes species: fish, algae; dose: 0.05 to 1"
    assert BOX.allowed(ToolCall("fly", {})) == "tools: feed, cull, assay, wait, done"


def test_levers_without_documentation_are_listed_too() -> None:
    """Else a model could tell from the list which levers are traps."""
    lines = documented((ActionSpec("feed", {"to": "A"}, 1.0), ActionSpec("cull", {}, 2.0, {"B": -0.5})))
    assert lines == ["feed to=A (cost 1): nothing documented", "cull (cost 2): B -0.5"]
