"""Which cases the lines of `scenarios:` mean."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import ScenarioEntry

from .parts import make_plan


def test_a_case_named_twice_is_played_once() -> None:
    """By name, by a glob, by a set: the first place counts."""
    assert len(make_plan(["walks/line", "walks/*", ScenarioEntry(set="standard")], seeds=[0])) == 1 + 1 + 2


def test_a_bare_name_plays_at_the_default_level_and_all_at_every_one() -> None:
    levels = [cell.case.difficulty for cell in make_plan(["walks/line"], seeds=[0]).cells]
    assert levels == [2]
    every = make_plan(
        [ScenarioEntry("walks/line", difficulty="all"), ScenarioEntry("walks/plain", difficulty="all")], seeds=[0]
    )
    assert [cell.case.difficulty for cell in every.cells] == [1, 2, 3, None]


@pytest.mark.parametrize(("name", "said"), [("walks/line", "levels are 1, 2, 3"), ("walks/plain", "it has no levels")])
def test_a_level_that_is_not_there_is_refused_where_it_stands(name: str, said: str) -> None:
    with pytest.raises(SpecError, match=said) as caught:
        make_plan([ScenarioEntry(name, difficulty=(2, 9), line=4, column=7)])
    assert (caught.value.complaints[0].line, caught.value.complaints[0].column) == (4, 7)


def test_sets_nest_and_take_over_what_the_line_that_names_them_says() -> None:
    """Difficulty and params of the naming line win over those in the set; complaints name the naming line."""
    sets = {
        "inner": (ScenarioEntry("walks/line", difficulty=(1,)),),
        "outer": (ScenarioEntry(set="inner"), ScenarioEntry("walks/plain")),
    }
    cells = make_plan([ScenarioEntry(set="outer")], seeds=[0], sets=sets).cells
    assert [(cell.case.scenario, cell.case.difficulty) for cell in cells] == [("walks/line", 1), ("walks/plain", None)]
    harder = make_plan([ScenarioEntry(set="inner", difficulty=(3,))], seeds=[0], sets=sets).cells
    assert [cell.case.difficulty for cell in harder] == [3]


def test_a_battery_may_redefine_a_shipped_set() -> None:
    sets = {"smoke": (ScenarioEntry("walks/plain"),)}
    assert [cell.case.scenario for cell in make_plan([ScenarioEntry(set="smoke")], seeds=[0], sets=sets).cells] == [
        "walks/plain"
    ]


def test_a_set_that_contains_itself_is_refused_with_its_circle() -> None:
    sets = {"a": (ScenarioEntry(set="b"),), "b": (ScenarioEntry(set="a"),)}
    with pytest.raises(SpecError, match=r"a > b > a"):
        make_plan([ScenarioEntry(set="a")], sets=sets)


def test_nothing_to_play_is_refused() -> None:
    """An empty set leaves no scenario."""
    with pytest.raises(SpecError, match="no scenario is left"):
        make_plan([ScenarioEntry(set="none")], sets={"none": ()})


def test_the_batterys_bar_wins_over_the_scenarios() -> None:
    assert {cell.case.passing_score for cell in make_plan().cells} == {0.6}
    assert {cell.case.passing_score for cell in make_plan(passing_score=0.0).cells} == {0.0}
