"""Agents and scenarios as text."""

from __future__ import annotations

import pytest

from pytest_alienbio.report import AgentSheet, Param, ScenarioSheet, agent_list, agent_sheet, scenario_list, scenario_sheet
from pytest_alienbio.report.catalog import levels, paragraphs

GREEDY = AgentSheet("greedy", "greedy", "candidate", "built-in", params=(Param("dose", 0.5), Param("script", required=True)))
CAREFUL = AgentSheet(
    "careful",
    "greedy",
    "floor",
    "bio.yaml:2",
    ("slow",),
    (Param("dose", 0.1, True), Param("script", [1], True, True)),
    True,
    "no key",
    True,
    True,
    "Does a thing\nslowly.\n\nAnd more.",
)
POND = ScenarioSheet("m/pond", "pond.yaml", tags=("wet",), levels=(1, 2, 3), default_level=2, description="Fish die.")


def test_agents_in_a_list() -> None:
    """What each does, takes, and why it cannot play."""
    assert agent_list([GREEDY, CAREFUL], 80, note="and so on") == [
        "agent    role       tags  from",
        "greedy   candidate        built-in",
        "    dose=0.5, script (required)",
        "careful  floor      slow  bio.yaml:2",
        "    Does a thing slowly.",
        "    a greedy: dose=0.1, script=[1], any other",
        "    not available: no key",
        "and so on",
    ]
    assert agent_list([], 80) == []


def test_an_agent_in_full() -> None:
    assert agent_sheet(CAREFUL, 80) == [
        "careful",
        "  Does a thing slowly.",
        "",
        "  And more.",
        "",
        "kind      greedy",
        "role      floor",
        "from      bio.yaml:2",
        "tags      slow",
        "available no: no key",
        "repeats   its actions in equal cells",
        "knows     the scenario's own solution, which it is handed",
        "",
        "param   value",
        "dose    0.1    given in the file",
        "script  [1]    given in the file",
        "and any other param",
    ]
    assert agent_sheet(GREEDY, 80)[-2:] == ["dose    0.5", "script  (required)"]
    assert agent_sheet(AgentSheet("noop", "noop", "floor", "built-in"), 80)[-1] == "params    none"
    assert agent_sheet(AgentSheet("any", "any", "floor", "x", others=True), 80)[-1] == "params    any"


def test_scenarios_in_a_list() -> None:
    """Types only where they differ."""
    task = ScenarioSheet("t", "t.py", "task", passing_score=0.5)
    assert scenario_list([POND], 80) == [
        "scenario  levels  default  passing  tags  from",
        "m/pond    1-3     2        0.6      wet   pond.yaml",
        "    Fish die.",
    ]
    assert scenario_list([POND, task], 80)[0].split()[:2] == ["scenario", "type"]
    assert scenario_list([task], 80)[1].split() == ["t", "-", "-", "0.5", "t.py"]
    assert scenario_list([], 80, note="none") == ["none"]


def test_a_scenario_in_full_but_for_what_may_give_it_away() -> None:
    assert scenario_sheet(POND, 80) == [
        "m/pond",
        "tags      wet",
        "type      interactive",
        "levels    1-3; 2 if none is named",
        "passing   a score of 0.6",
        "params    none",
        "variants  none",
        "from      pond.yaml",
    ]


@pytest.mark.parametrize(
    ("found", "text"),
    [((), "-"), ((2,), "2"), ((1, 2), "1, 2"), ((1, 2, 3), "1-3"), ((1, 3, 5), "1, 3, 5"), ((2, 3, 4), "2-4")],
)
def test_levels(found: tuple[int, ...], text: str) -> None:
    assert levels(found) == text


def test_paragraphs_are_told_apart_by_blank_lines() -> None:
    assert paragraphs(" a\n  b\n\n \n\nc ") == ["a b", "c"]
    assert paragraphs(" \n\n") == []


def test_foreign_text_is_harmless() -> None:
    nasty = "\x1b[2J\u202ex"
    agent = AgentSheet(nasty, nasty, nasty, nasty, (nasty,), (Param(nasty, nasty),), True, nasty, description=nasty)
    scenario = ScenarioSheet(nasty, nasty, nasty, (nasty,), params=(nasty,), description=nasty)
    for width in (20, 80):
        lines = [*agent_list([agent], width, note=nasty), *agent_sheet(agent, width)]
        lines += [*scenario_list([scenario], width), *scenario_sheet(scenario, width)]
        assert all(line.isprintable() for line in lines)
