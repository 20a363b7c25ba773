"""Batteries from arguments."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import CellLimits, ScenarioEntry
from pytest_alienbio.run import adhoc_battery, adhoc_cell

from .parts import Half, Right


def test_names_globs_and_seeds_as_they_were_given() -> None:
    """Seeds: how many, or which, each once."""
    battery = adhoc_battery("x", ["a/*", "b"], ["right", "half"], [3, 1, 3], difficulty=[2, 3], params={"p": 1})
    assert battery.scenarios == tuple(ScenarioEntry(name, difficulty=(2, 3), params={"p": 1}) for name in ("a/*", "b"))
    assert [agent.name for agent in battery.agents] == ["right", "half"]
    assert battery.seeds == (3, 1)
    assert adhoc_battery("x", "a", "right", 3).seeds == (0, 1, 2)
    assert adhoc_battery("x", "a", "right", range(5, 7)).seeds == (5, 6)


def test_its_cells_are_only_recorded() -> None:
    battery = adhoc_battery("x", "a", "right", 1, passing_score=0.9, limits=CellLimits(steps=3))
    assert (battery.cells, battery.passing_score, battery.limits.steps) == ("record", 0.9, 3)
    assert battery.said == {"agents", "seeds", "cells", "passing_score"}
    assert "passing_score" not in adhoc_battery("x", "a", "right", 1).said


@pytest.mark.parametrize(("difficulty", "levels"), [(None, ""), ("all", "all"), (2, (2,)), ([1, 3], (1, 3))])
def test_difficulty_has_four_spellings(difficulty: Any, levels: object) -> None:
    assert adhoc_battery("x", "a", "right", 1, difficulty=difficulty).scenarios[0].difficulty == levels


def test_classes_and_functions_are_agents_under_their_names() -> None:
    """They are the battery's players, and never mean a profile of the same name; names that were given stay names."""

    def make() -> Half:
        return Half()

    battery = adhoc_battery("x", "a", ["noop", Right, make, lambda: Right()], 1)
    assert [(agent.name, agent.kind) for agent in battery.agents] == [
        ("noop", ""),
        ("Right", "Right"),
        ("make", "make"),
        ("lambda", "lambda"),
    ]
    assert battery.players["Right"] is Right
    assert isinstance(battery.players["make"](), Half)
    assert "noop" not in battery.players


def test_two_agents_of_one_name_are_refused() -> None:
    """Otherwise one would quietly play for both."""

    def other() -> Half:
        return Half()

    other.__qualname__ = "Right"
    with pytest.raises(SpecError, match="two agents are called 'Right'"):
        adhoc_battery("x", "a", [Right, other], 1)
    with pytest.raises(SpecError, match="two agents are called 'Right'"):
        adhoc_battery("x", "a", ["Right", Right], 1)
    assert len(adhoc_battery("x", "a", [Right, Right], 1).agents) == 1


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        (0, "nothing to play"),
        (-3, "nothing to play"),
        ([], "nothing to play"),
        ([-1], "whole numbers from 0"),
        ([2**32], "whole numbers from 0 to 4294967295"),
        ([0.5], "whole numbers from 0"),
        ([True], "whole numbers from 0"),
        (True, "seeds cannot be True"),
        ("10", "seeds cannot be '10'"),
        (0.5, "seeds cannot be 0.5"),
        (None, "seeds cannot be None"),
        (10**30, "more than 100,000 seeds"),
        (range(10**9), "more than 100,000 seeds"),
    ],
)
def test_seeds_that_are_none_are_refused(seeds: Any, said: str) -> None:
    """With a sentence, and without making a list of a billion first."""
    with pytest.raises(SpecError, match=said):
        adhoc_battery("x", "a", "right", seeds)


@pytest.mark.parametrize("wrong", [{"scenarios": []}, {"agents": []}, {"agents": [3]}, {"difficulty": "hard"}])
def test_other_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    given = {"scenarios": "a", "agents": "right", "seeds": 1, **wrong}
    with pytest.raises(SpecError):
        adhoc_battery("x", **given)


@pytest.mark.parametrize("pattern", ["walks/*", "w?lks", "[w]"])
def test_one_cell_has_one_scenario(pattern: str) -> None:
    """A pattern would play several cells and show the first."""
    with pytest.raises(SpecError, match="is a pattern"):
        adhoc_cell(pattern, "right", 0)
    battery = adhoc_cell("walks/plain", "right", 4, difficulty=2)
    assert (battery.name, battery.seeds, battery.scenarios[0].difficulty) == ("run", (4,), (2,))
