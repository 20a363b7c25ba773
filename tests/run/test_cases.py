"""Which cases the lines of `scenarios:` mean."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import Complaint, SpecError
from pytest_alienbio.model import ScenarioEntry, Selection
from pytest_alienbio.run import build_catalog
from pytest_alienbio.run.cases import FAMILIES, find_cases

from .parts import make_battery, make_plan, register


def test_a_case_named_twice_is_played_once() -> None:
    """By name, by a glob, by a set: the first place counts."""
    sets = {"every": (ScenarioEntry("walks/*", difficulty="all"),)}
    assert len(make_plan(["walks/line", "walks/*", ScenarioEntry(set="every")], seeds=[0], sets=sets)) == 1 + 1 + 2


def test_shipped_sets_are_of_the_shipped_families_only() -> None:
    """A family by its name at default levels, `smoke` at three and `standard` at all of them; nobody else's scenarios."""
    worlds = build_catalog(register=register)

    def played(name: str) -> list[tuple[str, int | None]]:
        complaints: list[Complaint] = []
        cases = find_cases(make_battery([ScenarioEntry(set=name)]), worlds, {}, complaints)
        assert complaints == []
        return [(case.scenario, case.difficulty) for case, _line in cases]

    assert ("walks/line", 1) not in played("smoke")
    of_families = [name for name in worlds.scenarios if name.split("/")[0] in FAMILIES]
    assert sorted(played("smoke")) == sorted((name, level) for name in of_families for level in (1, 3, 5))
    assert sorted(played("standard")) == sorted((name, level) for name in of_families for level in (1, 2, 3, 4, 5))
    assert sorted(played("population")) == [("population/balance", 2), ("population/refuge", 2)]


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


def test_sets_nest_and_take_over_the_level_of_the_line_that_names_them() -> None:
    """The outermost line that gives one wins; params and variants are the set's own. Complaints name the naming line."""
    sets = {
        "inner": (ScenarioEntry("walks/line", difficulty=(1,), params={"bonus": 4}),),
        "outer": (ScenarioEntry(set="inner"), ScenarioEntry("walks/plain")),
        "third": (ScenarioEntry(set="inner", difficulty=(3,)),),
    }
    cells = make_plan([ScenarioEntry(set="outer")], seeds=[0], sets=sets).cells
    assert [(cell.case.scenario, cell.case.difficulty) for cell in cells] == [("walks/line", 1), ("walks/plain", None)]
    for line, level in ((ScenarioEntry(set="third"), 3), (ScenarioEntry(set="third", difficulty=(2,)), 2)):
        [cell] = make_plan([line], seeds=[0], sets=sets).cells
        assert (cell.case.difficulty, cell.case.params) == (level, {"bonus": 4})
    with pytest.raises(SpecError, match="walks/plain has no difficulty 2") as caught:
        make_plan([ScenarioEntry(set="outer", difficulty=(2,), line=4, column=7)], sets=sets)
    assert (caught.value.complaints[0].line, caught.value.complaints[0].column) == (4, 7)


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


@pytest.mark.parametrize(
    ("select", "place", "said"),
    [
        (
            Selection(names=("walks/line", "walks/plian")),
            (5, 3),
            "b: no scenario fits 'walks/plian'; did you mean 'walks/plain'?",
        ),
        (Selection(exclude=("walk/pl*",)), (6, 3), "b: no scenario fits 'walk/pl*'; did you mean 'walks/plain'?"),
        (Selection(tags=("walking", "wlaking")), (4, 1), "b: no tag fits 'wlaking'; did you mean 'walking'?"),
    ],
)
def test_a_word_of_select_that_fits_no_scenario_at_all_is_refused(select: Selection, place: tuple[int, int], said: str) -> None:
    """At its key, although others of it keep something."""
    places = {"select": (4, 1), "select.name": (5, 3), "select.exclude": (6, 3)}
    with pytest.raises(SpecError) as caught:
        make_plan(["walks/line"], select=select, places=places)
    (complaint,) = caught.value.complaints
    assert ((complaint.line, complaint.column), str(complaint).rpartition(": b:")[2]) == (place, said.removeprefix("b:"))


def test_a_word_of_select_may_fit_scenarios_that_are_not_named() -> None:
    select = Selection(names=("walks/line", "walks/plain"), exclude=("*plain",))
    assert len(make_plan(["walks/line"], seeds=[0], select=select)) == 1


def test_batteries_made_at_one_place_are_told_apart_by_name() -> None:
    """Once: what names its battery anyway stays as it is."""
    for crowded, named in ((True, "b: "), (False, "")):
        with pytest.raises(SpecError) as caught:
            make_plan(["nope"], seeds=[], crowded=crowded)
        unknown, seedless = caught.value.complaints
        assert unknown.what.startswith(f"{named}unknown scenario 'nope'")
        assert seedless.what == "b: no seed is given"
