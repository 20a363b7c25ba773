"""From a battery to its cells: order, ids, keys, and every name that does not resolve."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError, UnknownNameError
from pytest_alienbio.model import AgentEntry, Battery, ScenarioEntry
from pytest_alienbio.play import AgentInfo, Catalog
from pytest_alienbio.run import plan
from pytest_alienbio.run.plan import profile

from .parts import Right, make_battery, make_catalog, make_plan

CATALOG = make_catalog()

ENTRIES = st.one_of(
    st.sampled_from(["walks/plain", "walks/line", "walks/*", "*"]).map(ScenarioEntry),
    st.builds(
        ScenarioEntry,
        st.just("walks/line"),
        difficulty=st.one_of(st.just("all"), st.lists(st.sampled_from([1, 2, 3]), min_size=1, unique=True).map(tuple)),
        params=st.sampled_from([{}, {"bonus": 0.5}]),
    ),
)
AGENTS = st.lists(st.sampled_from(["right", "half", "noop", "random", "greedy"]), min_size=1, max_size=4, unique=True)
SEEDS = st.lists(st.integers(0, 10_000), min_size=1, max_size=4, unique=True)
BATTERIES = st.builds(make_battery, st.lists(ENTRIES, min_size=1, max_size=4), AGENTS, SEEDS)


@settings(deadline=None)
@given(BATTERIES)
def test_a_plan_is_a_function_of_battery_and_catalog(battery: Battery) -> None:
    """The same file and the same catalog, in whatever order that was filled, give the same cells, ids and keys."""
    first = plan(battery, CATALOG)
    backwards = Catalog(dict(reversed([*CATALOG.scenarios.items()])), dict(reversed([*CATALOG.agents.items()])))
    second = plan(battery, backwards)
    assert first == second
    assert [(cell.id, cell.key) for cell in first.cells] == [(cell.id, cell.key) for cell in second.cells]


@settings(deadline=None)
@given(BATTERIES)
def test_ids_and_keys_are_unique(battery: Battery) -> None:
    """No two cells of a plan share an id, and none of these batteries names one thing by two names."""
    cells = plan(battery, CATALOG).cells
    assert len({cell.id for cell in cells}) == len({cell.key for cell in cells}) == len(cells)


@settings(deadline=None)
@given(BATTERIES)
def test_order_is_scenario_then_agent_then_seed(battery: Battery) -> None:
    """Cases as the file lists them (difficulties together), for each its agents in order, for each its seeds in order."""
    cells = plan(battery, CATALOG).cells
    cases = list(dict.fromkeys((cell.case.scenario, cell.case.difficulty, str(cell.case.params)) for cell in cells))
    expected = [(case, agent.name, seed) for case in cases for agent in battery.agents for seed in battery.seeds]
    found = [
        ((c.case.scenario, c.case.difficulty, str(c.case.params)), c.agent.name, c.seed) for c in cells
    ]  # fmt: skip
    assert found == expected


@settings(deadline=None)
@given(BATTERIES, st.data())
def test_a_cells_key_does_not_depend_on_the_others(battery: Battery, data: st.DataObject) -> None:
    """Each cell alone in a battery, of another name and bar, has the key it has among all; so it can be found again."""
    cell = data.draw(st.sampled_from(plan(battery, CATALOG).cells))
    difficulty: tuple[int, ...] | str = "" if cell.case.difficulty is None else (cell.case.difficulty,)
    entry = ScenarioEntry(cell.case.scenario, difficulty=difficulty, params=cell.case.params)
    alone = replace(make_battery([entry], [cell.agent.name], [cell.seed]), name="other", passing_score=0.1)
    assert [one.key for one in plan(alone, CATALOG).cells] == [cell.key]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["scenario", "glob", "set", "agent"]), st.integers(1, 99), st.integers(1, 99)), min_size=1
    )
)
def test_every_unknown_name_is_a_complaint_where_it_stands(wrong: list[tuple[str, int, int]]) -> None:
    """All of them at once, each at the line and column of its entry, in a file that also names known things."""
    scenarios, agents = [ScenarioEntry("walks/plain", line=100, column=1)], [AgentEntry("right", line=100, column=2)]
    for kind, line, column in wrong:
        if kind == "agent":
            agents.append(AgentEntry("nobody", line=line, column=column))
        elif kind == "set":
            scenarios.append(ScenarioEntry(set="nothing", line=line, column=column))
        else:
            scenarios.append(ScenarioEntry("walks/none" if kind == "scenario" else "none/*", line=line, column=column))
    with pytest.raises(SpecError) as caught:
        plan(make_battery(scenarios, agents, source="x.battery.yaml"), CATALOG)
    found = [("agent" in c.what.split("'")[0], c.line, c.column) for c in caught.value.complaints]
    assert sorted(found) == sorted((kind == "agent", line, column) for kind, line, column in wrong)
    assert {c.file for c in caught.value.complaints} == {"x.battery.yaml"}


def test_ids_are_as_documented() -> None:
    """Scenario, `d` and level where there are levels, agent, seed padded to the battery's width, params at the end."""
    entry = ScenarioEntry("walks/line", difficulty=(3,), params={"bonus": 0.5})
    cells = make_plan(["walks/plain", "walks/line", entry], ["right"], [3, 10]).cells
    assert [cell.id for cell in cells] == [
        "walks/plain[right-s03]",
        "walks/plain[right-s10]",
        "walks/line[d2-right-s03]",
        "walks/line[d2-right-s10]",
        "walks/line[d3-right-s03-bonus0.5]",
        "walks/line[d3-right-s10-bonus0.5]",
    ]


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


def test_two_cells_under_one_id_are_refused_with_the_way_out() -> None:
    """One agent twice with different params needs another label for one of them."""
    agents = [AgentEntry("greedy"), AgentEntry("greedy", params={"threshold": 0.1})]
    with pytest.raises(SpecError, match=r"walks/plain\[greedy-s0\].*another `as:`"):
        make_plan(agents=agents)
    assert len(make_plan(agents=[agents[0], replace(agents[1], label="greedy-x")], seeds=[0])) == 2


def test_the_batterys_bar_wins_over_the_scenarios() -> None:
    assert {cell.case.passing_score for cell in make_plan().cells} == {0.6}
    assert {cell.case.passing_score for cell in make_plan(passing_score=0.0).cells} == {0.0}


def test_ids_hold_only_safe_characters() -> None:
    cell = make_plan([ScenarioEntry("walks/line", params={"a b": "x[1]:é"})], [AgentEntry("right", label="a b::c")], [0]).cells[
        0
    ]
    assert cell.id == "walks/line[d2-a-b--c-s0-a-bx-1---]"


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
    ("entry", "said"),
    [
        (AgentEntry("greedy", params={"treshold": 0.1}), "greedy has no param 'treshold'; did you mean 'threshold'?"),
        (AgentEntry("mine", kind="greedy", params={"x": 1}), "greedy has no param 'x'; known: cost_offset, "),
        (AgentEntry("right", params={"x": 1}), "right has no param 'x'; it takes none"),
        (AgentEntry("scripted"), "scripted needs the param 'actions'"),
        (AgentEntry("tuned"), "greedy has no param 'tresh'"),
        (AgentEntry("oracle", params={"solution": []}), "oracle has no param 'solution'"),
    ],
)
def test_a_param_that_is_unknown_or_missing_is_refused_where_the_agent_stands(entry: AgentEntry, said: str) -> None:
    """Before anything is played; a profile's params count, and what a privileged agent is handed is not for the file."""
    profiles = {"tuned": AgentEntry("tuned", kind="greedy", params={"tresh": 0.1})}
    with pytest.raises(SpecError) as caught:
        plan(make_battery(agents=["right", replace(entry, line=4, column=7)], source="x.battery.yaml"), CATALOG, profiles)
    (complaint,) = caught.value.complaints
    assert str(complaint).startswith(f"x.battery.yaml:4:7: {said}")


def test_every_wrong_param_is_a_complaint() -> None:
    with pytest.raises(SpecError) as caught:
        make_plan(agents=[AgentEntry("scripted", params={"action": [], "x": 1}), AgentEntry("noop", params={"y": 1})])
    assert [complaint.what for complaint in caught.value.complaints] == [
        "scripted has no param 'action'",
        "scripted has no param 'x'",
        "scripted needs the param 'actions'",
        "noop has no param 'y'",
    ]


class _Unreadable:
    __signature__ = "none"

    def __call__(self, **params: object) -> Right:
        return Right()


@pytest.mark.parametrize("info", [
    AgentInfo("free", lambda **params: Right()),
    AgentInfo("free", _Unreadable()),
    AgentInfo("free", Right, skip_reason="not here"),
])  # fmt: skip
def test_params_that_cannot_be_checked_pass(info: AgentInfo) -> None:
    """Any keyword taken, no readable signature, or an agent that is skipped anyway."""
    catalog = replace(CATALOG, agents={**CATALOG.agents, "free": info})
    made = plan(make_battery(agents=[AgentEntry("free", params={"x": 1})], seeds=[0]), catalog)
    assert made.cells[0].agent.params == {"x": 1}
